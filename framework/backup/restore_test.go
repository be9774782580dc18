package backup_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// copied fills a database and returns its backup.
func copied(t *testing.T, cfg config.Database) (path, dir string) {
	t.Helper()
	fill(t, cfg)
	dir = t.TempDir()
	result, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: dir, Verify: backup.Read})
	require.NoError(t, err)
	return result.Path, dir
}

// A database with tables is replaced only when that is asked for, and when nobody
// else has it open.
func TestRestoreReplaces(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, cfg config.Database) {
		path, dir := copied(t, cfg)
		run(t, cfg, "DELETE FROM users WHERE id > 9", "CREATE TABLE later (id INT)")

		_, err := backup.Restore(t.Context(), cfg, path, backup.RestoreOptions{Dir: dir})
		var full *backup.NotEmptyError
		require.ErrorAs(t, err, &full)
		require.Positive(t, full.Tables)

		with(t, cfg, func(db *database.DB) {
			require.NoError(t, db.Ping(t.Context()))
			_, err := backup.Restore(t.Context(), cfg, path, backup.RestoreOptions{Replace: true, Dir: dir})
			var used *backup.InUseError
			require.ErrorAs(t, err, &used)
		})
		require.Equal(t, 10, number(t, cfg, "SELECT count(*) FROM users"))

		result, err := backup.Restore(t.Context(), cfg, path, backup.RestoreOptions{Replace: true, Dir: dir})
		require.NoError(t, err)
		require.EqualValues(t, 1205, result.Rows())
		require.Equal(t, 1200, number(t, cfg, "SELECT count(*) FROM users"))
		with(t, cfg, func(db *database.DB) {
			_, err := db.SQL().ExecContext(t.Context(), "SELECT * FROM later")
			require.Error(t, err, "the table is not in the backup")
		})
		if cfg.URL.Dialect == config.MySQL {
			require.FileExists(t, result.Previous)
		}
	})
}

// An empty database is filled, however it came to be empty.
func TestRestoreIntoEmpty(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, cfg config.Database) {
		path, _ := copied(t, cfg)
		empty := testkit.Create(t, testkit.Engine(cfg.URL.Dialect))
		_, err := backup.Restore(t.Context(), empty, path, backup.RestoreOptions{})
		require.NoError(t, err)
		require.Equal(t, 1200, number(t, empty, "SELECT count(*) FROM users"))
	})
}

// A bad file is refused before anything is touched, whatever is bad about it.
func TestBadBackupChangesNothing(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, cfg config.Database) {
		path, dir := copied(t, cfg)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		short := filepath.Join(dir, "short")
		require.NoError(t, os.WriteFile(short, whole[:len(whole)*2/3], 0o600))
		spoilt := filepath.Join(dir, "spoilt")
		require.NoError(t, os.WriteFile(spoilt, whole, 0o600))
		damage(t, spoilt)
		for _, bad := range []string{short, spoilt} {
			_, err := backup.Restore(t.Context(), cfg, bad, backup.RestoreOptions{Replace: true, Dir: dir})
			require.Error(t, err, bad)
			require.Equal(t, 1200, number(t, cfg, "SELECT count(*) FROM users"), bad)
			absent := testkit.Reserve(t, testkit.Engine(cfg.URL.Dialect))
			_, err = backup.Restore(t.Context(), absent, bad, backup.RestoreOptions{})
			require.Error(t, err, bad)
			there, err := database.Exists(t.Context(), absent)
			require.NoError(t, err)
			require.False(t, there, bad)
		}
		if cfg.URL.Dialect == config.SQLite {
			require.ElementsMatch(t, []string{"test.db"}, files(t, filepath.Dir(cfg.URL.Database)))
		}
	})
}

// A backup of another kind is named as what it is.
func TestRestoreOfAnotherDialect(t *testing.T) {
	t.Parallel()
	source := testkit.Create(t, testkit.SQLite)
	path, dir := copied(t, source)
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.MySQL} {
		_, err := backup.Restore(t.Context(), testkit.Reserve(t, engine), path, backup.RestoreOptions{})
		var wrong *backup.FormatError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, backup.SQLiteFile, wrong.Found)
	}
	text := filepath.Join(dir, "text")
	require.NoError(t, os.WriteFile(text, []byte("hello"), 0o600))
	_, err := backup.Restore(t.Context(), source, text, backup.RestoreOptions{Replace: true})
	require.ErrorContains(t, err, "is no backup")
	_, err = backup.Restore(t.Context(), source, filepath.Join(dir, "none"), backup.RestoreOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
}
