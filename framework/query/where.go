package query

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Op is an operator of [Group.Where], in any case.
type Op string

// The operators. In and NotIn take a slice or a subquery, IsNull and NotNull no
// value. Like takes a pattern; for text that users give, [EscapeLike] it, or use
// WhereContains.
const (
	Eq      Op = "="
	Ne      Op = "<>"
	Lt      Op = "<"
	Le      Op = "<="
	Gt      Op = ">"
	Ge      Op = ">="
	Like    Op = "LIKE"
	NotLike Op = "NOT LIKE"
	In      Op = "IN"
	NotIn   Op = "NOT IN"
	IsNull  Op = "IS NULL"
	NotNull Op = "IS NOT NULL"
)

func ops() []Op { return []Op{Eq, Ne, Lt, Le, Gt, Ge, Like, NotLike, In, NotIn, IsNull, NotNull} }

func (op Op) parse() (Op, error) {
	known := Op(strings.ToUpper(strings.Join(strings.Fields(string(op)), " ")))
	if known == "!=" {
		known = Ne
	}
	if !slices.Contains(ops(), known) {
		names := make([]string, 0, len(ops()))
		for _, o := range ops() {
			names = append(names, string(o))
		}
		return "", &UnknownNameError{"operator", string(op), names}
	}
	return known, nil
}

// Group is a list of conditions that all must hold. One behind Or is an
// alternative to the one before it alone: a AND (b OR c). An empty group is no
// condition.
type Group struct {
	all [][]Expr
	or  bool
	err error
}

func (g *Group) clone() Group {
	c := Group{or: g.or, err: g.err}
	for _, one := range g.all {
		c.all = append(c.all, slices.Clone(one))
	}
	return c
}

func (g *Group) add(e Expr) *Group {
	if g.or && len(g.all) > 0 {
		last := &g.all[len(g.all)-1]
		*last = append(*last, e)
	} else {
		g.all = append(g.all, []Expr{e})
	}
	g.or = false
	return g
}

// Or makes the next condition an alternative to the last one.
func (g *Group) Or() *Group {
	g.or = true
	return g
}

// Where compares a column with a value, which is a parameter. NULL is nil, for
// Eq and Ne.
func (g *Group) Where(column string, op Op, value any) *Group {
	return g.WhereExpr(Col(column), op, value)
}

// OrWhere is Or and Where.
func (g *Group) OrWhere(column string, op Op, value any) *Group {
	return g.Or().Where(column, op, value)
}

// WhereExpr compares an expression with a value, another expression or a
// subquery.
func (g *Group) WhereExpr(e Expr, op Op, value any) *Group { return g.add(compare(e, op, value)) }

// WhereColumn compares two columns.
func (g *Group) WhereColumn(left string, op Op, right string) *Group {
	return g.WhereExpr(Col(left), op, Col(right))
}

// WhereIn keeps the rows with one of the values of a slice, of any length, or of a
// subquery. An empty slice keeps none; nil among the values is NULL.
func (g *Group) WhereIn(column string, values any) *Group { return g.Where(column, In, values) }

// WhereNotIn keeps the rows with none of the values, and of those without a value
// none, unless the slice is empty.
func (g *Group) WhereNotIn(column string, values any) *Group { return g.Where(column, NotIn, values) }

// WhereNull keeps the rows without a value.
func (g *Group) WhereNull(column string) *Group { return g.Where(column, IsNull, nil) }

// WhereNotNull keeps the rows with a value.
func (g *Group) WhereNotNull(column string) *Group { return g.Where(column, NotNull, nil) }

// WhereContains keeps the rows whose text contains the given one, in any case.
// Nothing in it is a wildcard.
func (g *Group) WhereContains(column, text string) *Group {
	return g.add(func(s *scope) (writer, error) {
		name, _, err := s.column(column)
		return func(b *sql.Builder) { b.Join(sql.ContainsFold(name, text)) }, err
	})
}

// WhereExists keeps the rows for which the subquery has a row. It refers to the
// statement around it by the names of its tables and joins.
func (g *Group) WhereExists(sub Subquery) *Group { return g.exists("EXISTS ", sub) }

// WhereNotExists keeps the rows for which the subquery has no row.
func (g *Group) WhereNotExists(sub Subquery) *Group { return g.exists("NOT EXISTS ", sub) }

func (g *Group) exists(keyword string, sub Subquery) *Group {
	return g.add(func(s *scope) (writer, error) {
		inner, err := s.sub(sub)
		return func(b *sql.Builder) { b.WriteString(keyword).Wrap(inner) }, err
	})
}

// WhereRaw keeps the rows for which the SQL is true; see [Raw].
func (g *Group) WhereRaw(text string, args ...any) *Group {
	raw := Raw(text, args...)
	return g.add(func(s *scope) (writer, error) {
		w, err := raw(s)
		return func(b *sql.Builder) { b.Wrap(w) }, err
	})
}

// WhereGroup puts conditions into parentheses.
func (g *Group) WhereGroup(fill func(g *Group)) *Group {
	inner := &Group{}
	fill(inner)
	g.err = errors.Join(g.err, inner.err)
	if len(inner.all) == 0 {
		g.or = false
		return g
	}
	return g.add(inner.expr)
}

// Matching keeps the rows for which all of Ent's predicates hold: post.TitleEQ("x").
func (g *Group) Matching(predicates ...func(*sql.Selector)) *Group {
	for _, p := range predicates {
		g.add(func(s *scope) (writer, error) { return s.predicate(p) })
	}
	return g
}

// expr writes the conditions.
func (g *Group) expr(s *scope) (writer, error) {
	var (
		all  [][]writer
		errs []error
	)
	for _, alternatives := range g.all {
		var some []writer
		for _, e := range alternatives {
			w, err := e(s)
			some, errs = append(some, w), append(errs, err)
		}
		all = append(all, some)
	}
	return func(b *sql.Builder) {
		b.Wrap(func(b *sql.Builder) {
			for i, some := range all {
				if i > 0 {
					b.WriteString(" AND ")
				}
				b.Wrap(func(b *sql.Builder) {
					for i, w := range some {
						if i > 0 {
							b.WriteString(" OR ")
						}
						w(b)
					}
				})
			}
		})
	}, errors.Join(errs...)
}

// compare is a comparison. What stands on its right must fit the column.
func compare(left Expr, op Op, value any) Expr {
	return func(s *scope) (writer, error) {
		op, err := op.parse()
		if err != nil {
			return nil, err
		}
		l, f, err := s.leftSide(left)
		if err != nil {
			return nil, err
		}
		switch {
		case op == IsNull || op == NotNull || isNil(value) && (op == Eq || op == Ne):
			if !isNil(value) {
				return nil, fmt.Errorf("query: %s takes no value", op)
			}
			switch op {
			case Ne:
				op = NotNull
			case Eq:
				op = IsNull
			default:
			}
			return func(b *sql.Builder) { l(b); b.WriteString(" " + string(op)) }, nil
		case isNil(value):
			return nil, fmt.Errorf("query: %s takes a value, not NULL", op)
		}
		if sub, ok := value.(Subquery); ok {
			inner, err := s.sub(sub)
			if err == nil && s.dialect == dialect.MySQL && (op == In || op == NotIn) && sub.parts().pages() {
				inner = wrapped(inner) // which takes no LIMIT there, but one deeper
			}
			return func(b *sql.Builder) { l(b); b.WriteString(" " + string(op) + " ").Wrap(inner) }, err
		}
		if op == In || op == NotIn {
			return inList(s, l, op, f, value)
		}
		if err := incomparable(f, op, value); err != nil {
			return nil, err
		}
		r, err := s.rightSide(f, value)
		return func(b *sql.Builder) {
			l(b)
			b.WriteString(" " + string(op) + " ")
			r(b)
			if (op == Like || op == NotLike) && s.dialect == dialect.SQLite {
				b.WriteString(` ESCAPE '\'`) // as the others have it by themselves
			}
		}, err
	}
}

// incomparable refuses what databases do not compare alike, or at all.
func incomparable(f *entity.Field, op Op, value any) error {
	if _, ok := value.(Expr); ok {
		return nil
	}
	if f != nil && (f.Kind == entity.JSON || f.Kind == entity.Strings) && reflect.ValueOf(value).Kind() != reflect.String {
		return fmt.Errorf("query: %s holds a document, which not every database compares with a %T; use WhereRaw", f.Name, value)
	}
	if _, ok := elements(value); ok {
		return fmt.Errorf("query: %s takes one value, not a %T, which is for IN", op, value)
	}
	return nil
}

// inList compares with a list. NULL in it is IS NULL, and with NOT IN IS NOT NULL.
func inList(s *scope, l writer, op Op, f *entity.Field, value any) (writer, error) {
	values, ok := elements(value)
	if !ok {
		return nil, fmt.Errorf("query: %s takes a slice or a subquery, not a %T", op, value)
	}
	if some := slices.DeleteFunc(slices.Clone(values), isNil); len(some) < len(values) {
		null, join := IsNull, " OR "
		if op == NotIn {
			null, join = NotNull, " AND "
		}
		isNull := func(b *sql.Builder) { l(b); b.WriteString(" " + string(null)) }
		if len(some) == 0 {
			return isNull, nil
		}
		in, err := inList(s, l, op, f, some)
		return func(b *sql.Builder) {
			b.Wrap(func(b *sql.Builder) { in(b); b.WriteString(join); isNull(b) })
		}, err
	}
	for _, v := range values {
		if err := fits(f, v); err != nil {
			return nil, err
		}
	}
	if text, arg, ok := entity.List(s.dialect, op == NotIn, values); ok {
		before, after, bound := strings.Cut(text, "?")
		return func(b *sql.Builder) {
			l(b)
			b.WriteString(" " + before)
			if bound {
				b.Arg(arg).WriteString(after)
			}
		}, nil
	}
	return func(b *sql.Builder) {
		l(b)
		b.WriteString(" " + string(op) + " ").Wrap(func(b *sql.Builder) { b.Args(values...) })
	}, nil
}

func isNil(v any) bool {
	if v == nil {
		return true
	}
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}

// EscapeLike takes the meaning from the wildcards in text that is to be a part
// of a pattern of [Like].
func EscapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
