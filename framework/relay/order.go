package relay

import (
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// term is one column of a total order. NULL is the smallest value on every
// dialect.
type term struct {
	field *entity.Field
	desc  bool
}

// terms checks an ordering and completes it with the id, so that it is total.
func terms(e *entity.Entity, orderBy []*Order) ([]term, error) {
	list := make([]term, 0, len(orderBy)+1)
	seen := map[*entity.Field]bool{}
	for i, o := range orderBy {
		path := fmt.Sprintf("orderBy[%d]", i)
		if o == nil {
			return nil, bad(path, "must not be null")
		}
		f := orderable(e, string(o.Field))
		if f == nil {
			return nil, bad(path, "has no field %s of %s", shorten(string(o.Field)), e.GraphQL)
		}
		if o.Direction != Ascending && o.Direction != Descending {
			return nil, bad(path, "must have the direction ASC or DESC")
		}
		if seen[f] {
			return nil, bad(path, "names %s a second time", o.Field)
		}
		seen[f] = true
		list = append(list, term{f, o.Direction == Descending})
	}
	if id := e.ID(); !seen[id] {
		// Following the last direction lets one index serve the order.
		list = append(list, term{id, len(list) > 0 && list[len(list)-1].desc})
	}
	return list, nil
}

func orderable(e *entity.Entity, name string) *entity.Field {
	for _, f := range e.Fields {
		if f.Order && strings.ToUpper(f.Name) == name {
			return f
		}
	}
	return nil
}

// reverse turns the order around, for pages that are read from their end.
func reverse(list []term) []term {
	turned := make([]term, len(list))
	for i, t := range list {
		turned[i] = term{t.field, !t.desc}
	}
	return turned
}

// expressions are the items of ORDER BY for columns of t.
func expressions(list []term, d string, t table) []sql.Querier {
	exprs := make([]sql.Querier, len(list))
	for i, o := range list {
		text := t.C(o.field.Column)
		switch {
		case o.desc && o.field.Nullable && d == dialect.Postgres:
			text += " DESC NULLS LAST"
		case o.desc:
			text += " DESC"
		case o.field.Nullable && d == dialect.Postgres:
			text += " NULLS FIRST"
		}
		exprs[i] = sql.Expr(text)
	}
	return exprs
}

// beyond is the keyset predicate: rows that come after the values in the
// order.
func beyond(list []term, values []any, d string, t table) *sql.Predicate {
	if rowComparison(list, values, d) {
		columns := make([]string, len(list))
		for i, o := range list {
			columns[i] = t.C(o.field.Column)
		}
		if list[0].desc {
			return sql.CompositeLT(columns, values...)
		}
		return sql.CompositeGT(columns, values...)
	}
	// MySQL finds no index range in a row comparison, and mixed directions or
	// NULLs have none: spelled out, with the leading column bounded first.
	options := make([]*sql.Predicate, 0, len(list))
	for i, o := range list {
		parts := make([]*sql.Predicate, 0, i+1)
		for j := range i {
			parts = append(parts, same(t.C(list[j].field.Column), values[j]))
		}
		parts = append(parts, past(t.C(o.field.Column), o, values[i]))
		options = append(options, sql.And(parts...))
	}
	all := sql.Or(options...)
	if first := list[0]; len(list) > 1 && !first.field.Nullable {
		bound := sql.GTE(t.C(first.field.Column), values[0])
		if first.desc {
			bound = sql.LTE(t.C(first.field.Column), values[0])
		}
		return sql.And(bound, all)
	}
	return all
}

func rowComparison(list []term, values []any, d string) bool {
	if d == dialect.MySQL || len(list) == 1 {
		return false
	}
	for i, o := range list {
		if o.desc != list[0].desc || o.field.Nullable || values[i] == nil {
			return false
		}
	}
	return true
}

func same(column string, v any) *sql.Predicate {
	if v == nil {
		return sql.IsNull(column)
	}
	return sql.EQ(column, v)
}

func past(column string, o term, v any) *sql.Predicate {
	switch {
	case v == nil && o.desc:
		return sql.False() // NULLs are last: nothing follows but by later terms
	case v == nil:
		return sql.NotNull(column)
	case o.desc && o.field.Nullable:
		return sql.Or(sql.LT(column, v), sql.IsNull(column))
	case o.desc:
		return sql.LT(column, v)
	}
	return sql.GT(column, v)
}
