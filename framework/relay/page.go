package relay

import (
	"slices"

	"entgo.io/ent/dialect/sql"
)

// Args are the arguments of a connection field.
type Args struct {
	After, Before *Cursor
	First, Last   *int
	OrderBy       []*Order
	Where         Where
}

// Page is one page of a connection.
type Page struct {
	Edges      []Edge
	Info       PageInfo
	TotalCount int
	Aggregates Aggregates
}

// Edge is one row of a page.
type Edge struct {
	Node   Node
	Cursor Cursor
}

// window is a checked request for a page.
type window struct {
	terms    []term // order in which the rows are read
	where    predicate
	cursors  *cursors
	after    []any // values of the cursors, in the declared order
	before   []any
	limit    int
	backward bool // read from the end
}

// newWindow checks the arguments of a connection to s.entity.
func (s *scope) newWindow(edge string, args Args) (*window, error) {
	w := &window{limit: s.limits.DefaultPage}
	switch {
	case args.First != nil && args.Last != nil:
		return nil, bad("last", "cannot be combined with first; ask for one of them")
	case args.First != nil:
		w.limit = *args.First
	case args.Last != nil:
		w.limit, w.backward = *args.Last, true
	case args.Before != nil && args.After == nil:
		w.backward = true
	}
	name := "first"
	if w.backward {
		name = "last"
	}
	if w.limit < 0 {
		return nil, bad(name, "must not be negative")
	}
	if w.limit > s.limits.MaxPage {
		return nil, bad(name, "must be at most %d; ask for further pages with a cursor", s.limits.MaxPage)
	}
	list, err := terms(s.entity, args.OrderBy)
	if err != nil {
		return nil, err
	}
	if len(args.Where) > 0 {
		if w.where, err = s.compile(args.Where, "where"); err != nil {
			return nil, err
		}
	}
	if w.cursors, err = newCursors(s.limits, s.entity, edge, list, args.Where); err != nil {
		return nil, err
	}
	if args.After != nil {
		if w.after, err = w.cursors.decode(*args.After, "after"); err != nil {
			return nil, err
		}
	}
	if args.Before != nil {
		if w.before, err = w.cursors.decode(*args.Before, "before"); err != nil {
			return nil, err
		}
	}
	w.terms = list
	if w.backward {
		w.terms = reverse(list)
	}
	return w, nil
}

// filter adds the predicates of the page to a statement.
func (w *window) filter(s *sql.Selector, positions bool) {
	if w.where != nil {
		b := &builder{ctx: s.Context(), dialect: sql.Dialect(s.Dialect())}
		s.Where(w.where(b, s))
	}
	if !positions {
		return
	}
	if w.after != nil {
		s.Where(beyond(w.cursors.terms, w.after, s.Dialect(), s))
	}
	if w.before != nil {
		s.Where(beyond(reverse(w.cursors.terms), w.before, s.Dialect(), s))
	}
}

// finish orders and limits a statement: for the whole of it, or for each
// value of the partition column. One row more than asked for tells whether
// there is a next page.
func (w *window) finish(s *sql.Selector, partition string) {
	exprs := expressions(w.terms, s.Dialect(), s)
	if partition == "" {
		s.OrderExpr(exprs...).Limit(w.limit + 1)
		return
	}
	const rank = "framefox_rank"
	d := sql.Dialect(s.Dialect())
	s.AppendSelectExprAs(sql.RowNumber().PartitionBy(partition).OrderExpr(exprs...), rank)
	ctx := s.Context()
	page := d.Select("*").From(s.Clone().As("framefox_page")).
		Where(sql.LTE(rank, w.limit+1)).OrderBy(rank).WithContext(ctx)
	*s = *page
}

// page builds the page of the rows that were read.
func (w *window) page(rows []Node) *Page {
	more := len(rows) > w.limit
	if more {
		rows = rows[:w.limit]
	}
	p := &Page{Edges: make([]Edge, len(rows))}
	for i, n := range rows {
		at := i
		if w.backward {
			at = len(rows) - 1 - i
		}
		p.Edges[at] = Edge{n, w.cursors.encode(n)}
	}
	p.Info.HasNextPage = more || w.before != nil
	p.Info.HasPreviousPage = w.after != nil
	if w.backward {
		p.Info.HasNextPage, p.Info.HasPreviousPage = w.before != nil, more || w.after != nil
	}
	if len(p.Edges) > 0 {
		p.Info.StartCursor = &p.Edges[0].Cursor
		p.Info.EndCursor = &p.Edges[len(p.Edges)-1].Cursor
	}
	return p
}

// columns adds what cursors are made of to the columns that are wanted.
func (w *window) columns(names []string) []string {
	if names == nil {
		return nil
	}
	for _, t := range w.terms {
		if !slices.Contains(names, t.field.Name) {
			names = append(names, t.field.Name)
		}
	}
	return names
}
