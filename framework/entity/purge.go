package entity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// purgeBatch is the number of rows that PurgeBefore removes in one transaction.
const purgeBatch = 500

// Purged tells what PurgeBefore did.
type Purged struct {
	Removed int // deleted rows that are gone for good, what went with them not counted
	Kept    int // deleted rows that other rows restrict; they are left for the next time
}

// PurgeBefore removes for good what was deleted before the instant, of all
// entities, as a purge of each row would. It works in batches, each in a
// transaction of its own, so that it can be stopped and repeated. Hooks do not
// run. The generated client has it as a method.
func PurgeBefore(ctx context.Context, driver dialect.Driver, registry Registry, before time.Time) (Purged, error) {
	var total Purged
	for _, e := range registry.childrenFirst() {
		if e.SoftDelete == nil {
			continue
		}
		p := purging{ctx: ctx, driver: driver, entity: e, before: before.UTC(), total: &total}
		if err := p.run(); err != nil { //nolint:contextcheck // p has it
			return total, err
		}
	}
	return total, nil
}

// childrenFirst orders the entities so that one comes before those that it
// refers to, as far as there is no cycle.
func (r Registry) childrenFirst() []*Entity {
	all := make([]*Entity, 0, len(r))
	for _, e := range r {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *Entity) int { return strings.Compare(a.Name, b.Name) })
	return childrenFirst(all, func(*Entity) bool { return true })
}

// purging removes the deleted rows of one entity.
type purging struct {
	ctx    context.Context //nolint:containedctx // lives as long as the call
	driver dialect.Driver
	entity *Entity
	before time.Time
	total  *Purged
}

func (p purging) run() error {
	var last any
	for {
		var keys []any
		err := inTx(p.ctx, p.driver, func(w *work) error {
			rows, err := w.rows(p.entity, purgeBatch, func(s *sql.Selector) {
				p.old(s)
				if last != nil {
					s.Where(sql.GT(s.C(p.entity.ID().Column), last))
				}
			})
			for _, row := range rows {
				keys = append(keys, row.key)
			}
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		last = keys[len(keys)-1]
		if err := p.remove(keys); err != nil {
			return err
		}
	}
}

// old is the condition that a row was deleted before the instant.
func (p purging) old(s *sql.Selector) {
	s.Where(sql.LT(s.C(p.entity.SoftDelete.Column), p.before))
}

// remove removes the rows, one by one where one of them is restricted.
func (p purging) remove(keys []any) error {
	n := 0
	err := inTx(p.ctx, p.driver, func(w *work) error {
		rows, err := w.rowsIn(p.entity, p.entity.ID().Column, keys, p.old) // some may be gone, or restored
		if err != nil || len(rows) == 0 {
			return err
		}
		n = len(rows)
		return w.remove(p.entity, rows, true)
	})
	conflict, ok := errors.AsType[*ConflictError](err)
	switch {
	case err == nil:
		p.total.Removed += n
		return nil
	case !ok || conflict.Code != Restricted:
		return err
	case len(keys) == 1:
		p.total.Kept++
		return nil
	}
	for _, key := range keys {
		if err := p.remove([]any{key}); err != nil {
			return err
		}
	}
	return nil
}
