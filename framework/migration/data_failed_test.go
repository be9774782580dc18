package migration_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// A row that fails harms no other. The failures are collected without values
// and are an error above the threshold; the next run tries them first.
//
// Covers: H23.
func TestFailedRowsAreCollected(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, _ := filled(t, d, 30)
		run(t, db, "UPDATE items SET note = 'bad' WHERE id IN (-90, -5, 0)")
		seen := []any{}
		walk := migration.Batch{Table: "items", Columns: []string{"note", "code"}, Size: 10, Each: func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
			seen = append(seen, row.Value("id"))
			if _, err := tx.Exec(ctx, "UPDATE items SET hits = hits + 1 WHERE id = ?", row.Value("id")); err != nil {
				return err
			}
			switch {
			case row.Text("note") != "bad":
				return nil
			case row.Value("id") == int64(0):
				return errors.New("it has no owner")
			default: // the database refuses, which ends a transaction of PostgreSQL
				_, err := tx.Exec(ctx, "INSERT INTO items (id, code, tenant, place, ref) SELECT id + 5000, code, 8, code, ref FROM items WHERE id = ?", row.Value("id"))
				return err
			}
		}}
		step := migration.DataMigration{ErrorThreshold: 2, Up: func(ctx context.Context, s *migration.DataStep) error { return s.Batches(ctx, walk) }}
		err := upgradeData(t, db, dir, step, nil)
		var failed *migration.DataError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, 3, failed.Failed)
		require.Equal(t, int64(30), failed.Processed)
		require.Equal(t, []string{"-90", "-5", "0"}, []string{failed.Failures[0].Key, failed.Failures[1].Key, failed.Failures[2].Key})
		require.Contains(t, failed.Failures[0].Err, "unique constraint")
		require.Equal(t, "it has no owner", failed.Failures[2].Err)
		require.NotContains(t, err.Error(), "c00", "no values")
		require.Equal(t, 27, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"), "the others are done, once")
		require.Zero(t, count(t, db, "SELECT count(*) FROM items WHERE hits <> 1 AND note IS NULL"))
		require.Equal(t, 3, count(t, db, "SELECT failed FROM framefox_data_migrations"))
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"), "the next file waits")

		// One is mended and one is gone: what is left is below the threshold.
		run(t, db, "UPDATE items SET note = NULL WHERE id = -5", "DELETE FROM items WHERE id = -90")
		seen = nil
		require.NoError(t, upgradeData(t, db, dir, step, nil))
		require.Equal(t, []any{int64(-5), int64(0)}, seen, "only what had failed")
		require.Equal(t, 28, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
		require.Equal(t, 1, count(t, db, "SELECT failed FROM framefox_data_migrations WHERE state = 'done'"), "it stays on record")
	})
}

// A statement whose error the code keeps to itself is a failure on PostgreSQL,
// where its transaction is lost, and takes no other row with it.
func TestHiddenErrorsAreFailures(t *testing.T) {
	t.Parallel()
	db, dir, _ := filled(t, config.Postgres, 10)
	err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
		return s.Batches(ctx, migration.Batch{Table: "items", Each: func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
			if row.Value("id") == int64(0) {
				_, _ = tx.Exec(ctx, "SELECT 1/0")
				return nil
			}
			_, err := tx.Exec(ctx, "UPDATE items SET hits = hits + 1 WHERE id = ?", row.Value("id"))
			return err
		}})
	}}, nil)
	var failed *migration.DataError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 1, failed.Failed)
	require.Equal(t, 9, count(t, db, "SELECT sum(hits) FROM items"))
}

// A row that failed still matches the condition that says what is left to do;
// it is not tried again before the next run.
func TestFailedRowsAreFailedOnce(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, _ := filled(t, d, 25)
		calls := 0
		walk := tally(migration.Batch{Where: "note IS NULL", Size: 10})
		each := walk.Each
		walk.Each = func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
			if row.Value("id") == int64(0) {
				calls++
				return errors.New("never")
			}
			return each(ctx, tx, row)
		}
		err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error { return s.Batches(ctx, walk) }}, nil)
		var failed *migration.DataError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, 1, failed.Failed)
		require.Equal(t, 2, calls, "in the batch, and alone")
		require.Equal(t, 24, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
	})
}

// A constraint that PostgreSQL checks at the commit fails the row that breaks
// it, not the whole batch.
func TestDeferredConstraintsFailTheirRow(t *testing.T) {
	t.Parallel()
	db, dir, _ := filled(t, config.Postgres, 10)
	run(t, db, "ALTER TABLE items ADD CONSTRAINT uq_items_note UNIQUE (note) DEFERRABLE INITIALLY DEFERRED")
	err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
		return s.Batches(ctx, migration.Batch{Table: "items", Columns: []string{"code"}, Each: func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
			note := row.Text("code")
			if note == "c0003" || note == "c0004" {
				note = "the same"
			}
			_, err := tx.Exec(ctx, "UPDATE items SET note = ? WHERE id = ?", note, row.Value("id"))
			return err
		}})
	}}, nil)
	var failed *migration.DataError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 1, failed.Failed)
	require.Equal(t, 9, count(t, db, "SELECT count(*) FROM items WHERE note IS NOT NULL"))
}

// When the program is told to stop, the batch is finished, and the next run
// goes on behind it. Parts that were finished are not repeated.
//
// Covers: H23.
func TestStoppedMigrationGoesOn(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, _ := filled(t, d, 30)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var changed []int64
		handled := 0
		step := migration.DataMigration{Version: tallied, Up: func(ctx context.Context, s *migration.DataStep) error {
			n, err := s.Exec(ctx, "UPDATE counters SET n = n + 1 WHERE name = ?", "a")
			if err != nil {
				return err
			}
			changed = append(changed, n)
			walk := tally(migration.Batch{Size: 10})
			each := walk.Each
			walk.Each = func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
				if handled++; handled == 15 {
					cancel()
				}
				return each(ctx, tx, row)
			}
			if err := s.Batches(ctx, walk); err != nil {
				return err
			}
			_, err = s.Insert(ctx, "counters", []string{"name", "n"}, slices.Values([][]any{{"b", 1}, {"c", 2}}))
			return err
		}}
		m := withData(t, db, dir, step)
		_, err := m.Upgrade(ctx, migration.UpgradeOptions{})
		var stopped *migration.DataStoppedError
		require.ErrorAs(t, err, &stopped)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "resume with upgrade")
		require.Equal(t, 20, count(t, db, "SELECT sum(hits) FROM items"), "the batch is finished, and no other begun")

		var begun migration.DataProgress
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{Data: func(p migration.DataProgress) {
			if p.Phase == migration.DataBegins {
				begun = p
			}
		}})
		require.NoError(t, err)
		require.Equal(t, int64(20), begun.Processed)
		require.Equal(t, int64(30), begun.Total)
		require.Equal(t, []int64{1, 1}, changed, "the second run is told what the first one did")
		require.Equal(t, 30, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
		require.Equal(t, 1, count(t, db, "SELECT n FROM counters WHERE name = 'a'"))
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM counters"))
	})
}
