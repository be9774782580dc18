package query

import "entgo.io/ent/dialect/sql"

// The conditions of a builder are those of a Group.

func (b *Builder[E]) conditions(add func(*Group)) *Builder[E] {
	return b.with(func(s *spec) { add(&s.where) })
}

// Or is [Group.Or].
func (b *Builder[E]) Or() *Builder[E] { return b.conditions(func(g *Group) { g.Or() }) }

// Where is [Group.Where].
func (b *Builder[E]) Where(column string, op Op, value any) *Builder[E] {
	return b.conditions(func(g *Group) { g.Where(column, op, value) })
}

// OrWhere is [Group.OrWhere].
func (b *Builder[E]) OrWhere(column string, op Op, value any) *Builder[E] {
	return b.conditions(func(g *Group) { g.OrWhere(column, op, value) })
}

// WhereExpr is [Group.WhereExpr].
func (b *Builder[E]) WhereExpr(e Expr, op Op, value any) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereExpr(e, op, value) })
}

// WhereColumn is [Group.WhereColumn].
func (b *Builder[E]) WhereColumn(left string, op Op, right string) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereColumn(left, op, right) })
}

// WhereIn is [Group.WhereIn].
func (b *Builder[E]) WhereIn(column string, values any) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereIn(column, values) })
}

// WhereNotIn is [Group.WhereNotIn].
func (b *Builder[E]) WhereNotIn(column string, values any) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereNotIn(column, values) })
}

// WhereNull is [Group.WhereNull].
func (b *Builder[E]) WhereNull(column string) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereNull(column) })
}

// WhereNotNull is [Group.WhereNotNull].
func (b *Builder[E]) WhereNotNull(column string) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereNotNull(column) })
}

// WhereContains is [Group.WhereContains].
func (b *Builder[E]) WhereContains(column, text string) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereContains(column, text) })
}

// WhereExists is [Group.WhereExists].
func (b *Builder[E]) WhereExists(sub Subquery) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereExists(sub) })
}

// WhereNotExists is [Group.WhereNotExists].
func (b *Builder[E]) WhereNotExists(sub Subquery) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereNotExists(sub) })
}

// WhereRaw is [Group.WhereRaw].
func (b *Builder[E]) WhereRaw(text string, args ...any) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereRaw(text, args...) })
}

// WhereGroup is [Group.WhereGroup].
func (b *Builder[E]) WhereGroup(fill func(g *Group)) *Builder[E] {
	return b.conditions(func(g *Group) { g.WhereGroup(fill) })
}

// Matching is [Group.Matching].
func (b *Builder[E]) Matching(predicates ...func(*sql.Selector)) *Builder[E] {
	return b.conditions(func(g *Group) { g.Matching(predicates...) })
}
