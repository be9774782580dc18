package tracker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// plant makes n projects with a lead, and tasks with labels, children and notes.
func plant(t *testing.T, app *trackertest.App, prefix string, n int) (projects []string) {
	t.Helper()
	ctx, c := t.Context(), app.Client
	label := c.Label.Create().SetName(prefix).SaveX(ctx)
	for i := range n {
		name := fmt.Sprintf("%s%d", prefix, i)
		lead := c.Person.Create().SetName(name).SetEmail(name + "@example.org").SaveX(ctx)
		c.Badge.Create().SetNumber(int64(len(prefix)*1000 + i)).SetPerson(lead).ExecX(ctx)
		p := c.Project.Create().SetName(name).SetCode(name).SetLead(lead).AddMembers(lead).SaveX(ctx)
		for j := range 3 {
			task := c.Task.Create().SetTitle(fmt.Sprint(name, j)).SetProject(p).SetAssignee(lead).AddLabels(label).SaveX(ctx)
			c.Task.Create().SetTitle("child").SetProject(p).SetParent(task).ExecX(ctx)
			c.Note.Create().SetText("x").SetTask(task).SetAuthor(lead).ExecX(ctx)
		}
		projects = append(projects, p.GlobalID())
	}
	return projects
}

// Every edge is loaded once for all rows around it: below connections, lists,
// node lookups and payloads, whatever the aliases and arguments are. So the
// number of statements is that of the query, and never that of the rows.
//
// Covers: T02, T14, T15, C24.
func TestStatementsOfAQuery(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		ids := plant(t, app, "a", 2)
		queries := map[string]struct {
			statements int
			text       string
			variables  vars
		}{
			"levels": {5, `{ projects(first: 50) { edges { node { name lead { name badge { number } } tasks(first: 2) { edges { node { title labels { edges { node { name } } } } } } } } } }`, nil},
			"aliases of one edge to one": {
				2, `{ tasks(first: 9) { edges { node { a: assignee { name } b: assignee { name } } } } }`, nil,
			},
			"aliases that read different fields": {
				3, `{ tasks(first: 9) { edges { node { a: assignee { name } b: assignee { email version } } } } }`, nil,
			},
			"aliases of a connection": {
				4, `{ projects(first: 50) { edges { node { one: tasks(first: 1) { edges { node { title } } } two: tasks(first: 2, orderBy: [{field: TITLE, direction: DESC}]) { edges { node { title } } } children: tasks(where: {hasParent: true}) { totalCount } } } } }`, nil,
			},
			"nodes":  {2, `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { tasks(first: 2) { edges { node { title } } } } } }`, vars{"ids": ids}},
			"a tree": {3, `{ tasks(first: 9) { edges { node { parent { title } children(first: 2) { totalCount } } } } }`, nil},
		}
		for _, q := range queries {
			testkit.MaxStatements(t, app.DB, q.statements, func() { api.Must(q.text, q.variables) })
		}
		plant(t, app, "bb", 5)
		for name, q := range queries {
			ran := testkit.Count(t, app.DB).Of(func() { api.Must(q.text, q.variables) })
			require.Len(t, ran, q.statements, "%s\n%s", name, strings.Join(ran, "\n"))
		}
		t.Run("aliases have their own answers", func(t *testing.T) {
			data := api.Must(queries["aliases that read different fields"].text, nil)
			for i := range apitest.Get(data, "tasks", "edges").([]any) {
				at := apitest.Get(data, "tasks", "edges", i, "node")
				if apitest.Get(at, "a") == nil {
					require.Nil(t, apitest.Get(at, "b"))
					continue
				}
				require.Equal(t, apitest.Get(at, "a", "name").(string)+"@example.org", apitest.Get(at, "b", "email"))
			}
			data = api.Must(queries["aliases of a connection"].text, nil)
			for i := range apitest.Get(data, "projects", "edges").([]any) {
				at := apitest.Get(data, "projects", "edges", i, "node")
				require.Len(t, apitest.Get(at, "one", "edges"), 1)
				require.Len(t, apitest.Get(at, "two", "edges"), 2)
				require.EqualValues(t, 3, apitest.Get(at, "children", "totalCount"))
			}
		})
		t.Run("the payload of a mutation", func(t *testing.T) {
			const update = `mutation($id: ID!) { updateProject(id: $id, input: {name: "new"}) { tasks(first: 9) { edges { node { assignee { name } labels { totalCount } } } } } }`
			small := testkit.Count(t, app.DB).Of(func() { api.Must(update, vars{"id": ids[0]}) })
			reads := 0
			for _, s := range small {
				if strings.HasPrefix(s, "SELECT") {
					reads++
				}
			}
			require.LessOrEqual(t, reads, 4, strings.Join(small, "\n")) // the row, tasks, assignees, labels
		})
	})
}
