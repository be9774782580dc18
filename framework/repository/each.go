package repository

import (
	"context"
	"iter"
)

const defaultBatch = 1000

// Each streams the rows that match the criteria, however many, in constant
// memory: it reads them in batches, each behind the last row of the one before,
// and holds neither a connection nor a lock while the loop runs.
//
//	for post, err := range posts.Each(ctx, repository.Criteria{"status": "published"}) {
//		if err != nil {
//			return err
//		}
//		…
//	}
//
// The rows come in the order of their keys, so that each comes once, whatever is
// written meanwhile: one that is there all the time comes, and one that is added
// or removed during the loop may. An [OrderBy] keeps that only where the loop and
// others leave the fields alone that it names. For one state of the database,
// run it in a transaction of the level REPEATABLE READ.
//
// It also takes [With], [Batch] and [Limit]. After an error there is no further
// row.
func (r *Repository[T, K, P, Q, C, U]) Each(ctx context.Context, criteria Criteria, opts ...Option) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err := r.each(ctx, criteria, opts, func(row *T) bool { return yield(row, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

func (r *Repository[T, K, P, Q, C, U]) each(ctx context.Context, criteria Criteria, opts []Option, take func(*T) bool) error {
	o, err := read("Each", opts, "OrderBy", "With", "Batch", "Limit")
	if err != nil {
		return err
	}
	walk, err := r.walk(o, "", nil)
	if err != nil {
		return err
	}
	left := -1 // no limit
	if o.limit != nil {
		left = *o.limit
	}
	for left != 0 {
		size := o.batch
		if left > 0 {
			size = min(size, left)
			left -= size
		}
		rows, err := r.step(ctx, walk, criteria, o, size)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !take(row) {
				return nil
			}
		}
		if len(rows) < size {
			return nil
		}
		if err := walk.After(r.values(rows[len(rows)-1])); err != nil {
			return r.fail("go on in", err)
		}
	}
	return nil
}
