package tracker_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/badge"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/person"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

type vars = map[string]any

func list(items ...any) []any { return append([]any{}, items...) }

// violations maps the path of each violation to its code.
func violations(t testing.TB, e apitest.Error) map[string]string {
	t.Helper()
	out := map[string]string{}
	all, ok := e.Extensions["violations"].([]any)
	require.True(t, ok, "%+v", e)
	for _, v := range all {
		out[apitest.Get(v, "field").(string)] = apitest.Get(v, "code").(string)
	}
	require.Len(t, out, len(all))
	return out
}

const (
	createTask   = `mutation($i: CreateTaskInput!) { createTask(input: $i) { id version } }`
	updateTask   = `mutation($id: ID!, $i: UpdateTaskInput!, $v: BigInt) { updateTask(id: $id, input: $i, expectedVersion: $v) { id version title } }`
	createPerson = `mutation($i: CreatePersonInput!) { createPerson(input: $i) { id } }`
	updatePerson = `mutation($id: ID!, $i: UpdatePersonInput!) { updatePerson(id: $id, input: $i) { id version badge { number } } }`
)

func newProject(t testing.TB, app *trackertest.App, code string) *ent.Project {
	t.Helper()
	return app.Client.Project.Create().SetName(code).SetCode(code).SaveX(t.Context())
}

func newPerson(t testing.TB, app *trackertest.App, name string) *ent.Person {
	t.Helper()
	return app.Client.Person.Create().SetName(name).SetEmail(name + "@example.org").SaveX(t.Context())
}

// A whole tree is made by one mutation: rows before and after, both
// directions, trees of one type, many to many.
//
// Covers: C44, C29.
func TestNestedCreate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx := trackertest.Serve(t, app), t.Context()
		bob := newPerson(t, app, "bob")
		app.Client.Label.Create().SetName("old").ExecX(ctx)
		data := api.Must(`mutation($i: CreateTaskInput!) { createTask(input: $i) {
			title project { code lead { name badge { number } } } assignee { name } parent { title }
			children(orderBy: [{field: TITLE}]) { edges { node { title project { code } children { edges { node { title } } } } } }
			labels(orderBy: [{field: NAME}]) { edges { node { name } } } notes { edges { node { text author { name } } } }
		} }`, vars{"i": vars{
			"title":    "Root",
			"project":  vars{"create": vars{"name": "Moon", "code": "MOON", "lead": vars{"create": vars{"name": "Ann", "email": "ann@example.org", "badge": vars{"create": vars{"number": "7"}}}}}},
			"assignee": vars{"connect": bob.GlobalID()},
			"parent":   vars{"create": vars{"title": "Above", "project": vars{"connectOrCreate": vars{"where": vars{"code": "SUN"}, "create": vars{"name": "Sun", "code": "SUN"}}}}},
			"children": vars{"create": list(
				vars{"title": "A", "project": vars{"connectOrCreate": vars{"where": vars{"code": "SUN"}, "create": vars{"name": "Sun", "code": "SUN"}}}},
				vars{
					"title": "B", "project": vars{"create": vars{"name": "Mars", "code": "MARS"}},
					"children": vars{"create": vars{"title": "BA", "project": vars{"connectOrCreate": vars{"where": vars{"code": "SUN"}, "create": vars{"name": "Sun", "code": "SUN"}}}}},
				},
			)},
			"labels": vars{
				"create":          list(vars{"name": "new"}),
				"connectOrCreate": list(vars{"where": vars{"name": " OLD "}, "create": vars{"name": "old"}}, vars{"where": vars{"name": "made"}, "create": vars{"name": "made"}}),
			},
			"notes": vars{"create": list(vars{"text": "Hm", "author": vars{"connect": bob.GlobalID()}})},
		}})
		require.Equal(t, vars{
			"title": "Root", "assignee": vars{"name": "bob"}, "parent": vars{"title": "Above"},
			"project": vars{"code": "MOON", "lead": vars{"name": "Ann", "badge": vars{"number": "7"}}},
			"children": vars{"edges": list(
				vars{"node": vars{"title": "A", "project": vars{"code": "SUN"}, "children": vars{"edges": list()}}},
				vars{"node": vars{"title": "B", "project": vars{"code": "MARS"}, "children": vars{"edges": list(vars{"node": vars{"title": "BA"}})}}},
			)},
			"labels": vars{"edges": list(vars{"node": vars{"name": "made"}}, vars{"node": vars{"name": "new"}}, vars{"node": vars{"name": "old"}})},
			"notes":  vars{"edges": list(vars{"node": vars{"text": "Hm", "author": vars{"name": "bob"}}})},
		}, data["createTask"])
		require.Equal(t, 5, app.Client.Task.Query().CountX(ctx))
		require.Equal(t, 3, app.Client.Project.Query().CountX(ctx))
		require.Equal(t, 3, app.Client.Label.Query().CountX(ctx), "a row that is there is not made again")
	})
}

// An update moves rows to an edge, takes them away and has exactly those that
// it says; each row that changes gets a new version, others do not.
//
// Covers: C29.
func TestNestedUpdate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx, c := trackertest.Serve(t, app), t.Context(), app.Client
		p := newProject(t, app, "P")
		newTask := func(title string, parent *ent.Task) *ent.Task {
			b := c.Task.Create().SetTitle(title).SetProject(p)
			if parent != nil {
				b.SetParent(parent)
			}
			return b.SaveX(ctx)
		}
		root := newTask("root", nil)
		a, b, d := newTask("a", root), newTask("b", root), newTask("d", nil)
		update := func(input vars) {
			t.Helper()
			api.Must(updateTask, vars{"id": root.GlobalID(), "i": input})
		}
		children := func() []string {
			return c.Task.Query().Where(task.ParentID(root.ID)).Order(task.ByTitle()).Select(task.FieldTitle).StringsX(ctx)
		}
		labels := func() []string {
			return c.Label.Query().Where(label.HasTasksWith(task.ID(root.ID))).Order(label.ByName()).Select(label.FieldName).StringsX(ctx)
		}
		version := func(row *ent.Task) int64 { return c.Task.GetX(ctx, row.ID).Version }

		update(vars{"children": vars{"connect": list(a.GlobalID(), d.GlobalID(), d.GlobalID())}})
		require.Equal(t, []string{"a", "b", "d"}, children())
		require.Equal(t, []int64{1, 1, 2, 1}, []int64{version(a), version(b), version(d), version(root)})
		update(vars{"children": vars{"disconnect": list(b.GlobalID()), "create": list(vars{"title": "e", "projectID": p.GlobalID()})}})
		require.Equal(t, []string{"a", "d", "e"}, children())
		update(vars{"children": vars{"disconnect": b.GlobalID()}})
		require.EqualValues(t, 2, version(b), "what is not there is left alone")
		update(vars{"children": vars{"set": list(b.GlobalID(), d.GlobalID())}, "title": "root 2"})
		require.Equal(t, []string{"b", "d"}, children())
		require.Equal(t, []int64{2, 3, 2, 2}, []int64{version(a), version(b), version(d), version(root)})
		update(vars{"children": vars{"set": list()}})
		require.Empty(t, children())

		for _, name := range []string{"blue", "green", "red"} {
			c.Label.Create().SetName(name).ExecX(ctx)
		}
		id := func(name string) any { return c.Label.Query().Where(label.Name(name)).OnlyX(ctx).GlobalID() }
		update(vars{"labels": vars{"connect": list(id("blue"), id("red"), id("red"))}})
		require.Equal(t, []string{"blue", "red"}, labels())
		update(vars{"labels": vars{"set": list(id("green"), id("red")), "create": list(vars{"name": "new"})}})
		require.Equal(t, []string{"green", "new", "red"}, labels())
		update(vars{"labels": vars{"disconnect": list(id("green"), id("blue")), "connect": list(id("red"))}})
		require.Equal(t, []string{"new", "red"}, labels())
		before := version(root)
		update(vars{"labels": vars{"connect": list(id("red")), "disconnect": list(id("blue"))}})
		require.Equal(t, before, version(root), "nothing changed")

		ann := newPerson(t, app, "ann")
		update(vars{"assignee": vars{"connect": ann.GlobalID()}})
		require.Equal(t, ann.ID, *c.Task.GetX(ctx, root.ID).AssigneeID)
		update(vars{"assignee": vars{"disconnect": true}})
		require.Nil(t, c.Task.GetX(ctx, root.ID).AssigneeID)

		// A row that moves under itself comes back as it is in the end.
		got := api.Must(`mutation($id: ID!, $i: UpdateTaskInput!) { updateTask(id: $id, input: $i) { version parentID } }`,
			vars{"id": root.GlobalID(), "i": vars{"title": "loop", "children": vars{"connect": list(root.GlobalID())}}})
		require.Equal(t, root.GlobalID(), apitest.Get(got, "updateTask", "parentID"))
		require.Equal(t, strconv.FormatInt(version(root), 10), apitest.Get(got, "updateTask", "version"))
	})
}

// An edge to one row has room for one.
func TestNestedOneToOne(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx, c := trackertest.Serve(t, app), t.Context(), app.Client
		ann, bob := newPerson(t, app, "ann"), newPerson(t, app, "bob")
		got := api.Must(updatePerson, vars{"id": ann.GlobalID(), "i": vars{"badge": vars{"create": vars{"number": 1}}}})
		require.Equal(t, "1", apitest.Get(got, "updatePerson", "badge", "number"))
		one := c.Badge.Query().OnlyX(ctx)
		got = api.Must(updatePerson, vars{"id": bob.GlobalID(), "i": vars{"badge": vars{"connect": one.GlobalID()}}})
		require.Equal(t, "1", apitest.Get(got, "updatePerson", "badge", "number"))
		require.False(t, c.Person.Query().Where(person.ID(ann.ID), person.HasBadge()).ExistX(ctx))
		// A badge belongs to somebody, so the old one cannot make room.
		e := api.Fail("CONFLICT", updatePerson, vars{"id": bob.GlobalID(), "i": vars{"badge": vars{"create": vars{"number": 2}}}})
		require.Equal(t, list("input.badge.create"), e.Extensions["fields"])
		require.Equal(t, "UNIQUE", e.Extensions["reason"])
		require.Equal(t, 1, c.Badge.Query().CountX(ctx))
		api.Must(updatePerson, vars{"id": bob.GlobalID(), "i": vars{"badge": vars{"connectOrCreate": vars{"where": vars{"number": 1}, "create": vars{"number": 1}}}}})
		require.Equal(t, bob.ID, c.Badge.Query().Where(badge.Number(1)).OnlyX(ctx).PersonID)
	})
}

// All that is wrong with an input is said in one answer, each with its path,
// before anything is written.
//
// Covers: C04, C44, T18.
func TestNestedViolations(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx := trackertest.Serve(t, app), t.Context()
		ann := newPerson(t, app, "ann")
		p := newProject(t, app, "P")
		e := api.Fail("VALIDATION", createTask, vars{"i": vars{
			"title":     "",
			"projectID": p.GlobalID(), "project": vars{"connect": p.GlobalID()},
			"assignee": vars{"create": vars{"name": "", "email": "nonsense"}},
			"parent":   vars{"connect": ann.GlobalID()},
			"labels":   vars{"connectOrCreate": list(vars{"where": vars{}, "create": vars{"name": "x"}})},
			"children": vars{"create": list(
				vars{"title": "fine", "projectID": p.GlobalID()},
				vars{"title": "no project"},
				vars{"title": "x", "project": vars{}, "notes": vars{"create": list(vars{"text": " ", "authorID": ann.GlobalID()})}},
			)},
		}})
		require.Equal(t, map[string]string{
			"input.title": "too_short", "input.project": "invalid",
			"input.assignee.create.name": "too_short", "input.assignee.create.email": "email",
			"input.parent.connect":                          "type",
			"input.labels.connectOrCreate[0].where":         "invalid",
			"input.children.create[1].projectID":            "required",
			"input.children.create[2].project":              "invalid",
			"input.children.create[2].notes.create[0].text": "blank",
		}, violations(t, e))
		require.Zero(t, app.Client.Task.Query().CountX(ctx))

		e = api.Fail("VALIDATION", `mutation { createTasks(input: [{title: "a"}, {title: ""}]) { id } }`, nil)
		require.Equal(t, map[string]string{
			"input[0].projectID": "required", "input[1].projectID": "required", "input[1].title": "too_short",
		}, violations(t, e))
	})
}

// What the database refuses names the node at fault, at any depth, and
// leaves nothing behind.
//
// Covers: C44, T11, T18.
func TestNestedConflicts(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx, c := trackertest.Serve(t, app), t.Context(), app.Client
		p := newProject(t, app, "P")
		c.Label.Create().SetName("taken").ExecX(ctx)
		gone := c.Task.Create().SetTitle("gone").SetProject(p).SaveX(ctx)
		c.Task.DeleteOne(gone).ExecX(ctx)
		conflict := func(reason string, fields []any, input vars) {
			t.Helper()
			e := api.Fail("CONFLICT", createTask, vars{"i": input}) //nolint:contextcheck // the client has that of the test
			require.Equal(t, reason, e.Extensions["reason"])
			require.Equal(t, fields, e.Extensions["fields"])
			require.Zero(t, c.Task.Query().CountX(ctx))
			require.Equal(t, 1, c.Label.Query().CountX(ctx))
			require.Equal(t, 1, c.Project.Query().CountX(ctx))
		}
		child := func(more vars) vars {
			more["title"], more["projectID"] = "child", p.GlobalID()
			return more
		}
		conflict("UNIQUE", list("input.children.create[1].labels.create[0].name"), vars{
			"title": "t", "project": vars{"create": vars{"name": "Q", "code": "Q"}},
			"children": vars{"create": list(child(vars{}), child(vars{"labels": vars{"create": list(vars{"name": "taken"})}}))},
		})
		conflict("UNIQUE", list("input.labels.create[1].name"), vars{
			"title": "t", "projectID": p.GlobalID(), "labels": vars{"create": list(vars{"name": "a"}, vars{"name": "A"})},
		})
		conflict("FOREIGN_KEY", list("input.parentID", "input.assignee.connect", "input.children.connect[0]", "input.labels.connect[0]"), vars{
			"title": "t", "projectID": p.GlobalID(), "parentID": gone.GlobalID(), "assignee": vars{"connect": "UGVyc29uOjk5"},
			"children": vars{"connect": list(gone.GlobalID())}, "labels": vars{"connect": list("TGFiZWw6OTk")},
		})
	})
}

// Trees are limited in depth and size.
func TestNestedLimits(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		p := newProject(t, app, "P")
		input := vars{"title": "t", "projectID": p.GlobalID()}
		for range 6 {
			input = vars{"title": "t", "projectID": p.GlobalID(), "children": vars{"create": list(input)}}
		}
		e := api.Fail("BAD_USER_INPUT", createTask, vars{"i": input})
		require.Contains(t, e.Message, "input.children.create[0].children.create[0].children.create[0].children.create[0].children.create[0].children is nested deeper than 5 levels")
		api.Must(createTask, vars{"i": apitest.Get(input, "children", "create", 0)})

		many := list()
		for i := range 1000 {
			many = append(many, vars{"name": fmt.Sprint("l", i)})
		}
		e = api.Fail("TOO_MANY_ROWS", createTask, vars{"i": vars{"title": "t", "projectID": p.GlobalID(), "labels": vars{"create": many}}})
		require.EqualValues(t, 1000, e.Extensions["limit"])
		require.Zero(t, app.Client.Label.Query().CountX(t.Context()))
	})
}
