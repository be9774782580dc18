package relay

import (
	"cmp"
	"context"
	stdsql "database/sql"
	"sync"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Node is a row as the engine sees it. Generated entities implement it.
type Node interface {
	Valuer
	IsNode()
	EntityType() *entity.Entity
	GraphSource() Source
	RowGroup() *Group
	JoinGroup(*Group)
}

// Valuer tells the values of a row.
type Valuer interface {
	// FieldValue is the value of the field that the schema calls so, nil for
	// NULL.
	FieldValue(name string) any
	// Value is the value of a column that the query added.
	Value(name string) (ent.Value, error)
}

// Source runs typed statements with one client. The generated client
// implements it.
type Source interface {
	Entities() entity.Registry
	Settings() Settings
	// Driver runs the statements, in the transaction that their context carries.
	Driver() dialect.Driver
	// Select runs one query, with all interceptors of the client.
	Select(ctx context.Context, q Query) ([]Node, error)
	// Change starts a mutation: of a new row, of the row with the id, or, with
	// ent.OpUpdate and ent.OpDelete, of all rows that its predicates hold for.
	Change(entity string, op ent.Op, id any) (Change, error)
	// SaveAll saves changes of one entity that are all creates, or all updates
	// of one row each, in as few statements as the dialect allows. It returns
	// the rows in the order of the changes. An error is an *entity.RowError
	// where one of the changes is to blame; nothing is undone then, that is
	// the transaction's.
	SaveAll(ctx context.Context, entity string, changes []Change) ([]Node, error)
}

// Query is one SELECT on the table of an entity.
type Query struct {
	Entity  string
	Columns []string // names of fields; nil is all of them
	Where   func(*sql.Selector)
	// Finish runs last, after the predicates of all interceptors.
	Finish func(*sql.Selector)
}

// Change is one mutation that is being filled.
type Change struct {
	Mutation entity.Mutation
	Builder  any // the generated one, for SaveAll
	// Edge adds keys to, or removes them from, an edge to many.
	Edge func(name string, add bool, keys []any) error
	// Save runs it. A delete returns no node.
	Save func(ctx context.Context) (Node, error)
	// SaveMany runs a change of all rows that match, and counts them.
	SaveMany func(ctx context.Context) (int, error)
	// ExpectVersion makes Save return an *entity.StaleError where the row has
	// another version; nil for entities without one.
	ExpectVersion func(version int64)
}

// Member is embedded in generated entities: it knows the rows that were
// loaded together with this one.
type Member struct {
	group   *Group
	partial bool
}

// RowPartial reports whether the row was read without some of its columns.
func (m *Member) RowPartial() bool { return m.partial }

// MarkPartial says that the row was read without some of its columns.
func (m *Member) MarkPartial() { m.partial = true }

// RowGroup returns the group, or nil.
func (m *Member) RowGroup() *Group { return m.group }

// JoinGroup makes the row a member of a group.
func (m *Member) JoinGroup(g *Group) { m.group = g }

// Group is a set of rows that were loaded by one statement. What is loaded
// for one of them is loaded for all of them, once.
type Group struct {
	nodes []Node
	mu    sync.Mutex
	loads map[string]func() (any, error)
}

// Join makes a group of the rows that a query returned, where the query
// serves a GraphQL operation. Elsewhere rows would only keep each other in
// memory.
func Join[N Node](ctx context.Context, rows []N) {
	if len(rows) == 0 || !graphql.HasOperationContext(ctx) {
		return
	}
	g := &Group{nodes: make([]Node, len(rows))}
	for i, n := range rows {
		g.nodes[i] = n
		n.JoinGroup(g)
	}
}

// Interceptor groups the rows that queries of a client return. The generated
// client installs it.
func Interceptor[N Node]() ent.Interceptor {
	return ent.InterceptFunc(func(next ent.Querier) ent.Querier {
		return ent.QuerierFunc(func(ctx context.Context, q ent.Query) (ent.Value, error) {
			v, err := next.Query(ctx, q)
			if rows, ok := v.([]N); ok && err == nil {
				Join(ctx, rows)
			}
			return v, err
		})
	})
}

// groupOf returns the group of a row; a row without one is alone.
func groupOf(n Node) *Group {
	if g := n.RowGroup(); g != nil {
		return g
	}
	return &Group{nodes: []Node{n}}
}

// once runs fn for the key, or waits for and shares its result.
func (g *Group) once(key string, fn func() (any, error)) (any, error) {
	g.mu.Lock()
	if g.loads == nil {
		g.loads = map[string]func() (any, error){}
	}
	load, ok := g.loads[key]
	if !ok {
		load = sync.OnceValues(fn) // a panic of the first is that of all
		g.loads[key] = load
	}
	g.mu.Unlock()
	return load()
}

// Together lets a resolver of the application's own serve all rows that were
// loaded with the given one at once. load runs once for them; its result is
// found by whatever load keys it with:
//
//	byUser, err := relay.Together(obj, "roles", func(users []*ent.User) (map[int64][]*ent.Role, error) { … })
//	return byUser[obj.ID], err
//
// The key names what is loaded, arguments included.
func Together[N Node, V any](row N, key string, load func(rows []N) (V, error)) (V, error) {
	group := groupOf(row)
	v, err := group.once("together "+key, func() (any, error) {
		rows := make([]N, 0, len(group.nodes))
		for _, n := range group.nodes {
			if r, ok := n.(N); ok {
				rows = append(rows, r)
			}
		}
		return load(rows)
	})
	if err != nil {
		var zero V
		return zero, err
	}
	return v.(V), nil
}

// Settings bound what clients may ask for. The zero value is the default.
type Settings struct {
	CursorKey     []byte // signs cursors; default a random one for each process
	DefaultPage   int    // rows of a page when the client names no number; default 20
	MaxPage       int    // default 100
	MaxNodes      int    // ids of one nodes(ids:); default 100
	MaxList       int    // items of one list in a filter; default 1,000
	MaxDepth      int    // nesting of a filter; default 8
	MaxEdges      int    // edges that a filter or a term of an ordering looks through, one behind the other; default 4
	MaxOperands   int    // items of all lists in a filter; default 5,000
	MaxPredicates int    // predicates of one filter; default 100
	MaxOrder      int    // terms of an ordering; default 10
	MaxOffset     int    // rows that a page by number may skip; default 100,000
	CountLimit    int    // where total, and the pages of repositories, stop counting; default 0, which is never

	// MayTrash says who may look at deleted rows of an entity, which goes by the
	// name of its schema; default nobody.
	MayTrash func(ctx context.Context, entity string) bool
	// MayRestore says who may bring them back; default who may look at them.
	MayRestore func(ctx context.Context, entity string) bool
	MaxCost    int  // of one operation, see Cost; default 5,000, negative for no limit
	ShowCost   bool // answers tell their cost in extensions.cost

	MaxNesting  int // nested writes, one inside the other; default 5
	MaxWrites   int // rows that one mutation creates, links or unlinks by its input; default 1,000
	MaxSeals    int // values that one mutation seals, such as passwords, each of which takes a core for a while; default 100
	MaxAffected int // rows that one updateMany or deleteMany changes; default 10,000

	Isolation stdsql.IsolationLevel // of the transaction of a mutation; default the database's
	Retries   int                   // how often a mutation that lost against another is run again; default 4, below 0 never
}

const (
	defaultPage = 20
	defaultCost = 5_000
)

// The two that Cost needs of settings that may not be complete.
func (s Settings) defaultPage() int { return cmp.Or(s.DefaultPage, defaultPage) }
func (s Settings) maxCost() int     { return cmp.Or(s.MaxCost, defaultCost) }

// WithDefaults fills in the defaults.
func (s Settings) WithDefaults() Settings {
	fill := func(n *int, v int) {
		if *n == 0 {
			*n = v
		}
	}
	fill(&s.DefaultPage, defaultPage)
	fill(&s.MaxPage, 100)
	fill(&s.MaxNodes, 100)
	fill(&s.MaxList, 1000)
	fill(&s.MaxDepth, 8)
	fill(&s.MaxEdges, 4)
	fill(&s.MaxOperands, 5000)
	fill(&s.MaxPredicates, 100)
	fill(&s.MaxOrder, 10)
	fill(&s.MaxOffset, 100_000)
	fill(&s.MaxCost, defaultCost)
	fill(&s.MaxNesting, 5)
	fill(&s.MaxWrites, 1000)
	fill(&s.MaxSeals, 100)
	fill(&s.MaxAffected, 10_000)
	if len(s.CursorKey) == 0 {
		s.CursorKey = randomKey()
	}
	return s
}
