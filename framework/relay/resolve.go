package relay

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
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
			if err := p.compare(ctx, w, l); err != nil {
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
			found[target.Name+" "+refs[0].where.of(n).text()] = n.FieldValue(target.ID().Name)
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

// lookUp reads the rows that exist and that the plan refers to. Those that
// cannot be seen are a conflict.
func (p *plan) lookUp(ctx context.Context) (map[*entity.Entity]map[any]Node, error) {
	refs := map[*entity.Entity][]*ref{}
	var order []*entity.Entity
	note := func(r *ref) {
		if refs[r.target] == nil {
			order = append(order, r.target)
		}
		refs[r.target] = append(refs[r.target], r)
	}
	for _, w := range p.rows {
		for _, r := range w.given {
			note(r)
		}
	}
	for _, m := range p.moves { // of connectOrCreate: to know where they are
		if m.ref.where != nil && m.ref.row == nil {
			note(m.ref)
		}
	}
	found := make(map[*entity.Entity]map[any]Node, len(order))
	for _, e := range order {
		rows, err := p.present(ctx, e, refs[e])
		if err != nil {
			return nil, err
		}
		found[e] = rows
	}
	var missing []string
	for _, w := range p.rows {
		for _, r := range w.given {
			if found[r.target][r.key] == nil {
				missing = append(missing, r.path)
			}
		}
	}
	if len(missing) > 0 {
		return nil, &entity.ConflictError{Entity: p.root.GraphQL, Fields: missing, Code: entity.ForeignKey}
	}
	return found, nil
}

// present reads the rows that can be seen of those that are referred to.
func (p *plan) present(ctx context.Context, e *entity.Entity, refs []*ref) (map[any]Node, error) {
	keys := make([]any, 0, len(refs))
	seen := make(map[any]bool, len(refs))
	for _, r := range refs {
		if !seen[r.key] {
			seen[r.key] = true
			keys = append(keys, r.key)
		}
	}
	rows, err := p.src.Select(ctx, Query{
		Entity: e.Name, Columns: p.columns(e),
		Where: func(s *sql.Selector) { s.Where(entity.In(s.C(e.ID().Column), keys...)) },
	})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot look for a %s: %w", e.Name, err)
	}
	found := make(map[any]Node, len(rows))
	for _, n := range rows {
		found[n.FieldValue(e.ID().Name)] = n
	}
	return found, nil
}

// compare finds out what is at an edge of a row that exists, and leaves of the
// link only what has to change.
func (p *plan) compare(ctx context.Context, w *writing, l *link) error {
	if l.edge.Relation != entity.ManyToMany {
		return p.detach(ctx, w, l)
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
func (p *plan) detach(ctx context.Context, w *writing, l *link) error {
	key := foreignKey(w.scope.registry, w.scope.entity, l.edge)
	replaced := !l.edge.ToMany() && len(l.add) > 0 && key.Nullable && key.Update
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
	if err := p.spend(len(there)); err != nil {
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
		if m.owner.key != nil && found[m.ref.target][m.ref.key].FieldValue(f.Name) == m.owner.key {
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

// lock makes a statement hold the rows that it reads until the transaction
// ends. SQLite has one writer, which needs no such thing.
func lock(s *sql.Selector) {
	if s.Dialect() != dialect.SQLite {
		s.ForUpdate()
	}
}
