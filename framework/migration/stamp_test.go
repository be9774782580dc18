package migration_test

import (
	"os"
	"path/filepath"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// Stamp adopts a database that has its tables already, forwards and backwards,
// and runs nothing.
//
// Covers: G48.
func TestStamp(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		run(t, db, "CREATE TABLE users (id integer PRIMARY KEY, name varchar(50))")
		m := migrator(t, db, reversible(t))
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var notEmpty *migration.NotEmptyError
		require.ErrorAs(t, err, &notEmpty)
		require.ErrorContains(t, err, "stamp")

		var unknown *migration.UnknownVersionError
		require.ErrorAs(t, m.Stamp(t.Context(), "20990101000000"), &unknown)
		require.NoError(t, m.Stamp(t.Context(), ""))
		require.Equal(t, 1, tables(t, db)-map[config.Dialect]int{config.SQLite: 0}[d], "no history is made for nothing")

		require.NoError(t, m.Stamp(t.Context(), v1))
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, v1, status.Current)
		require.NoError(t, status.Problem)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))

		require.NoError(t, m.Stamp(t.Context(), v2))
		status, err = m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, v2, status.Current)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
		done, err := m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		require.Equal(t, v1, done.Current)

		require.NoError(t, m.Stamp(t.Context(), ""))
		require.Zero(t, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))
		require.NoError(t, m.Stamp(t.Context(), v3))
		require.NoError(t, m.Forget(t.Context()))
		require.Zero(t, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))
	})
}

// A file that stopped half-way and was finished by hand is settled by stamping
// it: nothing of it runs again, also with the stock atlas, which looks at these
// columns.
//
// Covers: G48.
func TestStampSettlesHalfAppliedFile(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.MySQL)
	dir := folder(t, first, "CREATE TABLE a (id integer);\nCREATE TABLE a (id integer);\n")
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.Error(t, err)
	require.NoError(t, m.Stamp(t.Context(), v1))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE applied = total AND error IS NULL AND error_stmt IS NULL AND partial_hashes IS NULL"))
	done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Empty(t, done.Steps)
}

// A file that was changed after it was applied is found although its folder's
// checksums were refreshed, and although files were added since. Stamping
// accepts it.
//
// Covers: H34.
func TestEditedFileIsFound(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := three(t)
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		edited := func() (versions []string) {
			status, err := m.Status(t.Context())
			require.NoError(t, err)
			for _, item := range status.Migrations {
				if item.Edited {
					versions = append(versions, item.Version)
				}
			}
			return versions
		}
		add(t, dir.Path(), "20260101000009_more.sql", "CREATE TABLE more (id integer);\n")
		require.Empty(t, edited())
		add(t, dir.Path(), second, "ALTER TABLE users ADD COLUMN years integer;\n")
		require.Equal(t, []string{v2}, edited())
		require.NoError(t, m.Stamp(t.Context(), v3))
		require.Empty(t, edited())
	})
}

// The revisions of the stock atlas carry checksums of all files so far: the
// first that differs is edited, of the others nothing is known.
//
// Covers: H34.
func TestEditedFileOfStockAtlas(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	dir := three(t)
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	run(t, db, "UPDATE atlas_schema_revisions SET operator_version = 'Atlas CLI v1'")
	edited := func() (versions []string) {
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		for _, item := range status.Migrations {
			if item.Edited {
				versions = append(versions, item.Version)
			}
		}
		return versions
	}
	require.Empty(t, edited())
	add(t, dir.Path(), second, "ALTER TABLE users ADD COLUMN years integer;\n")
	require.Equal(t, []string{v2}, edited())
	require.NoError(t, os.Remove(filepath.Join(dir.Path(), first)))
	add(t, dir.Path())
	require.NotContains(t, edited(), v3)
}

// A database that is adopted where the folder begins with a checkpoint begins
// with it as well, as a new one does.
func TestStampAtCheckpoint(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	run(t, db, "CREATE TABLE a (id integer)")
	dir := folder(t, first, "CREATE TABLE a (id integer);\n", second, "-- atlas:checkpoint\n\nCREATE TABLE a (id integer);\n",
		third, "CREATE TABLE b (id integer);\n")
	m := migrator(t, db, dir)
	require.NoError(t, m.Stamp(t.Context(), v2))
	done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Len(t, done.Steps, 1)
	local, err := migrate.NewLocalDir(dir.Path())
	require.NoError(t, err)
	require.NoError(t, migrate.Validate(local))
}
