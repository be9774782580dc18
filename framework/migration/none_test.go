package migration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
)

const none = "-- atlas:txmode none\n\n"

// An index that could not be built concurrently leaves nothing behind, so that
// the upgrade goes on once the rows are right.
//
// Covers: G22.
func TestFailedConcurrentIndex(t *testing.T) {
	t.Parallel()
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.PostgresPQ} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db := testkit.Open(t, engine)
			dir := folder(t, first, none+"CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), (1);\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n")
			m := migrator(t, db, dir)
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
			var failed *migration.StatementError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 2, failed.Applied)
			require.False(t, failed.Unknown)
			require.Zero(t, count(t, db, "SELECT count(*) FROM pg_class WHERE relname = 'a_id'"))
			run(t, db, "DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)")
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Equal(t, 1, count(t, db, "SELECT count(*) FROM pg_index WHERE indexrelid = 'a_id'::regclass AND indisvalid"))
		})
	}
}

// A migrator that was killed while PostgreSQL built an index has left it
// invalid: the next one drops it and builds it again, or names it if it cannot
// know that it is the one.
func TestHalfBuiltIndex(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ statement, leftover string }{
		"named":   {"CREATE INDEX CONCURRENTLY a_id ON a (id);\n", ""},
		"quoted":  {"CREATE INDEX CONCURRENTLY IF NOT EXISTS \"A id\" ON a (id);\n", ""},
		"unnamed": {"CREATE INDEX CONCURRENTLY ON a (id);\n", "a_id_idx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, cfg := open(t, config.Postgres)
			dir := folder(t, first, "CREATE TABLE a (id integer);\n", second, none+c.statement)
			m := migrator(t, db, dir)
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: v1})
			require.NoError(t, err)

			blocker, err := db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = blocker.ExecContext(t.Context(), "INSERT INTO a VALUES (1)") // the build waits for it
			require.NoError(t, err)
			result := make(chan error)
			other := migrator(t, connect(t, cfg), dir)
			go func() {
				_, err := other.Upgrade(t.Context(), migration.UpgradeOptions{})
				result <- err
			}()
			terminateBuild(t, db)
			var failed *migration.StatementError
			require.ErrorAs(t, <-result, &failed)
			require.True(t, failed.Unknown)
			require.NoError(t, blocker.Rollback())
			require.Equal(t, 1, count(t, db, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"))

			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			if c.leftover != "" {
				var invalid *migration.InvalidIndexError
				require.ErrorAs(t, err, &invalid)
				require.Equal(t, []string{c.leftover}, invalid.Indexes)
				run(t, db, "DROP INDEX "+c.leftover)
				_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			}
			require.NoError(t, err)
			require.Equal(t, 1, count(t, db, "SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass AND indisvalid"))
			require.Zero(t, count(t, db, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"))
		})
	}
}

// terminateBuild ends the session that builds an index, once it does.
func terminateBuild(t *testing.T, db *database.DB) {
	t.Helper()
	require.Eventually(t, func() bool {
		return count(t, db, "SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_progress_create_index p JOIN pg_stat_activity a USING (pid) "+
			"WHERE a.datname = current_database() AND p.phase LIKE 'waiting%' AND EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)") > 0
	}, 30*time.Second, 20*time.Millisecond)
}

// A file without a transaction may begin its own, and may hold what cannot be
// in one. What fails in it is rolled back as it says, together with the notes.
func TestTransactionsOfTheFile(t *testing.T) {
	t.Parallel()
	for _, d := range []config.Dialect{config.SQLite, config.Postgres} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			db, _ := open(t, d)
			const begun = none + "CREATE TABLE a (id integer PRIMARY KEY);\nBEGIN;\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n"
			dir := folder(t, first, begun+"INSERT INTO a VALUES (1);\nCOMMIT;\n", second, none+"VACUUM;\nINSERT INTO a VALUES (9);\n")
			m := migrator(t, db, dir)
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
			var failed *migration.StatementError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 1, failed.Applied)
			require.Zero(t, count(t, db, "SELECT count(*) FROM a"))
			add(t, dir.Path(), first, begun+"INSERT INTO a VALUES (3);\nCOMMIT;\n")
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Equal(t, 4, count(t, db, "SELECT count(*) FROM a"))
		})
	}
}

// What a migration does to its connection does not reach the application's.
func TestSettingsStayInTheMigration(t *testing.T) {
	t.Parallel()
	for d, c := range map[config.Dialect]struct{ set, ask string }{
		config.Postgres: {"SET work_mem = '77MB';\n", "SELECT count(*) FROM pg_settings WHERE name = 'work_mem' AND setting = '78848'"},
		config.MySQL:    {"SET SESSION foreign_key_checks = 0;\nCREATE TABLE a (id integer);\n", "SELECT @@foreign_key_checks = 0"},
	} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			_, cfg := open(t, d)
			cfg.Pool.Size = 1
			db := connect(t, cfg)
			_, err := migrator(t, db, folder(t, first, c.set)).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Zero(t, count(t, db, c.ask))
		})
	}
}

// While a file of MySQL runs, each statement that is done can be seen and is
// noted, and the settings that it made are made again when it is resumed.
//
// Covers: H30.
func TestMySQLCommitsStatementByStatement(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.MySQL)
	gate, release := newGate(t, db)
	head := "SET SESSION foreign_key_checks = 0;\nCREATE TABLE c (id integer PRIMARY KEY, CONSTRAINT c_p FOREIGN KEY (id) REFERENCES p (id));\n" +
		"INSERT INTO c VALUES (1);\n" + gate
	const tail = "CREATE TABLE p (id integer PRIMARY KEY);\n"
	dir := folder(t, first, head+"INSERT INTO c VALUES (1);\n"+tail)
	m := migrator(t, db, dir)
	result := make(chan error)
	go func() {
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		result <- err
	}()
	require.Eventually(t, func() bool {
		return tables(t, db) == 2 && count(t, db, "SELECT count(*) FROM c") == 1 && count(t, db, "SELECT applied FROM atlas_schema_revisions") == 3
	}, 30*time.Second, 20*time.Millisecond)
	release()
	var failed *migration.StatementError
	require.ErrorAs(t, <-result, &failed)
	require.Equal(t, 4, failed.Applied)
	add(t, dir.Path(), first, head+"INSERT INTO c VALUES (2);\n"+tail)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err, "without the setting the row would be refused")
	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM c"))
}

// The lock of MySQL, whose name belongs to the whole server, holds for one
// database only.
//
// Covers: G60.
func TestMySQLLocksOneDatabase(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.MySQL)
	other, _ := open(t, config.MySQL)
	dir := three(t)
	_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{To: v1, Progress: func(migration.Step) {
		m, err := migration.Open(other, dir, migration.LockTimeout(-1))
		if err == nil {
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		}
		if err != nil {
			t.Error(err)
		}
	}})
	require.NoError(t, err)
	require.Equal(t, 2, count(t, other, "SELECT count(*) FROM users"))
}

// Not everyone takes the lock file beside a SQLite database. A file that such a
// one applies in the last moment is not applied again.
//
// Covers: G60.
func TestSQLiteLooksAgainUnderItsOwnLock(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	m := migrator(t, db, reversible(t))
	const record = "INSERT INTO atlas_schema_revisions (version, description, applied, total, executed_at, execution_time, hash, operator_version) " +
		"VALUES ('" + v1 + "', 'x', 1, 1, '2026-01-01 00:00:00', 0, '', 'other')"
	done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: v1, Progress: func(migration.Step) {
		for _, s := range []string{"CREATE TABLE users (id integer PRIMARY KEY, name varchar(50))", record} {
			if _, err := db.SQL().ExecContext(t.Context(), s); err != nil {
				t.Error(err)
			}
		}
	}})
	require.NoError(t, err)
	require.Empty(t, done.Steps)
	require.Equal(t, v1, done.Current)
	undone, err := m.Downgrade(t.Context(), migration.DowngradeOptions{Progress: func(migration.Step) {
		for _, s := range []string{"DROP TABLE users", "DELETE FROM atlas_schema_revisions"} {
			if _, err := db.SQL().ExecContext(t.Context(), s); err != nil {
				t.Error(err)
			}
		}
	}})
	require.NoError(t, err)
	require.Empty(t, undone.Steps)
	require.Empty(t, undone.Current)
}
