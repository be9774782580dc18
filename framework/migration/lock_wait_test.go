package migration_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// A forgotten transaction does not make a migration stand in the way of all
// readers for ever: it gives up, leaves nothing behind and says what to do. How
// long it waits can be said in the database URL.
//
// Covers: G22.
func TestUpgradeDoesNotWaitForEverBehindATransaction(t *testing.T) {
	t.Parallel()
	for d, limit := range map[config.Dialect]struct{ setting, url string }{
		config.Postgres: {"lock_timeout", "400ms"}, config.MySQL: {"lock_wait_timeout", "1"},
	} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			db, cfg := open(t, d)
			dir := folder(t, "20260101000001_users.sql", "CREATE TABLE users (id int);\n")
			_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			add(t, dir.Path(), "20260101000002_age.sql", "ALTER TABLE users ADD COLUMN age int;\n")

			forgotten, err := db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			defer func() { _ = forgotten.Rollback() }()
			_, err = forgotten.ExecContext(t.Context(), "SELECT count(*) FROM users")
			require.NoError(t, err)

			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			_, err = migrator(t, db, dir).Upgrade(ctx, migration.UpgradeOptions{})
			require.NoError(t, ctx.Err())
			var failed *migration.StatementError
			require.ErrorAs(t, err, &failed)
			require.True(t, failed.RolledBack)
			require.ErrorContains(t, err, limit.setting+"=")

			params := map[string][]string{limit.setting: {limit.url}}
			maps.Copy(params, cfg.URL.Params)
			cfg.URL.Params = params
			began := time.Now()
			_, err = migrator(t, connect(t, cfg), dir).Upgrade(ctx, migration.UpgradeOptions{})
			require.ErrorAs(t, err, &failed)
			require.Less(t, time.Since(began), 8*time.Second)

			require.NoError(t, forgotten.Rollback())
			_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
		})
	}
}

// CREATE INDEX CONCURRENTLY waits for transactions without holding up anybody,
// so that it may wait for longer.
//
// Covers: G20, H20.
func TestConcurrentIndexWaitsForTransactions(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.Postgres)
	dir := folder(t, "20260101000001_users.sql", "CREATE TABLE users (id int);\n",
		"20260101000002_index.sql", "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY users_id ON users (id);\nSELECT set_config('test.limit', current_setting('lock_timeout'), false);\nCREATE TABLE seen AS SELECT current_setting('test.limit') AS lim;\n")
	_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{To: v1})
	require.NoError(t, err)
	slow, err := db.SQL().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = slow.Rollback() }()
	_, err = slow.ExecContext(t.Context(), "INSERT INTO users VALUES (1)")
	require.NoError(t, err)
	time.AfterFunc(11*time.Second, func() { _ = slow.Commit() })
	_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM seen WHERE lim = '10s'"))
}
