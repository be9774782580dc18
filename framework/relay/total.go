package relay

import (
	"context"
	"fmt"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Total is a number of rows.
type Total struct {
	Value     int
	Precision Precision
}

// Text is the number as people read it: "42", "1000+", "~12000".
func (t Total) Text() string {
	switch n := strconv.Itoa(t.Value); t.Precision {
	case AtLeast:
		return n + "+"
	case Estimated:
		return "~" + n
	default:
		return n
	}
}

// Tally counts the rows of a connection, cursors aside, when it is asked to.
// The generated connections embed it, so that each Total of a document has an
// answer of its own.
type Tally struct {
	limit int // Settings.CountLimit
	// count counts rows up to one more than most; 0 counts all.
	count func(ctx context.Context, most int) (int, error)
	// estimate asks the planner. It is nil where there is none to ask, and
	// says false where the database has no answer.
	estimate func(ctx context.Context) (n int, ok bool, err error)
}

const (
	countedFirst = 1_000  // rows that are counted before any are estimated
	countedMost  = 10_000 // rows that are counted where no estimate is to be had
)

// Total resolves Connection.total: the number of rows, counted up to upTo and
// Settings.CountLimit, or all of them where neither is given.
//
// With estimate, rows are counted up to upTo, default 1,000, and what is beyond
// is left to the planner. SQLite has no estimates, and an edge asks for none,
// since each of its owners would be a statement of its own: there the count
// stops at upTo, or at 10,000.
func (t Tally) Total(ctx context.Context, upTo *int, estimate *bool) (*Total, error) {
	most := t.limit
	if upTo != nil {
		if *upTo < 1 {
			return nil, bad("upTo", "must be at least 1")
		}
		most = lower0(most, *upTo)
	}
	if estimate != nil && *estimate {
		first := lower0(t.limit, countedFirst)
		if upTo != nil {
			first = most
		}
		n, err := t.countTo(ctx, first)
		if err != nil || n.Precision == Exact {
			return n, err
		}
		if t.estimate != nil {
			guess, ok, err := t.estimate(ctx)
			if err != nil {
				return nil, err
			}
			if ok {
				return &Total{max(guess, n.Value+1), Estimated}, nil
			}
		}
		if most = lower0(most, countedMost); most <= first {
			return n, nil
		}
	}
	return t.countTo(ctx, most)
}

func (t Tally) countTo(ctx context.Context, most int) (*Total, error) {
	n, err := t.count(ctx, most)
	if err != nil {
		return nil, err
	}
	if most > 0 && n > most {
		return &Total{most, AtLeast}, nil
	}
	return &Total{n, Exact}, nil
}

// lower0 is the lower of two limits, of which 0 is none.
func lower0(a, b int) int {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// countRows counts the rows of the window, up to one more than most.
func countRows(ctx context.Context, src Source, name string, w *window, most int) (int, error) {
	rows, err := src.Select(ctx, Query{
		Entity: name,
		Where:  func(s *sql.Selector) { w.filter(s) },
		Finish: func(s *sql.Selector) { countInto(s, most) }, //nolint:contextcheck // the selector carries it
	})
	if err != nil {
		return 0, fmt.Errorf("relay: cannot count %s: %w", name, err)
	}
	return counted(rows[0])
}

// countInto makes a statement count its rows. With a limit, the database stops
// there.
func countInto(s *sql.Selector, most int) {
	count := sql.As(sql.Count("*"), countColumn)
	if most == 0 {
		s.Select(count)
		return
	}
	ctx, d := s.Context(), sql.Dialect(s.Dialect())
	some := again(s).SelectExpr(sql.Raw("1 AS one")).Limit(most + 1).As("framefox_some")
	*s = *d.Select(count).From(some).WithContext(ctx)
}

// countEdges counts the rows at an edge for each of the keys, in one
// statement for a chunk of them. A limit saves work for a single key; for more,
// one pass over the index of all of them is faster than to stop in each.
func countEdges(ctx context.Context, src Source, owner *entity.Entity, e *entity.Edge, keys []any, w *window, most int) (map[any]int, error) {
	counts := make(map[any]int, len(keys))
	target := src.Entities()[e.Target]
	for len(keys) > 0 {
		chunk := keys[:min(len(keys), keysPerStatement)]
		keys = keys[len(chunk):]
		var parent string // column of the owner's key, qualified
		rows, err := src.Select(ctx, Query{
			Entity: e.Target,
			Where: func(s *sql.Selector) {
				parent = reach(s, target, e)
				s.Where(entity.In(parent, chunk...))
				w.filter(s)
			},
			Finish: func(s *sql.Selector) { //nolint:contextcheck // the selector carries it
				if len(chunk) == 1 {
					countInto(s, most)
					return
				}
				s.Select().AppendSelectAs(parent, parentColumn).
					AppendSelectExprAs(sql.Raw(sql.Count("*")), countColumn).GroupBy(parent)
			},
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot count %s.%s: %w", owner.Name, e.Name, err)
		}
		for _, row := range rows {
			key := chunk[0]
			if len(chunk) > 1 {
				if key, err = parentKey(owner, row); err != nil {
					return nil, err
				}
			}
			if counts[key], err = counted(row); err != nil {
				return nil, err
			}
		}
	}
	return counts, nil
}

func counted(row Valuer) (int, error) {
	v, err := row.Value(countColumn)
	if err != nil {
		return 0, fmt.Errorf("relay: cannot read a count: %w", err)
	}
	n, err := fromDriver(countField(), v)
	if err != nil {
		return 0, fmt.Errorf("relay: cannot read a count: %w", err)
	}
	return int(n.(int64)), nil
}
