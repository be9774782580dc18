package database_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// With transactions of two databases in one context a callback goes by the inner
// one, and runs once neither is open.
//
// Covers: F05, F06.
func TestCallbacksOfTwoDatabases(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		other := testkit.Open(t, testkit.SQLite)
		failure := errors.New("no")
		for _, outcome := range []error{nil, failure} {
			var said []string
			err := db.Transact(t.Context(), func(ctx context.Context) error {
				require.NoError(t, addNote(ctx, db, 1))
				require.NoError(t, other.Transact(ctx, func(ctx context.Context) error {
					database.AfterCommit(ctx, func(ctx context.Context) {
						require.Nil(t, database.TransactionOf(ctx))
						require.NoError(t, addNote(ctx, db, 2))
						said = append(said, "committed")
					})
					database.AfterRollback(ctx, func(context.Context) { said = append(said, "rolled back") })
					return nil
				}))
				require.Empty(t, said)
				return outcome
			})
			require.ErrorIs(t, err, outcome)
			require.Equal(t, []string{"committed"}, said, "the inner one is committed, whatever the outer one does")
		}
		require.Equal(t, 5, count(t, db, `SELECT SUM(n) FROM notes`))
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 5 * time.Second}))
}

// After the rollback of a savepoint the callback is a part of the transaction
// around: it does not wait for that to end.
//
// Covers: F06, F15.
func TestCallbacksOfASavepointUseTheTransactionAround(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		failed := 0
		attempt := func(ctx context.Context) error {
			database.AfterRollback(ctx, func(ctx context.Context) {
				require.NoError(t, addNote(ctx, db, 1))
				failed++
			})
			require.NoError(t, addNote(ctx, db, 10))
			return errors.New("no")
		}
		var ended context.Context
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			require.Error(t, db.Transact(ctx, func(inner context.Context) error { ended = inner; return attempt(inner) })) //nolint:fatcontext // for afterwards
			database.AfterRollback(ended, func(ctx context.Context) {
				require.NoError(t, addNote(ctx, db, 1))
				failed++
			})
			return nil
		}))
		require.Equal(t, 2, count(t, db, `SELECT SUM(n) FROM notes`))
		require.Error(t, db.Transact(t.Context(), attempt))
		require.Equal(t, 3, failed)
		require.Equal(t, 3, count(t, db, `SELECT SUM(n) FROM notes`))
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 5 * time.Second}))
}
