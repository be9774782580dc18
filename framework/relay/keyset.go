package relay

import (
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// spot is where a cursor stands in an order: only rows behind it are read.
type spot struct {
	terms  []term // in the direction that leads away from the cursor
	values []any
}

// spots are those of the cursors that the request has.
func (w *window) spots() []spot {
	var list []spot
	if w.after != nil {
		list = append(list, spot{w.cursors.terms, w.after})
	}
	if w.before != nil {
		list = append(list, spot{reverse(w.cursors.terms), w.before})
	}
	return list
}

// from leaves out the first terms of the order.
func (p spot) from(i int) spot { return spot{p.terms[i:], p.values[i:]} }

// beyond is the keyset predicate: rows that come after the spot. The
// expressions are those that place gave for the terms.
func (p spot) beyond(exprs []sql.Querier, d string) *sql.Predicate {
	list, values := p.terms, p.values
	if rowComparison(list, values, d) {
		return compareRows(exprs, values, list[0].desc)
	}
	// MySQL finds no index range in a row comparison, and mixed directions or
	// NULLs have none: spelled out, with the leading column bounded first.
	options := make([]*sql.Predicate, 0, len(list))
	for i, t := range list {
		parts := make([]*sql.Predicate, 0, i+1)
		for j := range i {
			parts = append(parts, same(exprs[j], values[j]))
		}
		parts = append(parts, past(t, exprs[i], values[i]))
		options = append(options, sql.And(parts...))
	}
	all := sql.Or(options...)
	if first := list[0]; len(list) > 1 && values[0] != nil && !first.mayEndInNull() {
		bound := compare(exprs[0], ">=", values[0])
		if first.desc {
			bound = compare(exprs[0], "<=", values[0])
		}
		return sql.And(bound, all)
	}
	return all
}

// mayEndInNull reports whether NULL comes behind the values: comparisons with
// a value never find it.
func (t term) mayEndInNull() bool { return t.nullable && t.desc }

func rowComparison(list []term, values []any, d string) bool {
	if d == dialect.MySQL || len(list) == 1 {
		return false
	}
	for i, t := range list {
		if t.desc != list[0].desc || t.mayEndInNull() || values[i] == nil {
			return false
		}
	}
	return true
}

func compareRows(exprs []sql.Querier, values []any, desc bool) *sql.Predicate {
	operator := " > "
	if desc {
		operator = " < "
	}
	return sql.P(func(b *sql.Builder) {
		b.WriteByte('(').JoinComma(exprs...).WriteString(")" + operator + "(").Args(values...).WriteByte(')')
	})
}

func compare(x sql.Querier, operator string, v any) *sql.Predicate {
	return sql.P(func(b *sql.Builder) { b.Join(x).WriteString(" " + operator + " ").Arg(v) })
}

func isNull(x sql.Querier) *sql.Predicate {
	return sql.P(func(b *sql.Builder) { b.Join(x).WriteString(" IS NULL") })
}

func notNull(x sql.Querier) *sql.Predicate {
	return sql.P(func(b *sql.Builder) { b.Join(x).WriteString(" IS NOT NULL") })
}

func same(x sql.Querier, v any) *sql.Predicate {
	if v == nil {
		return isNull(x)
	}
	return compare(x, "=", v)
}

func past(t term, x sql.Querier, v any) *sql.Predicate {
	switch {
	case v == nil && t.desc:
		return sql.False() // NULLs are last: nothing follows but by later terms
	case v == nil:
		return notNull(x)
	case t.mayEndInNull():
		return sql.Or(compare(x, "<", v), isNull(x))
	case t.desc:
		return compare(x, "<", v)
	}
	return compare(x, ">", v)
}
