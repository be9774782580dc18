package unitofwork

import (
	"fmt"
	"reflect"
	"slices"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// insert saves new entities, those that are referred to first: of each kind all
// that can be saved, in one bulk, and again until none is left. Where new
// entities refer to each other in a circle, a foreign key that may be NULL is set
// by an update.
func (w *writer) insert() error {
	left := w.m.sorted(func(it *item) bool { return it.status == fresh })
	for len(left) > 0 {
		ready := w.ready(left)
		if len(ready) == 0 {
			if err := w.cut(left); err != nil {
				return err
			}
			continue
		}
		if err := w.create(ready); err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(it *item) bool { return it.status != fresh })
	}
	return nil
}

// ready lists the entities of one kind that wait for no other.
func (w *writer) ready(left []*item) []*item {
	for _, g := range w.byKind(left) {
		ready := slices.DeleteFunc(g.items, w.waits)
		if len(ready) > 0 {
			return ready
		}
	}
	return nil
}

func (w *writer) waits(it *item) bool {
	return slices.ContainsFunc(w.refs[it], func(r reference) bool { return r.to.status == fresh }) ||
		slices.ContainsFunc(w.joins[it], func(j join) bool { return !j.after && j.to != nil && j.to.status == fresh })
}

// cut takes out of a circle what an update can do later: a pair of an edge from
// many to many, or a foreign key that may be NULL.
func (w *writer) cut(left []*item) error {
	for _, it := range left {
		for i, j := range w.joins[it] {
			if !j.after && j.to != nil && j.to.status == fresh {
				w.joins[it][i].after = true
				return nil
			}
		}
	}
	circle := w.circle(left[0])
	for _, it := range circle {
		for i, r := range w.refs[it] {
			if f := it.t.fields[r.field]; r.to.status == fresh && slices.Contains(circle, r.to) && f.Nullable && !f.Immutable {
				w.refs[it] = slices.Delete(w.refs[it], i, i+1)
				w.later[it] = append(w.later[it], r)
				return nil
			}
		}
	}
	names := make([]string, len(circle))
	for i, it := range circle {
		names[i] = it.t.Name
	}
	return &CycleError{names}
}

// circle follows references until one comes back.
func (w *writer) circle(it *item) []*item {
	var path []*item
	for {
		if at := slices.Index(path, it); at >= 0 {
			return path[at:]
		}
		path = append(path, it)
		for _, r := range w.refs[it] {
			if r.to.status == fresh {
				it = r.to
				break
			}
		}
	}
}

func (w *writer) create(items []*item) error {
	t := items[0].t
	for _, it := range items {
		for _, r := range w.refs[it] {
			t.fields[r.field].set(it.row, r.to.key)
		}
	}
	records := make([]Record, len(items))
	rows, err := t.create(w.ctx, len(items), func(i int, m ent.Mutation) error {
		var err error
		records[i] = Record{Op: Insert, Entity: t.Name, Object: items[i].ptr}
		records[i].Changes, err = t.diff(items[i])
		if err == nil {
			err = w.fill(items[i], m)
		}
		if err != nil {
			return &entity.RowError{Index: i, Err: err}
		}
		return nil
	})
	if err != nil {
		return w.blame(items, Insert, err)
	}
	for i, it := range items {
		if err := w.saved(it, rows[i]); err != nil {
			return err
		}
		w.joins[it] = slices.DeleteFunc(w.joins[it], func(j join) bool { return !j.after })
		records[i].Key = it.key
		w.done = append(w.done, records[i])
	}
	w.m.stats.Inserts += int64(len(items))
	return nil
}

// fill gives a create the values of the struct. Zero values of fields with a
// default are none, unless the struct came from New.
func (w *writer) fill(it *item, m ent.Mutation) error {
	t := it.t
	for i := range t.fields {
		f := &t.fields[i]
		if len(t.key) == 1 && i == t.key[0] {
			if key := t.keyOf(it.row); key != nil {
				if err := t.setID(m, key); err != nil {
					return err
				}
			}
			continue
		}
		value := f.value(it.row)
		zero := value == nil || it.row.FieldByIndex(f.at).IsZero()
		switch {
		case i == t.version, zero && (value == nil || !f.Required && !it.whole):
			continue
		case zero && f.Target != "":
			return &entity.ValidationError{Entity: t.Name, Violations: []entity.Violation{{Field: f.Name, Code: rule.CodeRequired, Message: "is required"}}}
		}
		if err := m.SetField(f.Name, value); err != nil {
			return fmt.Errorf("cannot set %s: %w", f.Name, err)
		}
	}
	for _, j := range w.joins[it] {
		if j.after {
			continue
		}
		if err := t.link(m, j.edge.Name, j.otherKey(), true); err != nil {
			return err
		}
	}
	return nil
}

func (j join) otherKey() any {
	if j.to != nil {
		return j.to.t.keyOf(j.to.row)
	}
	return j.key
}

// New returns a new entity with the defaults of its fields filled in. Persist
// it: then what its fields hold is what is saved, zero values included, which in
// a struct of one's own would take the default.
//
//	user, err := em.User.New() // IsActive is true
//	user.IsActive = false
//	err = em.Persist(user)
func (s Set[N, K]) New() (*N, error) {
	done, err := s.m.use()
	if err != nil {
		return nil, err
	}
	defer done()
	n := new(N)
	row, m := reflect.ValueOf(n).Elem(), s.t.defaults()
	for i := range s.t.fields {
		f := &s.t.fields[i]
		if v, ok := m.Field(f.Name); ok && i != s.t.version {
			f.set(row, clone(v))
		}
	}
	s.m.whole[n] = true
	return n, nil
}
