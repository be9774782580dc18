package query

import (
	"context"
	"errors"
	"math"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// selector implements Subquery.
func (b *Builder[E]) selector(around *scope) (*sql.Selector, error) {
	seen, err := b.spec.entity.Rows.Seen(around.ctx)
	if err != nil {
		return nil, err
	}
	s := b.spec
	if len(s.selects) == 0 {
		s.selects = []selection{{"", Col(s.entity.ID().Name)}}
	}
	return s.build(&scope{ctx: around.ctx, dialect: around.dialect, ctes: around.ctes, around: around}, seen)
}

// parts implements Subquery.
func (b *Builder[E]) parts() *spec { return &b.spec }

// pages reports whether it takes a part of its rows.
func (s *spec) pages() bool { return s.limit != nil || s.offset != nil }

// compound reports whether it stands in parentheses only: it has what would count
// for the whole statement around it.
func (s *spec) compound() bool {
	return s.pages() || len(s.orders) > 0 || len(s.unions) > 0 || len(s.with) > 0
}

// wrapped puts a statement into another one.
func wrapped(inner writer) writer {
	return func(b *sql.Builder) { b.WriteString("SELECT * FROM ").Wrap(inner).WriteString(" AS part") }
}

// subExpr writes a subquery that cannot refer to the statement around it.
func subExpr(sub Subquery, around *scope, alone bool) (Expr, error) {
	outside := &scope{ctx: around.ctx, dialect: around.dialect, ctes: around.ctes}
	if !alone {
		outside = around
	}
	selector, err := sub.selector(outside)
	if err != nil {
		return nil, err
	}
	return func(*scope) (writer, error) { return func(b *sql.Builder) { b.Join(selector) }, nil }, nil
}

// statement builds the whole statement of a context.
func (s *spec) statement(ctx context.Context, dialectName string) (*sql.Selector, error) {
	seen, err := s.entity.Rows.Returned(ctx)
	if err != nil {
		return nil, err
	}
	bound, failure := entity.Statement(ctx)
	selector, err := s.build(&scope{ctx: bound, dialect: dialectName}, seen)
	if failed := failure(); failed != nil {
		return nil, failed
	}
	return selector, err
}

// build makes a selector of the spec.
func (s *spec) build(at *scope, seen entity.Condition) (*sql.Selector, error) {
	t := sql.Dialect(at.dialect).Table(s.entity.Table)
	if s.alias != "" {
		t.As(s.alias)
	}
	to := sql.Dialect(at.dialect).Select().From(t).WithContext(at.ctx)
	if err := s.fill(at, to, t); err != nil {
		return nil, err
	}
	if seen != nil {
		to.Where(seen(t))
	}
	at.aggregates = false // what conditions and orders do is no concern of the result
	for _, c := range s.selects {
		w, err := c.expr(at)
		if err != nil {
			return nil, err
		}
		if c.name == "" {
			to.AppendSelectExpr(sql.ExprFunc(w))
		} else {
			to.AppendSelectExprAs(sql.ExprFunc(w), c.name)
		}
	}
	if s.byKey && !at.aggregates {
		to.OrderBy(t.C(s.entity.ID().Column))
	}
	for _, u := range s.unions {
		other, err := u.other.selector(&scope{ctx: at.ctx, dialect: at.dialect, ctes: at.ctes})
		if err != nil {
			return nil, err
		}
		if u.other.parts().compound() {
			other = sql.Dialect(at.dialect).Select().From(other.As("part"))
		}
		if u.all {
			to.UnionAll(other)
		} else {
			to.Union(other)
		}
	}
	return to, to.Err()
}

// fill adds all but the columns to a selector of the entity's table.
func (s *spec) fill(at *scope, to *sql.Selector, main view) error {
	if err := s.err(); err != nil {
		return err
	}
	key := s.entity.Table
	if s.alias != "" {
		key = s.alias
	}
	at.tables = []*table{{key: key, entity: s.entity, view: main}}
	at.joinsLeft = slices.ContainsFunc(s.joins, func(j join) bool { return j.left })
	at.selects = s.selects
	if err := s.prefix(at, to); err != nil {
		return err
	}
	if err := at.joinAll(to, s.joins); err != nil {
		return err
	}
	if len(s.where.all) > 0 {
		w, err := s.where.expr(at)
		if err != nil {
			return err
		}
		to.Where(sql.P(w))
	}
	if s.distinct {
		to.Distinct()
	}
	if err := s.group(at, to); err != nil {
		return err
	}
	at.union = len(s.unions) > 0
	err := s.orderBy(at, to)
	at.union = false
	if err != nil {
		return err
	}
	s.page(to)
	return nil
}

// prefix writes the common table expressions, each of which sees those before.
func (s *spec) prefix(at *scope, to *sql.Selector) error {
	for i, c := range s.with {
		body, err := c.body(at)
		if err != nil {
			return err
		}
		w, err := body(at)
		if err != nil {
			return err
		}
		last := i == len(s.with)-1
		to.Prefix(sql.ExprFunc(func(b *sql.Builder) {
			if i == 0 {
				b.WriteString("WITH ")
			}
			b.Ident(c.name).WriteString(" AS ").Wrap(w)
			if !last {
				b.WriteString(",")
			}
		}))
		at.ctes = append(slices.Clip(at.ctes), c.name)
	}
	return nil
}

func (s *spec) group(at *scope, to *sql.Selector) error {
	whole := !s.whole || len(s.groups) == 0
	for _, e := range s.groups {
		w, err := e(at)
		if err != nil {
			return err
		}
		text := at.written(w)
		whole = whole || text == at.tables[0].view.C(s.entity.ID().Column)
		to.GroupBy(text)
	}
	if !whole {
		return errGroup
	}
	if len(s.having.all) == 0 {
		return nil
	}
	w, err := s.having.expr(at)
	if err != nil {
		return err
	}
	to.Having(sql.P(w))
	return nil
}

var errGroup = errors.New("query: a group of several rows is no entity: group by the id too, or read what the groups have in common with GetAs")

// page sets limit and offset. SQLite and MySQL have no offset without a limit.
func (s *spec) page(to *sql.Selector) {
	switch {
	case s.limit != nil:
		to.Limit(*s.limit)
	case s.offset != nil && to.Dialect() != dialect.Postgres:
		to.Limit(math.MaxInt64)
	}
	if s.offset != nil {
		to.Offset(*s.offset)
	}
}

// reversed is the statement with the rows from the end.
func (s *spec) reversed() spec {
	c := s.ordered()
	for i, o := range c.orders {
		c.orders[i].direction = o.direction.reverse()
	}
	return c
}

// ordered is the statement with an order.
func (s *spec) ordered() spec {
	c := s.clone()
	if len(c.orders) == 0 {
		c.orders = []order{{Col(s.entity.ID().Name), Asc}}
	}
	return c
}

var errTaken = errors.New("query: First and Last take a statement without limit and offset")

// first is the statement for one row.
func (s *spec) first() (spec, error) {
	if s.limit != nil || s.offset != nil {
		return *s, errTaken
	}
	one := 1
	c := s.clone()
	c.limit = &one
	return c, nil
}

func quote(dialectName, name string) string {
	b := &sql.Builder{}
	b.SetDialect(dialectName)
	return b.Quote(name)
}
