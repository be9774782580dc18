package bulk

import (
	"cmp"
	"context"
	"errors"

	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/database"
)

// transact runs fn in a transaction, or in a savepoint of the one around. An
// error undoes what fn did; entity.RowErrors do not, for they tell of good rows
// too. Where undoing is not possible any more the error is a *database.LostError
// too.
func transact(ctx context.Context, driver dialect.Driver, fn func(context.Context) error, opts ...database.TxOption) error {
	var faults error // of some rows; the others stay
	err := database.Transact(ctx, driver, func(ctx context.Context) error {
		err := fn(ctx)
		if faults = nil; isRowErrors(err) {
			faults = err
			return nil
		}
		return err
	}, opts...)
	return cmp.Or(err, faults)
}

// again lets a transaction of an upsert's own run again where it lost against
// another one: a deadlock, a serialisation failure. Within a transaction of the
// caller's that is the caller's to do.
func again() database.TxOption { return database.Retrying(database.RetryPolicy{Retries: 7}) }

func isLost(err error) bool {
	_, ok := errors.AsType[*database.LostError](err)
	return ok
}
