package query

import (
	"errors"
	"fmt"
	"slices"

	"github.com/framefox-go/framefox/framework/entity"
)

// Row is a generated entity: *ent.Post.
type Row interface{ EntityType() *entity.Entity }

// Builder builds a statement on the rows of an entity; see [From]. It never
// changes: each call returns another one, so that one may be the start of many.
type Builder[E Row] struct {
	src  Source
	spec spec
}

// spec is what a statement is to be. It becomes SQL when it is run, so that the
// order of the calls does not matter.
type spec struct {
	entity   *entity.Entity
	alias    string
	with     []cte
	selects  []selection
	distinct bool
	joins    []join
	where    Group
	groups   []Expr
	having   Group
	unions   []union
	orders   []order
	limit    *int
	offset   *int
	errs     []error

	everything bool // an update or a delete takes all rows
	whole      bool // the rows become entities
	byKey      bool // rows come in the order of the id, if they are rows
	unordered  bool // the order does not matter
}

type selection struct {
	name string // of the column in the result; "" where the expression says it
	expr Expr
}

type cte struct {
	name string
	body func(*scope) (Expr, error)
}

type union struct {
	all   bool
	other Subquery
}

// From begins a statement on the rows of an entity that may be seen:
//
//	posts, err := query.From[*ent.Post](client).
//		Where(post.FieldStatus, "=", post.StatusPublished).
//		Join("author").Where("author.is_active", "=", true).
//		OrderBy(post.FieldPublishedAt, query.Desc).
//		Limit(20).
//		Get(ctx)
//
// src is the generated client; to read into other structs ([GetAs]) a *database.DB
// will do.
func From[E Row](src Source) *Builder[E] {
	var row E
	return &Builder[E]{src: src, spec: spec{entity: row.EntityType()}}
}

func (b *Builder[E]) with(change func(*spec)) *Builder[E] {
	c := &Builder[E]{b.src, b.spec.clone()}
	change(&c.spec)
	return c
}

func (s *spec) clone() spec {
	c := *s
	c.with, c.selects, c.joins = slices.Clone(s.with), slices.Clone(s.selects), slices.Clone(s.joins)
	c.groups, c.unions, c.orders, c.errs = slices.Clone(s.groups), slices.Clone(s.unions), slices.Clone(s.orders), slices.Clone(s.errs)
	c.where, c.having = s.where.clone(), s.having.clone()
	return c
}

// As gives the table another name in the statement, as a subquery needs that
// refers to the same table around it. It is not for [Builder.Get].
func (b *Builder[E]) As(alias string) *Builder[E] {
	return b.with(func(s *spec) {
		s.alias = alias
		s.errs = append(s.errs, checkName(alias))
	})
}

// Select names the columns to read, for [GetAs] and subqueries: "title",
// "author.name". Without it they are those that the struct has fields for.
func (b *Builder[E]) Select(columns ...string) *Builder[E] {
	return b.with(func(s *spec) {
		for _, c := range columns {
			s.selects = append(s.selects, selection{lastPart(c), Col(c)})
		}
	})
}

// SelectAs reads an expression as a column with the name.
func (b *Builder[E]) SelectAs(name string, e Expr) *Builder[E] {
	return b.with(func(s *spec) {
		s.selects = append(s.selects, selection{name, e})
		s.errs = append(s.errs, checkName(name))
	})
}

// SelectRaw reads what SQL says, as it is, its values bound: never what users
// write. See [Raw].
func (b *Builder[E]) SelectRaw(text string, args ...any) *Builder[E] {
	return b.with(func(s *spec) { s.selects = append(s.selects, selection{"", Raw(text, args...)}) })
}

// Distinct reads equal rows once. It orders by what is read only.
func (b *Builder[E]) Distinct() *Builder[E] { return b.with(func(s *spec) { s.distinct = true }) }

// GroupBy groups by columns, or by what [Builder.SelectAs] named.
func (b *Builder[E]) GroupBy(columns ...string) *Builder[E] {
	return b.with(func(s *spec) {
		for _, c := range columns {
			s.groups = append(s.groups, Col(c))
		}
	})
}

// Having keeps the groups for which the comparison is true.
func (b *Builder[E]) Having(e Expr, op Op, value any) *Builder[E] {
	return b.with(func(s *spec) { s.having.WhereExpr(e, op, value) })
}

// HavingRaw is Having with a condition in SQL; see [Raw]. On PostgreSQL it cannot
// use the names of [Builder.SelectAs].
func (b *Builder[E]) HavingRaw(text string, args ...any) *Builder[E] {
	return b.with(func(s *spec) { s.having.WhereRaw(text, args...) })
}

// With makes a common table expression, which JoinTable and raw SQL can use by
// its name.
func (b *Builder[E]) With(name string, sub Subquery) *Builder[E] {
	return b.with(func(s *spec) {
		s.errs = append(s.errs, checkName(name))
		s.with = append(s.with, cte{name, func(around *scope) (Expr, error) { return subExpr(sub, around, true) }})
	})
}

// WithRaw is With in SQL.
func (b *Builder[E]) WithRaw(name, text string, args ...any) *Builder[E] {
	return b.with(func(s *spec) {
		s.errs = append(s.errs, checkName(name))
		s.with = append(s.with, cte{name, func(*scope) (Expr, error) { return Raw(text, args...), nil }})
	})
}

// Union adds the rows of another statement, equal ones once. Order and limit of
// this one are those of the whole, those of the other one its own. It is for
// [GetAs].
func (b *Builder[E]) Union(other Subquery) *Builder[E] {
	return b.with(func(s *spec) { s.unions = append(s.unions, union{false, other}) })
}

// UnionAll is Union that keeps equal rows.
func (b *Builder[E]) UnionAll(other Subquery) *Builder[E] {
	return b.with(func(s *spec) { s.unions = append(s.unions, union{true, other}) })
}

// Limit reads n rows at most, of which there is at least 1.
func (b *Builder[E]) Limit(n int) *Builder[E] {
	return b.with(func(s *spec) {
		s.limit = &n
		if n < 1 {
			s.errs = append(s.errs, fmt.Errorf("query: limit %d is not possible: it is at least 1", n))
		}
	})
}

// Offset leaves out the first n rows.
func (b *Builder[E]) Offset(n int) *Builder[E] {
	return b.with(func(s *spec) {
		s.offset = &n
		if n < 0 {
			s.errs = append(s.errs, fmt.Errorf("query: offset %d is not possible: it is at least 0", n))
		}
	})
}

func (s *spec) err() error { return errors.Join(append(s.errs, s.where.err, s.having.err)...) }
