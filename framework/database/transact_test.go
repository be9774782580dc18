package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func addNote(ctx context.Context, db *database.DB, n int) error {
	return entExec(ctx, db, `INSERT INTO notes (n) VALUES (?)`, n)
}

func notes(t *testing.T, db *database.DB) int {
	t.Helper()
	return count(t, db, `SELECT COUNT(*) FROM notes`)
}

// Covers: F14, F16, D12.
func TestTransactCommitsOrRollsBack(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error { return addNote(ctx, db, 1) }))
		require.Equal(t, 1, notes(t, db))

		failure := errors.New("no")
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 2))
			return failure
		})
		require.ErrorIs(t, err, failure)
		require.PanicsWithValue(t, "stop", func() {
			_ = db.Transact(t.Context(), func(ctx context.Context) error {
				require.NoError(t, addNote(ctx, db, 3))
				panic("stop")
			})
		})
		require.Equal(t, 1, notes(t, db))
	}, testkit.WithPool(config.Pool{Size: 1}))
}

// Covers: F15, F66.
func TestNestedTransactIsASavepoint(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		failure := errors.New("no")
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 1))
			require.ErrorIs(t, db.Transact(ctx, func(ctx context.Context) error {
				require.NoError(t, addNote(ctx, db, 2))
				require.NoError(t, db.Transact(ctx, func(ctx context.Context) error { return addNote(ctx, db, 3) }))
				return failure
			}), failure)
			require.Error(t, db.Transact(ctx, func(ctx context.Context) error { return entExec(ctx, db, `nonsense`) }))
			return addNote(ctx, db, 4)
		})
		require.NoError(t, err)
		require.Equal(t, 5, count(t, db, `SELECT SUM(n) FROM notes`))
	})
}

// Covers: F04, F16.
func TestAFailedStatementLosesTheTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 1))
			require.Error(t, entExec(ctx, db, `nonsense`))
			var lost *database.LostError
			require.ErrorAs(t, addNote(ctx, db, 2), &lost)
			return nil
		})
		var lost *database.LostError
		require.ErrorAs(t, err, &lost)
		require.Zero(t, notes(t, db))
	})
}

// Covers: F05, F06.
func TestCallbacksFollowTheOutcome(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		var said []string
		say := func(ctx context.Context, what string) {
			database.AfterCommit(ctx, func(ctx context.Context) {
				require.Nil(t, database.TransactionOf(ctx))
				require.Equal(t, 1, notes(t, db)) //nolint:contextcheck // that of the test
				said = append(said, what+" committed")
			})
			database.AfterRollback(ctx, func(context.Context) { said = append(said, what+" rolled back") })
		}
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			say(ctx, "outer")
			require.Error(t, db.Transact(ctx, func(ctx context.Context) error {
				say(ctx, "lost")
				return errors.New("no")
			}))
			require.NoError(t, db.Transact(ctx, func(ctx context.Context) error {
				say(ctx, "inner")
				return addNote(ctx, db, 1)
			}))
			require.Equal(t, []string{"lost rolled back"}, said)
			return nil
		}))
		require.Equal(t, []string{"lost rolled back", "outer committed", "inner committed"}, said)
	})
}

// Covers: F02.
func TestContextOfATransactionThatEndedIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		ctx, tx, err := db.Begin(t.Context())
		require.NoError(t, err)
		inside, nested, err := db.Begin(ctx)
		require.NoError(t, err)
		require.True(t, nested.Nested())
		require.ErrorIs(t, addNote(ctx, db, 1), database.ErrTxNested)
		require.NoError(t, addNote(inside, db, 2))
		require.NoError(t, nested.Rollback())
		require.ErrorIs(t, addNote(inside, db, 3), database.ErrTxEnded)
		require.NoError(t, addNote(ctx, db, 4))
		require.NoError(t, tx.Commit())
		require.ErrorIs(t, tx.Commit(), database.ErrTxEnded)
		require.NoError(t, tx.Rollback())
		require.ErrorIs(t, addNote(ctx, db, 5), database.ErrTxEnded)
		require.Equal(t, 4, count(t, db, `SELECT SUM(n) FROM notes`))
	})
}
