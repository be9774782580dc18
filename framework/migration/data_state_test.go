package migration_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// A migration's Go part runs after its SQL and before the next file, also if
// another program has applied the SQL alone, and is undone before its SQL. What
// is left of it is a step of its own.
//
// Covers: G20, G26, H30, H43.
func TestGoPartsRunInOrder(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := reversible(t)
		var broken error
		names := func(ctx context.Context, s *migration.DataStep, name string) error {
			if broken != nil {
				return broken
			}
			_, err := s.Exec(ctx, "INSERT INTO users (id, name, age) VALUES (7, ?, 70)", name)
			return err
		}
		with := func(dir *migration.Dir) *migration.Migrator {
			m, err := migration.Open(db, dir, migration.WithData(migration.DataMigration{
				Version: v2,
				Up:      func(ctx context.Context, s *migration.DataStep) error { return names(ctx, s, "up") },
				Down: func(ctx context.Context, s *migration.DataStep) error {
					_, err := s.Exec(ctx, "UPDATE users SET name = 'undone', age = 71 WHERE id = 7")
					return err
				},
			}))
			require.NoError(t, err)
			return m
		}
		m := with(dir)
		data := func() migration.DataState {
			status, err := m.Status(t.Context())
			require.NoError(t, err)
			require.Empty(t, status.Migrations[0].Data)
			return status.Migrations[1].Data
		}
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{}) // knows no Go parts
		require.NoError(t, err)
		require.Equal(t, migration.DataPending, data())
		done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Len(t, done.Steps, 1)
		require.Equal(t, v2, done.Steps[0].Version)
		require.Equal(t, v3, done.Current)
		require.True(t, done.Steps[0].Data)
		require.Equal(t, migration.DataDone, data())
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM users"))
		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Empty(t, done.Steps)

		undone, err := m.Downgrade(t.Context(), migration.DowngradeOptions{To: v1})
		require.NoError(t, err)
		require.Equal(t, []bool{false, true}, []bool{undone.Steps[0].Data, undone.Steps[1].Data})
		require.Equal(t, migration.DataPending, data())

		broken = errors.New("not today")
		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.ErrorIs(t, err, broken)
		require.Equal(t, v2, done.Current, "its SQL is applied")
		require.Empty(t, done.Steps)
		require.Zero(t, count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE version = '"+v3+"'"))
		broken = nil
		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Len(t, done.Steps, 2)
		require.Equal(t, v3, done.Current)

		require.NoError(t, m.Stamp(t.Context(), v1))
		require.Equal(t, migration.DataPending, data())
		require.NoError(t, m.Stamp(t.Context(), v3))
		require.Equal(t, migration.DataDone, data())
		var text bytes.Buffer
		var irreversible *migration.IrreversibleError
		require.ErrorAs(t, m.WriteDowngradeSQL(t.Context(), &text, migration.DowngradeOptions{To: v1}), &irreversible)
		require.NoError(t, m.Stamp(t.Context(), v1))
		require.NoError(t, m.WriteSQL(t.Context(), &text, migration.UpgradeOptions{}))
		require.Contains(t, text.String(), "written in Go")
	})
}

// A Go part without a way back stops a downgrade before it begins.
//
// Covers: G29.
func TestIrreversibleGoPart(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	m, err := migration.Open(db, reversible(t), migration.WithData(migration.DataMigration{
		Version: v1, Up: func(context.Context, *migration.DataStep) error { return nil },
	}))
	require.NoError(t, err)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
	var irreversible *migration.IrreversibleError
	require.ErrorAs(t, err, &irreversible)
	require.Equal(t, v1, irreversible.Version)
	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
}
