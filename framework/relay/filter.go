package relay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/search"
)

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
type budget struct {
	predicates, operands int
	hides                bool // the filter looks at rows of which some may be hidden
}

// spend takes predicates out of the budget.
func (s *scope) spend(n int, path string) error {
	if s.budget.predicates -= n; s.budget.predicates < 0 {
		return bad(path, "has more than %d predicates", s.limits.MaxPredicates)
	}
	return nil
}

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
		if err := s.spend(1, path); err != nil {
			return nil, err
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
	case search.Predicate:
		if s.entity.Search != nil {
			return s.compileSearch(v, path)
		}
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
			if op.Takes == TakesJSON {
				return s.compileJSON(f, v, path)
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
	case TakesList, TakesSome, TakesJSON:
	}
	list := items(v)
	if op.Takes == TakesSome && len(list) == 0 {
		return nil, bad(path, "must not be an empty list")
	}
	if len(list) > s.limits.MaxList {
		return nil, bad(path, "has %d items; the most are %d", len(list), s.limits.MaxList)
	}
	if s.budget.operands -= len(list); s.budget.operands < 0 {
		return nil, bad(path, "brings the filter over %d values in lists", s.limits.MaxOperands)
	}
	if op.Takes == TakesSome { // each is a predicate of its own
		if err := s.spend(len(list)-1, path); err != nil {
			return nil, err
		}
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

// operand is one value that rows are compared with, as it is stored.
func (s *scope) operand(f *entity.Field, v any) (any, error) {
	if f.Kind == entity.Strings {
		f = &entity.Field{Kind: entity.String} // one of the list
	}
	value, err := s.parsePlain(f, v)
	if err != nil {
		return nil, err
	}
	if t, ok := value.(string); ok {
		if len(t) > maxOperand {
			return nil, fmt.Errorf("is longer than %d bytes", maxOperand)
		}
		if err := checkText(t); err != nil {
			return nil, err
		}
	}
	if s.keyOf(f) != nil {
		return value, nil
	}
	// The Go type may refuse what its kind allows.
	if value, err = f.Typed(value); err != nil {
		return nil, err
	}
	return entity.Plain(value)
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
