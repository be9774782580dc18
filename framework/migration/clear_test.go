package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// Clear empties a database of whatever is in it, without dropping it, and it
// can be migrated anew. The lock file of SQLite stays.
//
// Covers: G46.
func TestClear(t *testing.T) {
	t.Parallel()
	more := map[config.Dialect][]string{
		config.SQLite: {
			"CREATE VIEW v AS SELECT id FROM users", "CREATE VIRTUAL TABLE boxes USING rtree(id, low, high)",
			"CREATE TABLE child (id integer REFERENCES users (id) ON DELETE RESTRICT)", "INSERT INTO child VALUES (1)",
			"CREATE TABLE counted (id integer PRIMARY KEY AUTOINCREMENT)", "CREATE TRIGGER noted AFTER INSERT ON users BEGIN SELECT 1; END",
		},
		config.Postgres: {
			"CREATE EXTENSION pg_trgm", "CREATE TYPE mood AS ENUM ('ok')", "CREATE DOMAIN short AS varchar(3) CHECK (VALUE <> '')",
			"CREATE TABLE child (id integer REFERENCES users (id), mood mood, serial serial, s short)", "CREATE VIEW v AS SELECT id FROM child",
			"CREATE MATERIALIZED VIEW mv AS SELECT id FROM v", "CREATE SEQUENCE \"Odd \"\"name\"", "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
			"CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a'",
			"CREATE TABLE parts (n int) PARTITION BY RANGE (n)", "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (9)",
		},
		config.MySQL: {
			"CREATE VIEW v AS SELECT id FROM users", "CREATE TABLE child (id integer PRIMARY KEY, CONSTRAINT child_user FOREIGN KEY (id) REFERENCES users (id))",
			"CREATE TABLE `odd ``name` (id integer)", "CREATE PROCEDURE p() SELECT 1", "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1",
			"CREATE TRIGGER noted AFTER INSERT ON users FOR EACH ROW SET @n = 1", "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO SELECT 1",
		},
	}
	left := map[config.Dialect]string{
		config.SQLite: "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite%'",
		config.Postgres: "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) + " +
			"(SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = 'f') + " +
			"(SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname IN ('mood', 'short'))",
		config.MySQL: "SELECT (SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()) + " +
			"(SELECT count(*) FROM information_schema.routines WHERE routine_schema = DATABASE()) + " +
			"(SELECT count(*) FROM information_schema.events WHERE event_schema = DATABASE())",
	}
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		m := migrator(t, db, three(t))
		dropped, err := m.Clear(t.Context())
		require.NoError(t, err)
		require.Empty(t, dropped)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		for _, statement := range more[d] {
			run(t, db, statement)
		}
		dropped, err = m.Clear(t.Context())
		require.NoError(t, err)
		for _, name := range []string{"table users", "table child", "view v", "table atlas_schema_revisions"} {
			require.Contains(t, dropped, name)
		}
		require.Zero(t, count(t, db, left[d]))
		if d == config.SQLite {
			require.Equal(t, 1, count(t, db, "PRAGMA foreign_keys"))
		}
		if d == config.Postgres {
			require.Equal(t, 1, count(t, db, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"), "it is not ours")
		}
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
	})
}

// A database that may not be touched by others is not cleared either.
func TestClearTakesTheLock(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		other, err := migration.Open(connect(t, cfg), three(t), migration.LockTimeout(-1))
		require.NoError(t, err)
		_, err = migrator(t, db, three(t)).Upgrade(t.Context(), migration.UpgradeOptions{To: v1, Progress: func(migration.Step) {
			for name, do := range map[string]func() error{
				"clear":     func() error { _, err := other.Clear(t.Context()); return err },
				"stamp":     func() error { return other.Stamp(t.Context(), v2) },
				"forget":    func() error { return other.Forget(t.Context()) },
				"downgrade": func() error { _, err := other.Downgrade(t.Context(), migration.DowngradeOptions{}); return err },
			} {
				if err := do(); err == nil {
					t.Errorf("%s does not take the lock", name)
				}
			}
		}})
		require.NoError(t, err)
	})
}

// With a SQLite database goes the lock of its migrations.
func TestDropRemovesTheLock(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	_, err := migrator(t, db, three(t)).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	lock := cfg.URL.Database + migration.LockSuffix
	require.FileExists(t, lock)
	dropped, err := database.Drop(t.Context(), cfg)
	require.NoError(t, err)
	require.True(t, dropped)
	require.NoFileExists(t, lock)
}
