package tracker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const (
	createTasks = `mutation($i: [CreateTaskInput!]!) { createTasks(input: $i) { title project { code } labels { edges { node { name } } } } }`
	updateTasks = `mutation($w: TaskWhereInput, $all: Boolean, $i: UpdateTasksInput!) { updateTasks(where: $w, all: $all, input: $i) { count } }`
	deleteTasks = `mutation($w: TaskWhereInput, $all: Boolean) { deleteTasks(where: $w, all: $all) { count } }`
)

// Many rows are made by one mutation, in the order of the input, with what is
// nested in them; or none at all.
//
// Covers: C29.
func TestCreateMany(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx := trackertest.Serve(t, app), t.Context()
		p := newProject(t, app, "P")
		one := func(title string) vars {
			return vars{"title": title, "projectID": p.GlobalID(), "labels": vars{"connectOrCreate": list(vars{"where": vars{"name": "l"}, "create": vars{"name": "l"}})}}
		}
		inputs, want := list(), list()
		for i := range 20 {
			title := fmt.Sprint("t", 20-i)
			inputs = append(inputs, one(title))
			want = append(want, vars{"title": title, "project": vars{"code": "P"}, "labels": vars{"edges": list(vars{"node": vars{"name": "l"}})}})
		}
		require.Equal(t, want, api.Must(createTasks, vars{"i": inputs})["createTasks"])
		require.Equal(t, 1, app.Client.Label.Query().CountX(ctx), "what several want is made once")
		require.Equal(t, list(), api.Must(createTasks, vars{"i": list()})["createTasks"])

		bad := one("fine")
		bad["parentID"] = "VGFzazo5OTk5"
		e := api.Fail("CONFLICT", createTasks, vars{"i": list(one("fine"), bad)})
		require.Equal(t, list("input[1].parentID"), e.Extensions["fields"])
		e = api.Fail("CONFLICT", `mutation { createLabels(input: [{name: "a"}, {name: "b"}, {name: "A"}]) { id } }`, nil)
		require.Equal(t, list("input[2].name"), e.Extensions["fields"])
		require.Equal(t, 20, app.Client.Task.Query().CountX(ctx))
		require.Equal(t, 1, app.Client.Label.Query().CountX(ctx))
	})
}

// Updates and deletes of many say which rows they mean, bump versions, leave
// deleted rows alone and count what they did.
//
// Covers: T11, T16.
func TestUpdateAndDeleteMany(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx, c := trackertest.Serve(t, app), t.Context(), app.Client
		p := newProject(t, app, "P")
		var rows []*ent.Task
		for _, title := range []string{"a", "b", "c", "gone"} {
			b := c.Task.Create().SetTitle(title).SetProject(p)
			if len(rows) > 0 {
				b.SetParent(rows[0])
			}
			rows = append(rows, b.SaveX(ctx))
		}
		c.Task.DeleteOne(rows[3]).ExecX(ctx)
		count := func(query string, v vars) any {
			t.Helper()
			for _, result := range api.Must(query, v) {
				return apitest.Get(result, "count")
			}
			return nil
		}
		// A filter that looks into the table that is changed.
		require.EqualValues(t, 2, count(updateTasks, vars{"w": vars{"hasParentWith": list(vars{"title": "a"})}, "i": vars{"title": " z ", "points": 3}}))
		for i, want := range []string{"a", "z", "z"} {
			row := c.Task.GetX(ctx, rows[i].ID)
			require.Equal(t, want, row.Title)
			require.Equal(t, map[string]int64{"a": 1, "z": 2}[want], row.Version)
		}
		require.EqualValues(t, 0, count(updateTasks, vars{"w": vars{"title": "gone"}, "i": vars{"title": "x"}}))
		require.EqualValues(t, 3, count(updateTasks, vars{"all": true, "i": vars{"urgent": true}}))
		require.EqualValues(t, 3, count(updateTasks, vars{"all": true, "i": vars{"urgent": true}}), "rows that are so already count, on MySQL too")

		for _, v := range []vars{{}, {"w": nil}, {"w": vars{}}, {"all": false}, {"w": vars{"title": "a"}, "all": true}} {
			api.Fail("BAD_USER_INPUT", deleteTasks, v)
			v["i"] = vars{"title": "x"}
			api.Fail("BAD_USER_INPUT", updateTasks, v)
		}
		e := api.Fail("VALIDATION", updateTasks, vars{"all": true, "i": vars{"title": "", "state": nil}})
		require.Equal(t, map[string]string{"input.title": "too_short", "input.state": "null"}, violations(t, e))
		e = api.Fail("CONFLICT", updateTasks, vars{"all": true, "i": vars{"parentID": rows[3].GlobalID()}})
		require.Equal(t, list("input.parentID"), e.Extensions["fields"])
		e = api.Fail("CONFLICT", `mutation { a: createLabels(input: [{name: "x"}, {name: "y"}]) { id } updateLabels(all: true, input: {name: "z"}) { count } }`, nil)
		require.Equal(t, list("input.name"), e.Extensions["fields"])

		require.EqualValues(t, 2, count(deleteTasks, vars{"w": vars{"title": "z"}}))
		require.EqualValues(t, 0, count(deleteTasks, vars{"w": vars{"title": "z"}}))
		require.Equal(t, []string{"a"}, c.Task.Query().Select(task.FieldTitle).StringsX(ctx))
		require.EqualValues(t, 1, count(deleteTasks, vars{"all": true}))
		require.Zero(t, c.Task.Query().CountX(ctx))
		require.EqualValues(t, 2, count(`mutation { deleteLabels(all: true) { count } }`, nil))
	})
}

// What would change too many rows is refused and changes none.
func TestManyIsBounded(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		client := ent.NewClient(ent.Driver(app.DB.Driver()), ent.GraphQLSettings(relay.Settings{MaxAffected: 2}))
		api := trackertest.Serve(t, &trackertest.App{DB: app.DB, Client: client})
		api.Must(`mutation { createLabels(input: [{name: "a"}, {name: "b"}, {name: "c"}]) { id } }`, nil)
		for _, query := range []string{`mutation { updateLabels(all: true, input: {color: "red"}) { count } }`, `mutation { deleteLabels(all: true) { count } }`} {
			e := api.Fail("TOO_MANY_ROWS", query, nil)
			require.EqualValues(t, 2, e.Extensions["limit"])
		}
		require.Equal(t, 3, app.Client.Label.Query().CountX(t.Context()))
		api.Must(`mutation { updateLabels(where: {nameNEQ: "a"}, input: {color: "red"}) { count } }`, nil)
	})
}
