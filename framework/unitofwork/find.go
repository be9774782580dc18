package unitofwork

import (
	"context"
	"fmt"
	"reflect"

	"github.com/framefox-go/framefox/framework/database"
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
	typ := reflect.TypeFor[P]()
	if typ.Kind() != reflect.Pointer || m.byType[typ.Elem()] == nil {
		return none, fmt.Errorf("unitofwork: %s is no entity of this manager: name a pointer to a generated struct", typ)
	}
	t := m.byType[typ.Elem()]
	key, err := t.asKey(key)
	if err != nil {
		return none, err
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
	missing := t.absent(key)
	if it := m.identity[identity{t, key}]; it != nil {
		switch visible, asked, err := m.visible(ctx, it); {
		case err != nil:
			return nil, err
		case !asked:
			m.stats.Hits++
			fallthrough
		default:
			if !visible || it.status == removed {
				return nil, missing
			}
			return it.ptr, nil
		}
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
	return m.taking(ctx).adopt(t, row)
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
	take := s.m.taking(ctx)
	for i, r := range rows {
		held, err := take.adopt(s.t, r)
		if err != nil {
			return nil, err
		}
		rows[i] = held.(*N)
	}
	return rows, nil
}

// Refresh reads entities again, and discards what is pending on their fields. One
// whose row is gone is given up: that is an [entity.ErrNotFound]. A row that the
// manager does not hold, after a Rollback for one, it holds from then on.
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
		if m.items[e] == nil && !m.gone[e] && isRow(reflect.ValueOf(e).Elem()) {
			if err := m.persist(e); err != nil { // as a row that was read elsewhere
				return err
			}
		}
		it := m.items[e]
		if it == nil || it.status == fresh {
			return fmt.Errorf("unitofwork: cannot refresh the %s: it is no row yet, or not any more", t.Name)
		}
		items[t] = append(items[t], it)
	}
	var gone error
	w := &writer{plan: &plan{m: m}, ctx: ctx, views: m.taking(ctx)}
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
	if from == nil {
		return nil, fmt.Errorf("unitofwork: the %s is nil", s.t.Name)
	}
	row := reflect.ValueOf(from).Elem()
	if err := s.t.whole(from); err != nil {
		return nil, err
	}
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
