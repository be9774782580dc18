package relay

import (
	"context"

	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/database"
)

// Write runs fn in a transaction, which is committed before the result is
// resolved any further. An error or a panic rolls it back. The context that fn
// gets carries it: all that is run with that context belongs to it, whichever
// client, repository or query runs it.
//
// Where the transaction loses against another one (a deadlock, a failure to
// serialise, a lock that is not had in time) fn is run again in a new one, as
// often as Settings.Retries says, so fn must not use up what it works with. A
// COMMIT during which the connection is lost is an *OutcomeError, and is not
// repeated. Inside a transaction it is a savepoint, and all that is for the one
// around.
func Write[T any](ctx context.Context, src Source, fn func(context.Context, Source) (T, error)) (T, error) {
	var result, none T
	settings := src.Settings()
	err := database.Transact(ctx, src.Driver(), func(ctx context.Context) (err error) {
		result, err = fn(ctx, src)
		return err
	}, database.Isolated(settings.Isolation), database.Retrying(database.RetryPolicy{Retries: settings.Retries}))
	if err != nil {
		return none, outcome(err)
	}
	return result, nil
}

// WriteRow is Write for a row.
func WriteRow[N Node](ctx context.Context, src Source, fn func(context.Context, Source) (Node, error)) (N, error) {
	return Write(ctx, src, func(ctx context.Context, src Source) (row N, err error) {
		n, err := fn(ctx, src)
		if err != nil {
			return row, err
		}
		return n.(N), nil
	})
}

// WriteRows is Write for rows.
func WriteRows[N Node](ctx context.Context, src Source, fn func(context.Context, Source) ([]Node, error)) ([]N, error) {
	return Write(ctx, src, func(ctx context.Context, src Source) ([]N, error) {
		nodes, err := fn(ctx, src)
		if err != nil {
			return nil, err
		}
		rows := make([]N, len(nodes))
		for i, n := range nodes {
			rows[i] = n.(N)
		}
		return rows, nil
	})
}

// explainable runs a write so that its error can be explained by what the
// transaction sees: in a savepoint on SQLite, which does not tell the foreign
// key that is broken.
func explainable[T any](ctx context.Context, src Source, write func(context.Context) (T, error)) (T, error) {
	if src.Driver().Dialect() != dialect.SQLite {
		return write(ctx)
	}
	var result T
	err := database.Transact(ctx, src.Driver(), func(ctx context.Context) (err error) {
		result, err = write(ctx)
		return err
	})
	return result, err
}
