package database_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A statement whose context ended does not go on running on the server, and what
// its transaction had locked is free.
//
// Covers: F63, A44.
func TestNothingAbandonedGoesOn(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == config.SQLite {
			return // it has no server, and its statements are interrupted
		}
		notesTable(t, db)
		require.NoError(t, addNote(t.Context(), db, 1))
		long := pick(db, ``, `SELECT pg_sleep(60)`, `SELECT BENCHMARK(100000000, SHA2('abandoned', 512))`) // SLEEP would look after its client itself
		for name, abandon := range map[string]func(ctx context.Context) error{
			"statement": func(ctx context.Context) error {
				_, err := db.SQL().ExecContext(ctx, long)
				return err
			},
			"transaction": func(ctx context.Context) error {
				return db.Transact(ctx, func(ctx context.Context) error {
					if err := entExec(ctx, db, `UPDATE notes SET n = 2`); err != nil {
						return err
					}
					return entExec(ctx, db, long)
				})
			},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			require.Error(t, abandon(ctx), name)
			cancel()
			running := pick(db, ``,
				`SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`,
				`SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%BENCHMARK(%' AND id <> CONNECTION_ID()`)
			require.Eventually(t, func() bool { return count(t, db, running) == 0 }, 10*time.Second, 20*time.Millisecond, name)
			ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
			require.NoError(t, entExec(ctx, db, `UPDATE notes SET n = 1`), name)
			cancel()
		}
	})
}
