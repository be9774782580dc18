package unitofwork

import (
	"errors"
	"fmt"
	"reflect"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// change updates managed entities that differ from their rows.
func (w *writer) change() error {
	for it, refs := range w.later {
		for _, r := range refs {
			it.t.fields[r.field].set(it.row, r.to.key)
		}
	}
	var changed []*item
	changes := map[*item]Changes{}
	for _, it := range w.m.sorted(func(it *item) bool { return it.status == managed }) {
		if it.t.keyOf(it.row) != it.key {
			return w.failed(it, errors.New("its key has changed, which no update can do: remove it, and persist a new one"))
		}
		diff, err := it.t.diff(it)
		if err != nil {
			return w.failed(it, err)
		}
		if mark := it.t.SoftDelete; mark != nil {
			if _, ok := diff[mark.Name]; ok {
				return w.failed(it, fmt.Errorf("%s is not set by hand, for what hangs on the row goes along: take Remove, or Restore of the client", mark.Name))
			}
		}
		if len(diff) == 0 && len(w.joins[it]) == 0 {
			it.t.takeEdges(it.row, it.snap)
			continue
		}
		changes[it] = diff
		changed = append(changed, it)
	}
	for _, g := range w.byKind(changed) {
		if err := w.update(g, changes); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) update(g group, changes map[*item]Changes) error {
	t := g.t
	if len(t.key) > 1 { // whose updates do not tell what they met
		if err := w.verify(g, Update); err != nil {
			return err
		}
	}
	rows, err := t.update(w.ctx, g.items, func(i int, m ent.Mutation) error {
		it := g.items[i]
		if err := w.fillChange(it, changes[it], m); err != nil {
			return &entity.RowError{Index: i, Err: err}
		}
		return nil
	})
	if err != nil {
		return w.blame(g.items, Update, err)
	}
	if len(rows) == 0 {
		found, err := t.load(w.ctx, keysOf(g.items), false)
		if err != nil {
			return err
		}
		rows = make([]any, len(g.items))
		for i, it := range g.items {
			if rows[i] = found[it.key]; rows[i] == nil {
				return w.failed(it, w.missing(it))
			}
		}
	}
	for i, it := range g.items {
		if err := w.saved(it, rows[i]); err != nil {
			return err
		}
		w.done = append(w.done, Record{Op: Update, Entity: t.Name, Key: it.key, Object: it.ptr, Changes: changes[it]})
	}
	w.m.stats.Updates += int64(len(g.items))
	return nil
}

// fillChange gives an update the fields that have changed.
func (w *writer) fillChange(it *item, changes Changes, m ent.Mutation) error {
	t := it.t
	for i := range t.fields {
		f := &t.fields[i]
		if _, ok := changes[f.Name]; !ok {
			continue
		}
		if f.Immutable {
			return fmt.Errorf("%s cannot be changed once the row is there", f.Name)
		}
		var err error
		if value := f.value(it.row); value == nil {
			err = m.ClearField(f.Name)
		} else {
			err = m.SetField(f.Name, value)
		}
		if err != nil {
			return fmt.Errorf("cannot set %s: %w", f.Name, err)
		}
	}
	for _, j := range w.joins[it] {
		if err := t.link(m, j.edge.Name, j.otherKey(), j.add); err != nil {
			return err
		}
	}
	mutation, ok := m.(entity.Mutation)
	if !ok {
		return fmt.Errorf("unexpected mutation %T", m)
	}
	if len(t.key) > 1 {
		mutation.WhereP(t.withKeys([]any{it.key}))
	} else if t.version >= 0 {
		expected, err := t.expected(it)
		if err != nil {
			return err
		}
		mutation.WhereP(withVersion(t.Version.Column, expected))
	}
	return nil
}

// expected is the version that the row must have: what the struct says, so that
// a program may ask for the version that its own client has seen.
func (t *table) expected(it *item) (int64, error) {
	return entity.VersionOf(it.row.FieldByIndex(t.fields[t.version].at).Interface())
}

func withVersion(column string, version int64) func(*sql.Selector) {
	return func(s *sql.Selector) {
		if version == 0 {
			s.Where(sql.Or(sql.EQ(s.C(column), version), sql.IsNull(s.C(column))))
			return
		}
		s.Where(sql.EQ(s.C(column), version))
	}
}

// verify locks the rows of entities, and checks that they are there in the
// expected versions.
func (w *writer) verify(g group, op Op) error {
	rows, err := g.t.load(w.ctx, keysOf(g.items), true)
	if err != nil {
		return err
	}
	for _, it := range g.items {
		row, ok := rows[it.key]
		if !ok {
			return &EntityError{op, g.t.Name, it.ptr, w.missing(it)}
		}
		if g.t.version < 0 {
			continue
		}
		expected, err := g.t.expected(it)
		if err != nil {
			return err
		}
		current, err := entity.VersionOf(reflect.ValueOf(row).Elem().FieldByIndex(g.t.fields[g.t.version].at).Interface())
		if err != nil {
			return err
		}
		if current != expected {
			return &EntityError{op, g.t.Name, it.ptr, &entity.StaleError{
				Entity: g.t.Name, ID: fmt.Sprint(it.key), Expected: expected, Current: current,
			}}
		}
	}
	return nil
}
