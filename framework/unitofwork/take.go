package unitofwork

import (
	"context"
	"fmt"
	"reflect"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// everything is the view that hides nothing.
const everything = "*"

// viewOf tells which rows a condition leaves, alike for conditions that leave the
// same.
func (m *Manager) viewOf(t *table, seen entity.Condition) string {
	if seen == nil {
		return everything
	}
	s := sql.Dialect(m.driver.Dialect()).Select().From(sql.Table(t.Table))
	query, args := s.Where(seen(s)).Query()
	return fmt.Sprintf("%s %#v", query, args)
}

// visible reports whether a held entity may be seen with ctx. Where the context
// looks at other rows than the one that it was read with, the database is asked.
func (m *Manager) visible(ctx context.Context, it *item) (visible, asked bool, err error) {
	seen, err := it.t.Rows.Returned(ctx)
	if err != nil {
		return false, false, fmt.Errorf("unitofwork: cannot read %s: %w", it.t.Name, err)
	}
	view := m.viewOf(it.t, seen)
	if view == everything || view == it.view {
		return true, false, nil
	}
	rows, err := it.t.load(ctx, []any{it.key}, false)
	if err != nil || rows[it.key] == nil {
		return false, true, err
	}
	it.view = view
	return true, true, nil
}

// taking takes up rows of one query.
type taking struct {
	m     *Manager
	ctx   context.Context //nolint:containedctx // of the query, nil where that is not known
	seen  map[any]any
	views map[*table]string
	along bool // rows behind the first are at edges
}

func (m *Manager) taking(ctx context.Context) *taking {
	return &taking{m: m, ctx: ctx, seen: map[any]any{}, views: map[*table]string{}}
}

// view is what the query sees of the kind, "" where that is not known.
func (k *taking) view(t *table) string {
	if k.ctx == nil {
		return ""
	}
	view, ok := k.views[t]
	if !ok {
		rule := t.Rows.Returned
		if k.along {
			rule = t.Rows.Seen
		}
		if seen, err := rule(k.ctx); err == nil {
			view = k.m.viewOf(t, seen)
		}
		k.views[t] = view
	}
	return view
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
	take := m.taking(nil) //nolint:staticcheck // nobody knows with which context they were read
	for _, r := range rows {
		t, err := m.tableOf(r)
		if err != nil {
			return err
		}
		if _, err := take.adopt(t, r); err != nil {
			return err
		}
	}
	return nil
}

// adopt holds a row as it is in the database, and returns the entity for it.
func (k *taking) adopt(t *table, ptr any) (any, error) {
	m, seen, view := k.m, k.seen, k.view(t)
	if known, ok := seen[ptr]; ok {
		return known, nil
	}
	if err := t.whole(ptr); err != nil {
		return nil, err
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
		it.view = view
		m.know(it, key)
		m.stats.Loads++
	} else if it.ptr != ptr && t.edgesAt != nil && it.row.FieldByIndex(t.edgesAt).IsZero() {
		it.row.FieldByIndex(t.edgesAt).Set(row.FieldByIndex(t.edgesAt))
	}
	seen[ptr] = it.ptr
	k.along = true
	for _, e := range t.edges {
		if err := k.adoptEdge(it.row.FieldByIndex(e.at)); err != nil {
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
func (k *taking) adoptEdge(v reflect.Value) error {
	put := func(v reflect.Value) error {
		if v.IsNil() || !isRow(v.Elem()) {
			return nil
		}
		held, err := k.adopt(k.m.byType[v.Type().Elem()], v.Interface())
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
