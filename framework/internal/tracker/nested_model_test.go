package tracker_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// places is what the database should hold: each task by its title, which is
// unique here, with its parent, its assignee and its labels.
type places map[string]place

// place is where a task is.
type place struct {
	parent, assignee string
	labels           string // sorted
}

// set changes one task.
func (w places) set(title string, change func(*place)) {
	row := w[title]
	change(&row)
	w[title] = row
}

func joined(names map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

func split(text string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(text) {
		set[name] = true
	}
	return set
}

// gen draws inputs and does to the model what they say.
type gen struct {
	t      *rapid.T
	w      places
	ids    map[string]string // of tasks, by title
	people map[string]string // ids by name
	labels map[string]string // ids by name; "" is to be made
	p      string
	n      *int // titles made
}

func (g *gen) pick(names map[string]string, label string) string {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(names))).Draw(g.t, label)
}

// labelsInput draws what happens to the labels of a task.
func (g *gen) labelsInput(title string, updating bool) vars {
	in := vars{}
	have := split(g.w[title].labels)
	connect := func() []any {
		var ids []any
		for range rapid.IntRange(0, 2).Draw(g.t, "labels") {
			name := g.pick(g.labels, "label")
			if g.labels[name] == "" {
				continue
			}
			ids = append(ids, g.labels[name])
			have[name] = true
		}
		return append(list(), ids...)
	}
	if updating {
		switch rapid.IntRange(0, 2).Draw(g.t, "how") {
		case 0:
			have = map[string]bool{}
			in["set"] = connect()
		case 1:
			name := g.pick(g.labels, "leaves")
			if g.labels[name] != "" {
				in["disconnect"] = list(g.labels[name])
				delete(have, name)
			}
		}
	}
	if rapid.Bool().Draw(g.t, "connect") {
		in["connect"] = connect()
	}
	if rapid.Bool().Draw(g.t, "connectOrCreate") {
		name := g.pick(g.labels, "key")
		in["connectOrCreate"] = list(vars{"where": vars{"name": strings.ToUpper(name)}, "create": vars{"name": name}})
		have[name] = true
	}
	g.w.set(title, func(r *place) { r.labels = joined(have) })
	return in
}

// task draws a new task with what is nested in it.
func (g *gen) task(depth int, parent string) (vars, string) {
	*g.n++
	title := fmt.Sprint("t", *g.n)
	g.w[title] = place{parent: parent}
	in := vars{"title": title, "projectID": g.p}
	if rapid.Bool().Draw(g.t, "assigned") {
		name := g.pick(g.people, "person")
		in["assignee"] = vars{"connect": g.people[name]}
		g.w.set(title, func(r *place) { r.assignee = name })
	}
	if rapid.Bool().Draw(g.t, "labelled") {
		in["labels"] = g.labelsInput(title, false)
	}
	if depth > 0 && rapid.Bool().Draw(g.t, "parental") {
		in["children"] = g.children(title, depth-1)
	}
	return in, title
}

func (g *gen) children(title string, depth int) vars {
	in := vars{}
	if len(g.ids) > 0 && rapid.Bool().Draw(g.t, "adopts") {
		child := g.pick(g.ids, "adopted")
		in["connect"] = list(g.ids[child])
		g.w.set(child, func(r *place) { r.parent = title })
	}
	made := list()
	for range rapid.IntRange(1, 3).Draw(g.t, "children") {
		child, _ := g.task(depth, title)
		made = append(made, child)
	}
	in["create"] = made
	return in
}

// update draws a change of a task that is there.
func (g *gen) update() (id string, in vars) {
	title := g.pick(g.ids, "task")
	in = vars{}
	if rapid.Bool().Draw(g.t, "labelled") {
		in["labels"] = g.labelsInput(title, true)
	}
	switch rapid.IntRange(0, 3).Draw(g.t, "children") {
	case 0:
		in["children"] = g.children(title, 1)
	case 1:
		child := g.pick(g.ids, "leaves")
		in["children"] = vars{"disconnect": list(g.ids[child])}
		if g.w[child].parent == title {
			g.w.set(child, func(r *place) { r.parent = "" })
		}
	case 2:
		for child, row := range g.w {
			if row.parent == title {
				g.w.set(child, func(r *place) { r.parent = "" })
			}
		}
		child := g.pick(g.ids, "stays")
		in["children"] = vars{"set": list(g.ids[child])}
		g.w.set(child, func(r *place) { r.parent = title })
	}
	switch rapid.IntRange(0, 2).Draw(g.t, "assignee") {
	case 0:
		in["assignee"] = vars{"disconnect": true}
		g.w.set(title, func(r *place) { r.assignee = "" })
	case 1:
		name := g.pick(g.people, "person")
		in["assignee"] = vars{"connect": g.people[name]}
		g.w.set(title, func(r *place) { r.assignee = name })
	}
	return g.ids[title], in
}

// plant makes the input wrong somewhere deep.
func (g *gen) plant(in vars) {
	children, ok := in["children"].(vars)
	if made, _ := children["create"].([]any); ok && len(made) > 0 && rapid.Bool().Draw(g.t, "deeper") {
		g.plant(made[len(made)-1].(vars))
		return
	}
	switch rapid.IntRange(0, 2).Draw(g.t, "fault") {
	case 0:
		in["title"] = ""
	case 1:
		in["labels"] = vars{"connect": list("TGFiZWw6OTk5OTk")}
	case 2: // only the database knows
		in["labels"] = vars{"create": list(vars{"name": "always"})}
	}
}

// stored reads the tasks and their ids.
func stored(ctx context.Context, t require.TestingT, c *ent.Client) (w places, ids map[string]string) {
	rows := c.Task.Query().WithParent().WithAssignee().WithLabels().AllX(ctx)
	w, ids = places{}, map[string]string{}
	for _, row := range rows {
		r := place{}
		if row.Edges.Parent != nil {
			r.parent = row.Edges.Parent.Title
		}
		if row.Edges.Assignee != nil {
			r.assignee = row.Edges.Assignee.Name
		}
		names := map[string]bool{}
		for _, l := range row.Edges.Labels {
			names[l.Name] = true
		}
		r.labels = joined(names)
		w[row.Title], ids[row.Title] = r, row.GlobalID()
	}
	require.Len(t, w, len(rows))
	return w, ids
}

// Random trees of nested writes leave in the database what they say, and where
// something is wrong in them, nothing at all.
//
// Covers: C29, C44, T20.
func TestNestedWritesAgainstAModel(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		c, ctx := app.Client, t.Context()
		api := trackertest.Serve(t, app)
		p := newProject(t, app, "P")
		people := map[string]string{}
		for _, name := range []string{"ann", "bob"} {
			people[name] = newPerson(t, app, name).GlobalID()
		}
		c.Label.Create().SetName("always").ExecX(ctx)
		most, serial := 2, 0
		if app.DB.Dialect() == config.SQLite {
			most = 5
		}
		rapid.Check(t, func(rt *rapid.T) {
			if rapid.IntRange(0, 3).Draw(rt, "empty") == 0 {
				c.Task.Update().ClearParentID().ExecX(ctx)
				c.Task.Delete().ExecX(ctx)
			}
			for range rapid.IntRange(1, most).Draw(rt, "mutations") {
				before, ids := stored(ctx, rt, c)
				labels := map[string]string{"always": "", "a": "", "b": "", "c": ""}
				for _, l := range c.Label.Query().AllX(ctx) {
					labels[l.Name] = l.GlobalID()
				}
				g := &gen{t: rt, w: maps.Clone(before), ids: ids, people: people, labels: labels, p: p.GlobalID(), n: &serial}
				query, v := createTask, vars{}
				if len(ids) > 0 && rapid.Bool().Draw(rt, "update") {
					id, in := g.update()
					query, v = updateTask, vars{"id": id, "i": in}
				} else {
					v["i"], _ = g.task(3, "")
				}
				want := g.w
				faulty := rapid.IntRange(0, 3).Draw(rt, "faulty") == 0
				if faulty {
					g.plant(v["i"].(vars))
					want = before
				}
				out := api.Do(query, v) //nolint:contextcheck // the client has that of the test
				require.Equal(rt, faulty, len(out.Errors) > 0, "%v\n%s", v, out.Raw)
				got, _ := stored(ctx, rt, c)
				require.Equal(rt, want, got, "%v\n%s", v, out.Raw)
			}
		})
	})
}
