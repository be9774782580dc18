package entity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/policy"
)

// reviver is a generated mutation of an entity with soft delete.
type reviver interface {
	matcher
	// SaveIn runs the update in the transaction. Its hooks have run already.
	SaveIn(ctx context.Context, tx dialect.Tx) (ent.Value, error)
}

// revives reports whether the mutation brings deleted rows back: it sees them
// and clears the time of deletion.
func (e *Entity) revives(ctx context.Context, m ent.Mutation) bool {
	return e.SoftDelete != nil && viewOf(ctx).own != Living && m.FieldCleared(e.SoftDelete.Name)
}

// restore runs an update that brings rows back, together with the rows that
// were deleted with them. Either all come back or none.
func (e *Entity) restore(ctx context.Context, m Mutation) (v ent.Value, err error) {
	rm, ok := m.(reviver)
	if !ok {
		return nil, e.outdated()
	}
	err = inTx(ctx, rm.Driver(), func(w *work) error {
		roots, err := w.rows(e, 0, func(s *sql.Selector) {
			rm.MatchP(s)
			s.Where(sql.NotNull(s.C(e.SoftDelete.Column)))
		})
		if err != nil {
			return err
		}
		r := &revival{work: w, root: e, m: m, roots: map[any]bool{}}
		if err := r.revive(roots); err != nil {
			return err
		}
		v, err = rm.SaveIn(ctx, w.tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// revival is a restore that is being planned.
type revival struct {
	*work
	root  *Entity
	m     ent.Mutation
	roots map[any]bool // rows that the mutation itself restores
	alive rowSet       // all rows that come back
	cut   []cut
}

// cut is references of rows that come back to rows that do not.
type cut struct {
	ref *reference
	to  []any
}

// revive brings back what went with the roots, and makes sure that the roots
// may follow.
func (r *revival) revive(roots []row) error {
	if len(roots) == 0 {
		return nil
	}
	byTime := map[int64][]any{}
	var times []time.Time
	for _, row := range roots {
		at := row.dead.Time
		if byTime[at.UnixMicro()] == nil {
			times = append(times, at)
		}
		byTime[at.UnixMicro()] = append(byTime[at.UnixMicro()], row.key)
		r.roots[row.key] = true
	}
	for _, at := range times {
		if err := r.collect(at.UTC(), byTime[at.UnixMicro()]); err != nil {
			return err
		}
	}
	if err := r.checkParents(); err != nil {
		return err
	}
	if err := r.checkUnique(); err != nil {
		return err
	}
	return r.write()
}

// collect finds what was deleted with the roots: the same time of deletion,
// reached over edges that cascade.
func (r *revival) collect(at time.Time, roots []any) error {
	now := level{}
	for _, key := range roots {
		if r.alive.of(r.root).add(key) {
			now.add(r.root, key)
		}
	}
	for len(now.order) > 0 {
		var next level
		for _, e := range now.order {
			for _, ref := range e.referredBy {
				child := ref.from
				if ref.onDelete != policy.Cascade || child.SoftDelete == nil || !child.hasKey() {
					continue
				}
				rows, err := r.rowsIn(child, ref.column, now.keys[e], func(s *sql.Selector) {
					s.Where(sql.EQ(s.C(child.SoftDelete.Column), at))
				})
				if err != nil {
					return err
				}
				for _, row := range rows {
					if r.alive.of(child).add(row.key) {
						next.add(child, row.key)
					}
				}
			}
		}
		now = next
	}
	return nil
}

// checkParents makes sure that no living row will refer to a deleted one. A
// reference that a delete would have cut is cut now.
func (r *revival) checkParents() error {
	for _, e := range r.alive.order {
		for _, ref := range e.refersTo {
			if ref.to.SoftDelete == nil || ref.onDelete == policy.Keep {
				continue
			}
			dead, err := r.deadParents(ref)
			if err != nil {
				return err
			}
			if len(dead) == 0 {
				continue
			}
			if ref.onDelete == policy.Detach {
				r.cut = append(r.cut, cut{ref, dead})
				continue
			}
			b := Blocker{Entity: ref.to.Name, Edge: ref.out, Of: e.Name}
			for _, key := range dead {
				b.add(row{key: key})
			}
			conflict := &ConflictError{Entity: r.root.Name, Code: ParentDeleted, Blockers: []Blocker{b}}
			if f := e.ByColumn(ref.column); f != nil && e == r.root {
				conflict.Fields = []string{f.Name}
			}
			return conflict
		}
	}
	return nil
}

// deadParents are the deleted rows that the rows to restore refer to, and that
// do not come back. The living ones are locked, so that they stay alive.
func (r *revival) deadParents(ref *reference) ([]any, error) {
	var parents keySet
	for part := range slices.Chunk(r.alive.of(ref.from).list, chunk) {
		t := sql.Table(ref.from.Table)
		query, args := sql.Dialect(r.dialect).Select(t.C(ref.column)).From(t).Distinct().
			Where(sql.And(sql.In(t.C(ref.from.ID().Column), part...), sql.NotNull(t.C(ref.column)))).Query()
		err := r.query(query, args, func(scan func(...any) error) error {
			key := newKey(ref.to)
			if err := scan(key.Interface()); err != nil {
				return err
			}
			parents.add(key.Elem().Interface())
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("entity: cannot read %s.%s: %w", ref.from.Name, ref.column, err)
		}
	}
	rows, err := r.rowsIn(ref.to, ref.to.ID().Column, parents.list, nil)
	if err != nil {
		return nil, err
	}
	var dead []any
	for _, row := range rows {
		if row.dead.Valid && !r.alive.has(ref.to, row.key) {
			dead = append(dead, row.key)
		}
	}
	return dead, nil
}

// checkUnique looks for living rows that have taken a unique value of one that
// comes back. The database would refuse, but not tell which row it is.
func (r *revival) checkUnique() error {
	for _, e := range r.alive.order {
		for _, key := range e.Keys {
			if !key.Living || key.Where != "" || e == r.root && r.resets(key) {
				continue
			}
			for part := range slices.Chunk(r.alive.of(e).list, chunk) {
				if err := r.checkKey(e, key, part); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// resets reports whether the mutation gives the rows it restores another value
// of the key.
func (r *revival) resets(key *Key) bool {
	return slices.ContainsFunc(key.Fields, func(name string) bool {
		_, set := r.m.Field(name)
		return set || r.m.FieldCleared(name)
	})
}

func (r *revival) checkKey(e *Entity, key *Key, part []any) error {
	back, taken := sql.Table(e.Table).As("back"), sql.Table(e.Table).As("taken")
	id := e.ID().Column
	s := sql.Dialect(r.dialect).Select(back.C(id), taken.C(id)).From(back).Join(taken).OnP(sql.ColumnsNEQ(back.C(id), taken.C(id)))
	for _, name := range key.Fields {
		f, ok := e.Field(name)
		if !ok {
			return nil
		}
		s.OnP(sql.ColumnsEQ(back.C(f.Column), taken.C(f.Column)))
	}
	s.Where(sql.And(sql.In(back.C(id), part...), sql.IsNull(taken.C(e.SoftDelete.Column)))).OrderBy(back.C(id)).Limit(1)
	query, args := s.Query()
	var conflict error
	err := r.query(query, args, func(scan func(...any) error) error {
		mine, theirs := newKey(e), newKey(e)
		if err := scan(mine.Interface(), theirs.Interface()); err != nil {
			return err
		}
		conflict = &ConflictError{
			Entity: e.Name, Code: Unique, Fields: key.Fields, Key: mine.Elem().Interface(),
			Blockers: []Blocker{{Entity: e.Name, Of: e.Name, Count: 1, Keys: []any{theirs.Elem().Interface()}}},
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("entity: cannot look for unique values of %s: %w", e.Name, err)
	}
	return conflict
}

// write brings back all rows but the roots, which the mutation itself does.
func (r *revival) write() error {
	for _, c := range r.cut {
		list := r.alive.of(c.ref.from).list
		for part := range slices.Chunk(c.to, chunk) {
			err := r.change(c.ref.from, c.ref.from.ID().Column, list, func(u *sql.UpdateBuilder) {
				u.SetNull(c.ref.column).Where(sql.In(c.ref.column, part...))
			})
			if err != nil {
				return err
			}
		}
	}
	for _, e := range r.alive.order {
		keys := r.alive.of(e).list
		if e == r.root {
			keys = slices.DeleteFunc(slices.Clone(keys), func(key any) bool { return r.roots[key] })
		}
		err := r.change(e, e.ID().Column, keys, func(u *sql.UpdateBuilder) {
			u.SetNull(e.SoftDelete.Column)
			r.touch(e, u)
		})
		if err != nil {
			return e.explain(r.m, err)
		}
	}
	return nil
}
