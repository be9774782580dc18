package migration_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// stock returns what runs the stock atlas, on a folder
// and a database.
func stock(t *testing.T, cfg config.Database, dir *migration.Dir) func(command string) (string, error) {
	t.Helper()
	program := newStockAtlas(t, dir, cfg).program
	return func(command string) (string, error) {
		out, err := exec.CommandContext(t.Context(), program, "migrate", command,
			"--dir", "file://"+dir.Path(), "--url", atlasURL(cfg.URL)).CombinedOutput()
		return string(out), err
	}
}

// What the stock atlas finds after a downgrade, and after a stamp, is a
// database that was never further, and it goes on from there.
//
// Covers: G26, G48, H11.
func TestStockAtlasAfterDowngradeAndStamp(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := reversible(t)
		m := migrator(t, db, dir)
		atlas := stock(t, cfg, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{To: v1})
		require.NoError(t, err)
		for _, command := range []string{"status", "apply", "status"} {
			out, err := atlas(command)
			require.NoError(t, err, "%s", out)
		}
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, v3, status.Current)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err, "of what atlas applied")
		require.NoError(t, m.Stamp(t.Context(), v3))
		out, err := atlas("status")
		require.NoError(t, err, "%s", out)
		require.Contains(t, out, "Migration Status: OK")
	})
}

// The stock atlas runs the statement of an intent that did not happen, and
// nothing of a migration that is half undone.
//
// Covers: G26, H30.
func TestStockAtlasAfterKill(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.MySQL)
	dir := folder(t, first, "CREATE TABLE a (id integer);\nCREATE TABLE a (id integer);\nCREATE TABLE c (id integer);\n")
	m := migrator(t, db, dir)
	atlas := stock(t, cfg, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.Error(t, err)
	add(t, dir.Path(), first, "CREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\nCREATE TABLE c (id integer);\n")
	run(t, db, "UPDATE atlas_schema_revisions SET error = 'statement 2 of 3 was begun [up 2 x y]', error_stmt = 'CREATE TABLE b (id integer);'")
	out, err := atlas("status")
	require.NoError(t, err, "%s", out)
	out, err = atlas("apply")
	require.NoError(t, err, "%s", out)
	require.Equal(t, 4, tables(t, db))

	undo(t, dir, first, "DROP TABLE c;\nDROP TABLE nowhere;\nDROP TABLE b;\nDROP TABLE a;\n")
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	var failed *migration.StatementError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 3, tables(t, db), "%v", err)
	for _, command := range []string{"apply", "status"} {
		out, err := atlas(command)
		require.NoError(t, err, "%s", out)
	}
	require.Equal(t, 3, tables(t, db))
	undo(t, dir, first, "DROP TABLE c;\nDROP TABLE b;\nDROP TABLE a;\n")
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, tables(t, db))
}
