package relay

import (
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// HasEdge names the predicate that a row has something at the edge.
func HasEdge(e *entity.Edge) string {
	return "has" + strings.ToUpper(e.GraphQL[:1]) + e.GraphQL[1:]
}

// exists asks for a visible row at the edge that satisfies inner. With a
// predicate on the target, it is a set of keys that is found once, so that
// nested edges add up instead of multiplying; without one, a look into the
// index of the foreign key.
func (s *scope) exists(e *entity.Edge, inner predicate, negate bool) predicate {
	target, owner := s.registry[e.Target], s.entity
	s.budget.hides = s.budget.hides || target.Rows.Hides()
	return func(b *builder, t table) *sql.Predicate {
		at := b.dialect.Table(target.Table).As(b.alias())
		var (
			sub    *sql.Selector
			column string // of the owner
			key    string // what the subquery has of it
		)
		switch {
		case e.Relation == entity.ManyToMany:
			through := b.dialect.Table(e.JoinTable).As(b.alias())
			column, key = t.C(owner.ID().Column), through.C(e.OwnerColumn)
			sub = b.dialect.Select(key).From(through).
				Join(at).On(through.C(e.TargetColumn), at.C(target.ID().Column))
		case e.OwnsFK:
			column, key = t.C(e.Column), at.C(target.ID().Column)
			sub = b.dialect.Select(key).From(at)
		default:
			column, key = t.C(owner.ID().Column), at.C(e.Column)
			sub = b.dialect.Select(key).From(at)
		}
		if alive := target.Visible(b.ctx, at); alive != nil {
			sub.Where(alive)
		}
		if inner == nil {
			sub.Where(sql.ColumnsEQ(key, column))
			if negate {
				return sql.NotExists(sub)
			}
			return sql.Exists(sub)
		}
		// NULL on either side would make the answer unknown, and not of unknown
		// is not true.
		sub.Where(inner(b, at)).Where(sql.NotNull(key))
		return sql.And(sql.NotNull(column), sql.In(column, sub))
	}
}
