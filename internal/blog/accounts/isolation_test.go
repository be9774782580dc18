package accounts_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
)

// Each transaction has its own level, the one that it says, and leaves none
// behind; errors come back, and undo all.
//
// Covers: F55, L36, S11, S14, S15.
func TestTransactions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, _ *accounts.Service) {
		ctx, c := t.Context(), app.Client
		transactions := accounts.NewTransactions(c)
		newUser(t, c, "ada")
		level := func(run func(context.Context, func(context.Context) error) error) (in sql.IsolationLevel) {
			require.NoError(t, run(ctx, func(ctx context.Context) error {
				in = database.TransactionOf(ctx).Isolation()
				return nil
			}))
			return in
		}
		plain := func(ctx context.Context, fn func(context.Context) error) error { return c.Transact(ctx, fn) }
		ordinary := level(plain)
		serializable := level(transactions.Serializable)
		require.Equal(t, sql.LevelSerializable, serializable)
		estimate, err := transactions.EstimateUsers(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, estimate.Users)
		want := map[config.Dialect]sql.IsolationLevel{
			config.SQLite: sql.LevelSerializable, config.Postgres: sql.LevelReadCommitted, config.MySQL: sql.LevelReadUncommitted,
		}
		require.Equal(t, want[app.DB.Dialect()], estimate.Level)
		require.Equal(t, ordinary, level(plain))
		if app.DB.Dialect() != config.SQLite {
			require.Equal(t, sql.LevelReadCommitted, level(transactions.ReadCommitted))
		}

		insideErr := errors.New("no")
		for _, run := range []func(context.Context, func(context.Context) error) error{transactions.ReadCommitted, transactions.Serializable} {
			err := run(ctx, func(ctx context.Context) error {
				c.Role.Create().SetName("gone").ExecX(ctx)
				return insideErr
			})
			require.ErrorIs(t, err, insideErr)
			require.Zero(t, count(t, app, "roles"))
		}

		faults := testkit.InjectFaults(t, app.DB)
		runs := 0
		faults.FailWhen(func(q string) bool { return q == "COMMIT" }, testkit.Collision)
		require.NoError(t, transactions.Serializable(ctx, func(context.Context) error { runs++; return nil }))
		require.Equal(t, 2, runs)
		faults.FailWhen(func(q string) bool { return q == "COMMIT" }, testkit.Refused)
		require.ErrorIs(t, transactions.Serializable(ctx, func(context.Context) error { runs++; return nil }), testkit.ErrInjected)
		require.Equal(t, 3, runs)
	})
}

// What a manager does to users is logged with the fields, in the same
// transaction.
//
// Covers: F65.
func TestAuditedManager(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, _ *accounts.Service) {
		ctx, c := t.Context(), app.Client
		ada := newUser(t, c, "ada")
		em := accounts.NewAuditedManager(c)
		defer func() { require.NoError(t, em.Close()) }()
		row, err := em.User.Find(ctx, ada.ID)
		require.NoError(t, err)
		row.Bio, row.Email = new("Counts."), "countess@example.org"
		require.NoError(t, em.Commit(ctx))
		log := c.UserLog.Query().OnlyX(ctx)
		require.Equal(t, ada.ID, *log.UserID)
		require.Equal(t, "update", log.Action)
		require.Equal(t, "bio, email", *log.Details)

		undone := errors.New("no")
		err = em.Transact(ctx, func(ctx context.Context) error {
			row.Bio = new("Other.")
			if err := em.Flush(ctx); err != nil {
				return err
			}
			return undone
		})
		require.ErrorIs(t, err, undone)
		require.Equal(t, 1, count(t, app, "user_logs"))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, 1, count(t, app, "user_logs"))
	})
}
