package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/framefox-go/framefox/framework/entity"
)

// run saves the rows of the plan: level by level, so that each row comes after
// those whose keys it has, and all rows of one level and entity together.
func (p *plan) run(ctx context.Context) error {
	deepest := 0
	for _, w := range p.rows {
		level, err := w.rank(nil)
		if err != nil {
			return err
		}
		deepest = max(deepest, level)
	}
	for level := 1; level <= deepest; level++ {
		for _, batch := range p.batches(level) {
			if err := p.save(ctx, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// rank gives the level of a row: one above the rows that it waits for.
func (w *writing) rank(above []*writing) (int, error) {
	if w.level > 0 {
		return w.level, nil
	}
	if slices.Contains(above, w) {
		return 0, bad(w.path, "is needed to create itself")
	}
	above = append(slices.Clip(above), w)
	waits := slices.Clone(w.after)
	for _, r := range w.keys {
		waits = append(waits, r.row)
	}
	for _, l := range w.links {
		if l.edge.Relation == entity.ManyToMany {
			for _, r := range l.add {
				waits = append(waits, r.row)
			}
		}
	}
	level := 0
	for _, other := range waits {
		if other == nil {
			continue
		}
		n, err := other.rank(above)
		if err != nil {
			return 0, err
		}
		level = max(level, n)
	}
	w.level = level + 1
	return w.level, nil
}

// batches groups the rows of a level that one statement can save.
func (p *plan) batches(level int) [][]*writing {
	type kind struct {
		entity   *entity.Entity
		creating bool
	}
	at := map[kind]int{}
	var batches [][]*writing
	for _, w := range p.rows {
		if w.level != level {
			continue
		}
		k := kind{w.scope.entity, w.creating()}
		i, ok := at[k]
		if !ok {
			i = len(batches)
			at[k] = i
			batches = append(batches, nil)
		}
		batches[i] = append(batches[i], w)
	}
	return batches
}

func (p *plan) save(ctx context.Context, batch []*writing) error {
	changes := make([]Change, 0, len(batch))
	saved := make([]*writing, 0, len(batch))
	for _, w := range batch {
		if err := w.complete(); err != nil {
			return err
		}
		if w.dirty {
			changes, saved = append(changes, w.change), append(saved, w)
		}
	}
	switch len(saved) {
	case 0:
		return nil
	case 1:
		node, err := explainable(ctx, p.src, changes[0].Save)
		if err != nil {
			return saved[0].explain(ctx, p.src, err)
		}
		saved[0].saved(node)
		return nil
	}
	nodes, err := p.src.SaveAll(ctx, saved[0].scope.entity.Name, changes)
	if err != nil {
		return p.blame(ctx, saved, err)
	}
	for i, w := range saved {
		w.saved(nodes[i])
	}
	return nil
}

// complete sets what other rows give, which are saved by now.
func (w *writing) complete() error {
	m := w.change.Mutation
	for f, r := range w.keys {
		if err := m.SetField(f.Name, r.value()); err != nil {
			return writeError(w.scope.entity.Name, err)
		}
	}
	for _, l := range w.links {
		if l.edge.Relation != entity.ManyToMany {
			continue
		}
		var add []any
		for _, r := range l.add {
			if key := r.value(); !slices.Contains(add, key) {
				add = append(add, key)
			}
		}
		w.dirty = w.dirty || len(add)+len(l.remove) > 0
		if len(l.remove) > 0 {
			if err := w.change.Edge(l.edge.Name, false, l.remove); err != nil {
				return writeError(w.scope.entity.Name, err)
			}
		}
		if len(add) > 0 {
			if err := w.change.Edge(l.edge.Name, true, add); err != nil {
				return writeError(w.scope.entity.Name, err)
			}
		}
	}
	return nil
}

func (w *writing) saved(n Node) {
	w.node = n
	w.key = n.FieldValue(w.scope.entity.ID().Name)
}

// blame explains the error of a statement that saved several rows.
func (p *plan) blame(ctx context.Context, batch []*writing, err error) error {
	row, ok := errors.AsType[*entity.RowError](err)
	if ok && row.Index >= 0 && row.Index < len(batch) {
		return batch[row.Index].explain(ctx, p.src, row.Err)
	}
	// No row is known to be at fault, so the path names all of them.
	all := *batch[0]
	all.path, all.keys = commonPath(batch), nil
	return all.explain(ctx, p.src, err)
}

func writeError(name string, err error) error {
	return fmt.Errorf("relay: cannot write %s: %w", name, err)
}
