package bulk

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// upsert is one run of Upserts.
type upsert[C any, N comparable, B, U any] struct {
	table     *Table[C, N, B, U]
	config    C
	key       Key[N]
	builders  []B
	rows      Existing
	mutations []ent.Mutation // of the builders; they have not passed their hooks
	undo      []func()       // makes the mutations as they were
}

func (u *upsert[C, N, B, U]) save(ctx context.Context, c C) ([]entity.Upserted[N], error) {
	for _, b := range u.builders {
		m, undo := u.table.Hold(b)
		u.mutations, u.undo = append(u.mutations, m), append(u.undo, undo)
	}
	var rows []entity.Upserted[N]
	err := transact(ctx, u.table.Driver(c), func(ctx context.Context) (err error) {
		u.reset()
		rows, err = u.race(ctx)
		return err
	}, again())
	return rows, err
}

// reset makes the mutations as they were, for another try.
func (u *upsert[C, N, B, U]) reset() {
	for _, undo := range u.undo {
		undo()
	}
}

// patch is what an upsert does to a row that exists.
type patch[N any] struct {
	index int // of the mutation
	row   N
	set   []string // fields that take the value of the mutation
	clear []string // fields that become NULL
}

// fill puts the values of a create into an update.
func (p patch[N]) fill(update, create ent.Mutation) error {
	for _, name := range p.set {
		if v, ok := create.Field(name); ok {
			if err := update.SetField(name, v); err != nil {
				return fmt.Errorf("bulk: cannot update %s: %w", name, err)
			}
		}
	}
	for _, name := range p.clear {
		if err := update.ClearField(name); err != nil {
			return fmt.Errorf("bulk: cannot clear %s: %w", name, err)
		}
	}
	return nil
}

// races is how often an upsert looks again when another one was faster.
const races = 5

// race runs the upsert and returns the rows in the order of the mutations.
//
// Rows are looked for, and locked, before anything is written. A row that
// somebody else inserts in between makes the insert fail; then all is undone
// up to here, and done again with that row in sight.
func (u *upsert[C, N, B, U]) race(ctx context.Context) ([]entity.Upserted[N], error) {
	for try := 1; ; try++ {
		var rows []entity.Upserted[N]
		err := transact(ctx, u.table.Driver(u.config), func(ctx context.Context) (err error) {
			rows, err = u.once(ctx)
			return err
		})
		if err == nil {
			return rows, nil
		}
		again, err := u.judge(ctx, err)
		if !again || try == races {
			return nil, err
		}
		u.reset()
	}
}

// judge reports whether an insert failed only because its row is there by now.
// Where a tombstone has the key for good, the error says so.
func (u *upsert[C, N, B, U]) judge(ctx context.Context, err error) (again bool, _ error) {
	row, ok := errors.AsType[*entity.RowError](err)
	conflict, isConflict := errors.AsType[*entity.ConflictError](err)
	if !ok || !isConflict || conflict.Code != entity.Unique || isLost(err) {
		return false, err
	}
	u.reset()
	keys, keyErr := u.keys(ctx)
	if keyErr != nil {
		return false, err
	}
	existing, findErr := u.find(ctx, keys[row.Index:row.Index+1])
	if findErr != nil {
		return false, findErr
	}
	found := existing[keys[row.Index].text]
	if found == nil || !found.dead {
		return found != nil, err
	}
	dead := &entity.ConflictError{Entity: u.table.Entity.Name, Fields: u.key.Fields, Code: entity.Tombstone, Err: conflict.Err}
	return false, &entity.RowError{Index: row.Index, Err: dead}
}

func (u *upsert[C, N, B, U]) once(ctx context.Context) ([]entity.Upserted[N], error) {
	keys, err := u.keys(ctx)
	if err != nil {
		return nil, err
	}
	existing, err := u.find(ctx, keys)
	if err != nil {
		return nil, err
	}
	rows := make([]entity.Upserted[N], len(keys))
	var (
		missing []int
		changes = map[bool][]patch[N]{} // by whether they revive
	)
	for i, key := range keys {
		found := existing[key.text]
		if found == nil || found.dead && !u.table.Entity.Revive {
			missing = append(missing, i)
			continue
		}
		change, needed, err := u.change(i, found)
		if err != nil {
			return nil, err
		}
		if !needed {
			rows[i] = entity.Upserted[N]{Row: found.row, Outcome: entity.Unchanged}
			continue
		}
		changes[found.dead] = append(changes[found.dead], change)
	}
	for _, revive := range []bool{false, true} {
		if err := u.update(ctx, changes[revive], revive, rows); err != nil {
			return nil, err
		}
	}
	if len(missing) == 0 {
		return rows, nil
	}
	builders := make([]B, len(missing))
	for i, at := range missing {
		builders[i] = u.builders[at]
	}
	created, err := u.table.SaveCreates(ctx, u.config, builders, false)
	if err != nil {
		return nil, reindex(err, func(i int) int { return missing[i] })
	}
	for i, row := range created {
		rows[missing[i]] = entity.Upserted[N]{Row: row, Outcome: entity.Created}
	}
	return rows, nil
}

func (u *upsert[C, N, B, U]) update(ctx context.Context, changes []patch[N], revive bool, rows []entity.Upserted[N]) error {
	if len(changes) == 0 {
		return nil
	}
	outcome := entity.Updated
	if revive {
		ctx, outcome = entity.WithTrashed(ctx), entity.Revived
	}
	builders := make([]U, len(changes))
	for i, c := range changes {
		builder, m := u.table.Change(u.config, c.row)
		if err := c.fill(m, u.mutations[c.index]); err != nil {
			return err
		}
		u.table.Link(builder, u.builders[c.index])
		builders[i] = builder
	}
	updated, err := u.table.SaveUpdates(ctx, u.config, builders, false)
	if err != nil {
		return reindex(err, func(i int) int { return changes[i].index })
	}
	for i, row := range updated {
		rows[changes[i].index] = entity.Upserted[N]{Row: row, Outcome: outcome}
	}
	return nil
}

// reindex puts the index of a part of the rows in terms of all.
func reindex(err error, index func(int) int) error {
	if row, ok := errors.AsType[*entity.RowError](err); ok {
		return &entity.RowError{Index: index(row.Index), Err: row.Err}
	}
	return err
}

// change tells what a row that exists lacks.
func (u *upsert[C, N, B, U]) change(i int, found *existing[N]) (patch[N], bool, error) {
	m := u.mutations[i]
	c := patch[N]{index: i, row: found.row}
	kept := map[string]bool{u.table.Entity.ID().Name: true}
	for _, name := range u.key.Fields {
		kept[name] = true
	}
	if u.rows.Keep != nil {
		for _, name := range u.rows.Keep(i) {
			kept[name] = true
		}
	}
	for _, f := range u.table.Entity.Fields {
		value, given := m.Field(f.Name)
		if !given || kept[f.Name] || f.Immutable || f.Touched {
			continue
		}
		if !f.Same(u.table.Value(found.row, f.Name), value) {
			c.set = append(c.set, f.Name)
		}
	}
	if u.rows.Clear != nil {
		for _, name := range u.rows.Clear(i) {
			f, ok := u.table.Entity.Field(name)
			if !ok {
				return c, false, fmt.Errorf("bulk: %s has no field %s", u.table.Entity.Name, name)
			}
			if !kept[name] && !f.Immutable && u.table.Value(found.row, name) != nil {
				c.clear = append(c.clear, name)
			}
		}
	}
	if found.dead {
		c.clear = append(c.clear, u.table.Entity.SoftDelete.Name)
	}
	return c, len(c.set)+len(c.clear) > 0 || u.links(m), nil
}

// links reports whether the mutation adds to edges that are kept elsewhere.
func (u *upsert[C, N, B, U]) links(m ent.Mutation) bool {
	for _, name := range m.AddedEdges() {
		for _, e := range u.table.Entity.Edges {
			if e.Name == name && !e.OwnsFK {
				return true
			}
		}
	}
	return false
}

// duplicate is the error of a row whose key an earlier one has.
func (u *upsert[C, N, B, U]) duplicate(i, earlier int) error {
	return &entity.RowError{Index: i, Err: &entity.ValidationError{Entity: u.table.Entity.Name, Violations: []entity.Violation{{
		Field: u.key.Fields[0], Code: rule.CodeInvalid, Message: fmt.Sprintf("is the same as that of row %d; a key may come once", earlier),
	}}}}
}
