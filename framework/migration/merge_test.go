package migration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// branches are a folder with two files after a common one, as two branches
// write it, with the checksums of each.
func branches(t *testing.T, left, right string) (dir *migration.Dir, ours, theirs []byte) {
	t.Helper()
	dir = folder(t, "20260101000001_init.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY);\n")
	sum := filepath.Join(dir.Path(), "atlas.sum")
	add(t, dir.Path(), "20260101000002_left.sql", "-- Revises: 20260101000001\n\n"+left)
	ours, err := os.ReadFile(sum)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir.Path(), "20260101000002_left.sql")))
	add(t, dir.Path(), "20260101000003_right.sql", "-- Revises: 20260101000001\n\n"+right)
	theirs, err = os.ReadFile(sum)
	require.NoError(t, err)
	write(t, filepath.Join(dir.Path(), "20260101000002_left.sql"), "-- Revises: 20260101000001\n\n"+left)
	return dir, ours, theirs
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// inConflict is what git makes of two versions of atlas.sum.
func inConflict(ours, theirs []byte) string {
	a, b := strings.SplitN(string(ours), "\n", 3), strings.SplitN(string(theirs), "\n", 3)
	return "<<<<<<< HEAD\n" + a[0] + "\n||||||| base\nh1:x\n=======\n" + b[0] + "\n>>>>>>> right\n" + a[1] + "\n" +
		"<<<<<<< HEAD\n" + a[2] + "=======\n" + b[2] + ">>>>>>> right\n"
}

const (
	tableB = "CREATE TABLE b (id int NOT NULL PRIMARY KEY);\n"
	tableC = "CREATE TABLE c (id int NOT NULL PRIMARY KEY);\n"

	addColumn        = "ALTER TABLE a ADD COLUMN n int NULL;\n"
	rebuildWithoutIt = "CREATE TABLE new_a (id int NOT NULL PRIMARY KEY CHECK (id > 0));\n" +
		"INSERT INTO new_a (id) SELECT id FROM a;\nDROP TABLE a;\nALTER TABLE new_a RENAME TO a;\n"
)

// However atlas.sum came out of the merge, the branches are joined, and a
// database that has the later one gets the other.
//
// Covers: G49, H32.
func TestMergeJoinsBranches(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		for name, sum := range map[string]func(ours, theirs []byte) string{
			"conflict": inConflict,
			"ours":     func(ours, _ []byte) string { return string(ours) },
			"theirs":   func(_, theirs []byte) string { return string(theirs) },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				db, cfg := open(t, d)
				dir, ours, theirs := branches(t, tableB, tableC)
				right := folder(t, "20260101000001_init.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY);\n",
					"20260101000003_right.sql", "-- Revises: 20260101000001\n\n"+tableC)
				_, err := migrator(t, db, right).Upgrade(t.Context(), migration.UpgradeOptions{})
				require.NoError(t, err)

				write(t, filepath.Join(dir.Path(), "atlas.sum"), sum(ours, theirs))
				m, err := migration.Merge(t.Context(), migration.MergeConfig{Message: "join both", Dir: dir, Server: cfg})
				require.NoError(t, err)
				require.True(t, m.Rehashed)
				require.Equal(t, []string{"20260101000002", "20260101000003"}, m.Heads)
				path, err := m.Write()
				require.NoError(t, err)
				require.Contains(t, path, "_join_both.sql")
				text, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Contains(t, string(text), "-- Revises: 20260101000002, 20260101000003\n")

				_, err = migration.Merge(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg})
				require.ErrorIs(t, err, migration.ErrNothingToMerge)
				lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
				require.Empty(t, lines)
				done, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
				require.NoError(t, err)
				require.Len(t, done.Steps, 2)
				require.Zero(t, count(t, db, "SELECT count(*) FROM b"))
				status, err := migrator(t, db, dir).Status(t.Context())
				require.NoError(t, err)
				require.NoError(t, status.Problem)
				require.Empty(t, status.Pending())
				lines, _ = check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
				require.Empty(t, lines)
			})
		}
	})
}

// Covers: G49, H34.
func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	merge := func(dir *migration.Dir) error {
		_, err := migration.Merge(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg})
		return err
	}
	t.Run("an edited file", func(t *testing.T) {
		t.Parallel()
		dir, ours, theirs := branches(t, tableB, tableC)
		write(t, filepath.Join(dir.Path(), "atlas.sum"), inConflict(ours, theirs))
		write(t, filepath.Join(dir.Path(), "20260101000002_left.sql"), "-- Revises: 20260101000001\n\nCREATE TABLE other (id int);\n")
		var edited *migration.ChecksumError
		require.ErrorAs(t, merge(dir), &edited)
		require.Equal(t, migration.ChecksumError{File: "20260101000002_left.sql", Reason: "edited"}, *edited)
	})
	t.Run("a conflict in a migration", func(t *testing.T) {
		t.Parallel()
		dir, _, _ := branches(t, tableB+"<<<<<<< HEAD\n", tableC)
		var conflict *migration.ConflictError
		require.ErrorAs(t, merge(dir), &conflict)
		require.Equal(t, migration.ConflictError{File: "20260101000002_left.sql", Line: 4}, *conflict)
	})
	t.Run("branches that exclude each other", func(t *testing.T) {
		t.Parallel()
		dir, ours, theirs := branches(t, tableB, tableB)
		write(t, filepath.Join(dir.Path(), "atlas.sum"), inConflict(ours, theirs))
		var failed *migration.StatementError
		require.ErrorAs(t, merge(dir), &failed)
		require.Equal(t, "20260101000003_right.sql", failed.File)
	})
	for name, texts := range map[string][2]string{
		"a rebuild after a column":  {addColumn, rebuildWithoutIt},
		"a rebuild before a column": {rebuildWithoutIt, addColumn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, ours, theirs := branches(t, texts[0], texts[1])
			write(t, filepath.Join(dir.Path(), "atlas.sum"), inConflict(ours, theirs))
			var lost *migration.MergeOrderError
			require.ErrorAs(t, merge(dir), &lost)
			require.ErrorContains(t, lost, "column a.n is ")
		})
	}
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		require.ErrorIs(t, merge(folder(t, "20260101000001_a.sql", tableB)), migration.ErrNothingToMerge)
	})
}

// Covers: G49.
func TestMergeWritesDowns(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir, _, _ := branches(t, tableB, tableC)
		addDowns(t, dir, "20260101000001_init.down.sql", "DROP TABLE a;\n", "20260101000002_left.down.sql", "DROP TABLE b;\n",
			"20260101000003_right.down.sql", "DROP TABLE c;\n")
		m, err := migration.Merge(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg})
		require.NoError(t, err)
		_, err = m.Write()
		require.NoError(t, err)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg})
		require.Empty(t, lines)
		_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		done, err := migrator(t, db, dir).Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
		require.NoError(t, err)
		require.Len(t, done.Steps, 4)
	})
}

// Covers: G49.
func TestRebase(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir, ours, theirs := branches(t, tableB, tableC)
		left := filepath.Join(dir.Path(), "20260101000002_left.sql")
		addDowns(t, dir, "20260101000002_left.down.sql", "-- Reverts to: 20260101000001\n\nDROP TABLE b;\n")
		write(t, filepath.Join(dir.Path(), "atlas.sum"), inConflict(ours, theirs))
		now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		done, err := migration.Rebase(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg, Now: func() time.Time { return now }}, "20260101000002")
		require.NoError(t, err)
		require.Equal(t, migration.Rebased{
			From: "20260101000002", To: "20260501000000",
			Files: []string{"20260501000000_left.sql", "down/20260501000000_left.down.sql"},
		}, *done)
		require.NoFileExists(t, left)
		up, down, err := dir.Read("20260501000000")
		require.NoError(t, err)
		require.Equal(t, "-- Revises: 20260101000003\n\n"+tableB, string(up))
		require.Equal(t, "-- Reverts to: 20260101000003\n\nDROP TABLE b;\n", string(down))
		_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db, Since: "20260101000003"})
		require.Empty(t, lines)
	})
}

// Two files of one version are told apart by their names, and a file on which
// others build stays where it is.
func TestRebaseByNameAndRefused(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := folder(t, "20260101000001_a.sql", tableB, "20260101000001_b.sql", tableC)
	_, err := migration.Rebase(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg}, "20260101000001")
	var two *migration.DuplicateVersionError
	require.ErrorAs(t, err, &two)
	_, err = migration.Rebase(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg}, "20260101000001_b.sql")
	require.NoError(t, err)
	require.NoError(t, dir.Verify())

	dir = folder(t, "20260101000001_a.sql", tableB, "20260101000002_b.sql", "INSERT INTO b VALUES (1);\n")
	_, err = migration.Rebase(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg}, "20260101000001")
	var failed *migration.StatementError
	require.ErrorAs(t, err, &failed)
	require.FileExists(t, filepath.Join(dir.Path(), "20260101000001_a.sql"))
	_, err = migration.Rebase(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg}, "2030")
	var unknown *migration.UnknownVersionError
	require.ErrorAs(t, err, &unknown)
}
