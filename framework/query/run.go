package query

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"strconv"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	queryplan "github.com/framefox-go/framefox/framework/plan"
)

// Client is a generated client: a source that reads and writes entities.
type Client interface {
	Source
	// QueryRows reads rows of the entity, a []*ent.Post, with what finish makes of
	// the statement.
	QueryRows(ctx context.Context, entity string, finish func(*sql.Selector)) (any, error)
	// QueryChange begins an ent.OpUpdate or ent.OpDelete of the entity.
	QueryChange(entity string, op ent.Op) (entity.Mutation, func(context.Context) (int, error))
}

var errNoClient = errors.New("query: entities are read and changed by the generated client; give it to From")

func (b *Builder[E]) client() (Client, error) {
	src := b.src
	if l, ok := src.(limited); ok {
		src = l.Source
	}
	if c, ok := src.(Client); ok {
		return c, nil
	}
	return nil, errNoClient
}

// Get reads the rows as entities, by the generated client: its interceptors hold.
func (b *Builder[E]) Get(ctx context.Context) ([]E, error) { return b.get(ctx, b.spec) }

func (b *Builder[E]) get(ctx context.Context, s spec) ([]E, error) {
	client, err := b.client()
	if err != nil {
		return nil, err
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	if s.alias != "" || len(s.unions) > 0 || len(s.selects) > 0 {
		return nil, errors.New("query: entities are read whole: As, Union and Select are for GetAs and subqueries")
	}
	s.whole = true
	driver := client.Driver()
	if _, err := s.statement(ctx, driver.Dialect()); err != nil { // Ent would keep the text of the error alone
		return nil, err
	}
	l := limitsOf(b.src)
	var rows []E
	err = l.run(ctx, driver, func(ctx context.Context) error {
		list, err := client.QueryRows(ctx, s.entity.Name, func(to *sql.Selector) {
			if err := s.fill(&scope{ctx: to.Context(), dialect: driver.Dialect()}, to, to.Table()); err != nil {
				to.AddError(err)
			}
			if l.rows > 0 && l.rows < math.MaxInt && (s.limit == nil || *s.limit > l.rows) {
				to.Limit(l.rows + 1)
			}
		})
		if err != nil {
			return err
		}
		rows = list.([]E)
		if l.rows > 0 && len(rows) > l.rows {
			return fmt.Errorf("%w: there are more than %d", ErrTooManyRows, l.rows)
		}
		return nil
	})
	return rows, err
}

// First reads the first row, by id if there is no order. Without one the error is
// an *entity.NotFoundError.
func (b *Builder[E]) First(ctx context.Context) (E, error) { return b.one(ctx, b.spec.ordered()) }

// Last is First from the end.
func (b *Builder[E]) Last(ctx context.Context) (E, error) { return b.one(ctx, b.spec.reversed()) }

func (b *Builder[E]) one(ctx context.Context, s spec) (E, error) {
	var none E
	s, err := s.first()
	if err != nil {
		return none, err
	}
	rows, err := b.get(ctx, s)
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		return none, &entity.NotFoundError{Entity: s.entity.Name}
	}
	return rows[0], nil
}

// Count counts the rows that Get would read.
func (b *Builder[E]) Count(ctx context.Context) (int, error) {
	return b.scalar(ctx, b.spec, "SELECT COUNT(*) FROM (", ") AS counted")
}

// Exists reports whether there is a row.
func (b *Builder[E]) Exists(ctx context.Context) (bool, error) {
	n, err := b.scalar(ctx, b.spec, "SELECT EXISTS (", ")")
	return n == 1, err
}

func (b *Builder[E]) scalar(ctx context.Context, s spec, before, after string) (int, error) {
	s = s.clone()
	s.unordered = !s.pages()
	switch {
	case len(s.selects) > 0:
	case len(s.groups) > 0:
		for i, e := range s.groups {
			s.selects = append(s.selects, selection{"group_" + strconv.Itoa(i), e})
		}
	default:
		s.selects = []selection{{"", Col(s.entity.ID().Name)}}
	}
	driver := b.src.Driver()
	selector, err := s.statement(ctx, driver.Dialect())
	if err != nil {
		return 0, err
	}
	text, args := selector.Query()
	if strings.HasPrefix(before, "SELECT EXISTS") {
		before, after = "SELECT CASE WHEN EXISTS (", ") THEN 1 ELSE 0 END"
	}
	n := 0
	err = stream(ctx, driver, limitsOf(b.src), before+text+after, args, func(v int, _ error) bool {
		n = v
		return true
	})
	return n, err
}

// ToSQL is the statement, as GetAs would run it, with its arguments: those that
// stand behind ? or $1. Without a selection it reads the id.
func (b *Builder[E]) ToSQL(ctx context.Context) (text string, args []any, err error) {
	s := b.spec
	if len(s.selects) == 0 {
		for _, f := range s.entity.Fields {
			if !f.Sensitive {
				s.selects = append(s.selects, selection{f.Column, Col(f.Name)})
			}
		}
	}
	selector, err := s.statement(ctx, b.src.Driver().Dialect())
	if err != nil {
		return "", nil, err
	}
	text, args = selector.Query()
	return text, args, nil
}

// Explain is the plan that the database has for the statement; see package plan.
func (b *Builder[E]) Explain(ctx context.Context) (p *queryplan.Plan, err error) {
	text, args, err := b.ToSQL(ctx)
	if err != nil {
		return nil, err
	}
	err = limitsOf(b.src).run(ctx, b.src.Driver(), func(ctx context.Context) error {
		p, err = queryplan.Explain(ctx, b.src, queryplan.Query{SQL: text, Args: args})
		return err
	})
	return p, err
}

// GetAs reads the rows of a builder into T: a struct, a map, or a scalar, as [All]
// does. Without a selection, the columns are those that the struct has fields for.
func GetAs[T any, E Row](ctx context.Context, b *Builder[E]) ([]T, error) {
	all := []T{}
	for row, err := range EachAs[T](ctx, b) {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

// FirstAs reads the first row, by id if there is no order and what it reads are
// rows: no groups, distinct ones or aggregates.
func FirstAs[T any, E Row](ctx context.Context, b *Builder[E]) (T, error) {
	var none T
	s := b.spec
	s, err := s.first()
	if err != nil {
		return none, err
	}
	s.byKey = len(s.orders) == 0 && len(s.groups) == 0 && len(s.having.all) == 0 && !s.distinct && len(s.unions) == 0
	for row, err := range EachAs[T](ctx, &Builder[E]{b.src, s}) {
		return row, err
	}
	return none, &entity.NotFoundError{Entity: s.entity.Name}
}

// EachAs streams the rows; see [Each].
func EachAs[T any, E Row](ctx context.Context, b *Builder[E]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err := b.each(ctx, reflect.TypeFor[T](), func(driver dialect.Driver, text string, args []any) error {
			return stream(ctx, driver, limitsOf(b.src), text, args, yield)
		}); err != nil && !errors.Is(err, errStopped) {
			var none T
			yield(none, err)
		}
	}
}

func (b *Builder[E]) each(ctx context.Context, t reflect.Type, run func(driver dialect.Driver, text string, args []any) error) error {
	s := b.spec
	if len(s.selects) == 0 {
		if t.Kind() == reflect.Pointer && isRecord(t.Elem()) {
			t = t.Elem()
		}
		p, err := planOf(t)
		if err != nil {
			return err
		}
		if len(p.fields) == 0 {
			return fmt.Errorf("query: Select says which columns go into a %s", t)
		}
		for _, f := range p.fields {
			s.selects = append(s.selects, selection{f.column, Col(f.column)})
		}
	}
	driver := b.src.Driver()
	selector, err := s.statement(ctx, driver.Dialect())
	if err != nil {
		return err
	}
	text, args := selector.Query()
	if err := selector.Err(); err != nil {
		return err
	}
	return run(driver, text, args)
}
