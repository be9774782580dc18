package unitofwork

import (
	"reflect"
	"slices"

	"github.com/framefox-go/framefox/framework/policy"
)

// remove deletes entities, those that refer to others first, and brings what the
// manager holds up to date with what the deletes took along.
func (w *writer) remove() error {
	groups := w.byKind(w.m.sorted(func(it *item) bool { return it.status == removed }))
	slices.Reverse(groups)
	for _, g := range groups {
		if err := w.verify(g, Delete); err != nil {
			return err
		}
		if _, err := g.t.delete(w.ctx, g.t.withKeys(keysOf(g.items))); err != nil {
			return w.blame(g.items, Delete, err)
		}
		for _, it := range g.items {
			w.evict(it)
			w.done = append(w.done, Record{Op: Delete, Entity: g.t.Name, Key: it.key, Object: it.ptr, Changes: Changes{}})
		}
		w.m.stats.Deletes += int64(len(g.items))
	}
	return w.afterDeletes(groups)
}

// evict gives up an entity whose row is gone.
func (w *writer) evict(it *item) {
	w.m.drop(it)
	w.m.gone[it.ptr] = true
}

// afterDeletes reads again the entities of the kinds that a delete may have
// changed: deleted along, or their foreign key set to NULL.
func (w *writer) afterDeletes(groups []group) error {
	touched := map[*table]bool{}
	var follow func(t *table)
	follow = func(t *table) {
		for _, child := range w.m.tables {
			if touched[child] || !slices.ContainsFunc(child.edges, func(e link) bool { return e.OwnsFK && e.Target == t.Name && reaches(e) }) {
				continue
			}
			touched[child] = true
			follow(child)
		}
	}
	for _, g := range groups {
		follow(g.t)
	}
	for _, g := range w.byKind(w.m.sorted(func(it *item) bool { return it.status == managed && touched[it.t] })) {
		rows, err := g.t.load(w.ctx, keysOf(g.items), false)
		if err != nil {
			return err
		}
		for _, it := range g.items {
			row, ok := rows[it.key]
			if !ok {
				w.evict(it)
				continue
			}
			g.t.overwrite(it.row, reflect.ValueOf(row).Elem())
			if err := w.settled(it); err != nil {
				return err
			}
		}
	}
	return nil
}

// reaches reports whether the delete of a row does something to those that refer
// to it.
func reaches(e link) bool {
	does := func(p policy.OnDelete) bool { return p == policy.Cascade || p == policy.Detach }
	return does(e.OnDelete) || does(e.OnPurge)
}
