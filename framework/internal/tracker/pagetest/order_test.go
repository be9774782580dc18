package pagetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Rows are ordered by the number of rows at an edge and by what is at an edge
// to one. None is lost for having nothing there, hidden rows do not count, and
// whatever the page and the terms, it stays one statement.
//
// Covers: T06, T14, D43.
func TestOrderThroughEdges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.Client
		var people []int64
		for i, name := range []string{"cid", "ann", "bob"} {
			people = append(people, c.Person.Create().SetName(name).SetEmail(fmt.Sprint(name, i, "@example.org")).SaveX(ctx).ID)
		}
		project := c.Project.Create().SetName("P").SetCode("P").SetLeadID(people[1]).SaveX(ctx)
		label := c.Label.Create().SetName("l").SaveX(ctx)
		task := func(title string, assignee *int64, notes, deleted int) {
			row := c.Task.Create().SetTitle(title).SetProject(project).SetNillableAssigneeID(assignee).AddLabels(label).SaveX(ctx)
			for i := range notes + deleted {
				n := c.Note.Create().SetText("n").SetTask(row).SetAuthorID(people[0]).SaveX(ctx)
				if i < deleted {
					c.Note.DeleteOne(n).ExecX(ctx)
				}
			}
		}
		task("two", &people[0], 2, 0)
		task("none", nil, 0, 3)
		task("one", &people[1], 1, 1)
		task("hidden", &people[2], 1, 0)
		c.Person.DeleteOneID(people[2]).ExecX(ctx)

		titles := func(order string) []any {
			var page any
			ran := f.ran.Of(func() { page = f.Must(`{ tasks(orderBy: `+order+`) { edges { node { title } } } }`, nil)["tasks"] })
			require.Len(t, ran, 1, "%s", ran)
			return texts(page, "title")
		}
		require.Equal(t, list("two", "one", "hidden", "none"), titles(`[{field: NOTES_COUNT, direction: DESC}, {field: ID}]`))
		require.Equal(t, list("none", "one", "hidden", "two"), titles(`{field: NOTES_COUNT}`))
		require.Equal(t, list("none", "hidden", "one", "two"), titles(`[{assignee: {field: NAME}}]`))
		require.Equal(t, list("two", "one", "hidden", "none"), titles(`[{assignee: {field: NAME, direction: DESC}}]`))
		require.Equal(t, list("two", "hidden", "one", "none"), titles(`[{field: NOTES_COUNT, direction: DESC}, {assignee: {field: NAME}}]`))
		require.Equal(t, list("two", "one", "none", "hidden"), titles(`[{assignee: {field: NOTES_COUNT, direction: DESC}}, {field: TITLE, direction: DESC}]`),
			"a count at nobody is unknown, and less than 0")
		require.Equal(t, list("hidden", "none", "one", "two"), titles(`[{project: {lead: {field: TASKS_COUNT}}}, {project: {lead: {field: NAME}}}, {field: TITLE}]`))

		// The same at the edges of several rows: one statement for all of them.
		const query = `{ projects { edges { node { tasks(first: 2, orderBy: [{field: NOTES_COUNT, direction: DESC}, {assignee: {field: NAME}}]) { edges { node { title } } } } } } }`
		c.Project.Create().SetName("Q").SetCode("Q").SaveX(ctx)
		var got any
		ran := f.ran.Of(func() { got = f.Must(query, nil) })
		require.Len(t, ran, 2)
		require.Contains(t, ran[1], "ROW_NUMBER")
		require.Equal(t, list("two", "hidden"), texts(apitest.Get(got, "projects", "edges", 0, "node", "tasks"), "title"))
		require.Empty(t, texts(apitest.Get(got, "projects", "edges", 1, "node", "tasks"), "title"))

		// The page of one row needs no window function.
		ran = f.ran.Of(func() {
			got = f.Must(`query($id: ID!) { node(id: $id) { ... on Project { tasks(first: 2, orderBy: [{field: NOTES_COUNT}]) { edges { node { title } } } } } }`,
				vars{"id": project.GlobalID()})
		})
		require.Len(t, ran, 2)
		require.NotContains(t, ran[1], "ROW_NUMBER")
		require.Equal(t, list("none", "one"), texts(apitest.Get(got, "node", "tasks"), "title"))
	})
}

// An order that cannot be is refused before anything is read, with the place of
// the fault.
//
// Covers: T08, D43.
func TestOrdersThatAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		name := vars{"field": "NAME"}
		var deep any = vars{"field": "RANK"}
		for range 5 {
			deep = vars{"parent": deep}
		}
		eleven := make([]any, 11)
		for i := range eleven {
			eleven[i] = vars{"field": "ID"}
		}
		for _, c := range []struct {
			order    any
			argument string
			message  string
		}{
			{list(vars{}), "orderBy[0]", "has no field"},
			{list(vars{"field": nil}), "orderBy[0]", "has no field"},
			{list(vars{"field": "RANK", "assignee": name}), "orderBy[0]", "must have field or one edge"},
			{list(name, vars{"assignee": name, "project": name}), "", ""},
			{list(vars{"field": "ID"}, vars{"assignee": name, "project": name}), "orderBy[1]", "must have field or one edge"},
			{list(vars{"assignee": nil}), "orderBy[0].assignee", "must not be null"},
			{list(vars{"assignee": vars{}}), "orderBy[0].assignee", "has no field"},
			{list(vars{"assignee": name, "direction": "DESC"}), "orderBy[0].direction", "says nothing beside an edge"},
			{list(vars{"assignee": name}, vars{"assignee": vars{"field": "NAME", "direction": "DESC"}}), "orderBy[1]", "names assignee.NAME a second time"},
			{list(vars{"field": "NOTES_COUNT"}, vars{"field": "NOTES_COUNT"}), "orderBy[1]", "a second time"},
			{list(deep), "orderBy[0].parent.parent.parent.parent.parent", "looks through more than 4 edges"},
			{eleven, "orderBy", "has 11 terms; the most are 10"},
		} {
			const query = `query($by: [TaskOrder!]) { tasks(orderBy: $by) { edges { node { id } } } }`
			ran := f.ran.Of(func() {
				out := f.Do(query, vars{"by": c.order})
				require.NotEmpty(t, out.Errors, "%v", c.order)
				if c.argument == "" {
					return // the schema refuses it: NAME is no field of Task
				}
				require.Equal(t, "BAD_USER_INPUT", out.Errors[0].Extensions["code"], "%v", out.Raw)
				require.Equal(t, c.argument, out.Errors[0].Extensions["argument"], "%v", out.Raw)
				require.Contains(t, out.Errors[0].Message, c.message)
			})
			require.Empty(t, ran)
		}
	})
}

// Cursors of derived orders belong to their order alone.
//
// Covers: T08.
func TestCursorsOfDerivedOrders(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.Client
		project := c.Project.Create().SetName("P").SetCode("P").SaveX(ctx)
		c.Task.Create().SetTitle("t").SetProject(project).ExecX(ctx)
		orders := []any{
			vars{"field": "NOTES_COUNT"},
			vars{"field": "LABELS_COUNT"},
			vars{"field": "NOTES_COUNT", "direction": "DESC"},
			vars{"assignee": vars{"field": "NAME"}},
			vars{"assignee": vars{"field": "NICKNAME"}},
			vars{"parent": vars{"assignee": vars{"field": "NAME"}}},
		}
		const query = `query($after: Cursor, $by: [TaskOrder!]) { tasks(after: $after, orderBy: $by) { edges { cursor } } }`
		for i, from := range orders {
			cursor := apitest.Get(f.Must(query, vars{"by": from}), "tasks", "edges", 0, "cursor")
			for j, to := range orders {
				if i == j {
					require.Empty(t, apitest.Get(f.Must(query, vars{"after": cursor, "by": to}), "tasks", "edges"))
					continue
				}
				require.Equal(t, "after", f.Fail("BAD_USER_INPUT", query, vars{"after": cursor, "by": to}).Extensions["argument"])
			}
		}
	})
}
