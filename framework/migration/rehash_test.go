package migration_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

const firstDown = "20260101000001_first.down.sql"

// withDown is a folder with one migration and the file that undoes it.
func withDown(t *testing.T) *migration.Dir {
	t.Helper()
	path := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(path, "down"), 0o750))
	for name, text := range map[string]string{
		"20260101000001_first.sql": "CREATE TABLE a (id int);\n",
		"down/" + firstDown:        "-- Description: First\n-- Risk: destructive: drops a\n\nDROP TABLE a;\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(path, name), []byte(text), 0o600))
	}
	dir := migration.OpenDir(path)
	changed, err := dir.Rehash()
	require.NoError(t, err)
	require.Equal(t, []string{"atlas.sum (missing)", "down/atlas.sum (missing)"}, changed)
	return dir
}

// Down files are as safe from changes by hand as the others, and Rehash trusts
// them again.
//
// Covers: H10, H34.
func TestDownFilesAreVerified(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tamper  func(t *testing.T, down string)
		want    migration.ChecksumError
		changed []string
	}{
		"edited": {
			func(t *testing.T, down string) { writeFile(t, filepath.Join(down, firstDown), "DROP TABLE b;\n") },
			migration.ChecksumError{File: "down/" + firstDown, Reason: "edited"},
			[]string{"down/" + firstDown + " (edited)"},
		},
		"removed": {
			func(t *testing.T, down string) { require.NoError(t, os.Remove(filepath.Join(down, firstDown))) },
			migration.ChecksumError{File: "down/" + firstDown, Reason: "removed"},
			[]string{"down/" + firstDown + " (removed)"},
		},
		"renamed": {
			func(t *testing.T, down string) {
				require.NoError(t, os.Rename(filepath.Join(down, firstDown), filepath.Join(down, "20260101000001_a.down.sql")))
			},
			migration.ChecksumError{File: "down/" + firstDown, Reason: "removed"},
			[]string{"down/" + firstDown + " (removed)", "down/20260101000001_a.down.sql (added)"},
		},
		"without checksums": {
			func(t *testing.T, down string) { require.NoError(t, os.Remove(filepath.Join(down, "atlas.sum"))) },
			migration.ChecksumError{File: "down/atlas.sum", Reason: "missing"},
			[]string{"down/atlas.sum (missing)"},
		},
		"with broken checksums": {
			func(t *testing.T, down string) { writeFile(t, filepath.Join(down, "atlas.sum"), "h1\n") },
			migration.ChecksumError{File: "down/atlas.sum", Reason: "malformed"},
			[]string{"down/atlas.sum (malformed)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := withDown(t)
			require.NoError(t, dir.Verify())
			test.tamper(t, filepath.Join(dir.Path(), "down"))
			var sum *migration.ChecksumError
			require.ErrorAs(t, dir.Verify(), &sum)
			require.Equal(t, test.want, *sum)
			require.ErrorContains(t, sum, "framefox database rehash")
			changed, err := dir.Rehash()
			require.NoError(t, err)
			require.Equal(t, test.changed, changed)
			require.NoError(t, dir.Verify())
			changed, err = dir.Rehash()
			require.NoError(t, err)
			require.Empty(t, changed)
		})
	}
}

// A down file that undoes nothing, or what another undoes, is refused, also by
// Rehash.
//
// Covers: H10.
func TestDownFilesFitTheMigrations(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]string{
		"20260101000001_other.down.sql": "it undoes the same version as down/" + firstDown,
		"20260101000002_other.down.sql": "there is no migration of version 20260101000002",
		"20260101000001_first.sql":      "name it as the migration that it undoes",
	} {
		dir := withDown(t)
		writeFile(t, filepath.Join(dir.Path(), "down", name), "SELECT 1;\n")
		var bad *migration.DownFileError
		require.ErrorAs(t, dir.Verify(), &bad)
		require.Equal(t, "down/"+name, bad.File)
		require.ErrorContains(t, bad, reason)
		_, err := dir.Rehash()
		require.ErrorAs(t, err, &bad)
	}
}

// Covers: H04, H10.
func TestRead(t *testing.T) {
	t.Parallel()
	dir := withDown(t)
	up, down, err := dir.Read("20260101000001")
	require.NoError(t, err)
	require.Equal(t, "CREATE TABLE a (id int);\n", string(up))
	require.Contains(t, string(down), "DROP TABLE a;\n")
	list, err := dir.Migrations()
	require.NoError(t, err)
	require.Equal(t, firstDown, list[0].Down)
	_, _, err = dir.Read("2")
	var unknown *migration.UnknownVersionError
	require.ErrorAs(t, err, &unknown)
	_, err = migration.NewDir(os.DirFS(dir.Path())).Rehash()
	require.ErrorIs(t, err, migration.ErrReadOnly)
}

// A folder without down files is as good as before.
func TestFolderWithoutDowns(t *testing.T) {
	t.Parallel()
	dir := folder(t, first, "SELECT 1;\n")
	up, down, err := dir.Read("20260101000001")
	require.NoError(t, err)
	require.NotEmpty(t, up)
	require.Nil(t, down)
	cfg := server(t, config.SQLite)
	plan(t, cfg, dir, "init", richTables())
	require.NoError(t, dir.Verify())
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}
