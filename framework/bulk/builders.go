package bulk

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/framework/entity"
)

// Updates changes many rows, each in its own way.
type Updates[N any] struct {
	save   func(ctx context.Context, perRow bool) ([]N, error)
	perRow bool
}

// Updates returns a builder that changes many rows.
func (t *Table[C, N, B, U]) Updates(c C, builders []U) *Updates[N] {
	return &Updates[N]{save: func(ctx context.Context, perRow bool) ([]N, error) {
		return t.SaveUpdates(ctx, c, builders, perRow)
	}}
}

// ErrorsPerRow makes Save save the good rows and return an entity.RowErrors for
// the others, which are nil in the result.
func (u *Updates[N]) ErrorsPerRow() *Updates[N] {
	u.perRow = true
	return u
}

// Save changes the rows in one transaction and returns them in the order of the
// builders. The error of a row is an *entity.RowError; nothing is saved then.
func (u *Updates[N]) Save(ctx context.Context) ([]N, error) { return u.save(ctx, u.perRow) }

// Exec is Save without the rows.
func (u *Updates[N]) Exec(ctx context.Context) error {
	_, err := u.Save(ctx)
	return err
}

// Upserts creates rows, or updates those with their keys.
type Upserts[N any] struct {
	save func(ctx context.Context) ([]entity.Upserted[N], error)
}

// Save runs the upsert in one transaction and returns the rows in the order of
// the builders. The error of a row is an *entity.RowError; nothing is saved then.
func (u *Upserts[N]) Save(ctx context.Context) ([]entity.Upserted[N], error) { return u.save(ctx) }

// UpsertOne creates a row, or updates the one with its key.
type UpsertOne[N any] struct{ many *Upserts[N] }

// One is for the only row of an upsert.
func (u *Upserts[N]) One() *UpsertOne[N] { return &UpsertOne[N]{u} }

// Save runs the upsert.
func (u *UpsertOne[N]) Save(ctx context.Context) (entity.Upserted[N], error) {
	rows, err := u.many.Save(ctx)
	if err != nil {
		if row, ok := errors.AsType[*entity.RowError](err); ok {
			err = row.Err
		}
		return entity.Upserted[N]{}, err
	}
	return rows[0], nil
}

// Existing tells what becomes of the fields of the i-th row if it is there.
type Existing struct {
	Clear, Keep func(i int) []string // fields that become NULL, or stay
}

// Upserts returns a builder that creates the rows whose key is not there, and
// updates the others to what the builders set. The key is the one that is
// given, or the table's first.
func (t *Table[C, N, B, U]) Upserts(c C, builders []B, by ...Key[N]) *Upserts[N] {
	key := t.Keys[0]
	if len(by) > 0 {
		key = by[0]
	}
	return t.upserts(c, builders, key, Existing{})
}

// UpsertsOf is Upserts for builders that come from the API, by the key of the
// name.
func (t *Table[C, N, B, U]) UpsertsOf(c C, builders []B, key string, rows Existing) (*Upserts[N], error) {
	for _, k := range t.Keys {
		if key != "" && k.Name == key { // other keys have no name
			return t.upserts(c, builders, k, rows), nil
		}
	}
	return nil, fmt.Errorf("bulk: %s has no unique key %q", t.Entity.Name, key)
}

func (t *Table[C, N, B, U]) upserts(c C, builders []B, key Key[N], rows Existing) *Upserts[N] {
	return &Upserts[N]{save: func(ctx context.Context) ([]entity.Upserted[N], error) {
		u := &upsert[C, N, B, U]{table: t, config: c, key: key, builders: builders, rows: rows}
		return u.save(ctx, c)
	}}
}
