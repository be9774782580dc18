package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// ErrStopped is what the hooks of a row see when its own values are fine but
// another row of the bulk could not be saved.
var ErrStopped = errors.New("bulk: not saved, because another row could not be")

// chunk is how many rows pass their hooks together. The hooks of a row are on
// the stack while those of the next one run.
const chunk = 500

// batch is the rows that are saved together: all creates, or all updates of one
// row each.
type batch struct {
	entity *entity.Entity
	driver dialect.Driver // in a transaction
	rows   []*Row
	// perRow saves the good rows and returns an entity.RowErrors for the bad
	// ones. Without it the first bad row ends it all, with an *entity.RowError.
	perRow bool
	// explain gives an error of the database the type that the client has for it.
	explain func(error) error

	stop   error // ends the batch
	server *serverLimits
}

// saveBatch saves the rows of a batch and returns them in their order, a zero
// value for each that has an error.
func saveBatch[N any](ctx context.Context, b *batch) ([]N, error) {
	err := b.save(ctx)
	if err != nil && !isRowErrors(err) {
		return nil, err
	}
	nodes := make([]N, len(b.rows))
	for i, r := range b.rows {
		if r.err != nil {
			continue
		}
		n, ok := r.value.(N)
		if !ok {
			return nil, fmt.Errorf("bulk: unexpected node type %T returned from %T", r.value, r.mutation)
		}
		nodes[i] = n
	}
	return nodes, err
}

func (b *batch) save(ctx context.Context) error {
	for rows := range slices.Chunk(b.rows, chunk) {
		b.enter(ctx, rows, 0)
		if b.stop != nil {
			break
		}
	}
	var bad entity.RowErrors
	for i, r := range b.rows {
		if r.err != nil {
			bad = append(bad, &entity.RowError{Index: i, Err: r.err})
		}
	}
	switch {
	case b.stop != nil && b.stop != ErrStopped: //nolint:errorlint // itself, not an error about it
		return b.stop
	case len(bad) == 0:
		return nil
	case b.perRow:
		return bad
	}
	return bad[0]
}

// enter takes the i-th row through its hooks. Where they end the next row
// enters, and behind the last one the rows are written; so the hooks of all
// rows are open when the statements run.
func (b *batch) enter(ctx context.Context, rows []*Row, i int) {
	if i == len(rows) {
		if b.stop == nil {
			b.store(ctx, slices.DeleteFunc(slices.Clone(rows), func(r *Row) bool { return r.err != nil || r.value != nil }))
		}
		return
	}
	r, reached := rows[i], false
	next := func() {
		if r.err != nil && !b.perRow {
			b.stop = ErrStopped
		}
		if b.stop == nil {
			b.enter(ctx, rows, i+1)
		}
	}
	var mutator ent.Mutator = ent.MutateFunc(func(_ context.Context, m ent.Mutation) (ent.Value, error) {
		if reached {
			return nil, errors.New("bulk: a hook has called the next one twice")
		}
		reached = true
		r.err = r.build(m)
		next()
		return b.result(r)
	})
	for _, hook := range slices.Backward(r.hooks) {
		if hook == nil {
			r.err = errors.New("bulk: uninitialized hook; import the generated package runtime")
			next()
			return
		}
		mutator = hook(mutator)
	}
	value, err := mutator.Mutate(ctx, r.mutation)
	switch {
	case !reached:
		// A hook may have saved the row itself, as a restore does.
		if r.value, r.err = value, err; err == nil && value == nil {
			r.err = errors.New("bulk: a hook has not called the next one")
		}
		r.saved = r.err == nil
		next()
	case err != nil && r.saved:
		// Others may have been saved with the row: it cannot be taken back alone.
		if b.stop == nil {
			b.stop = &entity.RowError{Index: slices.Index(b.rows, r), Err: err}
		}
	case r.err != nil:
		if err != nil {
			r.err = err
		}
	default:
		r.value = value
	}
}

// result is what the hooks of a row see of its end.
func (b *batch) result(r *Row) (ent.Value, error) {
	switch {
	case r.err != nil:
		return nil, b.explain(r.err)
	case b.stop != nil:
		return nil, ErrStopped
	}
	return r.done(), nil
}

// store writes rows, and finds out which of them are to blame where that
// fails: each half on its own, down to the single row.
func (b *batch) store(ctx context.Context, rows []*Row) {
	rows = slices.DeleteFunc(rows, func(r *Row) bool { return r.err != nil })
	if len(rows) == 0 || b.stop != nil {
		return
	}
	if len(b.rows) == 1 && rows[0].create != nil { // as if it were saved alone
		if b.perRow { // what fails must not take the transaction with it
			rows[0].err = transact(ctx, b.driver, rows[0].saveAlone)
		} else {
			rows[0].err = rows[0].saveAlone(ctx)
		}
		rows[0].saved = rows[0].err == nil
		return
	}
	err := transact(ctx, b.driver, func(ctx context.Context) error { return b.write(ctx, rows) })
	switch {
	case err == nil:
		for _, r := range rows {
			r.saved = r.err == nil
		}
	case errors.Is(err, ErrStopped):
		b.stop = ErrStopped
	case isLost(err) || !blames(err):
		b.stop = b.explain(err)
	case len(rows) == 1:
		rows[0].err = err
		if !b.perRow {
			b.stop = ErrStopped
		}
	default:
		half := len(rows) / 2
		b.store(ctx, slices.Clone(rows[:half]))
		b.store(ctx, slices.Clone(rows[half:]))
	}
}

// write runs the statements for rows of one kind.
func (b *batch) write(ctx context.Context, rows []*Row) error {
	if rows[0].create != nil {
		return b.insert(ctx, rows)
	}
	return b.update(ctx, rows)
}

func isRowErrors(err error) bool {
	_, ok := errors.AsType[entity.RowErrors](err)
	return ok
}

// blames reports whether the values of a row are the cause of the error.
func blames(err error) bool {
	_, ok := errors.AsType[entity.Constraint](err)
	return ok || database.BadValue(err)
}
