package migration_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// A batch that cannot get a lock that someone else holds is tried again, and
// its rows are not taken for failed ones.
func TestContendedBatchIsTriedAgain(t *testing.T) {
	t.Parallel()
	for d, impatient := range map[config.Dialect]string{
		config.Postgres: "SET LOCAL lock_timeout = 50", config.MySQL: "SET innodb_lock_wait_timeout = 1",
	} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			db, dir, cfg := filled(t, d, 2)
			rival, err := connect(t, cfg).SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = rival.ExecContext(t.Context(), "UPDATE counters SET n = n + 1")
			require.NoError(t, err)
			lost := 0
			err = upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
				return s.Batches(ctx, migration.Batch{Table: "items", Each: func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
					if _, err := tx.Exec(ctx, impatient); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, "UPDATE items SET hits = hits + 1 WHERE id = ?", row.Value("id")); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, "UPDATE counters SET n = n + 10 WHERE name = ?", "a")
					if err != nil {
						if lost++; lost == 2 {
							require.NoError(t, rival.Rollback())
						}
					}
					return err
				}})
			}}, nil)
			require.NoError(t, err)
			require.Equal(t, 2, lost)
			require.Equal(t, 2, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
			require.Equal(t, 20, count(t, db, "SELECT n FROM counters"))
		})
	}
}

// A row that changes while its batch runs is changed before or after it, never
// in between: what is computed from it is not lost.
func TestRowsOfABatchAreLocked(t *testing.T) {
	t.Parallel()
	for _, d := range []config.Dialect{config.Postgres, config.MySQL} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			db, dir, cfg := filled(t, d, 1)
			other := connect(t, cfg)
			done := make(chan error, 1)
			err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
				return s.Batches(ctx, migration.Batch{Table: "items", Columns: []string{"hits"}, Each: func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
					go func() {
						_, err := other.SQL().ExecContext(ctx, "UPDATE items SET hits = hits + 1")
						done <- err
					}()
					require.Eventually(t, func() bool { return waits(ctx, other.SQL(), d) }, 20*time.Second, 150*time.Millisecond) // MySQL looks anew after 100 ms without a question
					var id, hits int64
					if err := row.Scan(&id, &hits); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, "UPDATE items SET hits = ? WHERE id = ?", hits+10, id)
					return err
				}})
			}}, nil)
			require.NoError(t, err)
			require.NoError(t, <-done)
			require.Equal(t, 11, count(t, db, "SELECT hits FROM items"))
		})
	}
}

// waits reports whether a statement of this database waits for the lock of a row.
func waits(ctx context.Context, db *sql.DB, d config.Dialect) bool {
	query := "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
	if d == config.MySQL {
		query = "SELECT count(*) FROM information_schema.innodb_trx JOIN information_schema.processlist ON trx_mysql_thread_id = processlist.id WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()"
	}
	var n int
	return db.QueryRowContext(ctx, query).Scan(&n) == nil && n > 0
}
