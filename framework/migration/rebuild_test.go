package migration_test

import (
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// Changing a column of SQLite rebuilds its table. Rows that refer to it, its
// triggers, the views over it and the counter of its ids all survive.
//
// Covers: H31.
func TestRebuildKeepsEverything(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	users := table("users", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}, &schema.Column{Name: "name", Type: field.TypeString})
	posts := table("posts", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}, &schema.Column{Name: "author_id", Type: field.TypeInt64})
	refer(posts, "author_id", users, schema.Cascade)
	all := []*schema.Table{users, posts}
	dir := migration.OpenDir(t.TempDir())
	plan(t, cfg, dir, "init", all)
	add(t, dir.Path(), "20990101000000_views.sql", `
CREATE TABLE log (name text);
CREATE VIEW names AS SELECT name FROM users;
CREATE VIEW long_names AS SELECT name FROM names WHERE length(name) > 3;
CREATE TRIGGER users_log AFTER INSERT ON users BEGIN
  INSERT INTO log VALUES (new.name);
  INSERT INTO log VALUES ('again');
END;
CREATE TRIGGER posts_log AFTER INSERT ON posts BEGIN INSERT INTO log SELECT name FROM users WHERE id = new.author_id; END;
CREATE TRIGGER names_insert INSTEAD OF INSERT ON names BEGIN INSERT INTO users (name) VALUES (new.name); END;
`)
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	run(t, db, "INSERT INTO users (name) VALUES ('ann'), ('bob'), ('eve')", "DELETE FROM users WHERE name = 'eve'",
		"INSERT INTO posts (author_id) VALUES (1), (2)", "DELETE FROM log")

	log := table("log", &schema.Column{Name: "name", Type: field.TypeString, Nullable: true})
	log.PrimaryKey = nil
	users.Columns[1].Nullable = true
	users.Columns[1].Default = "nobody"
	all = append(all, log)
	p := plan(t, cfg, dir, "nullable", all)
	require.Contains(t, p.Statements[0], "foreign_keys = off")
	requireNoChanges(t, cfg, dir, all)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)

	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM posts"), "ON DELETE CASCADE must not act")
	run(t, db, "INSERT INTO names (name) VALUES ('fred')")
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users WHERE name = 'fred' AND id = 4"), "the id of eve must not come back")
	run(t, db, "INSERT INTO posts (author_id) VALUES (1)")
	require.Equal(t, 3, count(t, db, "SELECT count(*) FROM log WHERE name IN ('fred', 'again', 'ann')"))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM long_names"))
	_, err = db.SQL().ExecContext(t.Context(), "INSERT INTO posts (author_id) VALUES (77)")
	require.Error(t, err, "foreign keys must be on again")
}

// A hand-written file may not leave rows that point to nothing, nor lose
// triggers on the way.
//
// Covers: H31.
func TestSQLiteIsCheckedBeforeCommit(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	dir := folder(t, first, `
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, author_id integer REFERENCES users (id) ON DELETE CASCADE);
CREATE TRIGGER users_t AFTER INSERT ON users BEGIN SELECT 1; END;
INSERT INTO users VALUES (1), (2);
INSERT INTO posts VALUES (1, 1), (2, 2), (3, 2);
`)
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)

	add(t, dir.Path(), second, "DELETE FROM users WHERE id = 2;\n")
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	var keys *migration.ForeignKeyError
	require.ErrorAs(t, err, &keys)
	require.Equal(t, []string{"posts → users (2 rows)"}, keys.Violations)

	const rebuild = "CREATE TABLE new_users (id integer PRIMARY KEY, name text);\nINSERT INTO new_users (id) SELECT id FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n"
	add(t, dir.Path(), second, rebuild)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	var triggers *migration.LostTriggerError
	require.ErrorAs(t, err, &triggers)
	require.Equal(t, []string{"users_t"}, triggers.Triggers)
	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))

	add(t, dir.Path(), second, rebuild+"DROP TRIGGER IF EXISTS users_t;\n")
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Equal(t, 3, count(t, db, "SELECT count(*) FROM posts"))
}

// A required column without a default can be added where the table is empty.
// Where it is not, the migration fails and leaves nothing behind.
//
// Covers: H31.
func TestRequiredColumn(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		users := table("users", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}, &schema.Column{Name: "name", Type: field.TypeString})
		plan(t, cfg, dir, "init", []*schema.Table{users})
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		users.Columns = append(users.Columns, &schema.Column{Name: "born", Type: field.TypeTime})
		plan(t, cfg, dir, "born", []*schema.Table{users})
		requireNoChanges(t, cfg, dir, []*schema.Table{users})
		if d == config.MySQL {
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			return
		}
		run(t, db, "INSERT INTO users (name) VALUES ('ann')")
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var failed *migration.StatementError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users"))
		run(t, db, "DELETE FROM users")
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
	})
}
