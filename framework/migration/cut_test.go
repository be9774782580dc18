package migration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// unrepeatable are migrations of which no statement can run twice without an
// error or a wrong sum, and their way back.
func unrepeatable(t *testing.T, d config.Dialect) *migration.Dir {
	t.Helper()
	up := "CREATE TABLE a (id integer PRIMARY KEY, n integer NOT NULL);\nINSERT INTO a (id, n) VALUES (1, 1);\n" +
		"ALTER TABLE a ADD COLUMN m integer;\nUPDATE a SET n = n + 10;\nCREATE INDEX a_n ON a (n);\nINSERT INTO a (id, n) VALUES (2, 2);\n"
	down := "DELETE FROM a WHERE id = 2;\nDROP INDEX a_n;\nUPDATE a SET n = n - 10;\nALTER TABLE a DROP COLUMN m;\nDROP TABLE a;\n"
	switch d {
	case config.MySQL:
		down = "DELETE FROM a WHERE id = 2;\nDROP INDEX a_n ON a;\nUPDATE a SET n = n - 10;\nALTER TABLE a DROP COLUMN m;\nDROP TABLE a;\n"
	case config.Postgres:
		up = "-- atlas:txmode none\n\nCREATE TABLE a (id integer PRIMARY KEY, n integer NOT NULL);\nINSERT INTO a (id, n) VALUES (1, 1);\n" +
			"CREATE INDEX CONCURRENTLY a_n ON a (n);\nUPDATE a SET n = n + 10;\nCREATE TYPE mood AS ENUM ('sad');\nALTER TYPE mood ADD VALUE 'ok';\n" +
			"CREATE UNIQUE INDEX CONCURRENTLY \"A n\" ON a (n, id);\nINSERT INTO a (id, n) VALUES (2, 2);\n"
		down = "-- atlas:txmode none\n\nDELETE FROM a WHERE id = 2;\nDROP INDEX CONCURRENTLY a_n;\nUPDATE a SET n = n - 10;\nDROP INDEX CONCURRENTLY \"A n\";\nDROP TABLE a;\nDROP TYPE mood;\n"
	case config.SQLite:
	}
	dir := folder(t, first, up, second, "UPDATE a SET n = n * 3;\nINSERT INTO a (id, n) VALUES (3, 3);\n")
	undo(t, dir, first, down, second, "DELETE FROM a WHERE id = 3;\nUPDATE a SET n = n / 3;\n")
	return dir
}

// whole checks that all of unrepeatable has happened once.
func whole(t *testing.T, db *database.DB) {
	t.Helper()
	require.Equal(t, 33+6+3, count(t, db, "SELECT sum(n) FROM a"))
	require.Equal(t, 3, count(t, db, "SELECT count(*) FROM a"))
	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE applied = total AND error IS NULL AND partial_hashes IS NULL"))
	if db.Dialect() == config.Postgres {
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relname = 'a' AND x.indisvalid"))
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM pg_enum"))
	}
}

// The line is cut after each single message, on the way up and on the way down.
// Whatever the server has made of the last one, the next run goes on to the
// right end, and no statement is run twice or left out.
//
// Covers: G20, G22, G26, H30.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	for _, d := range []config.Dialect{config.Postgres, config.MySQL} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			db, cfg := open(t, d)
			dir := unrepeatable(t, d)
			m := migrator(t, db, dir)
			p, through := newProxy(t, cfg)
			for cut := 1; ; cut++ {
				_, err := m.Clear(t.Context())
				require.NoError(t, err)
				upErr := cutting(t, p, through, dir, cut, func(m *migration.Migrator) error {
					_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
					return err
				})
				_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
				require.NoError(t, err, "cut %d: %v", cut, upErr)
				whole(t, db)
				downErr := cutting(t, p, through, dir, cut, func(m *migration.Migrator) error {
					_, err := m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
					return err
				})
				_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
				require.NoError(t, err, "cut %d: %v", cut, downErr)
				require.Equal(t, 1, tables(t, db), "the history alone")
				require.Zero(t, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))
				if upErr == nil && downErr == nil {
					require.Greater(t, cut, 20)
					return
				}
			}
		})
	}
}

// A statement that was begun, and of which nobody knows whether it has
// happened, must not be replaced by another.
//
// Covers: H34.
func TestBegunStatementMustNotChange(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.MySQL)
	const text = "CREATE TABLE a (id integer);\n"
	dir := folder(t, first, text)
	m := migrator(t, db, dir)
	p, through := newProxy(t, cfg)
	begun := false
	for cut := 1; !begun; cut++ {
		_, err := m.Clear(t.Context())
		require.NoError(t, err)
		err = cutting(t, p, through, dir, cut, func(m *migration.Migrator) error {
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
			return err
		})
		require.Error(t, err, "it was never begun")
		_, _ = m.Downgrade(t.Context(), migration.DowngradeOptions{}) // there is no down file: it only waits for the lock
		begun = tables(t, db) == 2 && count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE error LIKE '%begun%'") == 1
	}
	add(t, dir.Path(), first, "CREATE TABLE b (id integer);\n")
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	var changed *migration.FileChangedError
	require.ErrorAs(t, err, &changed)
	require.ErrorContains(t, err, "stamp")
	add(t, dir.Path(), first, text)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Equal(t, 2, tables(t, db))
}

// cutting runs do through the proxy, which cuts the line.
func cutting(t *testing.T, p *proxy, cfg config.Database, dir *migration.Dir, cut int, do func(*migration.Migrator) error) error {
	t.Helper()
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	m, err := migration.Open(db, dir, migration.LockTimeout(time.Minute))
	require.NoError(t, err)
	p.cutAfter(cut)
	err = do(m)
	p.cutAfter(-1)
	_ = db.Close() // its connection may be cut
	return err
}
