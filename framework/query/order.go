package query

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Direction is the direction of an order, in any case. NULL comes last, whatever
// the direction and the dialect, unless it says otherwise.
type Direction string

// The directions.
const (
	Asc            Direction = "ASC"
	Desc           Direction = "DESC"
	AscNullsFirst  Direction = "ASC NULLS FIRST"
	DescNullsFirst Direction = "DESC NULLS FIRST"
)

// ParseDirection reads asc or desc, in any case.
func ParseDirection(text string) (Direction, error) {
	if d := Direction(strings.ToUpper(strings.TrimSpace(text))); d == Asc || d == Desc {
		return d, nil
	}
	return "", &UnknownNameError{"direction", text, []string{"asc", "desc"}}
}

// split tells what the direction means to a database.
func (d Direction) split() (keyword string, nullsFirst bool, err error) {
	switch known := d.upper(); known {
	case Asc, Desc:
		return string(known), false, nil
	case AscNullsFirst, DescNullsFirst:
		return strings.Fields(string(known))[0], true, nil
	}
	return "", false, &UnknownNameError{"direction", string(d), []string{string(Asc), string(Desc), string(AscNullsFirst), string(DescNullsFirst)}}
}

func (d Direction) upper() Direction {
	return Direction(strings.ToUpper(strings.Join(strings.Fields(string(d)), " ")))
}

// reverse leaves one that it does not know to split.
func (d Direction) reverse() Direction {
	r, ok := map[Direction]Direction{Asc: DescNullsFirst, Desc: AscNullsFirst, AscNullsFirst: Desc, DescNullsFirst: Asc}[d.upper()]
	if !ok {
		return d
	}
	return r
}

type order struct {
	expr      Expr
	direction Direction
}

// OrderBy orders by a column, or by what SelectAs named. Several calls order by
// several.
func (b *Builder[E]) OrderBy(column string, d Direction) *Builder[E] {
	return b.OrderByExpr(Col(column), d)
}

// OrderByExpr orders by an expression.
func (b *Builder[E]) OrderByExpr(e Expr, d Direction) *Builder[E] {
	return b.with(func(s *spec) { s.orders = append(s.orders, order{e, d}) })
}

// OrderByRaw orders by SQL; see [Raw].
func (b *Builder[E]) OrderByRaw(text string, d Direction, args ...any) *Builder[E] {
	return b.OrderByExpr(Raw(text, args...), d)
}

// OrderByKey orders as someone outside of the program asks for: by one of the
// keys that are allowed, asc or desc. Anything else is an *UnknownNameError.
//
//	allowed := map[string]query.Expr{"name": query.Col(user.FieldLastName), "since": query.Col(user.FieldCreatedAt)}
//	b = b.OrderByKey(allowed, r.FormValue("sort"), r.FormValue("order"))
func (b *Builder[E]) OrderByKey(allowed map[string]Expr, key, direction string) *Builder[E] {
	return b.with(func(s *spec) {
		d, err := ParseDirection(direction)
		e, ok := allowed[key]
		if !ok {
			err = &UnknownNameError{"order", key, slices.Sorted(maps.Keys(allowed))}
		}
		if err != nil {
			s.errs = append(s.errs, err)
			return
		}
		s.orders = append(s.orders, order{e, d})
	})
}

// terms are what ORDER BY lists for the order.
func (o order) terms(s *scope) ([]writer, error) {
	keyword, nullsFirst, err := o.direction.split()
	if err != nil {
		return nil, err
	}
	w, err := o.expr(s)
	if err != nil {
		return nil, err
	}
	term := func(b *sql.Builder) { w(b); b.WriteString(" " + keyword) }
	if f := s.fieldIn(w); f != nil && !f.Nullable && !s.joinsLeft || s.union && s.dialect == dialect.MySQL {
		return []writer{term}, nil
	}
	if s.dialect != dialect.MySQL {
		nulls := " NULLS LAST"
		if nullsFirst {
			nulls = " NULLS FIRST"
		}
		return []writer{func(b *sql.Builder) { term(b); b.WriteString(nulls) }}, nil
	}
	test := s.meaning(w)
	null, value := "1", "0"
	if nullsFirst {
		null, value = "0", "1"
	}
	return []writer{func(b *sql.Builder) {
		b.WriteString("CASE WHEN ")
		test(b)
		b.WriteString(" IS NULL THEN " + null + " ELSE " + value + " END")
	}, term}, nil
}

func (s *spec) orderBy(at *scope, to *sql.Selector) error {
	for _, o := range s.orders {
		terms, err := o.terms(at)
		if err != nil {
			return err
		}
		if s.distinct && !s.reads(at, o.expr) {
			return errors.New("query: a statement with Distinct orders by what it reads only; Select that too")
		}
		if s.unordered {
			continue
		}
		for _, w := range terms {
			to.OrderExpr(sql.ExprFunc(w))
		}
	}
	return nil
}

// reads reports whether the expression is among the columns of the result.
func (s *spec) reads(at *scope, e Expr) bool {
	text := at.text(e)
	if len(s.selects) == 0 {
		return slices.ContainsFunc(s.entity.Fields, func(f *entity.Field) bool { return at.tables[0].view.C(f.Column) == text })
	}
	return slices.ContainsFunc(s.selects, func(c selection) bool {
		return at.text(c.expr) == text || c.name != "" && quote(at.dialect, c.name) == text
	})
}
