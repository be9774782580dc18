package relay_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph/generated"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// estimator computes what operations on the tracker cost. There is nothing
// behind it that could resolve them.
type estimator struct{ exec *executor.Executor }

func newEstimator(settings relay.Settings) estimator {
	e := executor.New(generated.NewExecutableSchema(generated.Config{}))
	e.Use(&relay.Cost{Settings: settings})
	return estimator{e}
}

// of returns the cost; ok is false for a document that the schema refuses.
func (e estimator) of(t testing.TB, query string, variables vars) (cost int, ok bool) {
	t.Helper()
	op, errs := e.exec.CreateOperationContext(graphql.StartOperationTrace(t.Context()), &graphql.RawParams{Query: query, Variables: variables})
	for _, err := range errs {
		if _, refused := errors.AsType[*relay.CostError](err); !refused {
			return 0, false
		}
	}
	return relay.CostOf(op)
}

// Covers: T10.
func TestCost(t *testing.T) {
	t.Parallel()
	e := newEstimator(relay.Settings{MaxCost: -1, DefaultPage: 7})
	for query, want := range map[string]int{
		`{ __typename __schema { types { name } } }`:                                               0,
		`{ tasks(first: 10) { edges { node { id title } cursor } pageInfo { endCursor } } }`:       10,
		`{ tasks { edges { node { id } } } }`:                                                      7,
		`{ tasks(last: 3) { edges { node { id } } } }`:                                             3,
		`{ tasks(first: 0) { totalCount } }`:                                                       1 + 11,
		`{ tasks(first: 10) { edges { node { assignee { name badge { number } } } } } }`:           10 + 10 + 10,
		`{ projects(first: 10) { edges { node { tasks(first: 5) { edges { node { id } } } } } } }`: 10 + 50,
		// A page of which no row is read is a statement for each row around.
		`{ projects(first: 10) { edges { node { tasks(first: 5) { totalCount } } } } }`:                                                                        10 + 10 + 20,
		`{ projects(first: 10) { edges { node { tasks { aggregate { count sum { points } } } } } } }`:                                                          10 + 10 + 20,
		`{ tasks(first: 10) { edges { node { watchers } } } }`:                                                                                                 10,
		`{ projects(first: 10) { ...P } } fragment P on ProjectConnection { edges { node { ... on Project { tasks(first: 5) { edges { node { id } } } } } } }`: 10 + 50,
		`{ projects(first: 10) @skip(if: true) { totalCount } tasks(first: 2) @include(if: true) { edges { node { id } } } }`:                                  2,
		`{ a: tasks(first: 10) { edges { node { id } } } b: tasks(first: 10) { edges { node { id } } } }`:                                                      20,
		`{ nodes(ids: ["a", "b", "c"]) { id } }`:                                                                                                               3,
		`{ node(id: "a") { id ... on Project { tasks(first: 9) { edges { node { id } } } } } }`:                                                                1 + 9,
		// A filter counts once for each statement that it is part of.
		`{ tasks(first: 1, where: {title: "a", rankGT: 1}) { edges { node { id } } } }`:                                                           1 + 2,
		`{ tasks(first: 1, where: {title: "a", rankGT: 1}) { edges { node { id } } totalCount } }`:                                                1 + 2 + 11 + 2,
		`{ projects(first: 10) { edges { node { tasks(first: 5, where: {title: "a"}) { edges { node { id } } } } } } }`:                           10 + 50 + 1,
		`{ tasks(first: 1, where: {or: [{title: "a"}, {not: {title: "b"}}]}) { edges { node { id } } } }`:                                         1 + 4,
		`{ tasks(first: 1, where: {hasProjectWith: [{hasMembersWith: [{name: "x"}]}]}) { edges { node { id } } } }`:                               1 + 5 + 5 + 1,
		`{ tasks(first: 1, where: {metaPath: {path: "a", equals: {b: 1, c: 2}}}) { edges { node { id } } } }`:                                     1 + 1 + 2 + 2,
		`{ tasks(first: 1, orderBy: [{field: TITLE}, {field: RANK}]) { edges { node { id } } } }`:                                                 1 + 2,
		`mutation { createProject(input: {name: "a", code: "b"}) { id } }`:                                                                        1 + 1,
		`mutation { createProject(input: {name: "a", code: "b", members: {connect: ["a", "b"]}}) { tasks(first: 5) { edges { node { id } } } } }`: 1 + 2 + 2 + 5,
		`mutation { createTask(input: {title: "a", projectID: "a", meta: {a: {b: {c: [{}, {}]}}}}) { id } }`:                                      1 + 1,
		`mutation { deleteTask(id: "a") }`: 0,
	} {
		got, ok := e.of(t, query, nil)
		require.True(t, ok, query)
		require.Equal(t, want, got, query)
	}
	got, _ := e.of(t, `query($n: Int, $w: TaskWhereInput) { tasks(first: $n, where: $w) { edges { node { id } } } }`,
		vars{"n": 50, "w": vars{"idIn": make([]any, 0), "titleIn": strings.Split(strings.Repeat("x,", 300), ",")}})
	require.Equal(t, 50+2+3, got)
}

// What costs too much is refused with a typed error in no time, and nothing is
// resolved, whatever the cost is made of.
//
// Covers: T10.
func TestCostIsBounded(t *testing.T) {
	t.Parallel()
	app := trackertest.New(t, sqlite(t), ent.GraphQLSettings(relay.Settings{ShowCost: true}))
	api := trackertest.Serve(t, app)
	conditions := make([]any, 90)
	for i := range conditions {
		conditions[i] = vars{"hasProjectWith": []any{vars{"name": "x"}}}
	}
	var aliases strings.Builder
	for i := range 20 {
		fmt.Fprintf(&aliases, "a%d: tasks(first: 1, where: $w) { totalCount } ", i)
	}
	for name, c := range map[string]struct {
		query, field string
		variables    vars
	}{
		"pages within pages": {
			`{ projects(first: 100) { edges { node { tasks(first: 100) { edges { node { notes(first: 100) { edges { node { id } } } } } } } } } }`,
			"projects.edges.node.tasks.edges.node.notes", nil,
		},
		"a number in a variable": {`query($n: Int) { tasks(first: $n) { edges { node { id } } } }`, "tasks", vars{"n": 100_000}},
		"filters in a variable":  {`query($w: TaskWhereInput) { ` + aliases.String() + `}`, "tasks.totalCount", vars{"w": vars{"or": conditions}}},
	} {
		start := time.Now()
		e := api.Fail("QUERY_TOO_EXPENSIVE", c.query, c.variables)
		require.Less(t, time.Since(start), 500*time.Millisecond, name) // 10 ms where nothing else runs
		require.EqualValues(t, 5000, e.Extensions["limit"])
		require.Equal(t, c.field, e.Extensions["field"], name)
		require.Contains(t, e.Message, "5000 are allowed; "+c.field)
		require.Greater(t, e.Extensions["cost"], 5000.0)
	}
	out := api.Do(`{ tasks(first: 3) { totalCount } }`, nil)
	require.Contains(t, out.Raw, `"extensions":{"cost":{"cost":12,"limit":5000}}`)
	t.Run("the limit is a setting", func(t *testing.T) {
		app := trackertest.New(t, sqlite(t), ent.GraphQLSettings(relay.Settings{MaxCost: 9}))
		api := trackertest.Serve(t, app)
		api.Must(`{ tasks(first: 9) { edges { node { id } } } }`, nil)
		api.Fail("QUERY_TOO_EXPENSIVE", `{ tasks(first: 10) { edges { node { id } } } }`, nil)
		app = trackertest.New(t, sqlite(t), ent.GraphQLSettings(relay.Settings{MaxCost: -1}))
		data := trackertest.Serve(t, app).Must(`{ projects(first: 100) { edges { node { tasks(first: 100) { totalCount } } } } }`, nil)
		require.Empty(t, apitest.Get(data, "projects", "edges"))
	})
}

// selection draws the selection set of a page of tasks or projects; $n is the
// size of pages.
func selection(t *rapid.T, of string, depth int) string {
	edges := map[string]map[string]string{
		"Task":    {"children": "Task", "project": "one Project", "labels": "Label", "parent": "one Task"},
		"Project": {"tasks": "Task"}, "Label": {"tasks": "Task"},
	}
	page := func(inner string) string {
		return "{ " + rapid.SampledFrom([]string{"", "totalCount ", "pageInfo { hasNextPage } "}).Draw(t, "page") + "edges { node { " + inner + " } } }"
	}
	var row func(of string, depth int) string
	row = func(of string, depth int) string {
		if depth == 0 {
			return "id"
		}
		parts := []string{"id"}
		for _, name := range []string{"children", "labels", "parent", "project", "tasks"} {
			target, ok := edges[of][name]
			if !ok || !rapid.Bool().Draw(t, name) {
				continue
			}
			if one, single := strings.CutPrefix(target, "one "); single {
				parts = append(parts, name+" { "+row(one, depth-1)+" }")
				continue
			}
			args := rapid.SampledFrom([]string{"", "(first: $n)", "(last: $n)", "(first: 3)", "(first: $n, where: {not: {and: [{hasTasks: true}]}})"}).Draw(t, "arguments")
			if target != "Label" {
				args = strings.ReplaceAll(args, "hasTasks", "hasProject")
			}
			if target == "Project" {
				args = ""
			}
			parts = append(parts, name+args+" "+page(row(target, depth-1)))
		}
		return strings.Join(parts, " ")
	}
	return page(row(of, depth))
}

// More rows asked for never cost less.
//
// Covers: T10.
func TestCostGrowsWithPages(t *testing.T) {
	t.Parallel()
	e := newEstimator(relay.Settings{MaxCost: -1})
	rapid.Check(t, func(r *rapid.T) {
		query := "query($n: Int) { tasks(first: $n) " + selection(r, "Task", 3) + " }"
		n := rapid.IntRange(0, 1_000_000).Draw(r, "n")
		small, ok := e.of(t, query, vars{"n": n})
		require.True(r, ok, query)
		large, _ := e.of(t, query, vars{"n": n + rapid.IntRange(1, 1000).Draw(r, "more")})
		require.LessOrEqual(r, small, large, query)
		require.GreaterOrEqual(r, large, n) // every row counts
	})
}

func FuzzCost(f *testing.F) {
	f.Add(`query($n: Int) { tasks(first: $n) { edges { node { children(last: $n) { totalCount } } } } }`, 5)
	f.Add(`query($n: Int) { ...A } fragment A on Query { projects(first: $n) { edges { node { ...B } } } } fragment B on Project { tasks(first: $n, where: {or: [{title: "x"}]}) { totalCount } }`, 1<<40)
	f.Add(`query($n: Int!) { nodes(ids: ["x"]) { ... on Label { tasks(first: $n) { edges { node { title } } } } } __schema { types { fields { name } } } }`, 0)
	f.Add(`mutation($n: Int) { createTask(input: {title: "x", meta: {a: [1]}, labelIDs: "y"}) { notes(first: $n) { totalCount } } }`, -3)
	e := newEstimator(relay.Settings{MaxCost: 100})
	f.Fuzz(func(t *testing.T, query string, n int) {
		if len(query) > 2000 || strings.Count(query, "...") > 8 {
			return // other limits refuse those
		}
		small, ok := e.of(t, query, vars{"n": n})
		if !ok || n > 1<<30 {
			return
		}
		large, ok := e.of(t, query, vars{"n": n + 1})
		if ok {
			require.LessOrEqual(t, small, large)
		}
	})
}
