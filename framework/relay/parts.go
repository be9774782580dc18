package relay

import (
	"math"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// part is a stretch of an order that one range of an index holds.
type part struct {
	where []*sql.Predicate
	order []sql.Querier
}

// parts divides the order at the NULLs of its first term, and leaves out what
// is not behind the cursors. In an index both the rows with a value there and
// those without are ranges, but no predicate says "behind this value, NULLs
// included" in a way that SQLite or PostgreSQL find a range in; and PostgreSQL
// finds the order itself in no index, since NULL is the largest value there.
// Where neither is so, there is one part.
func (w *window) parts(exprs []sql.Querier, d string) []part {
	whole := part{order: sorting(w.terms, exprs, d, true)}
	first, spots := w.terms[0], w.spots()
	if !first.nullable || first.derived() || len(spots) == 0 && d != dialect.Postgres {
		for _, p := range spots {
			whole.where = append(whole.where, p.beyond(exprs, d))
		}
		return []part{whole}
	}
	var list []part
	for _, null := range []bool{!first.desc, first.desc} {
		if p, some := w.part(null, exprs, d); some {
			list = append(list, p)
		}
	}
	if len(list) == 0 { // the one cursor is behind the other
		whole.where = []*sql.Predicate{sql.False()}
		list = []part{whole}
	}
	return list
}

// part is what the cursors leave of the rows whose first term is NULL, or of
// the others.
func (w *window) part(null bool, exprs []sql.Querier, d string) (p part, some bool) {
	known := 0 // terms that are the same in the whole of the part
	if null {
		known = 1
	}
	bounded := false
	for _, at := range w.spots() {
		switch {
		case (at.values[0] == nil) == null:
			at = spot{valued(at.terms), at.values}.from(known)
			p.where, bounded = append(p.where, at.beyond(exprs[known:], d)), true
		case null != at.terms[0].desc:
			return part{}, false // all of it comes before the cursor
		}
	}
	switch {
	case null:
		p.where = append(p.where, isNull(exprs[0]))
	case !bounded: // else the bound leaves no NULL
		p.where = append(p.where, notNull(exprs[0]))
	}
	p.order = sorting(valued(w.terms), exprs, d, true)[known:]
	return p, true
}

// valued is the order of rows whose first term is not NULL.
func valued(list []term) []term {
	list = slices.Clone(list)
	list[0].nullable = false
	return list
}

// read orders a statement, leaves out what is not behind the cursors and
// limits the rest.
func (w *window) read(s *sql.Selector, exprs []sql.Querier, limit, offset int) {
	parts := w.parts(exprs, s.Dialect())
	if len(parts) == 1 {
		selectDerived(w.terms, exprs, s)
		parts[0].apply(s).Limit(limit)
		if offset > 0 {
			s.Offset(offset)
		}
		return
	}
	// Both parts have the order's values, which need not be selected otherwise.
	names := make([]sql.Querier, len(exprs))
	for i, x := range exprs {
		s.AppendSelectExprAs(x, orderColumn(i))
		names[i] = sql.ExprFunc(func(b *sql.Builder) { b.Ident(orderColumn(i)) })
	}
	// The database looks at the second part only where the first does not fill
	// the page. PostgreSQL would, without the condition, sort all NULLs if it
	// has no index that also has the id.
	const first = "framefox_first"
	most := min(limit, math.MaxInt-offset) + offset
	d, ctx := sql.Dialect(s.Dialect()), s.Context()
	one, two := parts[0].apply(again(s)).Limit(most), parts[1].apply(again(s)).Limit(most)
	two.Where(sql.P(func(b *sql.Builder) {
		b.WriteString("(SELECT COUNT(*) FROM ").Ident(first).WriteString(") < ").Arg(most)
	}))
	both := d.Select("*").From(d.Table(first)).UnionAll(d.Select("*").From(two.As("framefox_second")))
	page := d.Select("*").From(both.As("framefox_page")).
		Prefix(sql.ExprFunc(func(b *sql.Builder) {
			b.WriteString("WITH ").Ident(first).WriteString(" AS ").Wrap(func(b *sql.Builder) { b.Join(one) })
		})).
		OrderExpr(sorting(w.terms, names, s.Dialect(), false)...).Limit(limit).WithContext(ctx)
	if offset > 0 {
		page.Offset(offset)
	}
	*s = *page
}

// apply orders a statement and leaves out what is not of the part.
func (p part) apply(s *sql.Selector) *sql.Selector {
	for _, where := range p.where {
		s.Where(where)
	}
	return s.ClearOrder().OrderExpr(p.order...)
}
