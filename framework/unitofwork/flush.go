package unitofwork

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

var errRolledBack = errors.New("unitofwork: the entity manager was rolled back")

// Op is what a flush does with an entity.
type Op string

// The operations.
const (
	Insert Op = "insert"
	Update Op = "update"
	Delete Op = "delete"
)

// Flush writes what is pending: new entities in the order of their foreign keys,
// then the changed fields of others, then deletions, each kind in as few
// statements as it takes. Ids, defaults, versions and what rules made of values
// come back into the structs.
//
// It does not commit. In a transaction, of the manager or of ctx, it is a part of
// that. Else it begins one, which lasts until Commit or Rollback; see
// [Autocommit].
//
// A flush that fails leaves a unit of work that nothing but Rollback works on
// ([FailedError]), and a transaction that cannot be committed. What may fail
// belongs between Savepoint and Rollback, into a Transact of its own, or into a
// Commit that begins its transaction itself.
func (m *Manager) Flush(ctx context.Context) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	if m.current() == nil && database.TransactionIn(ctx, m.driver) == nil {
		if m.autocommit {
			return m.flushAlone(ctx)
		}
		if !m.pending() {
			return nil
		}
		if ctx, err = m.begin(ctx); err != nil {
			return err
		}
	}
	return m.flush(ctx)
}

// pending reports whether there is something to write, or something wrong with
// it.
func (m *Manager) pending() bool {
	p, err := m.reach()
	if err != nil || len(p.joins) > 0 || len(p.keys) > 0 {
		return true
	}
	for _, it := range m.items {
		if it.status != managed {
			return true
		}
		if diff, err := it.t.diff(it); err != nil || len(diff) > 0 {
			return true
		}
	}
	return false
}

// flushAlone flushes in a transaction of its own. Where it fails, everything is as
// it was before.
func (m *Manager) flushAlone(ctx context.Context) error {
	if !m.pending() {
		return nil
	}
	ctx, err := m.begin(ctx)
	if err != nil {
		return err
	}
	t := m.current()
	m.scopes[len(m.scopes)-1].keeps = true
	if err := m.flush(ctx); err != nil {
		return firstOf(err, m.end(t, t.Rollback))
	}
	return m.end(t, t.Commit)
}

// firstOf is the first error, and says so if a second one came on top.
func firstOf(first, then error) error {
	if then != nil {
		return fmt.Errorf("%w (%w)", first, then)
	}
	return first
}

// flush writes what is pending in the transaction of ctx.
func (m *Manager) flush(ctx context.Context) (err error) {
	ctx, err = m.enter(ctx)
	if err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished && err == nil { // a panic of a hook
			err = errRolledBack
			m.fail(ctx, err)
		}
	}()
	done, err := m.write(ctx)
	if err == nil {
		err = m.tell(ctx, done)
	}
	finished = true
	if err != nil {
		m.fail(ctx, err)
		return err
	}
	m.stats.Flushes++
	return nil
}

// fail makes the manager and its transaction refuse to go on.
func (m *Manager) fail(ctx context.Context, err error) {
	m.failed = err
	if t := database.TransactionIn(ctx, m.driver); t != nil {
		t.Fail(err)
	}
}

// tell hands the records to the functions of OnFlush, and writes what they want.
func (m *Manager) tell(ctx context.Context, done []Record) error {
	if len(done) == 0 {
		return nil
	}
	more := false
	for _, fn := range m.onFlush {
		entities, err := fn(ctx, done)
		if err != nil {
			return fmt.Errorf("unitofwork: in OnFlush: %w", err)
		}
		for _, e := range entities {
			if err := m.persist(e); err != nil {
				return err
			}
			more = true
		}
	}
	if !more {
		return nil
	}
	_, err := m.write(ctx)
	return err
}

// write runs one round: what is pending now.
func (m *Manager) write(ctx context.Context) ([]Record, error) {
	p, err := m.reach()
	if err != nil {
		return nil, err
	}
	p.settle()
	w := &writer{plan: p, ctx: ctx, views: m.taking(ctx)}
	for _, step := range []func() error{w.compare, w.insert, w.change, w.remove} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w.done, nil
}

// writer runs a plan.
type writer struct {
	*plan
	ctx   context.Context //nolint:containedctx // lives as long as the flush
	done  []Record
	views *taking
}

// group is entities of one kind.
type group struct {
	t     *table
	items []*item
}

// byKind groups entities, those that are referred to first.
func (w *writer) byKind(items []*item) []group {
	var groups []group
	for _, t := range w.m.order() {
		of := slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it.t != t })
		if len(of) > 0 {
			groups = append(groups, group{t, of})
		}
	}
	return groups
}

// order lists the kinds so that one comes behind those that it refers to, as far
// as there is no circle.
func (m *Manager) order() []*table {
	if m.byTable != nil {
		return m.byTable
	}
	seen := map[*table]bool{}
	var visit func(t *table)
	visit = func(t *table) {
		if seen[t] {
			return
		}
		seen[t] = true
		for _, e := range t.edges {
			if to := m.byName[e.Target]; e.OwnsFK && to != nil {
				visit(to)
			}
		}
		m.byTable = append(m.byTable, t)
	}
	for _, t := range m.tables {
		visit(t)
	}
	return m.byTable
}

// compare finds out what the rows of detached entities hold.
func (w *writer) compare() error {
	for _, g := range w.byKind(w.m.sorted(func(it *item) bool { return it.status == detached })) {
		rows, err := g.t.load(w.ctx, keysOf(g.items), false)
		if err != nil {
			return err
		}
		for _, it := range g.items {
			row, ok := rows[it.key]
			if !ok {
				return w.failed(it, w.missing(it))
			}
			if it.snap, err = g.t.take(reflect.ValueOf(row).Elem()); err != nil {
				return w.failed(it, err)
			}
			it.snap.ones, it.snap.many = edgesOf(g.t, it.row)
			it.status = managed
		}
	}
	return nil
}

// edgesOf is the edges as the struct has them: those of a detached entity are
// taken to be as they were loaded.
func edgesOf(t *table, row reflect.Value) ([]any, []map[any]int) {
	s := &snapshot{}
	t.takeEdges(row, s)
	return s.ones, s.many
}

func keysOf(items []*item) []any {
	keys := make([]any, len(items))
	for i, it := range items {
		keys[i] = it.key
	}
	return keys
}

func (w *writer) failed(it *item, err error) error {
	return &EntityError{it.op(), it.t.Name, it.ptr, err}
}

func (w *writer) missing(it *item) error {
	return it.t.absent(it.key)
}

// blame says which of the entities an error of a bulk is about.
func (w *writer) blame(items []*item, op Op, err error) error {
	if row, ok := errors.AsType[*entity.RowError](err); ok && row.Index < len(items) {
		it := items[row.Index]
		if err = row.Err; errors.Is(err, entity.ErrNotFound) {
			err = w.missing(it)
		}
		return &EntityError{op, it.t.Name, it.ptr, err}
	}
	return &EntityError{op, items[0].t.Name, nil, err}
}

// saved takes over what a row holds now.
func (w *writer) saved(it *item, row any) error {
	it.t.overwrite(it.row, reflect.ValueOf(row).Elem())
	return w.settled(it)
}

// settled makes the entity a managed one as it is.
func (w *writer) settled(it *item) (err error) {
	w.m.unloadStale(it)
	if it.view == "" {
		it.view = w.views.view(it.t)
	}
	if it.snap, err = it.t.take(it.row); err != nil {
		return err
	}
	it.status, it.whole = managed, false
	delete(w.m.gone, it.ptr)
	delete(w.m.whole, it.ptr)
	w.m.know(it, it.t.keyOf(it.row))
	return nil
}

// unloadStale takes care of edges whose foreign key leads elsewhere by now: they
// get the row that the manager holds for it, or are as if they were not loaded.
func (m *Manager) unloadStale(it *item) {
	for _, e := range it.t.edges {
		v := it.row.FieldByIndex(e.at)
		if !e.OwnsFK || v.Kind() != reflect.Pointer || v.IsNil() {
			continue
		}
		to := m.byType[v.Type().Elem()]
		if held := m.items[v.Interface()]; held != nil && held.status == fresh {
			continue // saved later
		}
		key := it.t.fields[it.t.fieldNamed(e.Column)].value(it.row)
		if at := to.keyOf(v.Elem()); at == nil || at == key {
			continue
		}
		if other := m.identity[identity{to, key}]; key != nil && other != nil && other.status != removed {
			v.Set(reflect.ValueOf(other.ptr))
			continue
		}
		it.t.unload(it.ptr, e.Name)
	}
}
