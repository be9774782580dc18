package tracker_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
)

// clauseRow is what a clause holds, in the database or in memory.
type clauseRow struct{ position, parent, version int64 }

// clauseState is what the manager does with a struct.
type clauseState struct {
	status string    // fresh, managed or removed
	snap   clauseRow // what it compares a managed one with
}

// clauseFrame is all of the model that a rollback puts back.
type clauseFrame struct {
	rows   map[int64]clauseRow
	held   map[*ent.Clause]clauseState
	memory map[*ent.Clause]clauseRow
}

// unitModel says what the database, the identity map and the structs hold.
type unitModel struct {
	clauseFrame
	stack    []clauseFrame        // one for each transaction that is open
	order    []*ent.Clause        // in which they were taken up
	made     map[*ent.Clause]bool // by the program, not read
	contract int64
	counter  int64

	t      *rapid.T
	ctx    context.Context // that of the test
	em     *ent.EntityManager
	faults *testkit.Faults
}

func (m *unitModel) frame() clauseFrame {
	return clauseFrame{maps.Clone(m.rows), maps.Clone(m.held), maps.Clone(m.memory)}
}

// pick draws a held struct that satisfies the condition, nil if there is none.
func (m *unitModel) pick(label string, ok func(*ent.Clause) bool) *ent.Clause {
	var list []*ent.Clause
	for _, c := range m.order {
		if _, held := m.held[c]; held && !slices.Contains(list, c) && ok(c) {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return rapid.SampledFrom(list).Draw(m.t, label)
}

func (m *unitModel) is(statuses ...string) func(*ent.Clause) bool {
	return func(c *ent.Clause) bool { return slices.Contains(statuses, m.held[c].status) }
}

func (m *unitModel) next() int64 {
	m.counter++
	return m.counter
}

func memoryOf(c *ent.Clause) clauseRow {
	r := clauseRow{position: c.Position, version: c.Version}
	if c.ParentID != nil {
		r.parent = *c.ParentID
	}
	return r
}

func (m *unitModel) persist() {
	c := &ent.Clause{Position: m.next(), ContractID: m.contract}
	parent := m.pick("parent", m.is("fresh", "managed"))
	if parent != nil && rapid.Bool().Draw(m.t, "has a parent") {
		switch {
		case m.held[parent].status == "managed" && rapid.Bool().Draw(m.t, "by id"):
			c.ParentID = new(parent.ID)
		case rapid.Bool().Draw(m.t, "by the edge"):
			c.Edges.Parent = parent
		default:
			parent.Edges.Parts = append(parent.Edges.Parts, c)
			c.Edges.Parent = parent // the model goes by this one
		}
	}
	require.NoError(m.t, m.em.Persist(c))
	m.held[c], m.memory[c] = clauseState{status: "fresh"}, memoryOf(c)
	m.order, m.made[c] = append(m.order, c), true
}

func (m *unitModel) modify() {
	c := m.pick("modified", m.is("fresh", "managed"))
	if c == nil {
		return
	}
	c.Position = m.next()
	if parent := m.pick("moved to", m.is("managed")); m.held[c].status == "managed" && parent != nil && parent.ID < c.ID {
		c.ParentID = new(parent.ID)
	}
	m.memory[c] = memoryOf(c)
}

// tied reports whether the edge of a new struct leads to it.
func (m *unitModel) tied(to *ent.Clause) bool {
	for c, s := range m.held {
		if s.status == "fresh" && c.Edges.Parent == to {
			return true
		}
	}
	return false
}

func (m *unitModel) remove() {
	c := m.pick("removed", func(c *ent.Clause) bool { return !m.tied(c) })
	if c == nil {
		return
	}
	require.NoError(m.t, m.em.Remove(c))
	if m.held[c].status == "fresh" {
		m.untie(c)
		delete(m.held, c)
		return
	}
	m.held[c] = clauseState{"removed", m.held[c].snap}
}

// untie takes a struct out of the edge of its parent, which would save it.
func (m *unitModel) untie(c *ent.Clause) {
	if p := c.Edges.Parent; p != nil {
		p.Edges.Parts = slices.DeleteFunc(slices.Clone(p.Edges.Parts), func(o *ent.Clause) bool { return o == c })
	}
}

func (m *unitModel) detach() {
	c := m.pick("detached", func(c *ent.Clause) bool { return !m.tied(c) })
	if c == nil {
		return
	}
	if m.held[c].status == "fresh" {
		m.untie(c)
	}
	require.NoError(m.t, m.em.Detach(c))
	delete(m.held, c)
}

func (m *unitModel) refresh() {
	c := m.pick("refreshed", m.is("managed", "removed"))
	if c == nil {
		return
	}
	require.NoError(m.t, m.em.Refresh(m.ctx, c))
	m.memory[c] = m.rows[c.ID]
	m.held[c] = clauseState{"managed", m.rows[c.ID]}
}

func (m *unitModel) find() {
	id := rapid.Int64Range(1, 40).Draw(m.t, "id")
	if len(m.rows) > 0 && rapid.IntRange(0, 3).Draw(m.t, "a row") > 0 {
		id = rapid.SampledFrom(slices.Sorted(maps.Keys(m.rows))).Draw(m.t, "row")
	}
	found, err := m.em.Clause.Find(m.ctx, id)
	for c, s := range m.held {
		if s.status != "fresh" && c.ID == id {
			if s.status == "removed" {
				require.ErrorIs(m.t, err, entity.ErrNotFound)
			} else {
				require.Same(m.t, c, found)
			}
			return
		}
	}
	row, there := m.rows[id]
	if !there {
		require.ErrorIs(m.t, err, entity.ErrNotFound)
		return
	}
	require.NoError(m.t, err)
	m.held[found], m.memory[found] = clauseState{"managed", row}, row
	m.order = append(m.order, found)
}

func (m *unitModel) begin() {
	_, err := m.em.Begin(m.ctx)
	require.NoError(m.t, err)
	m.stack = append(m.stack, m.frame())
}

func (m *unitModel) pending() bool {
	for c, s := range m.held {
		if s.status != "managed" || m.memory[c] != s.snap {
			return true
		}
	}
	return false
}

// flushed is what a flush does.
func (m *unitModel) flushed() {
	for _, c := range m.order {
		s, held := m.held[c]
		now := m.memory[c]
		switch {
		case !held:
			continue
		case s.status == "fresh":
			require.NotZero(m.t, c.ID)
			require.NotContains(m.t, m.rows, c.ID)
			if c.Edges.Parent != nil && now.parent == 0 {
				now.parent = c.Edges.Parent.ID
			}
			now.version = 1
		case s.status == "managed" && now != s.snap:
			now.version++
		default:
			continue
		}
		m.rows[c.ID], m.memory[c], m.held[c] = now, now, clauseState{"managed", now}
	}
	var doomed []int64
	for c, s := range m.held {
		if s.status == "removed" {
			doomed = append(doomed, c.ID)
		}
	}
	for len(doomed) > 0 {
		id := doomed[0]
		doomed = doomed[1:]
		delete(m.rows, id)
		for child, r := range m.rows {
			if r.parent == id {
				doomed = append(doomed, child)
			}
		}
	}
	maps.DeleteFunc(m.held, func(c *ent.Clause, _ clauseState) bool { _, there := m.rows[c.ID]; return !there })
}

func (m *unitModel) flush() {
	pending := m.pending()
	before := m.frame()
	if pending && rapid.IntRange(0, 4).Draw(m.t, "fault") == 0 {
		m.faults.FailAt(rapid.IntRange(1, 8).Draw(m.t, "at statement"),
			rapid.SampledFrom([]testkit.Fault{testkit.Refused, testkit.FailedLate, testkit.Collision, testkit.Disconnected}).Draw(m.t, "kind"))
	}
	err := m.em.Flush(m.ctx)
	fired := m.faults.Fired()
	m.faults.Off()
	if pending && len(m.stack) == 0 {
		m.stack = append(m.stack, before)
	}
	if fired != "" {
		require.Error(m.t, err, fired)
		_ = m.em.Close() // of a connection that is gone
		require.NoError(m.t, m.em.Rollback())
		m.rolledBack(0)
		return
	}
	require.NoError(m.t, err)
	if pending {
		m.flushed()
	}
}

// rolledBack puts the model back to a frame.
func (m *unitModel) rolledBack(to int) {
	then := m.stack[to]
	for c := range m.held {
		if _, before := then.memory[c]; !before && m.made[c] {
			if _, there := then.rows[c.ID]; !there {
				require.Zero(m.t, c.ID, "an id of a row that never was")
				require.Zero(m.t, c.Version)
			}
		}
	}
	for c := range then.held {
		require.Equal(m.t, then.memory[c], memoryOf(c), "a struct that was held before")
	}
	m.stack = m.stack[:to]
	m.clauseFrame = clauseFrame{maps.Clone(then.rows), maps.Clone(then.held), maps.Clone(then.memory)}
	if to == 0 {
		m.held = map[*ent.Clause]clauseState{}
	}
}

func (m *unitModel) rollback() {
	require.NoError(m.t, m.em.Rollback())
	if len(m.stack) > 0 {
		m.rolledBack(len(m.stack) - 1)
		return
	}
	m.held = map[*ent.Clause]clauseState{}
}

func (m *unitModel) commit() {
	pending := m.pending()
	require.NoError(m.t, m.em.Commit(m.ctx))
	if pending {
		m.flushed()
	}
	if len(m.stack) > 0 {
		m.stack = m.stack[:len(m.stack)-1]
	}
}

func (m *unitModel) clear() {
	require.NoError(m.t, m.em.Clear())
	m.held = map[*ent.Clause]clauseState{}
}

// check compares everything.
func (m *unitModel) check() {
	found := map[int64]clauseRow{}
	rows := &sql.Rows{}
	require.NoError(m.t, m.em.Driver().Query(m.ctx,
		"SELECT id, position, COALESCE(parent_id, 0), version FROM clauses WHERE deleted_at IS NULL", []any{}, rows))
	for rows.Next() {
		var id int64
		var r clauseRow
		require.NoError(m.t, rows.Scan(&id, &r.position, &r.parent, &r.version))
		found[id] = r
	}
	require.NoError(m.t, rows.Err())
	require.NoError(m.t, rows.Close())
	require.Equal(m.t, m.rows, found)
	for _, c := range m.order {
		s, held := m.held[c]
		require.Equal(m.t, held && s.status != "removed", m.em.Contains(c))
		if held {
			require.Equal(m.t, m.memory[c], memoryOf(c))
		}
		if held && s.status == "managed" {
			again, err := m.em.Clause.Find(m.ctx, c.ID)
			require.NoError(m.t, err)
			require.Same(m.t, c, again)
			diff, err := m.em.Changes(c)
			require.NoError(m.t, err)
			require.Equal(m.t, m.memory[c] != s.snap, len(diff) > 0)
		}
	}
	require.Equal(m.t, len(m.held), m.em.Stats().Held)
}

// Whatever is done to a unit of work, with statements that fail now and then, the
// database, the identity map and the structs hold what the model says: nothing of
// what was rolled back is left in any of them.
//
// Covers: F01, F04, F06, F07.
func TestUnitModel(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		contract := app.Client.Contract.Create().SetNumber("1").SetTitle("t").SaveX(ctx)
		rapid.Check(t, func(rt *rapid.T) {
			require.NoError(rt, app.DB.Driver().Exec(ctx, "DELETE FROM clauses", []any{}, nil))
			em := ent.NewEntityManager(app.Client)
			defer func() { _ = em.Close() }()
			m := &unitModel{
				t: rt, ctx: ctx, em: em, contract: contract.ID, made: map[*ent.Clause]bool{}, faults: testkit.InjectFaults(t, app.DB),
				clauseFrame: clauseFrame{map[int64]clauseRow{}, map[*ent.Clause]clauseState{}, map[*ent.Clause]clauseRow{}},
			}
			defer m.faults.Off()
			op := func(fn func()) func(*rapid.T) {
				return func(rt *rapid.T) {
					m.t = rt
					fn()
				}
			}
			rt.Repeat(map[string]func(*rapid.T){
				"persist": op(m.persist), "persist more": op(m.persist), "modify": op(m.modify), "remove": op(m.remove),
				"detach": op(m.detach), "refresh": op(m.refresh), "find": op(m.find), "begin": op(m.begin),
				"flush": op(m.flush), "flush again": op(m.flush), "rollback": op(m.rollback), "commit": op(m.commit),
				"clear": op(m.clear), "": op(m.check),
			})
		})
	})
}
