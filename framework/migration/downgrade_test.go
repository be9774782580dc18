package migration_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// undo writes down files, named after the migrations that they undo, and
// refreshes the checksums; names and texts alternate.
func undo(t *testing.T, dir *migration.Dir, namesAndTexts ...string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir.Path(), "down"), 0o750))
	for pair := range slices.Chunk(namesAndTexts, 2) {
		path := filepath.Join(dir.Path(), "down", strings.TrimSuffix(pair[0], ".sql")+".down.sql")
		require.NoError(t, os.WriteFile(path, []byte(pair[1]), 0o600))
	}
	_, err := dir.Rehash()
	require.NoError(t, err)
}

// reversible is three with down files.
func reversible(t *testing.T) *migration.Dir {
	dir := three(t)
	undo(t, dir, first, "DROP TABLE users;\n", second, "ALTER TABLE users DROP COLUMN age;\n", third, "DELETE FROM users;\n")
	return dir
}

const (
	v1 = "20260101000001"
	v2 = "20260101000002"
	v3 = "20260101000003"
)

// A downgrade goes one step back unless it is told how far, down to and without
// the version named. Stock atlas' status is that of a database that was never
// further. Where nothing is applied there is nothing to do.
//
// Covers: G26, G28, H10.
func TestDowngrade(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		m := migrator(t, db, reversible(t))
		down := func(opts migration.DowngradeOptions) migration.Downgraded {
			planned, err := m.DowngradeSteps(t.Context(), opts)
			require.NoError(t, err)
			var seen []string
			opts.Progress = func(s migration.Step) { seen = append(seen, s.From+">"+s.To) }
			done, err := m.Downgrade(t.Context(), opts)
			require.NoError(t, err)
			require.Equal(t, planned, done.Steps)
			require.Len(t, seen, len(done.Steps))
			return done
		}
		up := func() {
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
		}
		require.Equal(t, migration.Downgraded{}, down(migration.DowngradeOptions{}))
		require.Zero(t, tables(t, db))

		up()
		done := down(migration.DowngradeOptions{})
		require.Equal(t, v2, done.Current)
		require.Len(t, done.Steps, 1)
		require.Equal(t, v3, done.Steps[0].From)
		require.Equal(t, v2, done.Steps[0].To)
		require.Equal(t, "fill", done.Steps[0].Description)
		require.Zero(t, count(t, db, "SELECT count(*) FROM users"))
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, v2, status.Current)
		require.Len(t, status.Pending(), 1)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))

		up()
		require.Equal(t, v1, down(migration.DowngradeOptions{To: v1}).Current)
		_, err = db.SQL().ExecContext(t.Context(), "SELECT age FROM users")
		require.Error(t, err)
		require.Empty(t, down(migration.DowngradeOptions{To: v1}).Steps)

		up()
		require.Equal(t, v1, down(migration.DowngradeOptions{Steps: 2}).Current)
		up()
		require.Len(t, down(migration.DowngradeOptions{Steps: 9}).Steps, 3)
		up()
		require.Empty(t, down(migration.DowngradeOptions{Base: true}).Current)
		require.Zero(t, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))
		up()
	})
}

// A version that cannot be reached by going down is an error that says so.
//
// Covers: G28.
func TestDowngradeToWrongVersion(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	dir := reversible(t)
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: v2})
	require.NoError(t, err)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{To: "20990101000000"})
	var unknown *migration.UnknownVersionError
	require.ErrorAs(t, err, &unknown)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{To: v3})
	var ahead *migration.AheadError
	require.ErrorAs(t, err, &ahead)
	require.ErrorContains(t, err, "upgrade")
	require.Equal(t, migration.AheadError{Version: v3, Current: v2}, *ahead)
	add(t, dir.Path(), "20260101000000_late.sql", "CREATE TABLE late (id integer);\n")
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{To: "20260101000000"})
	var notApplied *migration.NotAppliedError
	require.ErrorAs(t, err, &notApplied)
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM pragma_table_info('users') WHERE name = 'age'"))
}

// One migration among those to be undone that has no way back, and nothing is
// undone at all.
//
// Covers: G29.
func TestDowngradeIrreversible(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil        func(t *testing.T, dir *migration.Dir)
		file, reason string
	}{
		"no down file": {func(t *testing.T, dir *migration.Dir) {
			require.NoError(t, os.Remove(filepath.Join(dir.Path(), "down", "20260101000002_add_age.down.sql")))
			undo(t, dir)
		}, second, "no down file"},
		"empty": {func(t *testing.T, dir *migration.Dir) { undo(t, dir, second, "-- nothing\n") }, "down/20260101000002_add_age.down.sql", "no statement"},
		"says so": {
			func(t *testing.T, dir *migration.Dir) {
				undo(t, dir, second, "-- Irreversible: the ages are gone\n\nSELECT 1;\n")
			},
			"down/20260101000002_add_age.down.sql", "the ages are gone",
		},
		"file gone": {func(t *testing.T, dir *migration.Dir) {
			require.NoError(t, os.Remove(filepath.Join(dir.Path(), second)))
			require.NoError(t, os.Remove(filepath.Join(dir.Path(), "down", "20260101000002_add_age.down.sql")))
			undo(t, dir)
		}, "20260101000002_add_age.sql", "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, _ := open(t, config.SQLite)
			dir := reversible(t)
			m := migrator(t, db, dir)
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			c.spoil(t, dir)
			done, err := m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
			var irreversible *migration.IrreversibleError
			require.ErrorAs(t, err, &irreversible)
			require.Equal(t, c.file, irreversible.File)
			require.Contains(t, irreversible.Reason, c.reason)
			require.Equal(t, v2, irreversible.Version)
			require.Equal(t, v3, done.Current)
			require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
		})
	}
	db, _ := open(t, config.SQLite)
	dir := reversible(t)
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir.Path(), "down", "20260101000003_fill.down.sql"), []byte("DROP TABLE users;\n"), 0o600))
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	var sum *migration.ChecksumError
	require.ErrorAs(t, err, &sum, "an edited down file is not run")
}

// A down file that fails leaves what an up file that fails leaves: nothing
// where the engine can roll back, else a downgrade that the next one finishes,
// and that Upgrade does not meddle with.
//
// Covers: G22, H30.
func TestFailedDowngrade(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := folder(t, first, "CREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\n")
		undo(t, dir, first, "DROP TABLE b;\nDROP TABLE nowhere;\nDROP TABLE a;\n")
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		done, err := m.Downgrade(t.Context(), migration.DowngradeOptions{})
		var failed *migration.StatementError
		require.ErrorAs(t, err, &failed)
		require.Empty(t, done.Steps)
		require.Equal(t, "down/20260101000001_create_users.down.sql", failed.File)
		require.Equal(t, 2, failed.Number)
		require.True(t, failed.Down)
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		if d != config.MySQL {
			require.True(t, failed.RolledBack)
			require.Equal(t, 3, tables(t, db)-map[config.Dialect]int{config.SQLite: 1}[d])
			require.Equal(t, migration.Applied, status.Migrations[0].State)
			return
		}
		require.Equal(t, 1, failed.Applied)
		require.Contains(t, failed.Error(), "next downgrade")
		require.Equal(t, migration.Undoing, status.Migrations[0].State)
		require.True(t, status.Dirty())
		require.Empty(t, status.Pending())
		require.Empty(t, status.Current)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var half *migration.HalfUndoneError
		require.ErrorAs(t, err, &half)
		require.ErrorContains(t, err, "run a downgrade")
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE applied = total"), "stock atlas runs nothing again")

		undo(t, dir, first, "DROP TABLE a;\n")
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		var changed *migration.FileChangedError
		require.ErrorAs(t, err, &changed)
		undo(t, dir, first, "DROP TABLE b;\nDROP TABLE a;\n")
		done, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 1, done.Steps[0].Resumed)
		require.Equal(t, 1, tables(t, db))
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
	})
}

// A down file whose first statement fails on MySQL leaves a migration that is
// applied as before, and one that stopped on its way up is not undone.
func TestDowngradeOfMySQLWithNothingDone(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.MySQL)
	dir := folder(t, first, "CREATE TABLE a (id integer);\n")
	undo(t, dir, first, "DROP TABLE nowhere;\nDROP TABLE a;\n")
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	var failed *migration.StatementError
	require.ErrorAs(t, err, &failed)
	require.True(t, failed.RolledBack)
	status, err := m.Status(t.Context())
	require.NoError(t, err)
	require.False(t, status.Dirty())

	add(t, dir.Path(), second, "CREATE TABLE b (id integer);\nCREATE TABLE a (id integer);\n")
	undo(t, dir, second, "DROP TABLE b;\n")
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.Error(t, err)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	var half *migration.HalfAppliedError
	require.ErrorAs(t, err, &half)
	require.Equal(t, migration.HalfAppliedError{Version: v2, Applied: 1, Total: 2}, *half)
}

// A table of SQLite is rebuilt on the way down as on the way up: rows that
// refer to it stay, and what would break is refused.
//
// Covers: H31.
func TestDowngradeRebuildsOnSQLite(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	const rebuild = "CREATE TABLE new_p (id integer PRIMARY KEY);\nINSERT INTO new_p (id) SELECT id FROM p;\nDROP TABLE p;\nALTER TABLE new_p RENAME TO p;\n"
	dir := folder(t,
		first, "CREATE TABLE p (id integer PRIMARY KEY, n integer);\nCREATE TABLE c (p_id integer REFERENCES p (id) ON DELETE CASCADE);\n"+
			"INSERT INTO p VALUES (1, 1);\nINSERT INTO c VALUES (1);\nCREATE TRIGGER noted AFTER INSERT ON p BEGIN SELECT 1; END;\n",
		second, "ALTER TABLE p ADD COLUMN m integer;\n")
	undo(t, dir, second, rebuild)
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	var lost *migration.LostTriggerError
	require.ErrorAs(t, err, &lost)
	undo(t, dir, second, "DELETE FROM p;\n")
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	var dangling *migration.ForeignKeyError
	require.ErrorAs(t, err, &dangling)
	require.Equal(t, []string{"c → p (1 rows)"}, dangling.Violations)
	undo(t, dir, second, rebuild+"CREATE TRIGGER noted AFTER INSERT ON p BEGIN SELECT 1; END;\n")
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM c"))
	require.Equal(t, 1, count(t, db, "PRAGMA foreign_keys"))
}
