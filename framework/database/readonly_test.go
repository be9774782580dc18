package database_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// closedFile is a database with a table and a row in a journal mode, without
// files beside it.
func closedFile(t *testing.T, journal string) config.Database {
	t.Helper()
	cfg := testkit.Create(t, testkit.SQLite)
	cfg.URL.Params = map[string][]string{"_journal_mode": {journal}}
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	exec(t, db, `CREATE TABLE notes (n int); INSERT INTO notes VALUES (1)`)
	require.NoError(t, db.Close())
	cfg.URL.Params = nil
	return cfg
}

func requireReadable(t *testing.T, cfg config.Database) {
	t.Helper()
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM notes`))
	_, err = db.SQL().ExecContext(t.Context(), `INSERT INTO notes VALUES (2)`)
	require.ErrorContains(t, err, "check the permissions of "+cfg.URL.Database)
	err = inTx(t.Context(), db, `INSERT INTO notes VALUES (2)`)
	require.ErrorContains(t, err, "check the permissions of "+cfg.URL.Database)
}

// A file that may not be written can be read, whatever its journal; what would
// write says which file it is. immutable binds root too.
func TestSQLiteReadOnlyFile(t *testing.T) {
	t.Parallel()
	for _, journal := range []string{"DELETE", "WAL"} {
		require.NoError(t, database.PrepareReadOnly(t.Context(), closedFile(t, journal).URL), journal)
		for _, params := range []map[string][]string{{"immutable": {"1"}}, {"immutable": {"1"}, "mode": {"ro"}}} {
			cfg := closedFile(t, journal)
			cfg.URL.Params = params
			requireReadable(t, cfg)
		}
	}
}

// In a folder that may not be written, WAL is what cannot be read: the error names
// the way out, which is one.
func TestSQLiteReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("permissions do not bind root")
	}
	locked := func(journal string) config.Database {
		cfg := closedFile(t, journal)
		folder := filepath.Dir(cfg.URL.Database)
		require.NoError(t, os.Chmod(cfg.URL.Database, 0o400))
		require.NoError(t, os.Chmod(folder, 0o500))
		t.Cleanup(func() { require.NoError(t, os.Chmod(folder, 0o700)) })
		return cfg
	}
	requireReadable(t, locked("DELETE"))
	cfg := locked("WAL")
	_, err := database.Open(t.Context(), cfg)
	var open *database.OpenError
	require.ErrorAs(t, err, &open)
	require.Contains(t, open.Error(), cfg.URL.Database)
	require.Contains(t, open.Hint, "?mode=ro&immutable=1")
	cfg.URL.Params = map[string][]string{"immutable": {"1"}, "mode": {"ro"}}
	requireReadable(t, cfg)
}
