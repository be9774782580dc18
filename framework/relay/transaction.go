package relay

import (
	"context"
	"fmt"
	"reflect"

	"github.com/framefox-go/framefox/framework/database"
)

// Tx is a transaction that a Source runs in.
type Tx interface {
	Commit() error
	Rollback() error
}

// Write runs fn in a transaction of its own, which is committed before the
// result is resolved any further. An error or a panic rolls it back.
//
// Where the transaction loses against another one (a deadlock, a failure to
// serialise, a lock that is not had in time) fn is run again in a new one, as
// often as Settings.Retries says, so fn must not use up what it works with. A
// COMMIT during which the connection is lost is an *OutcomeError, and is not
// repeated.
func Write[T any](ctx context.Context, begin func(context.Context) (Source, Tx, error), fn func(Source) (T, error)) (T, error) {
	var policy database.RetryPolicy
	for retry := 0; ; retry++ {
		result, err := writeOnce(ctx, begin, func(src Source) (T, error) {
			policy.Retries = src.Settings().Retries
			return fn(src)
		})
		if !database.Retryable(err) || !policy.Wait(ctx, retry) {
			return result, err
		}
	}
}

func writeOnce[T any](ctx context.Context, begin func(context.Context) (Source, Tx, error), fn func(Source) (T, error)) (T, error) {
	var zero T
	src, tx, err := begin(ctx)
	if err != nil {
		return zero, fmt.Errorf("relay: cannot begin a transaction: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // the error or panic that led here is what counts
		}
	}()
	result, err := fn(src)
	if err != nil {
		return zero, err
	}
	done = true
	if err := database.CommitFailed(tx.Commit()); err != nil {
		return zero, commitError(err)
	}
	return result, nil
}

// Release frees rows of a transaction that has ended, so that their edges can
// be loaded: a row, or a slice of rows.
func Release(v any) {
	if row, ok := v.(interface{ LeaveTx() }); ok {
		if !reflect.ValueOf(v).IsNil() {
			row.LeaveTx()
		}
		return
	}
	if list := reflect.ValueOf(v); list.Kind() == reflect.Slice {
		for i := range list.Len() {
			Release(list.Index(i).Interface())
		}
	}
}
