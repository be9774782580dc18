package migration_test

import (
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func syncPlan(t *testing.T, db *database.DB, cfg config.Database, tables []*schema.Table) *migration.SyncPlan {
	t.Helper()
	p, err := migration.Sync(t.Context(), migration.SyncConfig{DB: db, Tables: tables, Server: cfg})
	require.NoError(t, err)
	return p
}

// A database follows the entities of a prototype, with its rows as far as they
// still have a place.
//
// Covers: U03, X06.
func TestSync(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		p := syncPlan(t, db, cfg, richTables())
		require.False(t, p.Destructive())
		require.NoError(t, p.Apply(t.Context()))
		_, err := migration.Sync(t.Context(), migration.SyncConfig{DB: db, Tables: richTables(), Server: cfg})
		require.ErrorIs(t, err, migration.ErrInSync)
		run(t, db, "INSERT INTO kinds (code, i16) VALUES ('x', 7)")

		tables := richTables()[2:4] // kinds and tags stay
		kinds := tables[0]
		kinds.Columns = append(kinds.Columns, &schema.Column{Name: "more", Type: field.TypeInt, Default: 3})
		find(kinds, "i16").Nullable = false
		p = syncPlan(t, db, cfg, tables)
		require.True(t, p.Destructive())
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM kinds"), "planning changes nothing")
		require.Zero(t, count(t, db, "SELECT count(*) FROM users"))
		require.NoError(t, p.Apply(t.Context()))
		require.Equal(t, 10, count(t, db, "SELECT i16 + more FROM kinds"))
		_, err = db.SQL().ExecContext(t.Context(), "SELECT * FROM users")
		require.Error(t, err)
		_, err = migration.Sync(t.Context(), migration.SyncConfig{DB: db, Tables: tables, Server: cfg})
		require.ErrorIs(t, err, migration.ErrInSync)
	})
}

// Rows that stand in the way leave the database as it was, where changes of the
// schema can be rolled back.
//
// Covers: U03.
func TestSyncRollsBack(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		require.NoError(t, syncPlan(t, db, cfg, richTables()[2:4]).Apply(t.Context()))
		run(t, db, "INSERT INTO kinds (code, i16) VALUES ('x', 7), ('y', 7)")
		tables := richTables()[2:4]
		find(tables[0], "i16").Unique = true
		tables[0].Columns = append(tables[0].Columns, &schema.Column{Name: "more", Type: field.TypeInt, Nullable: true})
		p := syncPlan(t, db, cfg, tables)
		require.ErrorContains(t, p.Apply(t.Context()), "cannot sync: statement ")
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM kinds WHERE i16 = 7"))
		if d != config.MySQL {
			_, err := db.SQL().ExecContext(t.Context(), "SELECT more FROM kinds")
			require.Error(t, err)
		}
	})
}

// Covers: U03.
func TestSyncLeavesMigratedDatabasesAlone(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		_, err := migrator(t, db, folder(t, "20260101000001_a.sql", tableB)).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		_, err = migration.Sync(t.Context(), migration.SyncConfig{DB: db, Tables: richTables(), Server: cfg})
		var has *migration.HasHistoryError
		require.ErrorAs(t, err, &has)
		require.Equal(t, "20260101000001", has.Current)
	})
}

// A trigger of the database's own outlives the rebuild of its table, and rows
// that refer to it stay.
func TestSyncOnSQLiteKeepsTriggersAndChildren(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	require.NoError(t, syncPlan(t, db, cfg, richTables()).Apply(t.Context()))
	run(t, db, "CREATE TRIGGER tr AFTER INSERT ON kinds BEGIN SELECT 1; END", "INSERT INTO kinds (code) VALUES ('x')",
		"INSERT INTO tags (id, kind_code) VALUES ('00000000-0000-0000-0000-000000000001', 'x')")
	tables := richTables()
	kinds := tables[2]
	find(kinds, "i16").Nullable, find(kinds, "i16").Default = false, 5
	require.NoError(t, syncPlan(t, db, cfg, tables).Apply(t.Context()))
	require.Equal(t, 5, count(t, db, "SELECT i16 FROM kinds"))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'tr'"))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM tags WHERE kind_code = 'x'"))
	require.Equal(t, 1, count(t, db, "PRAGMA foreign_keys"))
}

// On SQLite foreign keys are off while tables are rebuilt: rows that a new one
// finds without a parent are looked for, and nothing is changed.
//
// Covers: U03.
func TestSyncOnSQLiteRefusesOrphans(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	users := table("users", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true})
	posts := table("posts", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}, &schema.Column{Name: "user_id", Type: field.TypeInt64})
	tables := []*schema.Table{users, posts}
	require.NoError(t, syncPlan(t, db, cfg, tables).Apply(t.Context()))
	run(t, db, "INSERT INTO posts (user_id) VALUES (7), (8)")
	refer(posts, "user_id", users, schema.Cascade)
	err := syncPlan(t, db, cfg, tables).Apply(t.Context())
	var orphans *migration.ForeignKeyError
	require.ErrorAs(t, err, &orphans)
	require.Equal(t, migration.ForeignKeyError{File: "sync", Violations: []string{"posts → users (2 rows)"}}, *orphans)
	require.Zero(t, count(t, db, "SELECT count(*) FROM pragma_foreign_key_list('posts')"))
	require.Equal(t, 1, count(t, db, "PRAGMA foreign_keys"))
}
