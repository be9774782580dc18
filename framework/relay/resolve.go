package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// resolve holds the plan against the rows that exist: it decides each
// connectOrCreate, makes sure that what the input names can be seen (the
// database does not know that a tombstone is no row, and SQLite does not tell
// which reference is wrong), and finds out what is at the edges already. It
// runs one statement for each entity, whatever the number of rows.
func (p *plan) resolve(ctx context.Context) error {
	if err := p.choose(ctx); err != nil {
		return err
	}
	p.rows = slices.DeleteFunc(p.rows, (*writing).dropped)
	p.moves = slices.DeleteFunc(p.moves, func(m *move) bool { return m.owner.dropped() })
	found, err := p.lookUp(ctx)
	if err != nil {
		return err
	}
	for _, w := range slices.Clone(p.rows) {
		for _, l := range w.links {
			if err := p.compare(ctx, w, l, found); err != nil {
				return err
			}
		}
	}
	return p.move(found)
}

// choose decides what each connectOrCreate does. Of several with one key the
// first may create the row, and the others connect it.
func (p *plan) choose(ctx context.Context) error {
	found, err := p.lookUpKeys(ctx)
	if err != nil {
		return err
	}
	first := map[string]*writing{}
	for _, w := range p.rows { // parents come before what is nested in them
		r := w.choice
		if r == nil || w.parent.dropped() {
			continue
		}
		text := r.target.Name + " " + r.where.text()
		if key, ok := found[text]; ok {
			r.row, r.key = nil, key
		} else if other := first[text]; other != nil {
			r.row = other
		} else {
			first[text] = w
		}
	}
	return nil
}

// lookUpKeys finds the rows that connectOrCreate names, with one statement for
// each kind of key.
func (p *plan) lookUpKeys(ctx context.Context) (map[string]any, error) {
	byKind := map[string][]*ref{}
	var kinds []string
	for _, w := range p.rows {
		if r := w.choice; r != nil {
			kind := r.target.Name + " " + r.where.shape()
			if byKind[kind] == nil {
				kinds = append(kinds, kind)
			}
			byKind[kind] = append(byKind[kind], r)
		}
	}
	found := map[string]any{}
	for _, kind := range kinds {
		refs := byKind[kind]
		target := refs[0].target
		rows, err := p.src.Select(ctx, Query{
			Entity: target.Name, Columns: p.columns(target),
			Where: func(s *sql.Selector) {
				either := make([]*sql.Predicate, len(refs))
				for i, r := range refs {
					either[i] = r.where.matches(s)
				}
				s.Where(sql.Or(either...))
			},
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot look for a %s: %w", target.Name, err)
		}
		for _, n := range rows {
			text := target.Name + " " + refs[0].where.of(n).text()
			if _, twice := found[text]; twice && target.Tenant != nil {
				return nil, &entity.TenantError{Entity: target.Name, Reason: "several tenants have a row with this key"}
			}
			found[text] = n.FieldValue(target.ID().Name)
		}
	}
	return found, nil
}

// columns are what is read of rows that the input names: the id, the unique
// keys and the foreign keys.
func (p *plan) columns(e *entity.Entity) []string {
	names := []string{e.ID().Name}
	for _, f := range e.Fields[1:] {
		keyed := slices.ContainsFunc(e.UniqueKeys(), func(key []string) bool { return slices.Contains(key, f.Name) })
		if (keyed || f.Target != "") && !f.Sensitive {
			names = append(names, f.Name)
		}
	}
	return names
}

// compare finds out what is at an edge of a row that exists, and leaves of the
// link only what has to change.
func (p *plan) compare(ctx context.Context, w *writing, l *link, found map[*entity.Entity]map[any]Node) error {
	if l.edge.Relation != entity.ManyToMany {
		return p.detach(ctx, w, l, found[w.scope.registry[l.edge.Target]])
	}
	if w.key == nil {
		return nil // a new row has nothing there
	}
	there, err := p.there(ctx, w, l)
	if err != nil {
		return err
	}
	wanted := make(map[any]bool, len(l.add))
	l.add = slices.DeleteFunc(l.add, func(r *ref) bool {
		if r.row == nil {
			wanted[r.key] = true
		}
		return r.row == nil && slices.Contains(there, r.key)
	})
	remove := l.remove
	if l.only {
		remove = there
	}
	// What is taken away and brought stays; what is not there needs no leave.
	l.remove = nil
	for _, key := range remove {
		if !wanted[key] && slices.Contains(there, key) && !slices.Contains(l.remove, key) {
			l.remove = append(l.remove, key)
		}
	}
	if l.only {
		return p.spend(len(l.remove))
	}
	return nil
}

// there lists the rows at an edge that matter to the link.
func (p *plan) there(ctx context.Context, w *writing, l *link) ([]any, error) {
	target := w.scope.registry[l.edge.Target]
	var among []any
	if !l.only {
		among = append(among, l.remove...)
		for _, r := range l.add {
			if r.row == nil {
				among = append(among, r.key)
			}
		}
		if len(among) == 0 {
			return nil, nil
		}
	}
	rows, err := p.src.Select(ctx, Query{
		Entity: target.Name, Columns: []string{target.ID().Name},
		Where: func(s *sql.Selector) {
			s.Where(sql.EQ(reach(s, target, l.edge), w.key))
			if among != nil {
				s.Where(entity.In(s.C(target.ID().Column), among...))
			}
		},
		Finish: p.now,
	})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read %s.%s: %w", w.scope.entity.Name, l.edge.Name, err)
	}
	keys := make([]any, len(rows))
	for i, n := range rows {
		keys[i] = n.FieldValue(target.ID().Name)
	}
	return keys, nil
}

// detach plans to clear the foreign key of the rows that leave an edge. They
// leave before others come, which matters where there is room for one.
func (p *plan) detach(ctx context.Context, w *writing, l *link, held map[any]Node) error {
	key, replaced := foreignKey(w.scope.registry, w.scope.entity, l.edge), w.replaces(l)
	if w.key == nil || !l.only && len(l.remove) == 0 && !replaced {
		return nil
	}
	l.only = l.only || replaced
	adding := l.add
	if !l.only {
		l.add = nil // they have been read already
	}
	there, err := p.there(ctx, w, l)
	l.add = adding
	if err != nil {
		return err
	}
	if err := errors.Join(p.spend(len(there)), p.holdLate(ctx, w.scope.registry[l.edge.Target], there, held)); err != nil {
		return err
	}
	var left []*writing
	for _, k := range there {
		if slices.ContainsFunc(l.add, func(r *ref) bool { return r.row == nil && r.key == k }) {
			continue
		}
		row, err := p.touch(l.edge.Target, l.path, k)
		if err != nil {
			return err
		}
		if err := row.change.Mutation.ClearField(key.Name); err != nil {
			return writeError(l.edge.Target, err)
		}
		left = append(left, row)
	}
	for _, r := range l.add {
		if r.row != nil {
			r.row.after = append(r.row.after, left...)
		}
	}
	for _, m := range p.moves {
		if m.owner == w && m.edge == l.edge {
			m.after = left
		}
	}
	return nil
}

// replaces reports whether what comes to an edge to one takes the place of the
// row that is there.
func (w *writing) replaces(l *link) bool {
	key := foreignKey(w.scope.registry, w.scope.entity, l.edge)
	return !l.edge.ToMany() && len(l.add) > 0 && key.Nullable && key.Update
}

// move plans the updates that bring rows which exist to an edge whose key is
// their own column. Those that are there already are left alone.
func (p *plan) move(found map[*entity.Entity]map[any]Node) error {
	type moved struct {
		entity *entity.Entity
		key    any
	}
	rows := map[moved]*writing{}
	for _, m := range p.moves {
		f := foreignKey(m.owner.scope.registry, m.owner.scope.entity, m.edge)
		owner := &ref{path: m.ref.path, target: m.owner.scope.entity, row: m.owner}
		if m.ref.row != nil { // connectOrCreate makes it
			m.ref.row.keys[f] = owner
			continue
		}
		row := found[m.ref.target][m.ref.key]
		if row == nil { // connectOrCreate found it, and it is gone since
			return &entity.ConflictError{Entity: p.root.GraphQL, Fields: []string{m.ref.path}, Code: entity.ForeignKey}
		}
		if m.owner.key != nil && row.FieldValue(f.Name) == m.owner.key {
			continue
		}
		at := moved{m.ref.target, m.ref.key}
		if rows[at] == nil {
			var err error
			if rows[at], err = p.touch(m.edge.Target, m.ref.path, m.ref.key); err != nil {
				return err
			}
		}
		rows[at].keys[f] = owner
		rows[at].after = append(rows[at].after, m.after...)
	}
	return nil
}

// touch plans an update of a row that exists, for what an edge makes of it.
func (p *plan) touch(name, path string, key any) (*writing, error) {
	w, err := begin(p.src, name, ent.OpUpdateOne, key)
	if err != nil {
		return nil, err
	}
	w.path, w.dirty = path, true
	p.rows = append(p.rows, w)
	return w, nil
}
