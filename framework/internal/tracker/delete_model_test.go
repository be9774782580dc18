package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// kind is an entity of the model.
type kind struct {
	name   string
	soft   bool
	parent map[string]reference
	unique bool // has a value that is unique among the living
}

// reference is an edge of the model, seen from the row that refers.
type reference struct{ to, policy string }

var kinds = map[string]kind{
	"person":  {name: "person", soft: true, unique: true},
	"badge":   {name: "badge", parent: map[string]reference{"person": {"person", "cascade"}}},
	"project": {name: "project", soft: true, unique: true, parent: map[string]reference{"lead": {"person", "detach"}}},
	"task": {name: "task", soft: true, parent: map[string]reference{
		"project": {"project", "cascade"}, "assignee": {"person", "detach"}, "parent": {"task", "cascade"},
	}},
	"note": {name: "note", soft: true, parent: map[string]reference{"task": {"task", "cascade"}, "author": {"person", "restrict"}}},
}

// row is one row of the model.
type row struct {
	kind    kind
	id      any
	value   string // unique
	refs    map[string]*row
	deleted int // number of the delete that took it; 0 while it lives
	version int64
}

// model is what the database should hold.
type model struct {
	rows    []*row
	deletes int
	times   map[int]time.Time // of deletes, as the database shows them
}

// children calls fn for each row that refers to one of the set.
func (m *model) children(set []*row, fn func(child *row, edge string, r reference)) {
	for _, child := range m.rows {
		for edge, r := range child.kind.parent {
			if to := child.refs[edge]; to != nil && slices.Contains(set, to) {
				fn(child, edge, r)
			}
		}
	}
}

// closure adds to the set what hangs on it over edges that cascade, and takes
// along.
func (m *model) closure(set []*row, along func(child *row) bool) []*row {
	for {
		before := len(set)
		m.children(set, func(child *row, _ string, r reference) {
			if r.policy == "cascade" && !slices.Contains(set, child) && along(child) {
				set = append(set, child)
			}
		})
		if len(set) == before {
			return set
		}
	}
}

func (m *model) blocked(set []*row, counts func(*row) bool) (yes bool) {
	m.children(set, func(child *row, _ string, r reference) {
		yes = yes || r.policy == "restrict" && counts(child) && !slices.Contains(set, child)
	})
	return yes
}

// remove deletes rows and returns the code of the error to expect.
func (m *model) remove(roots []*row) string {
	living := func(r *row) bool { return r.kind.soft && r.deleted == 0 }
	set := m.closure(roots, living)
	if m.blocked(set, living) {
		return entity.Restricted
	}
	m.deletes++
	for _, r := range set {
		r.deleted = m.deletes
		r.version++
	}
	m.children(set, func(child *row, edge string, r reference) {
		if r.policy == "detach" && child.deleted == 0 {
			child.refs[edge] = nil
			child.version++
		}
	})
	return ""
}

// restore brings a row back.
func (m *model) restore(root *row) string {
	set := m.closure([]*row{root}, func(r *row) bool { return r.deleted == root.deleted })
	var orphaned, taken bool
	for _, r := range set {
		for edge, ref := range r.kind.parent {
			to := r.refs[edge]
			orphaned = orphaned || to != nil && to.deleted != 0 && !slices.Contains(set, to) && ref.policy != "detach"
		}
		taken = taken || r.kind.unique && m.taken(r.kind, r.value)
	}
	switch {
	case orphaned:
		return entity.ParentDeleted
	case taken:
		return entity.Unique
	}
	for _, r := range set {
		for edge := range r.kind.parent {
			if to := r.refs[edge]; to != nil && to.deleted != 0 && !slices.Contains(set, to) {
				r.refs[edge] = nil
			}
		}
	}
	for _, r := range set {
		r.deleted = 0
		r.version++
	}
	return ""
}

// purge removes rows for good.
func (m *model) purge(roots []*row) string {
	set := m.closure(roots, func(*row) bool { return true })
	if m.blocked(set, func(*row) bool { return true }) {
		return entity.Restricted
	}
	m.children(set, func(child *row, edge string, r reference) {
		if r.policy == "detach" {
			child.refs[edge] = nil
			child.version++
		}
	})
	m.rows = slices.DeleteFunc(m.rows, func(r *row) bool { return slices.Contains(set, r) })
	return ""
}

func (m *model) taken(k kind, value string) bool {
	return slices.ContainsFunc(m.rows, func(r *row) bool {
		return r.kind.name == k.name && r.value == value && r.deleted == 0
	})
}

// of lists rows of a kind.
func (m *model) of(name string, deleted bool) (list []*row) {
	for _, r := range m.rows {
		if r.kind.name == name && (r.deleted != 0) == deleted {
			list = append(list, r)
		}
	}
	return list
}

// machine runs the same on the model and on the tracker.
type machine struct {
	model
	t   *rapid.T
	ctx context.Context
	c   *ent.Client
}

// pick draws one of the rows, or nil.
func (m *machine) pick(list []*row, label string) *row {
	if len(list) == 0 {
		return nil
	}
	return rapid.SampledFrom(list).Draw(m.t, label)
}

// key is the key of a row, or nil.
func key[K any](r *row) *K {
	if r == nil {
		return nil
	}
	return new(r.id.(K))
}

func (m *machine) create() {
	k := kinds[rapid.SampledFrom([]string{"person", "badge", "project", "task", "task", "note"}).Draw(m.t, "kind")]
	r := &row{kind: k, refs: map[string]*row{}, version: 1}
	for edge, ref := range k.parent {
		r.refs[edge] = m.pick(m.of(ref.to, false), edge)
		optional := ref.policy == "detach" || edge == "parent"
		if r.refs[edge] == nil && !optional {
			return
		}
	}
	if k.name == "badge" && slices.ContainsFunc(m.rows, func(other *row) bool { return other.kind.name == "badge" && other.refs["person"] == r.refs["person"] }) {
		return // has one
	}
	if k.unique {
		r.value = fmt.Sprintf("v%d@example.org", rapid.IntRange(1, 3).Draw(m.t, "value"))
	}
	want := ""
	if k.unique && m.taken(k, r.value) {
		want = entity.Unique
	}
	err := m.insert(r)
	m.expect(want, err)
	if err == nil {
		m.rows = append(m.rows, r)
	}
}

func (m *machine) insert(r *row) error {
	switch r.kind.name {
	case "person":
		p, err := m.c.Person.Create().SetEmail(r.value).SetName("x").Save(m.ctx)
		if err == nil {
			r.id = p.ID
		}
		return err
	case "badge":
		b, err := m.c.Badge.Create().SetNumber(time.Now().UnixNano()).SetPersonID(*key[int64](r.refs["person"])).Save(m.ctx)
		if err == nil {
			r.id = b.ID
		}
		return err
	case "project":
		p, err := m.c.Project.Create().SetName("x").SetCode(r.value).SetNillableLeadID(key[int64](r.refs["lead"])).Save(m.ctx)
		if err == nil {
			r.id = p.ID
		}
		return err
	case "task":
		p, err := m.c.Task.Create().SetTitle("x").SetProjectID(*key[uuid.UUID](r.refs["project"])).
			SetNillableAssigneeID(key[int64](r.refs["assignee"])).SetNillableParentID(key[int64](r.refs["parent"])).Save(m.ctx)
		if err == nil {
			r.id = p.ID
		}
		return err
	default:
		n, err := m.c.Note.Create().SetText("x").SetTaskID(*key[int64](r.refs["task"])).SetAuthorID(*key[int64](r.refs["author"])).Save(m.ctx)
		if err == nil {
			r.id = n.ID
		}
		return err
	}
}

func (m *machine) expect(code string, err error) {
	got := ""
	if conflict, ok := errors.AsType[*entity.ConflictError](err); ok {
		got = conflict.Code
	} else if err != nil {
		got = err.Error()
	}
	require.Equal(m.t, code, got)
}

func (m *machine) delete() {
	name := rapid.SampledFrom([]string{"person", "project", "task", "note"}).Draw(m.t, "kind")
	living := m.of(name, false)
	if name == "task" && len(living) > 1 && rapid.Bool().Draw(m.t, "many") {
		two := []*row{m.pick(living, "first"), m.pick(living, "second")}
		if two[0] != two[1] {
			n, err := m.c.Task.Delete().Where(task.IDIn(two[0].id.(int64), two[1].id.(int64))).Exec(m.ctx)
			m.expect(m.remove(two), err)
			if err == nil {
				require.Equal(m.t, 2, n)
			}
			return
		}
	}
	if r := m.pick(living, "row"); r != nil {
		m.expect(m.remove([]*row{r}), m.deleteOne(m.ctx, r))
	}
}

func (m *machine) deleteOne(ctx context.Context, r *row) error {
	switch r.kind.name {
	case "person":
		return m.c.Person.DeleteOneID(r.id.(int64)).Exec(ctx)
	case "badge":
		return m.c.Badge.DeleteOneID(r.id.(int64)).Exec(ctx)
	case "project":
		return m.c.Project.DeleteOneID(r.id.(uuid.UUID)).Exec(ctx)
	case "task":
		return m.c.Task.DeleteOneID(r.id.(int64)).Exec(ctx)
	default:
		return m.c.Note.DeleteOneID(r.id.(int64)).Exec(ctx)
	}
}

func (m *machine) bringBack() {
	name := rapid.SampledFrom([]string{"person", "project", "task", "note"}).Draw(m.t, "kind")
	r := m.pick(m.of(name, true), "row")
	if r == nil {
		return
	}
	var err error
	switch name {
	case "person":
		_, err = m.c.Person.Restore(m.ctx, r.id.(int64))
	case "project":
		_, err = m.c.Project.Restore(m.ctx, r.id.(uuid.UUID))
	case "task":
		_, err = m.c.Task.Restore(m.ctx, r.id.(int64))
	case "note":
		_, err = m.c.Note.Restore(m.ctx, r.id.(int64))
	}
	m.expect(m.restore(r), err)
}

func (m *machine) wipe() {
	if r := m.pick(m.rows, "row"); r != nil {
		m.expect(m.purge([]*row{r}), m.deleteOne(entity.WithPurge(m.ctx), r))
	}
}

// check compares all rows of the database with the model.
func (m *machine) check() {
	got := m.read()
	want := make([]string, 0, len(m.rows))
	for _, r := range m.rows {
		parts := []any{r.kind.name, " ", r.id}
		for _, edge := range []string{"person", "lead", "project", "assignee", "parent", "task", "author"} {
			if _, has := r.kind.parent[edge]; !has {
				continue
			}
			if to := r.refs[edge]; to != nil {
				parts = append(parts, " "+edge+"=", to.id)
			}
		}
		if r.kind.soft && r.kind.name != "note" {
			parts = append(parts, " v", r.version)
		}
		if r.deleted != 0 {
			parts = append(parts, " deleted "+m.times[r.deleted].Format(time.RFC3339Nano))
		}
		want = append(want, join(parts))
	}
	slices.Sort(want)
	slices.Sort(got)
	require.Equal(m.t, strings.Join(want, "\n"), strings.Join(got, "\n"))
}

// join writes the parts one after the other; fmt.Sprint would add spaces.
func join(parts []any) string {
	var b strings.Builder
	for _, part := range parts {
		fmt.Fprint(&b, part)
	}
	return b.String()
}

func (m *machine) read() (lines []string) {
	trash := entity.WithTrashed(m.ctx)
	line := func(r *time.Time, parts ...any) {
		text := join(parts)
		if r != nil {
			text += " deleted " + r.UTC().Format(time.RFC3339Nano)
		}
		lines = append(lines, text)
	}
	ref := func(edge string, id *int64) string {
		if id == nil {
			return ""
		}
		return fmt.Sprint(" ", edge, "=", *id)
	}
	for _, r := range m.c.Person.Query().AllX(trash) {
		m.note("person", r.ID, r.DeletedAt)
		line(r.DeletedAt, "person ", r.ID, " v", r.Version)
	}
	for _, r := range m.c.Badge.Query().AllX(trash) {
		line(nil, "badge ", r.ID, ref("person", &r.PersonID))
	}
	for _, r := range m.c.Project.Query().AllX(trash) {
		m.note("project", r.ID, r.DeletedAt)
		line(r.DeletedAt, "project ", r.ID, ref("lead", r.LeadID), " v", r.Version)
	}
	for _, r := range m.c.Task.Query().AllX(trash) {
		m.note("task", r.ID, r.DeletedAt)
		line(r.DeletedAt, "task ", r.ID, " project=", r.ProjectID, ref("assignee", r.AssigneeID), ref("parent", r.ParentID), " v", r.Version)
	}
	for _, r := range m.c.Note.Query().AllX(trash) {
		m.note("note", r.ID, r.DeletedAt)
		line(r.DeletedAt, "note ", r.ID, ref("task", &r.TaskID), ref("author", &r.AuthorID))
	}
	return lines
}

// note learns the time of a delete from the first row that shows it; all others
// must have the same.
func (m *machine) note(name string, id any, at *time.Time) {
	for _, r := range m.rows {
		if r.kind.name == name && r.id == id && r.deleted != 0 && at != nil {
			if _, known := m.times[r.deleted]; !known {
				m.times[r.deleted] = at.UTC()
			}
		}
	}
}

// After any sequence of deletes, restores and purges the database holds what
// the rules say.
//
// Covers: C31, C41, C42, T11.
func TestDeletesAgainstModel(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		most := 40
		if app.DB.Driver().Dialect() != dialect.SQLite {
			most = 12
		}
		rapid.Check(t, func(rt *rapid.T) {
			m := &machine{t: rt, ctx: t.Context(), c: app.Client, model: model{times: map[int]time.Time{}}}
			purge := entity.WithPurge(m.ctx)
			app.Client.Project.Delete().ExecX(purge)
			app.Client.Person.Delete().ExecX(purge)
			for range 12 {
				m.create()
			}
			for range rapid.IntRange(1, most).Draw(rt, "steps") {
				rapid.SampledFrom([]func(){m.create, m.create, m.delete, m.delete, m.delete, m.bringBack, m.bringBack, m.wipe}).Draw(rt, "step")()
				m.check()
			}
		})
	})
}
