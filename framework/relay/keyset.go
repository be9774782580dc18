package relay

import (
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// beyond is the keyset predicate: rows that come after the values in the
// order. The expressions are those that place gave for the terms.
func beyond(list []term, exprs []sql.Querier, values []any, d string) *sql.Predicate {
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
	if first := list[0]; len(list) > 1 && !first.nullable {
		bound := compare(exprs[0], ">=", values[0])
		if first.desc {
			bound = compare(exprs[0], "<=", values[0])
		}
		return sql.And(bound, all)
	}
	return all
}

func rowComparison(list []term, values []any, d string) bool {
	if d == dialect.MySQL || len(list) == 1 {
		return false
	}
	for i, t := range list {
		if t.desc != list[0].desc || t.nullable || values[i] == nil {
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
		return sql.P(func(b *sql.Builder) { b.Join(x).WriteString(" IS NOT NULL") })
	case t.desc && t.nullable:
		return sql.Or(compare(x, "<", v), isNull(x))
	case t.desc:
		return compare(x, "<", v)
	}
	return compare(x, ">", v)
}
