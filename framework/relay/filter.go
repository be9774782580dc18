package relay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Takes is what an operator is given.
type Takes uint8

// What operators are given.
const (
	TakesValue Takes = iota
	TakesList
	TakesFlag // true, or false for the opposite
)

// Operator is one predicate on a field: `titleContains` is the field title
// with the operator of suffix Contains.
type Operator struct {
	Suffix string
	Takes  Takes
	apply  func(column string, values []any) *sql.Predicate
}

// Operators lists what a client may ask of the field in a filter.
func Operators(f *entity.Field) []Operator {
	one := func(suffix string, fn func(string, any) *sql.Predicate) Operator {
		return Operator{suffix, TakesValue, func(c string, v []any) *sql.Predicate { return fn(c, v[0]) }}
	}
	ops := []Operator{one("", sql.EQ), one("NEQ", sql.NEQ)}
	if f.Kind != entity.Bool {
		ops = append(ops,
			Operator{"In", TakesList, func(c string, v []any) *sql.Predicate { return entity.In(c, v...) }},
			Operator{"NotIn", TakesList, func(c string, v []any) *sql.Predicate {
				if len(v) == 0 {
					return sql.NotNull(c)
				}
				return entity.NotIn(c, v...)
			}})
	}
	key := f.Target != "" || f.GraphQL == "id"
	switch f.Kind {
	case entity.Int, entity.BigInt, entity.Float, entity.Time, entity.Date:
		if !key {
			ops = append(ops, one("GT", sql.GT), one("GTE", sql.GTE), one("LT", sql.LT), one("LTE", sql.LTE))
		}
	case entity.String:
		if key {
			break
		}
		text := func(suffix string, fn func(string, string) *sql.Predicate) Operator {
			return one(suffix, func(c string, v any) *sql.Predicate { return fn(c, v.(string)) })
		}
		ops = append(ops,
			text("Contains", sql.Contains), text("ContainsFold", containsFold),
			text("HasPrefix", sql.HasPrefix), text("HasSuffix", sql.HasSuffix),
			text("EqualFold", equalFold))
	default:
	}
	if f.Nullable {
		ops = append(ops, Operator{"IsNil", TakesFlag, func(c string, v []any) *sql.Predicate {
			if v[0] == true {
				return sql.IsNull(c)
			}
			return sql.NotNull(c)
		}})
	}
	return ops
}

// equalFold and containsFold ignore case and nothing else. Ent's own would take
// é for e on MySQL, and one emoji for any other.
func equalFold(column, text string) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		lower(b, column).WriteString(" = LOWER(").Arg(text).WriteString(")")
	})
}

func containsFold(column, text string) *sql.Predicate {
	pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
	return sql.P(func(b *sql.Builder) {
		lower(b, column).WriteString(" LIKE LOWER(").Arg(pattern).WriteString(")")
		if b.Dialect() == dialect.SQLite { // the others escape so by default
			b.WriteString(` ESCAPE '\'`)
		}
	})
}

func lower(b *sql.Builder, column string) *sql.Builder {
	b.WriteString("LOWER(").Ident(column)
	if b.Dialect() == dialect.Postgres {
		b.WriteString(` COLLATE "default"`) // the columns' own knows ASCII only
	}
	return b.WriteString(")")
}

// HasEdge names the predicate that a row has something at the edge.
func HasEdge(e *entity.Edge) string {
	return "has" + strings.ToUpper(e.GraphQL[:1]) + e.GraphQL[1:]
}

// table is a table or subquery whose columns predicates name.
type table interface{ C(column string) string }

// predicate builds SQL for rows of a table, once the dialect is known.
type predicate func(b *builder, t table) *sql.Predicate

// builder numbers the aliases of the subqueries of one statement.
type builder struct {
	ctx     context.Context //nolint:containedctx // lives for one statement; says whether tombstones show
	dialect *sql.DialectBuilder
	aliases int
}

func (b *builder) alias() string {
	b.aliases++
	return fmt.Sprintf("f%d", b.aliases)
}

// maxOperand is the longest text that rows are compared with, in bytes.
// SQLite takes no pattern over 50,000, and escaping may double it.
const maxOperand = 10_000

// scope compiles the filter of one entity.
type scope struct {
	registry entity.Registry
	entity   *entity.Entity
	limits   Settings
	budget   *budget
	depth    int // of groups around
	edges    int // of edges around
}

func newScope(src Source, e *entity.Entity) *scope {
	limits := src.Settings()
	return &scope{
		registry: src.Entities(), entity: e, limits: limits,
		budget: &budget{predicates: limits.MaxPredicates, operands: limits.MaxOperands},
	}
}

// budget is what is left of the limits of one filter.
type budget struct{ predicates, operands int }

func bad(path, format string, args ...any) error {
	return &ArgumentError{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// compile checks a filter whole and turns it into a predicate. A filter never
// means more rows than it says: null and empty groups are refused, and an
// empty list matches nothing.
func (s *scope) compile(where Where, path string) (predicate, error) {
	if s.depth > s.limits.MaxDepth {
		return nil, bad(path, "is nested deeper than %d levels", s.limits.MaxDepth)
	}
	keys := make([]string, 0, len(where))
	for key := range where {
		keys = append(keys, key)
	}
	slices.Sort(keys) // the same filter gives the same statement
	all := make([]predicate, 0, len(keys))
	for _, key := range keys {
		if s.budget.predicates--; s.budget.predicates < 0 {
			return nil, bad(path, "has more than %d predicates", s.limits.MaxPredicates)
		}
		p, err := s.compileKey(key, where[key], path+"."+key)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return join(all, sql.And), nil
}

func (s *scope) compileKey(key string, v any, path string) (predicate, error) {
	if v == nil {
		return nil, bad(path, "must not be null; leave it out, or ask with IsNil")
	}
	switch key {
	case "not":
		p, err := s.compileGroup(v, path)
		if err != nil {
			return nil, err
		}
		return func(b *builder, t table) *sql.Predicate { return sql.Not(p(b, t)) }, nil
	case "and":
		return s.compileList(v, path, sql.And)
	case "or":
		return s.compileList(v, path, sql.Or)
	}
	for _, e := range s.entity.Edges {
		if e.GraphQL == "" {
			continue
		}
		switch has := HasEdge(e); key {
		case has:
			yes, ok := v.(bool)
			if !ok {
				return nil, bad(path, "must be true or false")
			}
			return s.exists(e, nil, !yes), nil
		case has + "With":
			if s.edges >= s.limits.MaxEdges {
				return nil, bad(path, "looks through more than %d edges", s.limits.MaxEdges)
			}
			inner := *s
			inner.edges++
			inner.entity = s.registry[e.Target]
			p, err := inner.compileList(v, path, sql.And)
			if err != nil {
				return nil, err
			}
			return s.exists(e, p, false), nil
		}
	}
	return s.compileField(key, v, path)
}

func (s *scope) compileField(key string, v any, path string) (predicate, error) {
	for _, f := range s.entity.Fields {
		if !f.Filter || !strings.HasPrefix(key, f.GraphQL) {
			continue
		}
		for _, op := range Operators(f) {
			if key != f.GraphQL+op.Suffix {
				continue
			}
			values, err := s.operands(f, op, v, path)
			if err != nil {
				return nil, err
			}
			return func(_ *builder, t table) *sql.Predicate { return op.apply(t.C(f.Column), values) }, nil
		}
	}
	return nil, bad(path, "is not a predicate of %s", s.entity.GraphQL)
}

func (s *scope) operands(f *entity.Field, op Operator, v any, path string) ([]any, error) {
	switch op.Takes {
	case TakesFlag:
		yes, ok := v.(bool)
		if !ok {
			return nil, bad(path, "must be true or false")
		}
		return []any{yes}, nil
	case TakesValue:
		value, err := s.operand(f, v)
		if err != nil {
			return nil, bad(path, "%s", err.Error())
		}
		return []any{value}, nil
	case TakesList:
	}
	list := items(v)
	if len(list) > s.limits.MaxList {
		return nil, bad(path, "has %d items; the most are %d", len(list), s.limits.MaxList)
	}
	if s.budget.operands -= len(list); s.budget.operands < 0 {
		return nil, bad(path, "brings the filter over %d values in lists", s.limits.MaxOperands)
	}
	values := make([]any, len(list))
	for i, item := range list {
		value, err := s.operand(f, item)
		if err != nil {
			return nil, bad(fmt.Sprintf("%s[%d]", path, i), "%s", err.Error())
		}
		values[i] = value
	}
	return values, nil
}

// operand is one value that rows are compared with.
func (s *scope) operand(f *entity.Field, v any) (any, error) {
	value, err := s.parseValue(f, v)
	if err != nil {
		return nil, err
	}
	t, ok := value.(string)
	switch {
	case !ok:
		return value, nil
	case len(t) > maxOperand:
		return nil, fmt.Errorf("is longer than %d bytes", maxOperand)
	}
	return value, checkText(t)
}

func (s *scope) compileGroup(v any, path string) (predicate, error) {
	group, ok := v.(map[string]any)
	if !ok || len(group) == 0 {
		return nil, bad(path, "must be an object with at least one predicate")
	}
	inner := *s
	inner.depth++
	return inner.compile(group, path)
}

func (s *scope) compileList(v any, path string, op func(...*sql.Predicate) *sql.Predicate) (predicate, error) {
	list := items(v)
	if len(list) == 0 {
		return nil, bad(path, "must not be an empty list")
	}
	all := make([]predicate, len(list))
	for i, item := range list {
		p, err := s.compileGroup(item, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		all[i] = p
	}
	return join(all, op), nil
}

func join(all []predicate, op func(...*sql.Predicate) *sql.Predicate) predicate {
	if len(all) == 1 {
		return all[0]
	}
	return func(b *builder, t table) *sql.Predicate {
		parts := make([]*sql.Predicate, len(all))
		for i, p := range all {
			parts[i] = p(b, t)
		}
		return op(parts...)
	}
}

// exists asks for a visible row at the edge that satisfies inner. With a
// predicate on the target, it is a set of keys that is found once, so that
// nested edges add up instead of multiplying; without one, a look into the
// index of the foreign key.
func (s *scope) exists(e *entity.Edge, inner predicate, negate bool) predicate {
	target, owner := s.registry[e.Target], s.entity
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
