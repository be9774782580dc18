package relay

import (
	"fmt"
	"reflect"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// term is one item of a total order: a field of the row, or something that is
// found from it. NULL is the smallest value on every dialect.
type term struct {
	name     string         // "TITLE", "author.USERNAME", "COMMENTS_COUNT"
	path     []hop          // edges to one that lead to the row that has it
	owner    *entity.Entity // of that row
	field    *entity.Field  // what kind of value it is
	counted  *entity.Edge   // of owner, where the value is the number of rows there
	target   *entity.Entity // of counted
	nullable bool
	desc     bool
}

// hop is one edge to one.
type hop struct {
	owner  *entity.Entity
	edge   *entity.Edge
	target *entity.Entity
}

// countField describes the value of a count.
func countField() *entity.Field {
	return &entity.Field{Name: "count", Kind: entity.BigInt, GoType: reflect.TypeFor[int64]()}
}

// derived reports whether the value is no column of the row itself, so that
// statements select it in a column of its own.
func (t term) derived() bool { return len(t.path) > 0 || t.counted != nil }

// orderColumn names the column that holds the value of a derived term, by its
// place in the order.
func orderColumn(i int) string { return fmt.Sprintf("framefox_order_%d", i) }

// reverse turns the order around, for pages that are read from their end.
func reverse(list []term) []term {
	turned := make([]term, len(list))
	for i, t := range list {
		t.desc = !t.desc
		turned[i] = t
	}
	return turned
}

// place gives the expressions of the terms in a statement on their entity, and
// joins what they need.
//
// Rows at edges to one are joined: at most one row matches, so nothing is
// multiplied, and the planner is free to hash them where many are read. It is
// an outer join, so nothing is lost. A count is a subquery for each row, which
// is an index lookup. Joining counts of the whole child table, grouped, would
// be cheaper only for lists of all rows, and ruinous for the few rows of a
// filter or an edge, as no dialect pushes those down into it; joining the
// children themselves would multiply rows.
func place(list []term, b *builder, s *sql.Selector) []sql.Querier {
	type step struct {
		from table
		edge *entity.Edge
	}
	joined := map[step]table{} // terms share the rows that they look through
	exprs := make([]sql.Querier, len(list))
	for i, t := range list {
		var at table = s
		for _, h := range t.path {
			next := step{at, h.edge}
			if joined[next] == nil {
				joined[next] = h.join(b, s, at)
			}
			at = joined[next]
		}
		exprs[i] = t.expression(b, at)
	}
	return exprs
}

// join adds the row at the edge, if it can be seen.
func (h hop) join(b *builder, s *sql.Selector, at table) table {
	there := b.dialect.Table(h.target.Table).As(b.alias())
	from, to := at.C(h.owner.ID().Column), there.C(h.edge.Column)
	if h.edge.OwnsFK {
		from, to = at.C(h.edge.Column), there.C(h.target.ID().Column)
	}
	s.LeftJoin(there).On(from, to)
	if alive := h.target.Visible(b.ctx, there); alive != nil {
		s.OnP(alive)
	}
	return there
}

func (t term) expression(b *builder, at table) sql.Querier {
	if t.counted == nil {
		return sql.Expr(at.C(t.field.Column))
	}
	count := t.count(b, at)
	if len(t.path) == 0 {
		return sql.ExprFunc(func(b *sql.Builder) { b.WriteByte('(').Join(count).WriteByte(')') })
	}
	// What is at a missing row is unknown, not zero.
	owner := at.C(t.owner.ID().Column)
	return sql.ExprFunc(func(b *sql.Builder) {
		b.WriteString("CASE WHEN ").Ident(owner).WriteString(" IS NOT NULL THEN (").Join(count).WriteString(") END")
	})
}

// count is the number of visible rows at the counted edge.
func (t term) count(b *builder, at table) *sql.Selector {
	e, key := t.counted, at.C(t.owner.ID().Column)
	rows := b.dialect.Table(t.target.Table).As(b.alias())
	alive := t.target.Visible(b.ctx, rows)
	sub := b.dialect.Select(sql.Count("*"))
	if e.Relation != entity.ManyToMany {
		sub.From(rows).Where(sql.ColumnsEQ(rows.C(e.Column), key))
	} else {
		through := b.dialect.Table(e.JoinTable).As(b.alias())
		sub.From(through).Where(sql.ColumnsEQ(through.C(e.OwnerColumn), key))
		if alive != nil { // else the links are the rows
			sub.Join(rows).On(through.C(e.TargetColumn), rows.C(t.target.ID().Column))
		}
	}
	if alive != nil {
		sub.Where(alive)
	}
	return sub
}

// selectDerived adds the values that no field of the row holds.
func selectDerived(list []term, exprs []sql.Querier, s *sql.Selector) {
	for i, t := range list {
		if t.derived() {
			s.AppendSelectExprAs(exprs[i], orderColumn(i))
		}
	}
}

// sorting gives the items of ORDER BY. Where derived values are selected, they
// are named, so that the database works them out once.
func sorting(list []term, exprs []sql.Querier, d string, selected bool) []sql.Querier {
	items := make([]sql.Querier, len(list))
	for i, t := range list {
		items[i] = sql.ExprFunc(func(b *sql.Builder) {
			if selected && t.derived() {
				b.Ident(orderColumn(i))
			} else {
				b.Join(exprs[i])
			}
			switch {
			case t.desc && t.nullable && d == dialect.Postgres:
				b.WriteString(" DESC NULLS LAST")
			case t.desc:
				b.WriteString(" DESC")
			case t.nullable && d == dialect.Postgres:
				b.WriteString(" NULLS FIRST")
			}
		})
	}
	return items
}

// value reads the value of the i-th term at a row.
func (t term) value(n Valuer, i int) (any, error) {
	if !t.derived() {
		return n.FieldValue(t.field.Name), nil
	}
	v, err := n.Value(orderColumn(i))
	if err == nil {
		v, err = fromDriver(t.field, v)
	}
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read %s of a row: %w", t.name, err)
	}
	return v, nil
}
