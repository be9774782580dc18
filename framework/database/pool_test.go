package database_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// holders are the ways to keep a connection; each returns how to let it go.
func holders(db *database.DB) map[string]func(context.Context) (release func() error, err error) {
	return map[string]func(context.Context) (func() error, error){
		"connection": func(ctx context.Context) (func() error, error) {
			conn, err := db.SQL().Conn(ctx)
			if err != nil {
				return nil, err
			}
			return conn.Close, nil
		},
		"rows": func(ctx context.Context) (func() error, error) {
			rows, err := db.SQL().QueryContext(ctx, `SELECT 1 UNION ALL SELECT 2`)
			if err != nil {
				return nil, err
			}
			return rows.Close, rows.Err()
		},
		"transaction": func(ctx context.Context) (func() error, error) {
			tx, err := db.SQL().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
			if err != nil {
				return nil, err
			}
			return tx.Rollback, nil
		},
	}
}

// Covers: A24, A25, A26.
func TestPoolIsBoundedAndWaitingEnds(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		for name, hold := range holders(db) {
			t.Run(name, func(t *testing.T) {
				var releases []func() error
				for range 3 { // 2 to keep, 1 on top
					release, err := hold(t.Context())
					require.NoError(t, err)
					releases = append(releases, release)
				}
				require.Equal(t, 3, db.Stats().InUse)
				require.Equal(t, 3, db.Stats().Max)

				waits := db.Stats().Waits
				var n int
				err := db.SQL().QueryRowContext(t.Context(), `SELECT 1`).Scan(&n)
				require.ErrorIs(t, err, database.ErrPoolTimeout)

				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				err = db.SQL().QueryRowContext(ctx, `SELECT 1`).Scan(&n)
				require.ErrorIs(t, err, context.DeadlineExceeded, "the caller's own end is not the pool's")
				require.NotErrorIs(t, err, database.ErrPoolTimeout)
				if db.PgxPool() == nil { // pgxpool counts waits that succeed
					require.Greater(t, db.Stats().Waits, waits)
					require.Positive(t, db.Stats().WaitTime)
				}

				for _, release := range releases {
					require.NoError(t, release())
				}
				require.NoError(t, db.SQL().QueryRowContext(t.Context(), `SELECT 1`).Scan(&n))
				require.Eventually(t, func() bool {
					stats := db.Stats()
					return stats.InUse == 0 && stats.Idle == 2 && stats.Open == 2
				}, 10*time.Second, time.Millisecond, "the overflow must close")
			})
		}
	}, testkit.WithPool(config.Pool{Size: 2, MaxOverflow: 1, Timeout: 100 * time.Millisecond}))
}

// Covers: A25.
func TestUnlimitedOverflow(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		for range 12 {
			conn, err := db.SQL().Conn(t.Context())
			require.NoError(t, err)
			defer func() { require.NoError(t, conn.Close()) }()
		}
		require.Equal(t, 12, db.Stats().InUse)
		require.Zero(t, db.Stats().Max)
	}, testkit.WithPool(config.Pool{Size: 1, MaxOverflow: config.Unlimited, Timeout: time.Minute}))
}

// Every way out of a transaction gives its connection back, once.
//
// Covers: A43, A44.
func TestConnectionsComeBack(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			tx, err := db.SQL().BeginTx(ctx, nil)
			require.NoError(t, err)
			cancel()
			require.Error(t, tx.Commit())

			require.Panics(t, func() {
				tx, err := db.SQL().BeginTx(t.Context(), nil)
				require.NoError(t, err)
				defer func() { _ = tx.Rollback() }()
				panic("in the middle")
			})

			conn, err := db.SQL().Conn(t.Context())
			require.NoError(t, err)
			require.Panics(t, func() {
				_ = conn.Raw(func(any) error { panic("in the driver") })
			})
			require.ErrorIs(t, conn.Close(), sql.ErrConnDone)

			ctx, cancel = context.WithCancel(t.Context())
			rows, err := db.SQL().QueryContext(ctx, `SELECT 1 UNION ALL SELECT 2`)
			require.NoError(t, err)
			require.True(t, rows.Next())
			cancel()
			_, _ = rows.Close(), rows.Err()

			_, err = db.SQL().ExecContext(t.Context(), `SELECT nothing FROM nowhere`)
			require.Error(t, err)
		}
		require.Eventually(t, func() bool { return db.Stats().InUse == 0 }, 10*time.Second, time.Millisecond)
		require.LessOrEqual(t, db.Stats().Open, 1)
		require.Equal(t, 1, count(t, db, `SELECT 1`))
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 20 * time.Second}))
}

// Covers: A27.
func TestOldConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	// mark leaves something on the connection, marked looks for it.
	mark := func(t *testing.T, db *database.DB) {
		t.Helper()
		exec(t, db, pick(db, `CREATE TEMP TABLE mark (n int)`, `CREATE TEMP TABLE mark (n int)`, `CREATE TEMPORARY TABLE mark (n int)`))
	}
	marked := func(t *testing.T, db *database.DB) bool {
		t.Helper()
		var n int
		return db.SQL().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM mark`).Scan(&n) == nil
	}
	t.Run("soon", func(t *testing.T) {
		t.Parallel()
		testkit.Each(t, func(t *testing.T, db *database.DB) {
			mark(t, db)
			require.Eventually(t, func() bool { return !marked(t, db) }, 20*time.Second, 10*time.Millisecond)
		}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second, Recycle: 200 * time.Millisecond}))
	})
	t.Run("never", func(t *testing.T) {
		t.Parallel()
		testkit.Each(t, func(t *testing.T, db *database.DB) {
			mark(t, db)
			for range 10 {
				require.True(t, marked(t, db))
			}
		}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second, Recycle: config.Forever}))
	})
}

// Covers: A28.
func TestKilledConnectionsAreReplacedUnseen(t *testing.T) {
	t.Parallel()
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.PostgresPQ, testkit.MySQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db := testkit.Open(t, engine,
				testkit.WithPool(config.Pool{Size: 5, Timeout: 10 * time.Second, Recycle: config.Forever, PrePing: true}),
				testkit.WithOptions(database.WithPingAfter(-1)))
			killer := testkit.Open(t, engine)
			for range 3 {
				var conns []*sql.Conn
				var ids []int
				for range 5 {
					conn, err := db.SQL().Conn(t.Context())
					require.NoError(t, err)
					var id int
					require.NoError(t, conn.QueryRowContext(t.Context(), pick(db, "", `SELECT pg_backend_pid()`, `SELECT CONNECTION_ID()`)).Scan(&id))
					conns, ids = append(conns, conn), append(ids, id)
				}
				for _, conn := range conns {
					require.NoError(t, conn.Close())
				}
				for _, id := range ids {
					exec(t, killer, pick(db, "", `SELECT pg_terminate_backend(?)`, `KILL ?`), id)
					require.Eventually(t, func() bool {
						return count(t, killer, pick(db, "", `SELECT COUNT(*) FROM pg_stat_activity WHERE pid = ?`,
							`SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?`), id) == 0
					}, 20*time.Second, 5*time.Millisecond)
				}
				require.Equal(t, 1, count(t, db, `SELECT 1`))
				tx, err := db.SQL().BeginTx(t.Context(), nil)
				require.NoError(t, err)
				require.NoError(t, tx.Commit())
			}
		})
	}
}

// Covers: A33, A26.
func TestPgxSharesThePool(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.Postgres, testkit.WithPool(config.Pool{Size: 1, MaxOverflow: 1, Timeout: 100 * time.Millisecond}))
	require.NotNil(t, db.PgxPool())
	err := db.WithPgx(t.Context(), func(first *pgx.Conn) error {
		return db.WithPgx(t.Context(), func(second *pgx.Conn) error {
			require.NotSame(t, first, second)
			var at time.Time
			require.NoError(t, first.QueryRow(t.Context(), `SELECT now()`).Scan(&at))
			require.Equal(t, time.UTC, at.Location())
			require.ErrorIs(t, db.WithPgx(t.Context(), nil), database.ErrPoolTimeout)
			require.ErrorIs(t, db.Ping(t.Context()), database.ErrPoolTimeout)
			return nil
		})
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return db.Stats().Open == 1 }, 10*time.Second, time.Millisecond)
	other := testkit.Open(t, testkit.SQLite)
	require.Nil(t, other.PgxPool())
	require.Error(t, other.WithPgx(t.Context(), nil))
}

// Covers: A24, A25.
func TestImpossiblePoolsAreRefused(t *testing.T) {
	t.Parallel()
	for name, pool := range map[string]config.Pool{
		"size": {Size: -1}, "overflow": {Size: 1, MaxOverflow: -2}, "timeout": {Size: 1, Timeout: -1},
	} {
		cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: "unused.db"}, Pool: pool}
		_, err := database.Open(t.Context(), cfg)
		require.ErrorContains(t, err, "pool "+name)
	}
}

// Covers: A43.
func TestClosedDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		conn, err := db.SQL().Conn(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		require.NoError(t, db.Close())
		require.Error(t, db.Ping(t.Context()))
		require.Eventually(t, func() bool { return db.Stats().Open == 0 }, 10*time.Second, time.Millisecond)
	})
}

func TestRawConnectionsCanBeUnwrapped(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		conn, err := db.SQL().Conn(t.Context())
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		require.NoError(t, conn.Raw(func(raw any) error {
			inner := raw.(interface{ Unwrap() driver.Conn }).Unwrap()
			require.NotContains(t, fmt.Sprintf("%T", inner), "database.")
			return nil
		}))
	})
}
