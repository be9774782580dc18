package unitofwork

import (
	"context"
	"fmt"
	"reflect"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// Find returns the entity with the key: the same pointer each time, as long as
// the manager holds it, without asking the database again. One that is not there,
// that nobody may see, or that is removed, is an [entity.ErrNotFound].
func (s Set[N, K]) Find(ctx context.Context, key K) (*N, error) {
	found, err := s.m.find(ctx, s.t, key)
	if err != nil {
		return nil, err
	}
	return found.(*N), nil
}

// Find is [Set.Find] for a type that is known at run time, by its pointer type:
//
//	post, err := unitofwork.Find[*ent.Post](ctx, em.Manager, id)
func Find[P any](ctx context.Context, m *Manager, key any) (P, error) {
	var none P
	t := m.byType[reflect.TypeFor[P]().Elem()]
	if t == nil {
		return none, unknownError(none)
	}
	found, err := m.find(ctx, t, key)
	if err != nil {
		return none, err
	}
	return found.(P), nil
}

func (m *Manager) find(ctx context.Context, t *table, key any) (any, error) {
	done, err := m.use()
	if err != nil {
		return nil, err
	}
	defer done()
	if ctx, err = m.enter(ctx); err != nil {
		return nil, err
	}
	m.stats.Finds++
	missing := &entity.NotFoundError{Entity: t.Name, ID: fmt.Sprint(key)}
	if it := m.identity[identity{t, key}]; it != nil {
		m.stats.Hits++
		if it.status == removed {
			return nil, missing
		}
		return it.ptr, nil
	}
	if err := m.flushBefore(ctx); err != nil {
		return nil, err
	}
	rows, err := t.load(ctx, []any{key}, false)
	if err != nil {
		return nil, err
	}
	row, ok := rows[key]
	if !ok {
		return nil, missing
	}
	return m.adopt(t, row, map[any]any{})
}

// flushBefore flushes before a query, where the manager is to do so.
func (m *Manager) flushBefore(ctx context.Context) error {
	if !m.autoflush || !m.pending() {
		return nil
	}
	if database.TransactionIn(ctx, m.driver) == nil {
		if m.autocommit {
			return m.flushAlone(ctx)
		}
		var err error
		if ctx, err = m.begin(ctx); err != nil {
			return err
		}
	}
	return m.flush(ctx)
}

// Query is a query of the client: client.Post.Query().Where(…).
type Query[N any] interface {
	All(ctx context.Context) ([]*N, error)
}

// All runs a query of the client and holds what it finds, eager-loaded edges
// included. For a row that is held already it returns the entity that is, with
// what is pending on it. The query has to read whole rows.
//
//	posts, err := em.Post.All(ctx, client.Post.Query().Where(post.UserID(id)).WithTags())
func (s Set[N, K]) All(ctx context.Context, query Query[N]) ([]*N, error) {
	done, err := s.m.use()
	if err != nil {
		return nil, err
	}
	defer done()
	if ctx, err = s.m.enter(ctx); err != nil {
		return nil, err
	}
	if err := s.m.flushBefore(ctx); err != nil {
		return nil, err
	}
	if ctx, err = s.m.enter(ctx); err != nil { // the flush may have begun a transaction
		return nil, err
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[any]any{}
	for i, r := range rows {
		held, err := s.m.adopt(s.t, r, seen)
		if err != nil {
			return nil, err
		}
		rows[i] = held.(*N)
	}
	return rows, nil
}

// Attach holds rows that were read elsewhere and have not been changed since,
// with those that their edges lead to. For a row that is held already, the
// manager keeps its own.
func (m *Manager) Attach(rows ...any) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	seen := map[any]any{}
	for _, r := range rows {
		t, err := m.tableOf(r)
		if err != nil {
			return err
		}
		if _, err := m.adopt(t, r, seen); err != nil {
			return err
		}
	}
	return nil
}

// adopt holds a row as it is in the database, and returns the entity for it.
func (m *Manager) adopt(t *table, ptr any, seen map[any]any) (any, error) {
	if known, ok := seen[ptr]; ok {
		return known, nil
	}
	row := reflect.ValueOf(ptr).Elem()
	key := t.keyOf(row)
	if key == nil {
		return nil, fmt.Errorf("unitofwork: the %s has no key: read whole rows", t.Name)
	}
	it := m.identity[identity{t, key}]
	if it == nil {
		if it = m.items[ptr]; it == nil {
			it = m.hold(t, ptr, managed)
		}
		m.know(it, key)
		m.stats.Loads++
	} else if it.ptr != ptr && t.edgesAt != nil && it.row.FieldByIndex(t.edgesAt).IsZero() {
		it.row.FieldByIndex(t.edgesAt).Set(row.FieldByIndex(t.edgesAt))
	}
	seen[ptr] = it.ptr
	for _, e := range t.edges {
		if err := m.adoptEdge(it.row.FieldByIndex(e.at), seen); err != nil {
			return nil, err
		}
	}
	if it.snap == nil && it.status == managed {
		var err error
		if it.snap, err = t.take(it.row); err != nil {
			return nil, err
		}
	} else if it.snap != nil && it.ptr != ptr {
		t.takeEdges(it.row, it.snap)
	}
	return it.ptr, nil
}

// adoptEdge puts the entities that are held into an edge.
func (m *Manager) adoptEdge(v reflect.Value, seen map[any]any) error {
	put := func(v reflect.Value) error {
		if v.IsNil() || !isRow(v.Elem()) {
			return nil
		}
		t := m.byType[v.Type().Elem()]
		held, err := m.adopt(t, v.Interface(), seen)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(held))
		return nil
	}
	if v.Kind() == reflect.Pointer {
		return put(v)
	}
	for i := range v.Len() {
		if err := put(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// Refresh reads entities again, and discards what is pending on their fields. One
// whose row is gone is given up: that is an [entity.ErrNotFound].
func (m *Manager) Refresh(ctx context.Context, entities ...any) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	if ctx, err = m.enter(ctx); err != nil {
		return err
	}
	items := map[*table][]*item{}
	for _, e := range entities {
		t, err := m.tableOf(e)
		if err != nil {
			return err
		}
		it := m.items[e]
		if it == nil || it.status == fresh {
			return fmt.Errorf("unitofwork: cannot refresh the %s: the manager holds no row for it", t.Name)
		}
		items[t] = append(items[t], it)
	}
	var gone error
	w := &writer{plan: &plan{m: m}, ctx: ctx}
	for t, list := range items {
		rows, err := t.load(ctx, keysOf(list), false)
		if err != nil {
			return err
		}
		for _, it := range list {
			row, ok := rows[it.key]
			if !ok {
				w.evict(it)
				gone = w.missing(it)
				continue
			}
			if err := w.saved(it, row); err != nil {
				return err
			}
		}
	}
	return gone
}

// Merge copies the fields of a struct, which the manager does not hold, onto the
// entity with its key, and returns that: what differs is pending then. The
// version of the struct is the one that the row must have. It is for rows that
// have been outside, in a session or with a client.
func (s Set[N, K]) Merge(ctx context.Context, from *N) (*N, error) {
	row := reflect.ValueOf(from).Elem()
	key := s.t.keyOf(row)
	if key == nil {
		return nil, fmt.Errorf("unitofwork: cannot merge a %s without a key; persist it", s.t.Name)
	}
	held, err := s.Find(ctx, key.(K))
	if err != nil {
		return nil, err
	}
	done, err := s.m.use()
	if err != nil {
		return nil, err
	}
	defer done()
	into := reflect.ValueOf(held).Elem()
	for i := range s.t.fields {
		f := &s.t.fields[i]
		if f.Immutable || f.Sensitive || f.Touched || i == s.t.version && row.FieldByIndex(f.at).IsZero() {
			continue
		}
		into.FieldByIndex(f.at).Set(cloneOf(row.FieldByIndex(f.at)))
	}
	return held, nil
}
