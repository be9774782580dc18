package advice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/sqltext"
	"github.com/framefox-go/framefox/framework/plan"
)

// Statement is a statement that was recorded.
type Statement struct {
	SQL   string        // as the driver takes it
	Args  []any         // of one time that it ran; values of the database stand in for those that lack
	Count int           // how often it ran; 0 counts as once
	Total time.Duration // of all times; statements are taken up by it, the longest first
}

// Options are those of [Advise]. The zero value is the default.
type Options struct {
	Statements int     // how many to look at; default 100
	Indexes    int     // how many to advise at most; default 10
	MinGain    float64 // which part of the whole cost an index must save; default 0.01
	MaxBytes   int64   // of a database that may be copied; default 1 GiB
}

func (o Options) withDefaults() Options {
	if o.Statements == 0 {
		o.Statements = 100
	}
	if o.Indexes == 0 {
		o.Indexes = 10
	}
	if o.MinGain == 0 {
		o.MinGain = 0.01
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 1 << 30
	}
	return o
}

// Report is what is advised.
type Report struct {
	Unit      plan.Unit   `json:"unit"`   // of the costs
	Before    float64     `json:"before"` // cost of all statements, as often as they ran
	After     float64     `json:"after"`  // with all indexes that are advised
	Advice    []Advice    `json:"advice"` // what saves most first
	Redundant []Redundant `json:"redundant"`
	Unused    []Unused    `json:"unused"`
	Skipped   []Skipped   `json:"skipped"` // what could not be looked at
}

// Advice is an index that makes statements cheaper.
type Advice struct {
	Index
	Code       string            `json:"ent"`        // for Indexes of the Ent schema
	Migrations map[string]string `json:"migrations"` // by dialect
	Before     float64           `json:"before"`     // cost of the statements below, as often as they ran
	After      float64           `json:"after"`
	Statements []Effect          `json:"statements"`
}

// Effect is what an index does to one statement, each time that it runs.
type Effect struct {
	SQL    string  `json:"sql"`
	Count  int     `json:"count"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Skipped is a statement, or a part of one, that is not understood.
type Skipped struct {
	SQL    string `json:"sql"`
	Reason string `json:"reason"`
}

// Advise advises indexes for statements that were recorded, and lists those that
// are there for nothing.
func Advise(ctx context.Context, db *database.DB, recorded []Statement, opts Options) (_ *Report, err error) {
	opts = opts.withDefaults()
	tables, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	w := &workload{db: db, tables: tables, report: &Report{Advice: []Advice{}, Redundant: []Redundant{}, Unused: []Unused{}, Skipped: []Skipped{}}}
	w.read(longest(recorded, opts.Statements))
	copied, err := openScratch(ctx, db, opts.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, copied.close(ctx)) }()
	if err := w.explain(ctx, copied); err != nil {
		return nil, err
	}
	if err := w.advise(ctx, copied, opts); err != nil {
		return nil, err
	}
	w.report.Redundant = append(w.report.Redundant, redundant(tables)...)
	unused, err := w.unused(ctx)
	w.report.Unused = append(w.report.Unused, unused...)
	return w.report, err
}

func longest(recorded []Statement, n int) []Statement {
	list := slices.Clone(recorded)
	slices.SortStableFunc(list, func(a, b Statement) int { return int(b.Total - a.Total) })
	return list[:min(n, len(list))]
}

// workload is what was recorded, as it is being looked at.
type workload struct {
	db     *database.DB
	tables map[string]*Table
	items  []*item
	report *Report
}

// item is a statement that has a plan.
type item struct {
	Statement
	shape  *sqltext.Statement
	uses   []*usage
	cost   float64
	used   []string // indexes of its plan
	failed bool
}

func (it *item) query() plan.Query { return plan.Query{SQL: it.SQL, Args: it.Args, Writes: true} }

func (it *item) weight() float64 { return float64(max(1, it.Count)) }

func (it *item) touches(table string) bool {
	return slices.ContainsFunc(it.uses, func(u *usage) bool { return u.table.Name == table })
}

func (w *workload) skip(sql, reason string) {
	w.report.Skipped = append(w.report.Skipped, Skipped{sql, reason})
}

// read finds out how the statements use the tables.
func (w *workload) read(statements []Statement) {
	for _, s := range statements {
		shape, err := sqltext.Read(w.db.Driver().Dialect(), s.SQL)
		if err != nil {
			w.skip(s.SQL, err.Error())
			continue
		}
		for _, part := range shape.Unread {
			w.skip(s.SQL, "not understood: "+part)
		}
		if uses := usages(shape, w.tables); len(uses) > 0 {
			w.items = append(w.items, &item{Statement: s, shape: shape, uses: uses})
		}
	}
}

// explain finds what each costs as it is.
func (w *workload) explain(ctx context.Context, s *scratch) error {
	for _, it := range w.items {
		if err := it.standIn(ctx, s); err != nil {
			return err
		}
		p, err := s.explain(ctx, it.query())
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			it.failed = true
			w.skip(it.SQL, "the database does not explain it")
			continue
		}
		it.cost, it.used = p.Cost, p.Indexes()
		w.report.Unit = p.Unit
		w.report.Before += it.weight() * it.cost
	}
	w.items = slices.DeleteFunc(w.items, func(it *item) bool { return it.failed })
	w.report.After = w.report.Before
	return nil
}

// advise builds one index after the other, always the one that saves most beside
// those that are built already.
func (w *workload) advise(ctx context.Context, s *scratch, opts Options) error {
	candidates := w.candidates()
	for n := 0; n < opts.Indexes && len(candidates) > 0; n++ {
		var best *tried
		var helpful []Index
		for _, i := range candidates {
			t, err := w.try(ctx, s, fmt.Sprintf("framefox_trial_%d", n), i)
			if err != nil {
				return err
			}
			if t.gain < opts.MinGain*w.report.Before {
				continue // nor will it beside others
			}
			helpful = append(helpful, i)
			if best == nil || t.score() > best.score() {
				best = t
			}
		}
		if best == nil {
			return nil
		}
		if err := s.build(ctx, fmt.Sprintf("framefox_trial_%d", n), best.index); err != nil {
			return err
		}
		w.take(best)
		candidates = slices.DeleteFunc(helpful, func(i Index) bool { return best.index.near(i) })
	}
	return nil
}

// near reports whether one of the indexes is the beginning of the other: they were
// weighed against each other, and both together are not worth it.
func (i Index) near(other Index) bool {
	return i.Table == other.Table && (begins(i.Names(), other.Names()) || begins(other.Names(), i.Names()))
}

func (w *workload) candidates() (list []Index) {
	seen := map[string]bool{}
	for _, it := range w.items {
		for _, u := range it.uses {
			for _, i := range u.candidates(w.db.Dialect()) {
				if !seen[i.key()] {
					seen[i.key()] = true
					list = append(list, i)
				}
			}
		}
	}
	return list
}

// tried is what an index has saved.
type tried struct {
	index Index
	gain  float64
	costs map[*item]float64 // of the statements that became cheaper
}

// score prefers what is narrower, of indexes that save about as much.
func (t *tried) score() float64 {
	width := float64(len(t.index.Columns)-1)*0.02 + float64(len(t.index.Include))*0.03
	if t.index.Where != "" {
		width -= 0.01
	}
	return t.gain * (1 - width)
}

func (w *workload) try(ctx context.Context, s *scratch, name string, i Index) (*tried, error) {
	t := &tried{index: i, costs: map[*item]float64{}}
	if err := s.build(ctx, name, i); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return t, nil // a column that no index takes: it saves nothing
	}
	for _, it := range w.items {
		if !it.touches(i.Table) {
			continue
		}
		p, err := s.explain(ctx, it.query())
		if err != nil {
			return nil, err
		}
		t.gain += it.weight() * (it.cost - p.Cost)
		if p.Cost < it.cost {
			t.costs[it] = p.Cost
		}
	}
	return t, s.drop(ctx, name, i)
}

// take notes the index as advised.
func (w *workload) take(t *tried) {
	a := Advice{Index: t.index, Code: t.index.Ent(), Migrations: map[string]string{}}
	for _, d := range []config.Dialect{config.SQLite, config.Postgres, config.MySQL} {
		a.Migrations[string(d)] = t.index.Statement(d)
	}
	for _, it := range w.items {
		after, ok := t.costs[it]
		if !ok {
			continue
		}
		a.Statements = append(a.Statements, Effect{it.SQL, max(1, it.Count), it.cost, after})
		a.Before += it.weight() * it.cost
		a.After += it.weight() * after
		it.cost = after
	}
	w.report.After -= t.gain
	w.report.Advice = append(w.report.Advice, a)
}

// columnOf is where the values of an argument are found.
func (it *item) columnOf(param int, tables map[string]*Table) (table *Table, column string) {
	for _, b := range it.shape.Blocks {
		for _, c := range b.Where {
			if !slices.Contains(c.Params, param) {
				continue
			}
			for _, t := range b.Tables {
				known := tables[t.Name]
				if known == nil || c.Table != "" && !strings.EqualFold(c.Table, t.Alias) {
					continue
				}
				if found, ok := known.column(c.Name); ok {
					return known, found.Name
				}
			}
		}
	}
	return nil, ""
}
