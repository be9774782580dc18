package relay

import (
	"cmp"
	"context"
	stdsql "database/sql"
	"fmt"
	"maps"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// held is the rows of one entity that a plan reads and locks before it writes.
type held struct {
	keys   []any
	seen   map[any]bool
	under  []string // columns: the rows that have the key of the updated row there
	change bool     // some of them are changed; others are only referred to
	whole  bool     // all of their columns are read
}

// holds are those of each entity.
type holds map[*entity.Entity]*held

func (h holds) of(e *entity.Entity) *held {
	if h[e] == nil {
		h[e] = &held{seen: map[any]bool{}}
	}
	return h[e]
}

func (h holds) add(e *entity.Entity, key any) *held {
	of := h.of(e)
	if !of.seen[key] {
		of.seen[key] = true
		of.keys = append(of.keys, key)
	}
	return of
}

// lookUp reads the rows that exist and that the plan is about: those it refers
// to, the one it updates, those it brings to an edge and those that leave one.
// All of one entity are read, and locked, by one statement in the order of
// their keys, and the entities in the order of their ranks, so that plans over
// the same rows wait for each other. Rows that are referred to and cannot be
// seen are a conflict.
func (p *plan) lookUp(ctx context.Context) (map[*entity.Entity]map[any]Node, error) {
	wanted := p.wanted()
	order := slices.SortedFunc(maps.Keys(wanted), func(a, b *entity.Entity) int { return cmp.Compare(a.Rank(), b.Rank()) })
	found := make(map[*entity.Entity]map[any]Node, len(order))
	for _, e := range order {
		rows, err := p.hold(ctx, e, wanted[e])
		if err != nil {
			return nil, err
		}
		found[e] = rows
	}
	if w := p.updated(); w != nil && wanted[w.scope.entity] != nil && wanted[w.scope.entity].whole {
		if err := p.arrived(w, found[w.scope.entity][w.key]); err != nil {
			return nil, err
		}
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

// updated is the row that the plan updates; nil where it creates some.
func (p *plan) updated() *writing {
	if len(p.rows) == 0 || p.rows[0].key == nil {
		return nil
	}
	return p.rows[0]
}

func (p *plan) wanted() holds {
	wanted := holds{}
	for _, w := range p.rows {
		for _, r := range w.given {
			wanted.add(r.target, r.key)
		}
	}
	for _, m := range p.moves {
		if m.ref.row == nil {
			wanted.add(m.ref.target, m.ref.key).change = true
		}
	}
	w := p.updated()
	if w == nil {
		return wanted
	}
	e := w.scope.entity
	for _, l := range w.links {
		if l.edge.Relation != entity.ManyToMany {
			w.leaving(l, wanted)
		}
	}
	// The row itself, where its update comes too late to lock it in order, or
	// is not to come at all, or where it has to be known what is at its edges.
	if !w.dirty || len(w.links) > 0 || slices.ContainsFunc(slices.Collect(maps.Keys(wanted)), func(other *entity.Entity) bool {
		return other.Rank() > e.Rank() || wanted[other].change
	}) {
		own := wanted.add(e, w.key)
		own.change, own.whole = true, true
	}
	return wanted
}

// leaving notes the rows that may leave an edge.
func (w *writing) leaving(l *link, wanted holds) {
	target := w.scope.registry[l.edge.Target]
	for _, key := range l.remove {
		wanted.add(target, key).change = true
	}
	if l.only || w.replaces(l) {
		of := wanted.of(target)
		of.under, of.change = append(of.under, l.edge.Column), true
	}
}

// hold reads and locks the rows that can be seen.
func (p *plan) hold(ctx context.Context, e *entity.Entity, of *held) (map[any]Node, error) {
	columns := p.columns(e)
	if of.whole {
		columns = nil
	}
	later := false
	rows, err := p.src.Select(ctx, Query{
		Entity: e.Name, Columns: columns,
		Where: func(s *sql.Selector) {
			either := []*sql.Predicate{entity.In(s.C(e.ID().Column), of.keys...)}
			for _, column := range of.under {
				either = append(either, sql.EQ(s.C(column), p.updated().key))
			}
			s.Where(sql.Or(either...))
		},
		Finish: func(s *sql.Selector) {
			// As in matching: MySQL locks in the order of the index that it takes.
			if later = s.Dialect() == dialect.MySQL && len(of.under) > 0; !later {
				of.lock(e, s)
			}
		},
	})
	if err == nil && later && len(rows) > 0 {
		keys := make([]any, len(rows))
		for i, n := range rows {
			keys[i] = n.FieldValue(e.ID().Name)
		}
		rows, err = p.src.Select(ctx, Query{
			Entity: e.Name, Columns: columns,
			Where:  func(s *sql.Selector) { s.Where(entity.In(s.C(e.ID().Column), keys...)) },
			Finish: func(s *sql.Selector) { of.lock(e, s) },
		})
	}
	if err != nil {
		return nil, fmt.Errorf("relay: cannot look for a %s: %w", e.Name, err)
	}
	found := make(map[any]Node, len(rows))
	for _, n := range rows {
		found[n.FieldValue(e.ID().Name)] = n
	}
	return found, nil
}

// holdLate locks the rows that came to an edge while the plan waited for the
// others. Their turn in the order is over, so they are not waited for: if they
// are not free, all has to be done again.
func (p *plan) holdLate(ctx context.Context, e *entity.Entity, keys []any, held map[any]Node) error {
	late := slices.DeleteFunc(slices.Clone(keys), func(key any) bool { return held[key] != nil })
	if len(late) == 0 {
		return nil
	}
	_, err := p.src.Select(ctx, Query{
		Entity: e.Name, Columns: []string{e.ID().Name},
		Where: func(s *sql.Selector) { s.Where(entity.In(s.C(e.ID().Column), late...)) },
		Finish: func(s *sql.Selector) {
			s.OrderBy(s.C(e.ID().Column))
			entity.LockAtOnce(s)
		},
	})
	if err != nil {
		return fmt.Errorf("relay: cannot hold a %s: %w", e.Name, err)
	}
	return nil
}

func (h *held) lock(e *entity.Entity, s *sql.Selector) {
	s.OrderBy(s.C(e.ID().Column))
	if h.change {
		entity.LockForUpdate(s)
	} else {
		entity.LockForReference(s)
	}
}

// now makes a statement see what there is now that the rows are held, and not
// what there was when the transaction began.
func (p *plan) now(s *sql.Selector) {
	if s.Dialect() == dialect.MySQL && p.limits.Isolation > stdsql.LevelReadCommitted {
		entity.LockForUpdate(s)
	}
}

// arrived takes the row that the plan updates as it is now.
func (p *plan) arrived(w *writing, row Node) error {
	e := w.scope.entity
	if row == nil {
		return &entity.NotFoundError{Entity: e.GraphQL, ID: p.id}
	}
	w.node = row
	if p.expected == nil || e.Version == nil {
		return nil
	}
	current, err := entity.VersionOf(row.FieldValue(e.Version.Name))
	if err != nil {
		return fmt.Errorf("relay: cannot read the version of a %s: %w", e.Name, err)
	}
	if current != *p.expected {
		return &entity.StaleError{Entity: e.GraphQL, ID: p.id, Expected: *p.expected, Current: current}
	}
	return nil
}
