package migration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// plan plans and writes one migration.
func plan(t *testing.T, cfg config.Database, dir *migration.Dir, name string, tables []*schema.Table) *migration.Planned {
	t.Helper()
	p, err := migration.Plan(t.Context(), migration.PlanConfig{Name: name, Dir: dir, Tables: tables, Server: cfg})
	require.NoError(t, err)
	_, err = p.Write()
	require.NoError(t, err)
	return p
}

func requireNoChanges(t *testing.T, cfg config.Database, dir *migration.Dir, tables []*schema.Table) {
	t.Helper()
	p, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Tables: tables, Server: cfg})
	if err == nil {
		t.Fatalf("planned again:\n%s", p.Content)
	}
	require.ErrorIs(t, err, migration.ErrNoChanges)
}

// A plan is complete: planning again right after finds nothing, on any dialect,
// with any kind of column, default, check, index and foreign key.
//
// Covers: G16, H04, H12.
func TestPlanIsStable(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		cfg := server(t, d)
		dir := migration.OpenDir(filepath.Join(t.TempDir(), string(d)))
		p := plan(t, cfg, dir, "Create everything!", richTables())
		require.Contains(t, p.File, "_create_everything.sql")
		t.Logf("%s", p.Content)
		requireNoChanges(t, cfg, dir, richTables())

		tables := richTables()
		posts := tables[1]
		posts.Columns = append(posts.Columns, &schema.Column{Name: "slug", Type: field.TypeString, Size: 80, Nullable: true, Unique: true})
		find(posts, "title").Size = 300
		find(tables[0], "bio").Nullable = false
		find(tables[0], "bio").Default = nil
		find(tables[0], "status").Enums = []string{"pending", "active", "gone"}
		p = plan(t, cfg, dir, "", tables)
		require.Contains(t, p.File, "_migration.sql")
		t.Logf("%s", p.Content)
		requireNoChanges(t, cfg, dir, tables)

		// An entity that goes takes its table with it.
		fewer := tables[:2]
		p = plan(t, cfg, dir, "fewer", fewer)
		require.Contains(t, strings.Join(p.Statements, "\n"), "DROP TABLE")
		requireNoChanges(t, cfg, dir, fewer)
		requireNoChanges(t, cfg, dir, fewer)

		list, err := dir.Migrations()
		require.NoError(t, err)
		require.Len(t, list, 3)
		require.Equal(t, "Create everything!", list[0].Description)
		require.Empty(t, list[0].Revises)
		require.Equal(t, list[1].Version, list[2].Revises)
		require.Less(t, list[1].Version, list[2].Version)
	})
}

// Covers: G18.
func TestPlanWithoutChangesWritesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sqlite")
	requireNoChanges(t, server(t, config.SQLite), migration.OpenDir(path), nil)
	require.NoDirExists(t, path)
}

// Two plans in one second, or a file from a clock that was ahead, do not
// collide.
//
// Covers: H05.
func TestVersionsMoveForward(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := migration.OpenDir(t.TempDir())
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)) }
	var tables []*schema.Table
	for i, want := range []string{"20260102020405", "20260102020406", "20260102020407"} {
		tables = append(tables, table("t"+want, &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}))
		p, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Tables: tables, Server: cfg, Now: now})
		require.NoError(t, err)
		require.Equal(t, want, p.Version)
		_, err = p.Write()
		require.NoError(t, err)
		if i == 0 {
			_, err = p.Write()
			require.ErrorContains(t, err, "exists already")
		}
	}
	require.NoError(t, dir.Verify())
}

// Covers: H34.
func TestPlanRefusesEditedFolder(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := migration.OpenDir(t.TempDir())
	p := plan(t, cfg, dir, "init", richTables())
	require.NoError(t, os.WriteFile(filepath.Join(dir.Path(), p.File), append(p.Content, "-- edited\n"...), 0o600))
	_, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg})
	var sum *migration.ChecksumError
	require.ErrorAs(t, err, &sum)
	require.Equal(t, p.File, sum.File)
	require.Equal(t, "edited", sum.Reason)
}
