package unitofwork

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// Manager is a unit of work: it holds entities, and writes what became of them.
// It is for one goroutine at a time. The generated NewEntityManager makes one.
type Manager struct {
	driver   dialect.Driver
	registry entity.Registry
	tables   []*table
	byType   map[reflect.Type]*table
	byName   map[string]*table
	byTable  []*table // those that are referred to before those that refer

	autoflush, autocommit bool
	onFlush               []func(context.Context, []Record) ([]any, error)

	claims   atomic.Uint64 // counts calls
	busy     atomic.Uint64 // the call that runs, 0 for none
	items    map[any]*item // by pointer
	identity map[identity]*item
	gone     map[any]bool // pointers to rows that were deleted
	whole    map[any]bool // pointers from New
	taken    int          // items so far, which orders them

	scopes []*scope
	own    []*database.Transaction // begun by the manager, the innermost last
	level  sql.IsolationLevel      // of the next transaction
	queued []callback              // for the next transaction
	failed error                   // of a flush, or of a commit of more than one
	ending *database.Transaction   // that the manager commits or rolls back just now
	giveUp bool                    // the end is Rollback: hold nothing afterwards
	stats  Stats
}

// identity is the key of a row.
type identity struct {
	t   *table
	key any
}

// status is what a flush does with an entity.
type status uint8

const (
	fresh    status = iota + 1 // inserted
	managed                    // updated, if it has changed
	detached                   // read elsewhere: compared with its row, then updated
	removed                    // deleted
)

// item is an entity that the manager holds.
type item struct {
	t      *table
	ptr    any
	row    reflect.Value // what ptr points to
	place  int
	status status
	key    any       // under which the identity map has it; nil while it is new
	snap   *snapshot // nil for what is new or detached
	whole  bool      // zero values are values, not the lack of one
	view   string    // what its row was seen with, "" where that is not known
}

// Option configures a manager.
type Option func(*Manager)

// Autoflush makes the manager write what is pending before each query that goes
// through it: [Set.All], [Set.Find] of what it does not hold, and what is run
// with [Manager.Driver]. Without it such a query does not see what was not
// flushed. It is the setting database.autoflush.
func Autoflush(on bool) Option { return func(m *Manager) { m.autoflush = on } }

// Autocommit makes each Flush outside of a transaction one of its own. Without
// it a Flush begins a transaction that lasts until Commit or Rollback. It is the
// setting database.autocommit.
func Autocommit(on bool) Option { return func(m *Manager) { m.autocommit = on } }

// OnFlush calls fn in each flush, after its statements and in its transaction,
// with what they did. The entities that fn returns are written in the same flush;
// for those it is not called again. See [Audit].
func OnFlush(fn func(ctx context.Context, done []Record) ([]any, error)) Option {
	return func(m *Manager) { m.onFlush = append(m.onFlush, fn) }
}

// New returns a manager that knows no entities yet. The generated code calls it.
func New(driver dialect.Driver, registry entity.Registry, opts ...Option) *Manager {
	m := &Manager{driver: driver, registry: registry, byType: map[reflect.Type]*table{}, byName: map[string]*table{}}
	m.reset()
	for _, opt := range opts {
		opt(m)
	}
	return m
}

// reset forgets all entities.
func (m *Manager) reset() {
	m.items, m.identity = map[any]*item{}, map[identity]*item{}
	m.gone, m.whole = map[any]bool{}, map[any]bool{}
	m.queued = nil
}

// claim takes the manager for one call.
func (m *Manager) claim() (done func(), err error) {
	call := m.claims.Add(1)
	if !m.busy.CompareAndSwap(0, call) {
		return nil, ErrConcurrent
	}
	return func() { m.busy.CompareAndSwap(call, 0) }, nil
}

// use claims the manager for a call that needs it whole.
func (m *Manager) use() (done func(), err error) {
	if done, err = m.claim(); err != nil {
		return nil, err
	}
	if m.failed != nil {
		done()
		return nil, &FailedError{m.failed}
	}
	return done, nil
}

// tableOf finds the kind of an entity.
func (m *Manager) tableOf(v any) (*table, error) {
	typ := reflect.TypeOf(v)
	if typ == nil || typ.Kind() != reflect.Pointer {
		return nil, unknownError(v)
	}
	t := m.byType[typ.Elem()]
	if t == nil {
		return nil, unknownError(v)
	}
	if reflect.ValueOf(v).IsNil() {
		return nil, fmt.Errorf("unitofwork: the %s is nil", t.Name)
	}
	return t, nil
}

// hold takes up an entity. A rollback of the transaction that runs gives it up.
func (m *Manager) hold(t *table, ptr any, s status) *item {
	m.taken++
	it := &item{t: t, ptr: ptr, row: reflect.ValueOf(ptr).Elem(), place: m.taken, status: s}
	if n := len(m.scopes); n > 0 {
		m.scopes[n-1].remember(it, false)
	}
	m.items[ptr] = it
	return it
}

// know puts an entity under its key.
func (m *Manager) know(it *item, key any) {
	it.key = key
	m.identity[identity{it.t, key}] = it
}

// drop gives an entity up.
func (m *Manager) drop(it *item) {
	delete(m.items, it.ptr)
	if it.key != nil && m.identity[identity{it.t, it.key}] == it {
		delete(m.identity, identity{it.t, it.key})
	}
}

// sorted lists entities in the order in which they were taken up.
func (m *Manager) sorted(which func(*item) bool) []*item {
	var list []*item
	for _, it := range m.items {
		if which(it) {
			list = append(list, it)
		}
	}
	slices.SortFunc(list, func(a, b *item) int { return cmp.Compare(a.place, b.place) })
	return list
}

// isRow reports whether the struct came from the client, which a literal did
// not: then it knows its driver.
func isRow(row reflect.Value) bool {
	config := row.FieldByName("config")
	if !config.IsValid() {
		return false
	}
	driver := config.FieldByName("driver")
	return driver.IsValid() && !driver.IsNil()
}

// Persist takes up entities, to be written by the next flush, and with them what
// new entities their edges lead to. A struct of one's own is inserted; a row that
// was read elsewhere is compared with what the database has by then, and updated.
// What the manager holds already stays as it is; a removed one is no longer
// removed.
func (m *Manager) Persist(entities ...any) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	for _, e := range entities {
		if _, err := m.tableOf(e); err != nil {
			return err
		}
	}
	for _, e := range entities {
		if err := m.persist(e); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manager) persist(ptr any) error {
	t, err := m.tableOf(ptr)
	if err != nil {
		return err
	}
	if it := m.items[ptr]; it != nil {
		if it.status == removed {
			it.status = managed
			if it.snap == nil {
				it.status = detached
			}
		}
		it.whole = it.whole || m.whole[ptr]
		return nil
	}
	row := reflect.ValueOf(ptr).Elem()
	if m.gone[ptr] || !isRow(row) {
		it := m.hold(t, ptr, fresh)
		it.whole = m.whole[ptr]
		return nil
	}
	if err := t.whole(ptr); err != nil {
		return err
	}
	key := t.keyOf(row)
	if key == nil {
		return fmt.Errorf("unitofwork: the %s has no key: read whole rows", t.Name)
	}
	if other := m.identity[identity{t, key}]; other != nil {
		return fmt.Errorf("unitofwork: another struct of %s %v is held already; change that, or use Merge", t.Name, key)
	}
	m.know(m.hold(t, ptr, detached), key)
	return nil
}

// Remove schedules entities to be deleted by the next flush, as the schema says:
// with soft delete, and with what its policies take along. One that was never
// inserted is given up.
func (m *Manager) Remove(entities ...any) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	for _, e := range entities {
		if _, err := m.tableOf(e); err != nil {
			return err
		}
	}
	for _, e := range entities {
		it := m.items[e]
		if it == nil {
			if err := m.persist(e); err != nil {
				return err
			}
			if it = m.items[e]; it.status == fresh {
				m.drop(it)
				return fmt.Errorf("unitofwork: the %s was never saved, so it cannot be removed", it.t.Name)
			}
		}
		if it.status == fresh {
			m.drop(it)
			continue
		}
		it.status = removed
	}
	return nil
}

// Detach gives entities up: what they have pending is not written.
func (m *Manager) Detach(entities ...any) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	for _, e := range entities {
		if _, err := m.tableOf(e); err != nil {
			return err
		}
	}
	for _, e := range entities {
		if it := m.items[e]; it != nil {
			m.drop(it)
		}
		delete(m.whole, e)
	}
	return nil
}

// Clear gives all entities up. What is pending is lost; what was flushed is not.
// In a long run it keeps memory from growing: flush, then clear.
func (m *Manager) Clear() error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	m.reset()
	return nil
}

// Contains reports whether the manager holds the entity, and does not remove it.
func (m *Manager) Contains(entity any) bool {
	done, err := m.claim()
	if err != nil {
		return false
	}
	defer done()
	if _, err := m.tableOf(entity); err != nil {
		return false
	}
	it := m.items[entity]
	return it != nil && it.status != removed
}
