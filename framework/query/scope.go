package query

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// scope is what names mean in a statement.
type scope struct {
	ctx     context.Context //nolint:containedctx // of the one statement
	dialect string
	tables  []*table // the main one first
	selects []selection
	ctes    []string
	around  *scope // of a subquery

	joinsLeft  bool // any column may be NULL
	union      bool // columns are those of the result
	aggregates bool // what was selected makes one row of many
}

// table is a table of the statement.
type table struct {
	key    string         // the path of edges, or the name
	entity *entity.Entity // nil for a common table expression
	view   view
	on     string // of a join that was written out
}

type view interface {
	sql.TableView
	C(column string) string
}

// writer writes a part of the statement.
type writer = func(*sql.Builder)

// column finds a column that everybody may read: "title", "author.name",
// "posts.title".
func (s *scope) column(name string) (string, *entity.Field, error) {
	text, f, err := s.lookup(name)
	if f != nil && f.Sensitive {
		return "", nil, fmt.Errorf("%w: %s", ErrSensitive, name)
	}
	return text, f, err
}

// lookup finds a column.
func (s *scope) lookup(name string) (string, *entity.Field, error) {
	path, last := "", name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		path, last = name[:i], name[i+1:]
	}
	for at := s; at != nil; at = at.around {
		t := at.find(path)
		if t == nil {
			continue
		}
		if t.entity == nil {
			return t.view.C(last), nil, checkName(last)
		}
		if at.union && at == s && slices.Contains(s.named(), last) {
			return quote(s.dialect, last), nil, nil
		}
		if f := fieldOf(t.entity, last); f != nil {
			return t.view.C(f.Column), f, nil
		}
		if path == "" && slices.Contains(s.named(), last) {
			return quote(s.dialect, last), nil, nil
		}
		return "", nil, &UnknownNameError{"column of " + t.entity.Name, name, slices.Concat(fieldNames(t.entity), s.named())}
	}
	return "", nil, &UnknownNameError{"table or join", path, s.known()}
}

// named are the columns of the result that have a name.
func (s *scope) named() (names []string) {
	for _, c := range s.selects {
		if c.name != "" {
			names = append(names, c.name)
		}
	}
	return names
}

// text is the expression alone.
func (s *scope) text(e Expr) string {
	w, err := e(s)
	if err != nil {
		return ""
	}
	return s.written(w)
}

func (s *scope) written(w writer) string {
	b := &sql.Builder{}
	b.SetDialect(s.dialect)
	w(b)
	return b.String()
}

// meaning is the expression that the writer names, or the writer itself: MySQL
// takes the name of a sum alone, but not within an expression.
func (s *scope) meaning(w writer) writer {
	text := s.written(w)
	for _, c := range s.selects {
		if c.name != "" && quote(s.dialect, c.name) == text {
			if inner, err := c.expr(s); err == nil {
				return inner
			}
		}
	}
	return w
}

func (s *scope) find(path string) *table {
	if path == "" {
		return s.tables[0]
	}
	i := slices.IndexFunc(s.tables, func(t *table) bool { return t.key == path })
	if i < 0 {
		return nil
	}
	return s.tables[i]
}

func (s *scope) known() (names []string) {
	for at := s; at != nil; at = at.around {
		for _, t := range at.tables {
			names = append(names, t.key)
		}
	}
	return names
}

func fieldOf(e *entity.Entity, name string) *entity.Field {
	if f, ok := e.Field(name); ok {
		return f
	}
	return e.ByColumn(name)
}

func fieldNames(e *entity.Entity) []string {
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = f.Name
	}
	return names
}

// leftSide writes an expression and tells whose values it has, if it is a field.
func (s *scope) leftSide(e Expr) (writer, *entity.Field, error) {
	w, err := e(s)
	if err != nil {
		return nil, nil, err
	}
	return w, s.fieldIn(w), nil
}

// fieldIn is the field that the writer writes, and nothing else.
func (s *scope) fieldIn(w writer) *entity.Field {
	text := s.written(w)
	for at := s; at != nil; at = at.around {
		for _, t := range at.tables {
			if t.entity == nil {
				continue
			}
			for _, f := range t.entity.Fields {
				if t.view.C(f.Column) == text {
					return f
				}
			}
		}
	}
	return nil
}

// rightSide writes an expression or a value.
func (s *scope) rightSide(f *entity.Field, v any) (writer, error) {
	if e, ok := v.(Expr); ok {
		return e(s)
	}
	if err := fits(f, v); err != nil {
		return nil, err
	}
	return func(b *sql.Builder) { b.Arg(v) }, nil
}

// predicate writes a predicate of Ent.
func (s *scope) predicate(p func(*sql.Selector)) (writer, error) {
	at := sql.Dialect(s.dialect).Select().From(s.tables[0].view).WithContext(s.ctx)
	p(at)
	if err := at.Err(); err != nil {
		return nil, fmt.Errorf("query: wrong predicate: %w", err)
	}
	if at.HasJoins() {
		return nil, errors.New("query: a predicate that joins tables cannot be a condition here")
	}
	if at.P() == nil {
		return func(b *sql.Builder) { b.WriteString("1 = 1") }, nil
	}
	return func(b *sql.Builder) { b.Wrap(func(b *sql.Builder) { b.Join(at.P()) }) }, nil
}

// sub writes a subquery.
func (s *scope) sub(q Subquery) (writer, error) {
	selector, err := q.selector(s)
	if err != nil {
		return nil, err
	}
	return func(b *sql.Builder) { b.Join(selector) }, nil
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)

// checkName refuses what is no plain name.
func checkName(name string) error {
	if plainName.MatchString(name) {
		return nil
	}
	return fmt.Errorf("query: %q is no name: it has letters, digits and underscores, 63 at most", name)
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
