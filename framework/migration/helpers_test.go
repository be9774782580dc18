package migration_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
)

// server returns a configuration whose database does not exist yet and is
// dropped when the test ends.
func server(t *testing.T, d config.Dialect) config.Database {
	t.Helper()
	return testkit.Reserve(t, testkit.Engine(d))
}

// open creates and opens an empty database.
func open(t *testing.T, d config.Dialect) (*database.DB, config.Database) {
	t.Helper()
	cfg := server(t, d)
	_, err := database.Create(t.Context(), cfg)
	require.NoError(t, err)
	return connect(t, cfg), cfg
}

func connect(t *testing.T, cfg config.Database) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestMain(m *testing.M) { testkit.Main(m) }

// eachDialect runs a test on every dialect, in parallel.
func eachDialect(t *testing.T, test func(t *testing.T, d config.Dialect)) {
	t.Helper()
	for _, d := range []config.Dialect{config.SQLite, config.Postgres, config.MySQL} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

// folder writes migrations and their atlas.sum; names and texts alternate.
func folder(t *testing.T, namesAndTexts ...string) *migration.Dir {
	t.Helper()
	path := t.TempDir()
	add(t, path, namesAndTexts...)
	return migration.OpenDir(path)
}

// add writes further migrations and refreshes atlas.sum.
func add(t *testing.T, path string, namesAndTexts ...string) {
	t.Helper()
	for i := 0; i < len(namesAndTexts); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(path, namesAndTexts[i]), []byte(namesAndTexts[i+1]), 0o600))
	}
	dir, err := migrate.NewLocalDir(path)
	require.NoError(t, err)
	sum, err := dir.Checksum()
	require.NoError(t, err)
	require.NoError(t, migrate.WriteSumFile(dir, sum))
}

func migrator(t *testing.T, db *database.DB, dir *migration.Dir) *migration.Migrator {
	t.Helper()
	m, err := migration.Open(db, dir, migration.LockTimeout(time.Minute))
	require.NoError(t, err)
	return m
}

func count(t *testing.T, db *database.DB, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), query, args...).Scan(&n))
	return n
}

func run(t *testing.T, db *database.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		_, err := db.SQL().ExecContext(t.Context(), s)
		require.NoError(t, err, s)
	}
}
