package pagetest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

type vars = map[string]any

// world is a tracker full of tasks, with ties, NULLs, tombstones and missing
// rows everywhere.
type world struct {
	*trackertest.App
	*apitest.API
	random   *rand.Rand
	people   []*ent.Person
	projects []*ent.Project
	labels   []*ent.Label
}

func newWorld(t *testing.T, app *trackertest.App, tasks int) *world {
	t.Helper()
	w := &world{App: app, API: trackertest.Serve(t, app), random: rand.New(rand.NewPCG(1, 2))}
	ctx, c := t.Context(), app.Client
	for i := range 4 {
		p := c.Person.Create().SetEmail(fmt.Sprintf("p%d@example.org", i)).SetName([]string{"Zoë", "ann", "Bob", "ann"}[i])
		if i%2 == 0 {
			p.SetNickname("nick")
		}
		w.people = append(w.people, p.SaveX(ctx))
		if i < 3 {
			c.Badge.Create().SetNumber(int64(10 - i)).SetPersonID(w.people[i].ID).ExecX(ctx)
		}
	}
	for i := range 4 {
		p := c.Project.Create().SetName([]string{"b", "a", "a", "c"}[i]).SetCode(fmt.Sprint("P", i)).SetArchived(i%2 == 0).AddMembers(w.people[:i]...)
		if i > 0 {
			p.SetLeadID(w.people[i].ID).SetBudget(float64(i/2) + 0.1)
		}
		w.projects = append(w.projects, p.SaveX(ctx))
	}
	for i := range 3 {
		w.labels = append(w.labels, c.Label.Create().SetName(fmt.Sprint("l", i)).SaveX(ctx))
	}
	for range tasks {
		w.addTask(ctx)
	}
	// Their tasks and projects stay, with an edge that leads nowhere.
	c.Person.DeleteOneID(w.people[3].ID).ExecX(ctx)
	c.Project.DeleteOneID(w.projects[3].ID).ExecX(ctx)
	return w
}

// addTask adds a task of random values, with notes, some of them deleted.
func (w *world) addTask(ctx context.Context) *ent.Task {
	r := w.random
	b := w.Client.Task.Create().SetTitle([]string{"x", "Y", "é"}[r.IntN(3)]).SetProjectID(w.projects[r.IntN(4)].ID)
	w.vary(b.Mutation())
	row := b.SaveX(ctx)
	for range r.IntN(4) {
		w.addNote(ctx, row.ID, r.IntN(3) == 0)
	}
	return row
}

func (w *world) addNote(ctx context.Context, taskID int64, deleted bool) {
	n := w.Client.Note.Create().SetText("n").SetTaskID(taskID).SetAuthorID(w.people[0].ID).SaveX(ctx)
	if deleted {
		w.Client.Note.DeleteOne(n).ExecX(ctx)
	}
}

// vary gives a task random values, of which many are the same.
func (w *world) vary(m *ent.TaskMutation) {
	r := w.random
	m.SetState([]task.State{task.StateOpen, task.StateDoing, task.StateDone}[r.IntN(3)])
	m.SetPoints(int64(r.IntN(3)) << 40)
	m.SetUrgent(r.IntN(2) == 0)
	m.SetRank(int32(r.IntN(3)))
	m.SetEstimate([]float64{0.1, 0.30000000000000004, 1e21}[r.IntN(3)])
	m.SetDue(time.Date(2026, 1, 1+r.IntN(3), 0, 0, 0, 0, time.UTC))
	m.SetStartedAt(time.Date(2026, 3, 29, 1, 0, 0, 1000*r.IntN(3), time.FixedZone("", 3600*r.IntN(3))))
	for _, unset := range []func(){m.ClearRank, m.ClearEstimate, m.ClearDue, m.ClearStartedAt} {
		if r.IntN(3) == 0 {
			unset()
		}
	}
	m.ClearAssignee()
	if p := r.IntN(6); p < 4 {
		m.SetAssigneeID(w.people[p].ID)
	}
	m.ClearLabels()
	m.AddLabelIDs(w.labels[r.IntN(3)].ID)
	if r.IntN(2) == 0 {
		m.AddLabelIDs(w.labels[0].ID)
	}
}

// reparent makes a random task the parent of another, or of none.
func (w *world) reparent(ctx context.Context, tasks []*ent.Task) {
	i := 1 + w.random.IntN(len(tasks)-1)
	w.Client.Task.UpdateOneID(tasks[i].ID).SetParentID(tasks[w.random.IntN(i)].ID).ExecX(ctx)
}

// row is a task as the model of the connections sees it: what a term of an
// order is at it, nil for NULL.
type row struct {
	id     string
	number int64
	task   *ent.Task
	values map[string]any
}

// model reads the visible tasks with plain queries, and works out in Go what
// each term of an order is at them.
func (w *world) model(ctx context.Context, t require.TestingT) []*row {
	tasks, err := w.Client.Task.Query().Order(task.ByID()).WithAssignee().WithLabels().WithNotes().WithChildren().All(ctx)
	require.NoError(t, err)
	byID := map[int64]*ent.Task{}
	for _, task := range tasks {
		byID[task.ID] = task
	}
	people, projects := map[int64]*ent.Person{}, map[uuid.UUID]*ent.Project{}
	for _, p := range w.Client.Person.Query().WithBadge().WithTasks().WithNotes().WithMemberships().AllX(ctx) {
		people[p.ID] = p
	}
	for _, p := range w.Client.Project.Query().WithTasks().WithMembers().AllX(ctx) {
		projects[p.ID] = p
	}
	rows := make([]*row, len(tasks))
	for i, task := range tasks {
		v := map[string]any{}
		ofTask(v, "", task)
		ofPerson(v, "assignee.", people, task.AssigneeID)
		if p := projects[task.ProjectID]; p != nil {
			v["project.NAME"], v["project.ARCHIVED"], v["project.ID"] = p.Name, p.Archived, p.ID
			v["project.BUDGET"], v["project.CREATED_AT"] = value(p.Budget), p.CreatedAt
			v["project.TASKS_COUNT"], v["project.MEMBERS_COUNT"] = len(p.Edges.Tasks), len(p.Edges.Members)
			ofPerson(v, "project.lead.", people, p.LeadID)
		}
		if task.ParentID != nil {
			if parent := byID[*task.ParentID]; parent != nil {
				ofTask(v, "parent.", parent)
				ofPerson(v, "parent.assignee.", people, parent.AssigneeID)
				if parent.ParentID != nil && byID[*parent.ParentID] != nil {
					ofTask(v, "parent.parent.", byID[*parent.ParentID])
				}
			}
		}
		rows[i] = &row{task.GlobalID(), task.ID, task, v}
	}
	return rows
}

func ofTask(v vars, path string, t *ent.Task) {
	v[path+"TITLE"], v[path+"STATE"], v[path+"RANK"], v[path+"ESTIMATE"] = t.Title, string(t.State), value(t.Rank), value(t.Estimate)
	v[path+"POINTS"], v[path+"URGENT"], v[path+"DUE"], v[path+"STARTED_AT"] = t.Points, t.Urgent, value(t.Due), value(t.StartedAt)
	v[path+"PROJECT_ID"], v[path+"ASSIGNEE_ID"], v[path+"ID"] = t.ProjectID, value(t.AssigneeID), t.ID
	v[path+"NOTES_COUNT"], v[path+"LABELS_COUNT"], v[path+"CHILDREN_COUNT"] = len(t.Edges.Notes), len(t.Edges.Labels), len(t.Edges.Children)
}

func ofPerson(v vars, path string, people map[int64]*ent.Person, id *int64) {
	if id == nil || people[*id] == nil {
		return
	}
	p := people[*id]
	v[path+"NAME"], v[path+"NICKNAME"], v[path+"ID"], v[path+"VERSION"] = p.Name, value(p.Nickname), p.ID, p.Version
	v[path+"TASKS_COUNT"], v[path+"NOTES_COUNT"], v[path+"MEMBERSHIPS_COUNT"] = len(p.Edges.Tasks), len(p.Edges.Notes), len(p.Edges.Memberships)
	if p.Edges.Badge != nil {
		v[path+"badge.NUMBER"] = p.Edges.Badge.Number
	}
}

func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// by is an order: "assignee.NAME" with true is descending.
type by struct {
	name string
	desc bool
}

// input is the term as a client sends it.
func (b by) input() any {
	path := strings.Split(b.name, ".")
	last := vars{"field": path[len(path)-1]}
	if b.desc {
		last["direction"] = "DESC"
	}
	for _, edge := range slices.Backward(path[:len(path)-1]) {
		last = vars{edge: last}
	}
	return last
}

func inputs(order []by) []any {
	list := make([]any, len(order))
	for i, b := range order {
		list[i] = b.input()
	}
	return list
}

// compare puts rows in an order that the id completes.
func compare(order []by, a, b *row) int {
	for _, term := range order {
		c := compareValues(a.values[term.name], b.values[term.name])
		if term.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	if len(order) > 0 && order[len(order)-1].desc {
		return cmp.Compare(b.number, a.number)
	}
	return cmp.Compare(a.number, b.number)
}

func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch a := a.(type) {
	case int:
		return cmp.Compare(a, b.(int))
	case int32:
		return cmp.Compare(a, b.(int32))
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	case bool:
		return cmp.Compare(strconv.FormatBool(a), strconv.FormatBool(b.(bool)))
	case time.Time:
		return a.Compare(b.(time.Time))
	case uuid.UUID:
		return cmp.Compare(a.String(), b.(uuid.UUID).String())
	}
	panic(fmt.Sprintf("no order of %T", a))
}

func idsOf(rows []*row) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.id
	}
	return list
}
