package migration_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// withDowns adds to the folder of items what undoes it. The file of the Go part
// holds only a comment, up and down.
func withDowns(t *testing.T, dir *migration.Dir) *migration.Dir {
	t.Helper()
	down := filepath.Join(dir.Path(), "down")
	require.NoError(t, os.Mkdir(down, 0o700))
	for name, text := range map[string]string{
		itemsFile: "DROP TABLE counters;\nDROP TABLE items;\n", tallyFile: "-- The Go part does it.\n", afterFile: "DROP TABLE later;\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(down, strings.TrimSuffix(name, ".sql")+".down.sql"), []byte(text), 0o600))
	}
	_, err := dir.Rehash()
	require.NoError(t, err)
	return dir
}

// upAndDown counts each row up, and down again.
func upAndDown(failAt int64) migration.DataMigration {
	add := func(n int) func(context.Context, *migration.DataStep) error {
		return func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, migration.Batch{Table: "items", Size: 10, Each: func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
				if n < 0 && row.Value("id") == failAt {
					return errors.New("it is stuck")
				}
				_, err := tx.Exec(ctx, "UPDATE items SET hits = hits + ? WHERE id = ?", n, row.Value("id"))
				return err
			}})
		}
	}
	return migration.DataMigration{Version: tallied, Up: add(1), Down: add(-1)}
}

func downTo(t *testing.T, m *migration.Migrator, version string) error {
	t.Helper()
	_, err := m.Downgrade(t.Context(), migration.DowngradeOptions{To: version})
	return err
}

// Down undoes what Up did, before the file is undone, and the record goes with
// it. Half undone, it can only be undone to the end.
//
// Covers: H10, H43.
func TestDataIsUndone(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := withDowns(t, items(t, d))
		applyFirst(t, db, dir)
		fill(t, db, 25)
		_, err := withData(t, db, dir, upAndDown(0)).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 25, count(t, db, "SELECT sum(hits) FROM items"))

		stuck := withData(t, db, dir, upAndDown(0))
		err = downTo(t, stuck, "20260101000001")
		var failed *migration.DataError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, "it is stuck", failed.Failures[0].Err)
		require.Equal(t, 1, count(t, db, "SELECT sum(hits) FROM items"))
		status, err := stuck.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, tallied, status.Current, "the file is not undone")
		require.Equal(t, migration.DataPartial, status.Migrations[1].Data)
		_, err = stuck.Upgrade(t.Context(), migration.UpgradeOptions{})
		var undoing *migration.DataUndoingError
		require.ErrorAs(t, err, &undoing)

		m := withData(t, db, dir, upAndDown(1))
		require.NoError(t, downTo(t, m, "20260101000001"))
		require.Zero(t, count(t, db, "SELECT count(*) FROM items WHERE hits <> 0"), "nothing is undone twice")
		_, err = db.SQL().ExecContext(t.Context(), "SELECT 1 FROM "+migration.DataTable)
		require.Error(t, err, "the table is gone with its last row")
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 25, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"), "it is done again")
	})
}

// A data migration without Down is refused before anything is undone; one with
// NothingToUndo is not.
//
// Covers: G29.
func TestDataWithoutAWayBack(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := withDowns(t, items(t, d))
		step := upAndDown(0)
		step.Down = nil
		_, err := withData(t, db, dir, step).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		before := tables(t, db)
		_, err = withData(t, db, dir, step).Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
		var irreversible *migration.IrreversibleError
		require.ErrorAs(t, err, &irreversible)
		require.Equal(t, tallied, irreversible.Version)
		require.ErrorContains(t, err, "NothingToUndo")
		require.Equal(t, before, tables(t, db), "the newer file was not undone either")

		step.Down = migration.NothingToUndo
		_, err = withData(t, db, dir, step).Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
		require.NoError(t, err)
	})
}

// A Go part whose file was applied by someone else, such as the stock atlas,
// runs at the next upgrade. Until then the status says that it is pending. On a
// database that was never migrated there is no trace of it.
//
// Covers: H43.
func TestDataOfAppliedFile(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := items(t, d)
		m := withData(t, db, dir, upAndDown(0))
		require.Equal(t, migration.DataPending, dataState(t, m))
		require.Zero(t, tables(t, db))
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		fill(t, db, 25)
		require.Equal(t, migration.DataPending, dataState(t, m))
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Len(t, status.Pending(), 1)

		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 25, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
		require.Equal(t, migration.DataDone, dataState(t, m))
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 25, count(t, db, "SELECT sum(hits) FROM items"))
	})
}

func dataState(t *testing.T, m *migration.Migrator) migration.DataState {
	t.Helper()
	status, err := m.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Migrations[0].Data)
	return status.Migrations[1].Data
}

// A stamp says that the Go parts are done, too, and one before them that they
// are not.
func TestStampMarksData(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := items(t, d)
		m := withData(t, db, dir, upAndDown(0))
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		fill(t, db, 25)
		require.NoError(t, m.Stamp(t.Context(), "20260101000003"))
		require.Equal(t, migration.DataDone, dataState(t, m))
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Zero(t, count(t, db, "SELECT sum(hits) FROM items"), "nothing was run")
		require.NoError(t, m.Stamp(t.Context(), "20260101000001"))
		require.Equal(t, migration.DataPending, dataState(t, m))
	})
}

// The steps run on the connection that holds the migration lock, so that a
// killed process lets go of both at once.
func TestDataRunsOnTheConnectionOfTheLock(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.Postgres)
	dir := items(t, config.Postgres)
	var held bool
	err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
		return s.Tx(ctx, func(ctx context.Context, tx *migration.DataTx) error {
			rows, err := tx.Query(ctx, "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()")
			if err != nil {
				return err
			}
			return rows[0].Scan(&held)
		})
	}}, nil)
	require.NoError(t, err)
	require.True(t, held)
}
