package migration_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// What would lose rows, or break the promise that all is done once, is refused
// before anything is done.
func TestMisuseIsRefused(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, _ := filled(t, d, 5)
		nothing := func(context.Context, *migration.DataTx, migration.Row) error { return nil }
		batch := func(b migration.Batch) func(context.Context, *migration.DataStep) error {
			b.Each = nothing
			return func(ctx context.Context, s *migration.DataStep) error {
				_ = s.Batches(ctx, b) // also an error that the code loses
				return nil
			}
		}
		exec := func(query string) func(context.Context, *migration.DataStep) error {
			return func(ctx context.Context, s *migration.DataStep) error {
				_, err := s.Exec(ctx, query)
				return err
			}
		}
		for want, up := range map[string]func(context.Context, *migration.DataStep) error{
			"unique and NOT NULL": batch(migration.Batch{Table: "items", Key: "tenant"}),
			"no such table":       batch(migration.Batch{Table: "itmes"}),
			"no column notes":     batch(migration.Batch{Table: "items", Columns: []string{"notes"}}),
			"letters, digits":     batch(migration.Batch{Table: "items; --"}),
			"either Each or All": func(ctx context.Context, s *migration.DataStep) error {
				return s.Batches(ctx, migration.Batch{Table: "items"})
			},
			"cannot run DROP":    exec("DROP TABLE items"),
			"cannot run COMMIT":  exec(" -- now\nCOMMIT"),
			"it has more than 0": exec("UPDATE items SET note = ?"),
			"transaction that the f": func(ctx context.Context, s *migration.DataStep) error {
				return s.Tx(ctx, func(ctx context.Context, _ *migration.DataTx) error {
					return s.Batches(ctx, migration.Batch{Table: "items", Each: nothing})
				})
			},
		} {
			err := upgradeData(t, db, dir, migration.DataMigration{Up: up}, nil)
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, tallied)
			require.Zero(t, count(t, db, "SELECT count(*) FROM items WHERE hits > 0"))
			run(t, db, "DELETE FROM framefox_data_migrations")
		}
		for _, bad := range [][]migration.DataMigration{
			{{Version: tallied}},
			{{Version: "20260101000009", Up: migration.NothingToUndo}},
			{{Up: migration.NothingToUndo}},
			{{Version: tallied, Up: migration.NothingToUndo}, {Version: tallied, Up: migration.NothingToUndo}},
		} {
			_, err := withData(t, db, dir, bad...).Upgrade(t.Context(), migration.UpgradeOptions{})
			var unfit *migration.DataMigrationError
			require.ErrorAs(t, err, &unfit)
		}
	})
}

// Code that takes another way when it resumes is refused, instead of taking one
// part for another.
func TestResumeRefusesOtherCode(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	dir := items(t, config.SQLite)
	err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
		if _, err := s.Exec(ctx, "UPDATE counters SET n = 1"); err != nil {
			return err
		}
		return errors.New("broken")
	}}, nil)
	require.ErrorContains(t, err, "broken")
	err = upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
		return s.Batches(ctx, tally(migration.Batch{}))
	}}, nil)
	require.ErrorContains(t, err, `part 1 was "exec" when it was begun and is "batches items" now`)
}
