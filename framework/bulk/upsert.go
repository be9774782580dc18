package bulk

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// Key is a unique key of an entity.
type Key struct {
	Name   string
	Fields []string // names of the fields
}

// Upsert creates the rows whose key is not there, and updates the others to
// what is set. The generated builder fills it in.
type Upsert[N any] struct {
	Entity    *entity.Entity
	Driver    dialect.Driver // in a transaction
	Key       Key
	Mutations []ent.Mutation // creates that have not passed their hooks
	// Clear and Keep name fields of the i-th row that become NULL, or stay,
	// where the row is there; nil for none.
	Clear, Keep func(i int) []string

	// Reset makes the mutations as they were, for another try.
	Reset func()
	// Find returns the rows that match, tombstones too, and locks them.
	Find   func(ctx context.Context, where func(*sql.Selector)) ([]N, error)
	Value  func(row N, field string) any // nil for NULL
	Create func(ctx context.Context, which []int) ([]N, error)
	Update func(ctx context.Context, changes []Change[N]) ([]N, error)
}

// Change is what an upsert does to a row that exists.
type Change[N any] struct {
	Index int // of the mutation
	Row   N
	Set   []string // fields that take the value of the mutation
	Clear []string // fields that become NULL
}

// Fill puts the values of a create into an update.
func (c Change[N]) Fill(update, create ent.Mutation) error {
	for _, name := range c.Set {
		if v, ok := create.Field(name); ok {
			if err := update.SetField(name, v); err != nil {
				return fmt.Errorf("bulk: cannot update %s: %w", name, err)
			}
		}
	}
	for _, name := range c.Clear {
		if err := update.ClearField(name); err != nil {
			return fmt.Errorf("bulk: cannot clear %s: %w", name, err)
		}
	}
	return nil
}

// races is how often an upsert looks again when another one was faster.
const races = 5

// Save runs the upsert and returns the rows in the order of the mutations.
//
// Rows are looked for, and locked, before anything is written. A row that
// somebody else inserts in between makes the insert fail; then all is undone
// up to here, and done again with that row in sight.
func (u *Upsert[N]) Save(ctx context.Context) ([]entity.Upserted[N], error) {
	for try := 1; ; try++ {
		var rows []entity.Upserted[N]
		err := Savepoint(ctx, u.Driver, func(ctx context.Context) (err error) {
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
		u.Reset()
	}
}

// judge reports whether an insert failed only because its row is there by now.
// Where a tombstone has the key for good, the error says so.
func (u *Upsert[N]) judge(ctx context.Context, err error) (again bool, _ error) {
	row, ok := errors.AsType[*entity.RowError](err)
	conflict, isConflict := errors.AsType[*entity.ConflictError](err)
	if !ok || !isConflict || conflict.Code != entity.Unique || isLost(err) {
		return false, err
	}
	u.Reset()
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
	dead := &entity.ConflictError{Entity: u.Entity.Name, Fields: u.Key.Fields, Code: entity.Tombstone, Err: conflict.Err}
	return false, &entity.RowError{Index: row.Index, Err: dead}
}

func (u *Upsert[N]) once(ctx context.Context) ([]entity.Upserted[N], error) {
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
		changes = map[bool][]Change[N]{} // by whether they revive
	)
	for i, key := range keys {
		found := existing[key.text]
		if found == nil || found.dead && !u.Entity.Revive {
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
	created, err := u.Create(ctx, missing)
	if err != nil {
		return nil, reindex(err, func(i int) int { return missing[i] })
	}
	for i, row := range created {
		rows[missing[i]] = entity.Upserted[N]{Row: row, Outcome: entity.Created}
	}
	return rows, nil
}

func (u *Upsert[N]) update(ctx context.Context, changes []Change[N], revive bool, rows []entity.Upserted[N]) error {
	if len(changes) == 0 {
		return nil
	}
	outcome := entity.Updated
	if revive {
		ctx, outcome = entity.WithTrashed(ctx), entity.Revived
	}
	updated, err := u.Update(ctx, changes)
	if err != nil {
		return reindex(err, func(i int) int { return changes[i].Index })
	}
	for i, row := range updated {
		rows[changes[i].Index] = entity.Upserted[N]{Row: row, Outcome: outcome}
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
func (u *Upsert[N]) change(i int, found *existing[N]) (Change[N], bool, error) {
	m := u.Mutations[i]
	c := Change[N]{Index: i, Row: found.row}
	kept := map[string]bool{u.Entity.ID().Name: true}
	for _, name := range u.Key.Fields {
		kept[name] = true
	}
	if u.Keep != nil {
		for _, name := range u.Keep(i) {
			kept[name] = true
		}
	}
	for _, f := range u.Entity.Fields {
		value, given := m.Field(f.Name)
		if !given || kept[f.Name] || f.Immutable || f.Touched {
			continue
		}
		if !sameValue(f, u.Value(found.row, f.Name), value) {
			c.Set = append(c.Set, f.Name)
		}
	}
	if u.Clear != nil {
		for _, name := range u.Clear(i) {
			f, ok := u.Entity.Field(name)
			if !ok {
				return c, false, fmt.Errorf("bulk: %s has no field %s", u.Entity.Name, name)
			}
			if !kept[name] && !f.Immutable && u.Value(found.row, name) != nil {
				c.Clear = append(c.Clear, name)
			}
		}
	}
	if found.dead {
		c.Clear = append(c.Clear, u.Entity.SoftDelete.Name)
	}
	return c, len(c.Set)+len(c.Clear) > 0 || u.links(m), nil
}

// links reports whether the mutation adds to edges that are kept elsewhere.
func (u *Upsert[N]) links(m ent.Mutation) bool {
	for _, name := range m.AddedEdges() {
		for _, e := range u.Entity.Edges {
			if e.Name == name && !e.OwnsFK {
				return true
			}
		}
	}
	return false
}

// duplicate is the error of a row whose key an earlier one has.
func (u *Upsert[N]) duplicate(i, earlier int) error {
	return &entity.RowError{Index: i, Err: &entity.ValidationError{Entity: u.Entity.Name, Violations: []entity.Violation{{
		Field: u.Key.Fields[0], Code: rule.CodeInvalid, Message: fmt.Sprintf("is the same as that of row %d; a key may come once", earlier),
	}}}}
}
