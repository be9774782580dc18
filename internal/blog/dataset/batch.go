package dataset

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
)

const (
	// maxParams is how many parameters one statement may have: SQLite's limit, the
	// lowest of all.
	maxParams = 32766
	// maxRows keeps the statements short: longer ones are not faster.
	maxRows = 1000
)

// inTx runs fn in a transaction, which ends on its own: a batch that has begun is
// finished, also when the caller is asked to stop meanwhile. Deleted rows are in
// sight, because they keep their unique values.
func inTx(ctx context.Context, client *ent.Client, fn func(ctx context.Context, tx *ent.Tx) error) error {
	ctx = entity.WithTrashed(context.WithoutCancel(ctx))
	tx, err := client.Tx(ctx)
	if err != nil {
		return err
	}
	if err := fn(ctx, tx); err != nil {
		if rollback := tx.Rollback(); rollback != nil {
			err = errors.Join(err, rollback)
		}
		return err
	}
	return tx.Commit()
}

// insert creates the rows in as few statements as the parameters allow. A row has
// at most width columns.
func insert[C, E any, S interface {
	Save(ctx context.Context) ([]E, error)
}](ctx context.Context, width int, create func(...C) S, rows []C) ([]E, error) {
	saved := make([]E, 0, len(rows))
	for part := range chunks(rows, min(maxRows, maxParams/width)) {
		created, err := create(part...).Save(ctx)
		if err != nil {
			return nil, err
		}
		saved = append(saved, created...)
	}
	return saved, nil
}

// find runs a query for a list of keys, in parts that the parameters allow.
func find[K, E any](keys []K, query func(keys []K) ([]E, error)) ([]E, error) {
	var found []E
	for part := range chunks(keys, maxRows) {
		rows, err := query(part)
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

func chunks[T any](list []T, size int) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := min(size, len(list))
			if !yield(list[:n:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// stopped is the error of a run whose context ended.
func stopped(ctx context.Context, report *Report) error {
	return fmt.Errorf("dataset: stopped after %d batches, all of them complete; the next run goes on from there: %w",
		report.Batches, context.Cause(ctx))
}
