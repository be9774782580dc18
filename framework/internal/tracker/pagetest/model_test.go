package pagetest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// steady are terms that nothing but an update of the task itself changes;
// moving ones depend on further rows.
var (
	steady = []string{
		"ID", "TITLE", "STATE", "RANK", "ESTIMATE", "POINTS", "URGENT", "DUE", "STARTED_AT", "PROJECT_ID", "ASSIGNEE_ID",
		"NOTES_COUNT", "LABELS_COUNT", "assignee.NAME", "assignee.NICKNAME", "assignee.ID", "assignee.VERSION",
		"assignee.MEMBERSHIPS_COUNT", "assignee.badge.NUMBER", "project.NAME", "project.ARCHIVED", "project.ID",
		"project.BUDGET", "project.CREATED_AT", "project.MEMBERS_COUNT", "project.lead.NAME", "project.lead.NICKNAME",
		"project.lead.badge.NUMBER",
	}
	moving = []string{
		"CHILDREN_COUNT", "assignee.TASKS_COUNT", "assignee.NOTES_COUNT", "project.TASKS_COUNT",
		"parent.TITLE", "parent.STATE", "parent.RANK", "parent.ESTIMATE", "parent.POINTS", "parent.URGENT", "parent.DUE",
		"parent.STARTED_AT", "parent.PROJECT_ID", "parent.NOTES_COUNT", "parent.LABELS_COUNT", "parent.CHILDREN_COUNT",
		"parent.assignee.NAME", "parent.parent.RANK", "parent.parent.NOTES_COUNT",
	}
)

func drawOrder(r *rapid.T, names []string) []by {
	var order []by
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID).Draw(r, "order") {
		order = append(order, by{name, rapid.Bool().Draw(r, "descending")})
	}
	return order
}

// window is what a client asks of a connection, by places in the whole list;
// -1 is not given.
type window struct{ after, before, first, last int }

func drawWindow(r *rapid.T, n int) window {
	place := rapid.IntRange(-1, n-1)
	w := window{place.Draw(r, "after"), place.Draw(r, "before"), -1, -1}
	switch rapid.IntRange(0, 2).Draw(r, "limit") {
	case 1:
		w.first = rapid.IntRange(0, n+1).Draw(r, "first")
	case 2:
		w.last = rapid.IntRange(0, n+1).Draw(r, "last")
	}
	return w
}

func (w window) args(cursors []string, order []by) vars {
	args := vars{"orderBy": inputs(order)}
	if w.after >= 0 {
		args["after"] = cursors[w.after]
	}
	if w.before >= 0 {
		args["before"] = cursors[w.before]
	}
	if w.first >= 0 {
		args["first"] = w.first
	}
	if w.last >= 0 {
		args["last"] = w.last
	}
	return args
}

// relaySpec is the algorithm of Relay's specification, on a slice: the rows of
// the page and whether there are pages around. A cursor is a place in the order
// of all rows, so that one of another owner has a meaning too.
func (w window) relaySpec(rows, all []*row, order []by) (page []*row, next, previous bool) {
	edges := slices.Clone(rows)
	if w.after >= 0 {
		edges = slices.DeleteFunc(edges, func(r *row) bool { return compare(order, r, all[w.after]) <= 0 })
	}
	if w.before >= 0 {
		edges = slices.DeleteFunc(edges, func(r *row) bool { return compare(order, r, all[w.before]) >= 0 })
	}
	next, previous = w.before >= 0, w.after >= 0
	switch {
	case w.first >= 0:
		next = len(edges) > w.first
		edges = edges[:min(w.first, len(edges))]
	case w.last >= 0:
		previous = len(edges) > w.last
		edges = edges[max(0, len(edges)-w.last):]
	}
	return edges, next, previous
}

const taskPage = `(after: $after, before: $before, first: $first, last: $last, orderBy: $orderBy) {
	edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`

const taskArgs = `($after: Cursor, $before: Cursor, $first: Int, $last: Int, $orderBy: [TaskOrder!])`

func pageIDs(page any) (ids, cursors []string) {
	ids = []string{}
	for _, e := range apitest.Get(page, "edges").([]any) {
		ids = append(ids, apitest.Get(e, "node", "id").(string))
		cursors = append(cursors, apitest.Get(e, "cursor").(string))
	}
	return ids, cursors
}

func requirePage(r *rapid.T, page any, want []*row, next, previous bool, msg ...any) {
	ids, cursors := pageIDs(page)
	require.Equal(r, idsOf(want), ids, msg...)
	info := apitest.Get(page, "pageInfo")
	require.Equal(r, next, apitest.Get(info, "hasNextPage"), msg...)
	require.Equal(r, previous, apitest.Get(info, "hasPreviousPage"), msg...)
	if len(ids) > 0 {
		require.Equal(r, cursors[0], apitest.Get(info, "startCursor"), msg...)
		require.Equal(r, cursors[len(ids)-1], apitest.Get(info, "endCursor"), msg...)
	} else {
		require.Nil(r, apitest.Get(info, "startCursor"), msg...)
	}
}

func (w *world) ask(r *rapid.T, query string, args vars) map[string]any {
	out := w.Do(query, args)
	require.Empty(r, out.Errors, "%v\n%s", args, out.Raw)
	return out.Data
}

// Any order, of fields, counts and what lies behind edges to one, with any
// cursors and limits, gives what Relay's algorithm gives on a slice: at the
// root, at the edges of many rows and of one.
//
// Covers: T04, T05, T06, T07, D43, D53.
func TestConnectionsAreRelays(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app, 18)
		checkFor(t, 6*time.Second, func(r *rapid.T) {
			w.change(t.Context())
			order := drawOrder(r, slices.Concat(steady, moving))
			rows := w.model(t.Context(), r)
			slices.SortFunc(rows, func(a, b *row) int { return compare(order, a, b) })

			whole := w.ask(r, `query`+taskArgs+`{ tasks`+taskPage+` }`, vars{"orderBy": inputs(order), "first": 100})["tasks"]
			requirePage(r, whole, rows, false, false, "%v", order)
			_, cursors := pageIDs(whole)
			for range 2 {
				win := drawWindow(r, len(rows))
				want, next, previous := win.relaySpec(rows, rows, order)
				got := w.ask(r, `query`+taskArgs+`{ tasks`+taskPage+` }`, win.args(cursors, order))
				requirePage(r, got["tasks"], want, next, previous, "%v %+v", order, win)
			}
			w.compareEdges(r, order, rows)
		})
	})
}

// checkFor checks a property until the time is up: slow engines see fewer
// cases. After a failure it goes on, so that the case can be made smaller.
func checkFor(t *testing.T, most time.Duration, property func(r *rapid.T)) {
	t.Helper()
	end, failed := time.Now().Add(most), false
	rapid.Check(t, func(r *rapid.T) {
		if !failed && time.Now().After(end) {
			return
		}
		failed = true // unless it returns
		property(r)
		failed = false
	})
}

// change moves a few things about.
func (w *world) change(ctx context.Context) {
	tasks := w.Client.Task.Query().Order(task.ByID()).AllX(ctx)
	one := tasks[w.random.IntN(len(tasks))]
	u := w.Client.Task.UpdateOne(one)
	w.vary(u.Mutation())
	u.ExecX(ctx)
	w.addNote(ctx, one.ID, w.random.IntN(2) == 0)
	w.reparent(ctx, tasks)
	if len(tasks) > 14 {
		w.Client.Task.DeleteOneID(tasks[w.random.IntN(len(tasks))].ID).ExecX(ctx)
	} else {
		w.addTask(ctx)
	}
}

// compareEdges does the same at edges, where a cursor of one owner is a place
// in the lists of all of them.
func (w *world) compareEdges(r *rapid.T, order []by, rows []*row) {
	type owner struct {
		query string
		of    func(id string) []*row
	}
	project, label, assignee := w.projects[w.random.IntN(3)], w.labels[w.random.IntN(3)], w.people[0]
	inProject := func(id string) []*row {
		return slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return r.task.ProjectGlobalID() != id })
	}
	withLabel := func(id string) []*row {
		return slices.DeleteFunc(slices.Clone(rows), func(r *row) bool {
			return !slices.ContainsFunc(r.task.Edges.Labels, func(l *ent.Label) bool { return l.GlobalID() == id })
		})
	}
	ofAssignee := func(id string) []*row {
		return slices.DeleteFunc(slices.Clone(rows), func(r *row) bool {
			return r.task.AssigneeGlobalID() == nil || *r.task.AssigneeGlobalID() != id
		})
	}
	owners := map[string]owner{
		"projects": {`all: projects { edges { node { id tasks` + taskPage + ` } } }`, inProject},
		"labels":   {`all: labels { edges { node { id tasks` + taskPage + ` } } }`, withLabel},
		"people":   {`all: people { edges { node { id tasks` + taskPage + ` } } }`, ofAssignee},
		"project":  {`one: node(id: "` + project.GlobalID() + `") { id ... on Project { tasks` + taskPage + ` } }`, inProject},
		"label":    {`one: node(id: "` + label.GlobalID() + `") { id ... on Label { tasks` + taskPage + ` } }`, withLabel},
		"person":   {`one: node(id: "` + assignee.GlobalID() + `") { id ... on Person { tasks` + taskPage + ` } }`, ofAssignee},
	}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(owners))), 2, 2, rapid.ID).Draw(r, "owners") {
		o := owners[name]
		query := `query` + taskArgs + `{ ` + o.query + ` }`
		nodes := func(args vars) (list []any) {
			data := w.ask(r, query, args)
			if one := data["one"]; one != nil {
				return []any{one}
			}
			for _, e := range apitest.Get(data, "all", "edges").([]any) {
				list = append(list, apitest.Get(e, "node"))
			}
			return list
		}
		// The cursors of all owners together; a row has the same one at each.
		cursorOf := map[string]string{}
		for _, n := range nodes(vars{"orderBy": inputs(order), "first": 100}) {
			requirePage(r, apitest.Get(n, "tasks"), o.of(apitest.Get(n, "id").(string)), false, false, "%s %v", name, order)
			ids, cursors := pageIDs(apitest.Get(n, "tasks"))
			for i, id := range ids {
				cursorOf[id] = cursors[i]
			}
		}
		var places []*row
		var cursors []string
		for _, row := range rows {
			if c, ok := cursorOf[row.id]; ok {
				places, cursors = append(places, row), append(cursors, c)
			}
		}
		win := drawWindow(r, len(places))
		for _, n := range nodes(win.args(cursors, order)) {
			want, next, previous := win.relaySpec(o.of(apitest.Get(n, "id").(string)), places, order)
			requirePage(r, apitest.Get(n, "tasks"), want, next, previous, "%s %v %+v", name, order, win)
		}
	}
}

// Rows that are there throughout a walk are met exactly once, and no row twice,
// whatever is added and removed between the pages.
//
// Covers: T05, T06, D43, D53.
func TestWalkWhileRowsComeAndGo(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app, 16)
		checkFor(t, 6*time.Second, func(r *rapid.T) {
			order := drawOrder(r, steady)
			size, backward := rapid.IntRange(1, 6).Draw(r, "size"), rapid.Bool().Draw(r, "backward")
			stays := map[string]bool{}
			for _, row := range w.model(t.Context(), r) {
				stays[row.id] = true
			}
			met := map[string]bool{}
			args := vars{"orderBy": inputs(order), "first": size}
			if backward {
				args = vars{"orderBy": inputs(order), "last": size}
			}
			for {
				page := w.ask(r, `query`+taskArgs+`{ tasks`+taskPage+` }`, args)["tasks"]
				ids, _ := pageIDs(page)
				for _, id := range ids {
					require.False(r, met[id], "%v: a row is met twice", order)
					met[id] = true
				}
				info := apitest.Get(page, "pageInfo")
				more, cursor, argument := "hasNextPage", "endCursor", "after"
				if backward {
					more, cursor, argument = "hasPreviousPage", "startCursor", "before"
				}
				if apitest.Get(info, more) != true {
					break
				}
				args[argument] = apitest.Get(info, cursor)
				// Often the very row that the cursor was made of goes.
				rows := w.model(t.Context(), r)
				if len(rows) > 12 {
					gone := rows[w.random.IntN(len(rows))]
					if last := slices.IndexFunc(rows, func(row *row) bool { return row.id == ids[len(ids)-1] }); last >= 0 && w.random.IntN(2) == 0 {
						gone = rows[last]
					}
					w.Client.Task.DeleteOneID(gone.number).ExecX(t.Context())
					delete(stays, gone.id)
				}
				if len(rows) < 20 {
					w.addTask(t.Context())
				}
			}
			for id := range stays {
				require.True(r, met[id], "%v: a row is missed", order)
			}
		})
	})
}
