package tracker_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// board is two projects and an empty one, with tasks whose labels and notes
// would multiply them in a join, and with rows that nobody may see.
type board struct {
	moon, mars, void *ent.Project
	ann, bob         *ent.Person
}

func newBoard(t *testing.T, c *ent.Client) board {
	t.Helper()
	ctx := t.Context()
	b := board{
		ann: c.Person.Create().SetEmail("ann@example.org").SetName("Ann").SaveX(ctx),
		bob: c.Person.Create().SetEmail("bob@example.org").SetName("Bob").SaveX(ctx),
	}
	b.moon = c.Project.Create().SetName("Moon").SetCode("MOON").SetBudget(0.1).SetLead(b.ann).AddMembers(b.ann, b.bob).SaveX(ctx)
	b.mars = c.Project.Create().SetName("Mars").SetCode("MARS").SetBudget(0.2).AddMembers(b.bob).SaveX(ctx)
	b.void = c.Project.Create().SetName("Void").SetCode("VOID").SaveX(ctx)
	labels := c.Label.CreateBulk(c.Label.Create().SetName("red"), c.Label.Create().SetName("green"), c.Label.Create().SetName("blue")).SaveX(ctx)
	add := func(p *ent.Project, points int64, labelled int, set func(*ent.TaskCreate)) {
		create := c.Task.Create().SetTitle(fmt.Sprintf("T%d", points)).SetProject(p).SetPoints(points).AddLabels(labels[:labelled]...)
		set(create)
		made := create.SaveX(ctx)
		for range labelled {
			c.Note.Create().SetText("Well.").SetTask(made).SetAuthor(b.ann).ExecX(ctx)
		}
	}
	day := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return d
	}
	add(b.moon, 10, 3, func(c *ent.TaskCreate) {
		c.SetRank(1).SetEstimate(0.5).SetAssignee(b.ann).SetStartedAt(day("2024-12-30T00:00:00+01:00")) // a Sunday in UTC
	})
	add(b.moon, 20, 2, func(c *ent.TaskCreate) {
		c.SetRank(2).SetState(task.StateDone).SetAssignee(b.ann).SetStartedAt(day("2024-12-30T00:00:00Z"))
	})
	add(b.moon, 30, 1, func(c *ent.TaskCreate) {
		c.SetState(task.StateDone).SetAssignee(b.bob).SetStartedAt(day("2025-01-05T23:59:59.999999Z"))
	})
	add(b.mars, 5, 0, func(c *ent.TaskCreate) { c.SetRank(-7).SetEstimate(-2.25).SetDue(day("2025-01-31T00:00:00Z")) })
	add(b.mars, 1000, 3, func(c *ent.TaskCreate) { c.SetAssignee(b.ann) })
	gone := c.Task.Query().Where(task.Points(1000)).OnlyX(ctx)
	c.Task.DeleteOne(gone).ExecX(ctx)
	return b
}

func id(e string, key any) string { return relay.EncodeID(ent.Entities()[e], key) }

// equal compares one value of an answer with JSON.
func equal(t *testing.T, want string, got any) {
	t.Helper()
	data, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, want, string(data))
}

// Each row counts once, whatever edges the filter looks through, and NULLs and
// deleted rows not at all.
//
// Covers: S18.
func TestAggregate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		newBoard(t, app.Client)
		for _, c := range []struct{ at, query, want string }{
			{
				"tasks", `{ tasks { aggregate { __typename count sum { points rank estimate } avg { points rank estimate } min { rank estimate title due startedAt } max { points due startedAt title } countDistinct { state rank assigneeID projectID } } } }`,
				`{"__typename": "TaskAggregate", "count": 4, "sum": {"points": "65", "rank": "-4", "estimate": -1.75},
				"avg": {"points": 16.25, "rank": -1.3333333333333333, "estimate": -0.875},
				"min": {"rank": -7, "estimate": -2.25, "title": "T10", "due": "2025-01-31", "startedAt": "2024-12-29T23:00:00Z"},
				"max": {"points": "30", "due": "2025-01-31", "startedAt": "2025-01-05T23:59:59.999999Z", "title": "T5"},
				"countDistinct": {"state": 2, "rank": 3, "assigneeID": 2, "projectID": 2}}`,
			},
			// Joined with labels and notes, these would be 10*9 + 20*4 + 30.
			{
				"tasks", `{ tasks(where: {hasLabelsWith: [{nameNEQ: "pink"}], hasNotesWith: [{text: "Well."}]}) { aggregate { count sum { points } avg { points } } } }`,
				`{"count": 3, "sum": {"points": "60"}, "avg": {"points": 20}}`,
			},
			{"tasks", `{ tasks(where: {hasLabels: true, hasNotes: true}) { aggregate { count sum { points } } } }`, `{"count": 3, "sum": {"points": "60"}}`},
			{
				"tasks", `{ tasks(where: {or: [{hasLabels: true}, {hasNotes: true}]}, first: 1, orderBy: [{field: RANK}]) { edges { cursor } aggregate { count sum { points } } } }`,
				`{"count": 3, "sum": {"points": "60"}}`,
			},
			{
				"labels", `{ labels(where: {hasTasksWith: [{pointsGT: 0}]}) { aggregate { count min { name } max { name } } } }`,
				`{"count": 3, "min": {"name": "blue"}, "max": {"name": "red"}}`,
			},
			{
				"tasks", `{ tasks(where: {pointsGT: 5000}) { aggregate { count sum { points } avg { points } min { title } countDistinct { title } } } }`,
				`{"count": 0, "sum": {"points": null}, "avg": {"points": null}, "min": {"title": null}, "countDistinct": {"title": 0}}`,
			},
			{"notes", `{ notes(where: {hasTask: true}) { aggregate { count countDistinct { taskID } } } }`, `{"count": 6, "countDistinct": {"taskID": 3}}`},
			{
				"tasks", `query ($not: Boolean = false) { tasks { aggregate { n: count ...P sum @include(if: $not) { rank } } } } fragment P on TaskAggregate { s: sum { b: points a: points __typename } }`,
				`{"n": 4, "s": {"b": "65", "a": "65", "__typename": "TaskAggregateSum"}}`,
			},
		} {
			equal(t, c.want, apitest.Get(api.Must(c.query, nil), c.at, "aggregate"))
		}
		// The answer has its fields in the order of the question.
		out := api.Do(`{ tasks { aggregate { sum { rank points } n: count } } }`, nil)
		require.Contains(t, out.Raw, `{"sum":{"rank":"-4","points":"65"},"n":4}`)
	})
}

// Each edge has aggregates of its own, of the rows at each parent, those
// without any included.
//
// Covers: S18.
func TestAggregateEdges(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		b, api := newBoard(t, app.Client), trackertest.Serve(t, app)
		data := api.Must(`query ($p: BigInt) { projects(orderBy: [{field: NAME}]) { edges { node { name
			tasks { aggregate { count sum { points } avg { estimate } max { rank } } groups(by: [STATE]) { key { state } count } }
			labelled: tasks(where: {hasLabels: true, pointsGT: $p}) { aggregate { count sum { points } } }
			members { aggregate { count max { name } } } } } } }`, map[string]any{"p": 10})
		equal(t, `[
			{"name": "Mars", "tasks": {"aggregate": {"count": 1, "sum": {"points": "5"}, "avg": {"estimate": -2.25}, "max": {"rank": -7}}, "groups": [{"key": {"state": "open"}, "count": 1}]},
				"labelled": {"aggregate": {"count": 0, "sum": {"points": null}}}, "members": {"aggregate": {"count": 1, "max": {"name": "Bob"}}}},
			{"name": "Moon", "tasks": {"aggregate": {"count": 3, "sum": {"points": "60"}, "avg": {"estimate": 0.5}, "max": {"rank": 2}}, "groups": [{"key": {"state": "done"}, "count": 2}, {"key": {"state": "open"}, "count": 1}]},
				"labelled": {"aggregate": {"count": 2, "sum": {"points": "50"}}}, "members": {"aggregate": {"count": 2, "max": {"name": "Bob"}}}},
			{"name": "Void", "tasks": {"aggregate": {"count": 0, "sum": {"points": null}, "avg": {"estimate": null}, "max": {"rank": null}}, "groups": []},
				"labelled": {"aggregate": {"count": 0, "sum": {"points": null}}}, "members": {"aggregate": {"count": 0, "max": {"name": null}}}}
		]`, nodesOf(data, "projects"))

		// Many to many: each label counts each of its tasks, from either end.
		data = api.Must(`{ labels(orderBy: [{field: NAME}]) { edges { node { name tasks { aggregate { count sum { points } } } } } } }`, nil)
		equal(t, `[{"name": "blue", "tasks": {"aggregate": {"count": 1, "sum": {"points": "10"}}}},
			{"name": "green", "tasks": {"aggregate": {"count": 2, "sum": {"points": "30"}}}},
			{"name": "red", "tasks": {"aggregate": {"count": 3, "sum": {"points": "60"}}}}]`, nodesOf(data, "labels"))

		// One parent, whose groups take another statement.
		data = api.Must(`query ($id: ID!) { node(id: $id) { ... on Project { tasks { groups(by: [STATE], first: 1, orderBy: [{field: COUNT, direction: DESC}]) { key { state } sum { points } } } } } }`,
			map[string]any{"id": id("Project", b.moon.ID)})
		equal(t, `[{"key": {"state": "done"}, "sum": {"points": "50"}}]`, apitest.Get(data, "node", "tasks", "groups"))

		// Each parent has groups of its own, and a parent alone no others'.
		data = api.Must(`query ($id: ID!) {
			projects(orderBy: [{field: NAME}]) { edges { node { tasks { groups(by: [POINTS], first: 1) { key { points } } } } } }
			node(id: $id) { ... on Project { tasks { groups(by: [STATE], first: 1, orderBy: [{field: COUNT, direction: DESC}]) { count } } } }
		}`, map[string]any{"id": id("Project", b.mars.ID)})
		equal(t, `[{"tasks": {"groups": [{"key": {"points": "5"}}]}}, {"tasks": {"groups": [{"key": {"points": "10"}}]}}, {"tasks": {"groups": []}}]`, nodesOf(data, "projects"))
		equal(t, `[{"count": 1}]`, apitest.Get(data, "node", "tasks", "groups"))

		// A fragment may be completed in one place and not in another.
		data = api.Must(`query ($id: ID!) { node(id: $id) { ... on Task { a: assignee { ...F } b: assignee { ...F tasks { aggregate { sum { points } } } } } } }
			fragment F on Person { tasks { aggregate { count } } }`, map[string]any{"id": id("Task", app.Client.Task.Query().Where(task.Points(10)).OnlyX(t.Context()).ID)})
		equal(t, `{"a": {"tasks": {"aggregate": {"count": 2}}}, "b": {"tasks": {"aggregate": {"count": 2, "sum": {"points": "30"}}}}}`, apitest.Get(data, "node"))
	})
}

func nodesOf(data map[string]any, connection string) []any {
	var nodes []any
	for _, edge := range apitest.Get(data, connection, "edges").([]any) {
		nodes = append(nodes, apitest.Get(edge, "node"))
	}
	return nodes
}

func TestGroups(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		b, api := newBoard(t, app.Client), trackertest.Serve(t, app)
		ann, bob, moon, mars := id("Person", b.ann.ID), id("Person", b.bob.ID), id("Project", b.moon.ID), id("Project", b.mars.ID)
		for _, c := range []struct{ groups, want string }{
			{
				`groups(by: [ASSIGNEE_ID, STATE]) { key { assigneeID state } count }`,
				`[{"key": {"assigneeID": null, "state": "open"}, "count": 1}, {"key": {"assigneeID": "` + ann + `", "state": "done"}, "count": 1},
				{"key": {"assigneeID": "` + ann + `", "state": "open"}, "count": 1}, {"key": {"assigneeID": "` + bob + `", "state": "done"}, "count": 1}]`,
			},
			{
				`groups(by: PROJECT_ID, orderBy: {field: SUM_POINTS}) { key { projectID } sum { points } __typename }`,
				`[{"key": {"projectID": "` + mars + `"}, "sum": {"points": "5"}, "__typename": "TaskAggregateGroup"}, {"key": {"projectID": "` + moon + `"}, "sum": {"points": "60"}, "__typename": "TaskAggregateGroup"}]`,
			},
			{
				`groups(by: [STATE], orderBy: [{field: AVG_RANK, direction: DESC}]) { key { state k: __typename } avg { rank } }`,
				`[{"key": {"state": "done", "k": "TaskAggregateKey"}, "avg": {"rank": 2}}, {"key": {"state": "open", "k": "TaskAggregateKey"}, "avg": {"rank": -3}}]`,
			},
			{`groups(by: [URGENT]) { key { urgent } count }`, `[{"key": {"urgent": false}, "count": 4}]`},
			{
				`groups(by: [RANK], orderBy: [{field: RANK, direction: DESC}]) { key { rank } }`,
				`[{"key": {"rank": 2}}, {"key": {"rank": 1}}, {"key": {"rank": -7}}, {"key": {"rank": null}}]`,
			},
			{`groups(by: [POINTS], first: 1) { key { points } }`, `[{"key": {"points": "5"}}]`},
			{`groups(by: [POINTS], first: 0) { count }`, `[]`},
			{`groups(by: [PROJECT_ID], minCount: 2) { key { projectID } count }`, `[{"key": {"projectID": "` + moon + `"}, "count": 3}]`},
			// Weeks begin on Monday, and all is UTC.
			{
				`groups(by: [STARTED_AT_WEEK]) { key { startedAtWeek } count }`,
				`[{"key": {"startedAtWeek": null}, "count": 1}, {"key": {"startedAtWeek": "2024-12-23"}, "count": 1}, {"key": {"startedAtWeek": "2024-12-30"}, "count": 2}]`,
			},
			{
				`groups(by: [STARTED_AT_DAY, STARTED_AT_MONTH, STARTED_AT_YEAR]) { key { d: startedAtDay m: startedAtMonth y: startedAtYear } }`,
				`[{"key": {"d": null, "m": null, "y": null}}, {"key": {"d": "2024-12-29", "m": "2024-12-01", "y": "2024-01-01"}},
				{"key": {"d": "2024-12-30", "m": "2024-12-01", "y": "2024-01-01"}}, {"key": {"d": "2025-01-05", "m": "2025-01-01", "y": "2025-01-01"}}]`,
			},
			{
				`groups(by: [DUE, DUE_WEEK, DUE_MONTH, DUE_YEAR], orderBy: [{field: DUE, direction: DESC}], first: 1) { key { due dueWeek dueMonth dueYear } }`,
				`[{"key": {"due": "2025-01-31", "dueWeek": "2025-01-27", "dueMonth": "2025-01-01", "dueYear": "2025-01-01"}}]`,
			},
			{
				`groups(by: [PROJECT_LEAD_ID]) { key { projectLeadID } count sum { points } }`,
				`[{"key": {"projectLeadID": null}, "count": 1, "sum": {"points": "5"}}, {"key": {"projectLeadID": "` + ann + `"}, "count": 3, "sum": {"points": "60"}}]`,
			},
			{`a: groups(by: [STATE]) { key { state } } groups(by: [URGENT], orderBy: []) { count }`, `[{"count": 4}]`},
		} {
			equal(t, c.want, apitest.Get(api.Must(`{ tasks { `+c.groups+` } }`, nil), "tasks", "groups"))
		}
		data := api.Must(`query ($by: [TaskAggregateBy!]!, $o: [TaskAggregateOrder!], $n: Int) { tasks { groups(by: $by, orderBy: $o, first: $n) { key { state } } } }`,
			map[string]any{"by": []any{"STATE"}, "o": []any{map[string]any{"field": "MAX_POINTS", "direction": "DESC"}}, "n": 1})
		equal(t, `[{"key": {"state": "done"}}]`, apitest.Get(data, "tasks", "groups"))
	})
}

// What is grouped by a row that may not be seen has no key.
func TestGroupsThroughHiddenRows(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		b, api := newBoard(t, app.Client), trackertest.Serve(t, app)
		app.Client.Project.UpdateOne(b.moon).SetDeletedAt(time.Now()).ExecX(t.Context()) // its tasks stay
		data := api.Must(`{ tasks { groups(by: [PROJECT_LEAD_ID]) { key { projectLeadID } count } } }`, nil)
		equal(t, `[{"key": {"projectLeadID": null}, "count": 4}]`, apitest.Get(data, "tasks", "groups"))
	})
}

// Text that differs in spaces at its end, or in case or accents, is different.
func TestGroupsOfText(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		for i, nick := range []string{"a", "a ", "A", "á", "a\t", "a ", "z", "日本"} {
			app.Client.Person.Create().SetName("N").SetEmail(fmt.Sprintf("p%d@example.org", i)).SetNickname(nick).ExecX(t.Context())
		}
		app.Client.Person.Create().SetName("N").SetEmail("p@example.org").ExecX(t.Context())
		data := trackertest.Serve(t, app).Must(`{ people { aggregate { countDistinct { nickname } min { nickname } max { nickname } } groups(by: [NICKNAME]) { key { nickname } count } } }`, nil)
		equal(t, `{"aggregate": {"countDistinct": {"nickname": 7}, "min": {"nickname": "A"}, "max": {"nickname": "日本"}},
			"groups": [{"key": {"nickname": null}, "count": 1}, {"key": {"nickname": "A"}, "count": 1}, {"key": {"nickname": "a"}, "count": 1}, {"key": {"nickname": "a\t"}, "count": 1},
			{"key": {"nickname": "a "}, "count": 2}, {"key": {"nickname": "z"}, "count": 1}, {"key": {"nickname": "á"}, "count": 1}, {"key": {"nickname": "日本"}, "count": 1}]}`, apitest.Get(data, "people"))
	})
}

// A sum of 64-bit numbers, or of large floats, is right or refused.
func TestAggregateExtremes(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		p := app.Client.Project.Create().SetName("P").SetCode("P").SaveX(t.Context())
		for i, points := range []int64{9223372036854775807, 9223372036854775807, 9223372036854775806, -9223372036854775808, -1} {
			state := task.StateOpen
			if i > 2 {
				state = task.StateDone
			}
			app.Client.Task.Create().SetTitle("T").SetProject(p).SetState(state).SetPoints(points).SetEstimate(1.7e308).ExecX(t.Context())
		}
		data := api.Must(`{ tasks { aggregate { sum { points } avg { points estimate } min { points } max { points estimate } } groups(by: [STATE], orderBy: [{field: SUM_POINTS}]) { sum { points } } } }`, nil)
		equal(t, `{"aggregate": {"sum": {"points": "18446744073709551611"}, "avg": {"points": 3689348814741910322, "estimate": 1.7e308}, "min": {"points": "-9223372036854775808"}, "max": {"points": "9223372036854775807", "estimate": 1.7e308}},
			"groups": [{"sum": {"points": "-9223372036854775809"}}, {"sum": {"points": "27670116110564327420"}}]}`, apitest.Get(data, "tasks"))
		e := api.Fail("BAD_USER_INPUT", `{ tasks { aggregate { sum { estimate } } } }`, nil)
		require.Equal(t, "sum.estimate", e.Extensions["argument"])
	})
}

// What is wrong is said with the name of the argument, and takes nothing else
// with it but its own connection.
func TestAggregateRefused(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		for query, argument := range map[string]string{
			`{ tasks { groups(by: []) { count } } }`:                                                                               "by",
			`{ tasks { groups(by: [STATE, STATE]) { count } } }`:                                                                   "by[1]",
			`{ tasks { groups(by: [STATE], first: -1) { count } } }`:                                                               "first",
			`{ tasks { groups(by: [STATE], first: 101) { count } } }`:                                                              "first",
			`{ tasks { groups(by: [STATE], minCount: -1) { count } } }`:                                                            "minCount",
			`{ tasks { groups(by: [STATE]) { key { urgent } } } }`:                                                                 "by",
			`{ tasks { groups(by: [STATE], orderBy: [{field: COUNT}, {field: URGENT}]) { count } } }`:                              "orderBy[1]",
			`{ tasks { groups(by: [STATE], orderBy: [{field: COUNT}, {field: COUNT}]) { count } } }`:                               "orderBy[1]",
			`{ tasks(where: {titleIn: null}) { aggregate { count } } }`:                                                            "where.titleIn",
			`{ tasks(first: 1000) { aggregate { count } } }`:                                                                       "first",
			`{ ok: projects { aggregate { count } } tasks { edges { cursor } groups(by: [STATE]) { key { due } count } } }`:        "by",
			`{ projects { edges { node { tasks { groups(by: [STATE]) { key { due } } } } } } tasks { groups(by: []) { count } } }`: "by",
		} {
			require.Equal(t, argument, api.Fail("BAD_USER_INPUT", query, nil).Extensions["argument"], query)
		}
		require.Equal(t, []any{"tasks", "g"}, api.Fail("BAD_USER_INPUT", `{ tasks { g: groups(by: []) { count } } }`, nil).Path)
		for _, query := range []string{ // not in the schema
			`{ tasks { aggregate { sum { version } } } }`, `{ tasks { aggregate { sum { title } } } }`, `{ tasks { aggregate { min { id } } } }`,
			`{ tasks { aggregate { countDistinct { body } } } }`, `{ tasks { aggregate { min { projectID } } } }`,
			`{ tasks { groups(by: [BODY]) { count } } }`, `{ tasks { groups(by: [ESTIMATE]) { count } } }`,
			`{ labels { aggregate { sum { name } } } }`, `{ tasks { aggregate } }`, `{ tasks { aggregate { count { x } } } }`,
		} {
			require.Equal(t, "GRAPHQL_VALIDATION_FAILED", api.Do(query, nil).Errors[0].Extensions["code"], query)
		}
	})
}

// One statement serves a selection of aggregates, for all parents; rows and
// counts are read only where they are selected.
func TestAggregateStatements(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			app := trackertest.New(t, testkit.Open(t, engine))
			newBoard(t, app.Client)
			log := testkit.Count(t, app.DB)
			api := trackertest.Serve(t, app)
			for _, c := range []struct {
				want  int
				query string
			}{
				{1, `{ tasks { aggregate { count sum { points rank } avg { points } min { due } max { due } } } }`},
				{2, `{ tasks { totalCount aggregate { count } } }`},
				{0, `{ tasks { __typename } }`},
				{2, `{ projects { edges { node { tasks { aggregate { count sum { points } } } } } } }`},
				{3, `{ projects { edges { node { members { aggregate { count } groups(by: [NAME]) { count } } } } } }`},
				{3, `{ projects { edges { node { tasks { aggregate { count } edges { cursor } } } } } }`},
				{3, `{ projects { edges { node { a: tasks { aggregate { count } } b: tasks(first: 1) { aggregate { count } } } } } }`},
				{3, `{ projects(first: 5) { edges { node { tasks(first: 5) { edges { node { labels(first: 5) { aggregate { count } } } } } } } } }`},
				{2, `{ projects { edges { node { tasks { ...A ...B } } } } } fragment A on TaskConnection { aggregate { count } } fragment B on TaskConnection { aggregate { sum { points } } }`},
			} {
				ran := log.Of(func() { api.Must(c.query, nil) })
				require.Len(t, ran, c.want, "%s\n%s", c.query, strings.Join(ran, "\n"))
			}
			ran := log.Of(func() { api.Must(`{ tasks { aggregate { sum { points } avg { points } a: sum { points } } } }`, nil) })
			require.LessOrEqual(t, strings.Count(ran[0], "SUM("), 2, ran[0]) // SQLite takes two
		})
	}
}

// The Go API computes the same.
func TestAggregateInGo(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		b := newBoard(t, app.Client)
		src, ctx := b.moon.GraphSource(), t.Context()
		got, err := relay.Aggregate(ctx, src, "Task", relay.Where{"hasLabels": true}, relay.AggregateSpec{
			By: []string{"PROJECT_ID", "STARTED_AT_MONTH"}, Measures: []relay.Measure{{Function: relay.Sum, Field: "points"}, {Function: relay.Avg, Field: "rank"}},
			OrderBy: []*relay.Order{{Field: "COUNT", Direction: relay.Descending}},
		})
		require.NoError(t, err)
		require.Len(t, got, 2)
		month := time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC)
		require.Equal(t, []any{b.moon.ID, month}, got[0].Key)
		require.Equal(t, 2, got[0].Count)
		require.Equal(t, "30", fmt.Sprint(got[0].Values[0]))
		require.InDelta(t, 1.5, got[0].Values[1], 0)
		require.Nil(t, got[1].Values[1])

		got, err = relay.Aggregate(entity.WithTrashed(ctx), src, "Task", nil, relay.AggregateSpec{})
		require.NoError(t, err)
		require.Equal(t, []relay.AggregateResult{{Count: 5}}, got)

		for path, spec := range map[string]relay.AggregateSpec{
			"sum.title":  {Measures: []relay.Measure{{Function: relay.Sum, Field: "title"}}},
			"sum.":       {Measures: []relay.Measure{{Function: relay.Sum}}},
			"by[0]":      {By: []string{"BODY"}},
			"orderBy[0]": {By: []string{"STATE"}, OrderBy: []*relay.Order{nil}},
		} {
			_, err := relay.Aggregate(ctx, src, "Task", nil, spec)
			var wrong *relay.ArgumentError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, path, wrong.Path)
		}
	})
}
