package bulk

import (
	"context"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Table is what the generated client gives of an entity: C is the config of the
// client, which tells builders and rows what they run on, N is a row, B
// the builder that creates one, U the builder that updates one.
type Table[C any, N comparable, B, U any] struct {
	Driver  func(C) dialect.Driver
	Entity  *entity.Entity
	Explain func(error) error // gives an error of the database the client's type
	Create  func(B, C) *Row

	// The rest is there for entities with one id.

	Update func(U, C) *Row
	Keys   []Key[N]            // the unique ones, the default first
	Value  func(N, string) any // of a field; nil for NULL
	Find   func(context.Context, C, func(*sql.Selector)) ([]N, error)
	// Hold returns the mutation of a create, and what makes it as it was.
	Hold func(B) (ent.Mutation, func())
	// Change returns an update of the row. Link gives it the edges of a create
	// that are kept in other tables.
	Change func(C, N) (U, ent.Mutation)
	Link   func(U, B)
}

// Key is a unique key of the entity whose rows are N.
type Key[N any] struct {
	Name   string
	Fields []string // names of the fields
}

// SaveCreates saves the rows of builders in one transaction and returns them in
// their order. With perRow, it saves the good rows and returns an
// entity.RowErrors for the others.
func (t *Table[C, N, B, U]) SaveCreates(ctx context.Context, c C, builders []B, perRow bool) ([]N, error) {
	return save(ctx, t, c, t.Create, builders, perRow)
}

// SaveUpdates is SaveCreates for updates.
func (t *Table[C, N, B, U]) SaveUpdates(ctx context.Context, c C, builders []U, perRow bool) ([]N, error) {
	return save(ctx, t, c, t.Update, builders, perRow)
}

func save[C any, N comparable, B, U, X any](ctx context.Context, t *Table[C, N, B, U], c C, row func(X, C) *Row, builders []X, perRow bool) ([]N, error) {
	if len(builders) == 0 {
		return []N{}, nil
	}
	var nodes []N
	err := transact(ctx, t.Driver(c), func(ctx context.Context) (err error) {
		b := &batch{
			entity: t.Entity, driver: t.Driver(c), rows: make([]*Row, len(builders)),
			perRow: perRow, explain: t.Explain,
		}
		for i, builder := range builders {
			b.rows[i] = row(builder, c)
		}
		nodes, err = saveBatch[N](ctx, b)
		return err
	})
	return nodes, err
}
