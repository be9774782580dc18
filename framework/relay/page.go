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
	Trashed       *Trashed // nil is TrashExclude

	// Match restricts the rows further, whatever the client asks for: ent's
	// predicates on the table of the entity.
	Match func(*sql.Selector) `json:"-"`
}

// Page is one page of a connection.
type Page struct {
	Edges      []Edge
	Info       PageInfo
	TotalCount int
	Tally      Tally
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
	match    func(*sql.Selector) // may be nil
	cursors  *cursors
	after    []any // values of the cursors, in the declared order
	before   []any
	limit    int
	limited  bool // by first or last
	backward bool // read from the end
	hides    bool // some rows that it looks at may be hidden
}

// newWindow checks the arguments of a connection to s.entity.
func (s *scope) newWindow(edge string, args Args) (*window, error) {
	w := &window{limit: s.limits.DefaultPage, limited: args.First != nil || args.Last != nil, match: args.Match}
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
	list, err := s.terms(args.OrderBy)
	if err != nil {
		return nil, err
	}
	if len(args.Where) > 0 {
		if w.where, err = s.compile(args.Where, "where"); err != nil {
			return nil, err
		}
	}
	w.hides = s.entity.Rows.Hides() || s.budget.hides || w.match != nil // which may look anywhere
	if w.cursors, err = newCursors(s.limits, s.entity, edge+args.view(), list, args.Where); err != nil {
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

// filter adds the filter to a statement.
func (w *window) filter(s *sql.Selector) *builder {
	b := &builder{ctx: s.Context(), dialect: sql.Dialect(s.Dialect())}
	if w.match != nil {
		w.match(s)
	}
	if w.where != nil {
		s.Where(w.where(b, s))
	}
	return b
}

// begin adds the filter. It returns the expressions of the order in this
// statement.
func (w *window) begin(s *sql.Selector) []sql.Querier {
	return place(w.terms, w.filter(s), s)
}

// finish leaves of a statement what the cursors do, and orders and limits it:
// for the whole of it, or for each value of the partition column. One row more
// than asked for tells whether there is a next page.
func (w *window) finish(s *sql.Selector, exprs []sql.Querier, partition string) {
	if partition == "" {
		w.read(s, exprs, w.limit+1, 0)
		return
	}
	for _, at := range w.spots() {
		s.Where(at.beyond(exprs, s.Dialect()))
	}
	selectDerived(w.terms, exprs, s)
	const rank = "framefox_rank"
	d := sql.Dialect(s.Dialect())
	order := sorting(w.terms, exprs, s.Dialect(), false) // a window sees no names of the selection
	s.AppendSelectExprAs(sql.RowNumber().PartitionBy(partition).OrderExpr(order...), rank)
	ctx := s.Context()
	page := d.Select("*").From(again(s).As("framefox_page")).
		Where(sql.LTE(rank, w.limit+1)).OrderBy(rank).WithContext(ctx)
	*s = *page
}

// page builds the page of the rows that were read.
func (w *window) page(rows []Node) (*Page, error) {
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
		cursor, err := w.cursors.encode(n)
		if err != nil {
			return nil, err
		}
		p.Edges[at] = Edge{n, cursor}
	}
	p.Info.HasNextPage, p.Info.HasPreviousPage = w.around(more)
	if len(p.Edges) > 0 {
		p.Info.StartCursor = &p.Edges[0].Cursor
		p.Info.EndCursor = &p.Edges[len(p.Edges)-1].Cursor
	}
	return p, nil
}

// around says whether there are pages after and before this one, as Relay's
// specification does: in the direction that first or last asks for, whether the
// rows between the cursors go on; in the other one, whether there is a cursor,
// which is the place of a row that was there when it was made. So neither costs
// a statement.
func (w *window) around(more bool) (next, previous bool) {
	next, previous = w.before != nil, w.after != nil
	switch {
	case w.backward && w.limited:
		previous = more
	case w.backward:
		previous = previous || more
	case w.limited:
		next = more
	default:
		next = next || more
	}
	return next, previous
}

// columns adds what cursors are made of to the columns that are wanted.
func (w *window) columns(names []string) []string {
	if names == nil {
		return nil
	}
	for _, t := range w.terms {
		if !t.derived() && !slices.Contains(names, t.field.Name) {
			names = append(names, t.field.Name)
		}
	}
	return names
}
