package testkit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A transaction that fails at any of its statements, in any way, leaves all of
// its rows or none, and the database goes on working.
//
// Covers: F18.
func TestFaultsAtEveryStatement(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		exec := func(ctx context.Context, query string) error { return db.Driver().Exec(ctx, query, []any{}, nil) }
		count := func() (n int) {
			require.NoError(t, db.SQL().QueryRowContext(ctx, "SELECT COUNT(*) FROM t").Scan(&n))
			return n
		}
		require.NoError(t, exec(ctx, "CREATE TABLE t (n int)"))
		faults := testkit.InjectFaults(t, db)
		fired := map[string]bool{}
		faults.Sweep(func(where string) {
			err := db.Transact(ctx, func(ctx context.Context) error {
				if err := exec(ctx, "INSERT INTO t (n) VALUES (1)"); err != nil {
					return err
				}
				return db.Transact(ctx, func(ctx context.Context) error { return exec(ctx, "INSERT INTO t (n) VALUES (2)") })
			})
			query := faults.Fired()
			faults.Paused(func() {
				switch {
				case query == "":
					require.NoError(t, err, where)
					require.Equal(t, 2, count(), where)
				case query == "COMMIT" && strings.HasPrefix(where, string(testkit.DisconnectedLate)),
					query == "COMMIT" && strings.HasPrefix(where, string(testkit.FailedLate)):
					require.ErrorIs(t, err, database.ErrOutcomeUnknown, where)
					require.Equal(t, 2, count(), where)
				default:
					require.ErrorIs(t, err, testkit.ErrInjected, where)
					require.Zero(t, count(), where)
					require.Equal(t, strings.HasPrefix(where, string(testkit.Collision)), database.Retryable(err), where)
				}
				require.NoError(t, exec(ctx, "DELETE FROM t"))
				require.Zero(t, db.Stats().InUse, where)
			})
			fired[query] = true
		})
		for _, query := range []string{"", "BEGIN", "INSERT INTO t (n) VALUES (1)", "SAVEPOINT framefox_tx_1", "INSERT INTO t (n) VALUES (2)", "RELEASE SAVEPOINT framefox_tx_1", "COMMIT"} {
			require.True(t, fired[query], query)
		}
		faults.FailWhen(func(query string) bool { return strings.HasPrefix(query, "DELETE") }, testkit.Refused)
		require.NoError(t, exec(ctx, "INSERT INTO t (n) VALUES (1)"))
		require.ErrorIs(t, exec(ctx, "DELETE FROM t"), testkit.ErrInjected)
		require.Equal(t, 1, count())
		require.NoError(t, exec(ctx, "DELETE FROM t"), "once")
	}, testkit.WithPool(config.Pool{Size: 1}))
}
