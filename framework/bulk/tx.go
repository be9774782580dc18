package bulk

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect"
)

// Tx is a transaction of the generated client.
type Tx interface {
	Commit() error
	Rollback() error
}

// Finish runs fn and commits the transaction. An error or a panic rolls it back;
// entity.RowErrors do not, for they tell of good rows too.
func Finish(tx Tx, fn func() error) error {
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // the error or panic that led here is what counts
		}
	}()
	err := fn()
	if err != nil && !isRowErrors(err) {
		return err
	}
	done = true
	if failed := tx.Commit(); failed != nil {
		return fmt.Errorf("bulk: cannot commit: %w", failed)
	}
	return err
}

// depthKey counts the savepoints around: a hook may save in bulk itself.
type depthKey struct{}

// Savepoint runs fn in a transaction that goes on if fn fails: then what fn did
// is undone. Where that is not possible any more, the transaction is lost and
// the error of fn is returned all the same.
func Savepoint(ctx context.Context, tx dialect.ExecQuerier, fn func(context.Context) error) error {
	depth, _ := ctx.Value(depthKey{}).(int)
	name := fmt.Sprintf("framefox_%d", depth+1)
	if err := tx.Exec(ctx, "SAVEPOINT "+name, []any{}, nil); err != nil {
		return fmt.Errorf("bulk: cannot set a savepoint: %w", err)
	}
	err := fn(context.WithValue(ctx, depthKey{}, depth+1))
	end := context.WithoutCancel(ctx)
	if err != nil && !isRowErrors(err) {
		if failed := tx.Exec(end, "ROLLBACK TO SAVEPOINT "+name, []any{}, nil); failed != nil {
			return &lostError{errors.Join(err, failed)}
		}
	}
	if failed := tx.Exec(end, "RELEASE SAVEPOINT "+name, []any{}, nil); failed != nil && err == nil {
		return fmt.Errorf("bulk: cannot release a savepoint: %w", failed)
	}
	return err
}

// lostError is an error that has ended the transaction.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

func isLost(err error) bool {
	_, ok := errors.AsType[*lostError](err)
	return ok
}
