package migration_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// notes is a table with required columns of every kind, and not one default.
func notes() *schema.Table {
	t := table("notes",
		&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
		&schema.Column{Name: "title", Type: field.TypeString, Size: 40},
		&schema.Column{Name: "body", Type: field.TypeString, Size: 2147483647},
		&schema.Column{Name: "stars", Type: field.TypeInt32},
		&schema.Column{Name: "score", Type: field.TypeFloat64},
		&schema.Column{Name: "open", Type: field.TypeBool},
		&schema.Column{Name: "born", Type: field.TypeTime},
		&schema.Column{Name: "meta", Type: field.TypeJSON},
		&schema.Column{Name: "raw", Type: field.TypeBytes},
		&schema.Column{Name: "ref", Type: field.TypeUUID},
		&schema.Column{Name: "state", Type: field.TypeEnum, Enums: []string{"new", "it's"}},
		&schema.Column{Name: "code", Type: field.TypeString, Size: 32, Unique: true},
		&schema.Column{Name: "token", Type: field.TypeUUID, Unique: true},
		&schema.Column{Name: "rank", Type: field.TypeInt64, Unique: true},
	)
	t.Annotation = &entsql.Annotation{Checks: map[string]string{"ck_notes_title": "length(title) >= 3", "ck_notes_stars": "stars >= 1 AND stars <= 5"}}
	return t
}

// A column that was required comes back on a table with rows: each row gets a
// value that suits the type, the checks and a unique index. What is lost is
// said in the file.
//
// Covers: H10, H31.
func TestDownFillsRequiredColumns(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		full := notes()
		plan(t, cfg, dir, "init", []*schema.Table{full})
		bare := table("notes", full.Columns[0])
		p := plan(t, cfg, dir, "bare", []*schema.Table{bare})
		require.Empty(t, p.Irreversible)
		for _, c := range full.Columns[1:] {
			requireRisk(t, p.UpRisks, migration.Destructive, "drop-column", "notes", c.Name)
			requireRisk(t, p.DownRisks, migration.Lossy, "column-returns-empty", "notes", c.Name)
		}
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		empty := map[config.Dialect]string{config.MySQL: "INSERT INTO notes () VALUES ()"}[d]
		if empty == "" {
			empty = "INSERT INTO notes DEFAULT VALUES"
		}
		run(t, db, empty, empty, empty)
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err, "%s", p.DownContent)
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM notes WHERE stars = 1 AND title = 'xxx' AND state = 'new' AND body = ''"), "%s", p.DownContent)
		require.Equal(t, 3, count(t, db, "SELECT count(DISTINCT code) FROM notes"))
		require.Equal(t, 3, count(t, db, "SELECT count(DISTINCT token) FROM notes"))
		_, err = db.SQL().ExecContext(t.Context(), "INSERT INTO notes (title) VALUES ('abc')")
		require.Error(t, err, "the columns must be required again, without a default")
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM notes"))
	})
}

// A column that becomes required again is filled when the conditions that the way
// back gives up are gone, which would refuse the value, and those that come back
// hold of it.
//
// Covers: H10, H31.
func TestDownFillsAfterItsChecksAreGone(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		version := func(nullable bool, checks map[string]string) []*schema.Table {
			list := table("lists", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
				&schema.Column{Name: "title", Type: field.TypeString, Size: 40, Nullable: nullable},
				&schema.Column{Name: "code", Type: field.TypeString, Size: 40, Nullable: nullable})
			list.Annotation = &entsql.Annotation{Checks: checks}
			return []*schema.Table{list}
		}
		plan(t, cfg, dir, "init", version(false, map[string]string{"ck_code": "length(code) = 2"}))
		p := plan(t, cfg, dir, "loose", version(true, map[string]string{"ck_title": "length(title) >= 1", "ck_code": "length(code) = 4"}))
		require.Empty(t, p.Irreversible)
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO lists (title, code) VALUES (NULL, NULL)")
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err, "%s", p.DownContent)
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM lists WHERE title = '' AND code = 'xx'"), "%s", p.DownContent)
	})
}

// Nothing can be invented for a required reference: the file says that it fails
// on rows, and it runs without them.
//
// Covers: H10, H38.
func TestDownOfRequiredReference(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		users := table("users", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true})
		id := &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}
		posts := table("posts", id, &schema.Column{Name: "author_id", Type: field.TypeInt64})
		refer(posts, "author_id", users, schema.Cascade)
		plan(t, cfg, dir, "init", []*schema.Table{users, posts})
		p := plan(t, cfg, dir, "no author", []*schema.Table{users, table("posts", id)})
		requireRisk(t, p.DownRisks, migration.DataDependent, "not-null-without-default", "posts", "author_id")
		require.Contains(t, string(p.DownContent), "-- Risk: data-dependent: column posts.author_id is required")
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO users (id) VALUES (7)", "INSERT INTO posts (author_id) VALUES (7)", "DELETE FROM users")
		require.Equal(t, 0, count(t, db, "SELECT count(*) FROM posts"), "ON DELETE CASCADE must be back")
	})
}

// The way back of a file that somebody wrote: what it has renamed gets its name
// back with its values, views and triggers come and go, and what it has built
// is gone.
//
// Covers: G17, H10, H40.
func TestPlanDownOfWrittenFile(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := folder(t, first, `
CREATE TABLE users (id integer PRIMARY KEY, name varchar(50) NOT NULL, age integer);
CREATE TABLE old_posts (id integer PRIMARY KEY, title varchar(50));
CREATE VIEW adults AS SELECT id FROM users WHERE age > 17;
`)
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		e := &evolution{ctx: t.Context(), db: db, server: cfg, dir: dir}
		before := snapshotOf(t, e)
		trigger := map[config.Dialect]string{
			config.SQLite: "CREATE TRIGGER users_t AFTER INSERT ON users BEGIN UPDATE posts SET title = 'x'; UPDATE posts SET title = 'y'; END;",
			config.Postgres: "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE posts SET title = 'x'; RETURN NEW; END $$;\n" +
				"CREATE TRIGGER users_t AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();",
			config.MySQL: "CREATE TRIGGER users_t AFTER INSERT ON users FOR EACH ROW UPDATE posts SET title = 'x';\nCREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1;",
		}[d]
		add(t, dir.Path(), second, `-- Description: By hand

DROP VIEW adults;
-- a longer name
ALTER TABLE users RENAME COLUMN name TO full_name;
ALTER TABLE old_posts RENAME TO posts;
CREATE VIEW names AS SELECT full_name FROM users;
`+trigger+"\n")
		require.NoError(t, dir.Verify())
		p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, "20260101000002")
		require.NoError(t, err)
		require.Empty(t, p.Irreversible, "%s", p.DownContent)
		_, err = p.Write()
		require.NoError(t, err)
		require.NoError(t, dir.Verify())
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO users (id, full_name) VALUES (1, 'ann')", "INSERT INTO posts VALUES (1, 'first')")
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err, "%s", p.DownContent)
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users WHERE name = 'ann'"))
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM old_posts WHERE title = 'first'"))
		require.Equal(t, before, snapshotOf(t, e), "%s", p.DownContent)

		// A file that says the same is left alone, another only replaced by force.
		again := migration.PlanConfig{Dir: dir, Server: cfg}
		_, err = migration.PlanDown(t.Context(), again, p.Version)
		require.ErrorIs(t, err, migration.ErrNoChanges)
		writeFile(t, p.DownPath(), "DROP TABLE users;\n")
		_, err = dir.Rehash()
		require.NoError(t, err)
		_, err = migration.PlanDown(t.Context(), again, p.Version)
		var exists *migration.DownExistsError
		require.ErrorAs(t, err, &exists)
		again.Force = true
		forced, err := migration.PlanDown(t.Context(), again, p.Version)
		require.NoError(t, err)
		_, err = forced.Write()
		require.NoError(t, err)
		_, down, err := dir.Read(p.Version)
		require.NoError(t, err)
		require.Contains(t, string(down), "full_name")
	})
}

// What has no way back is written nevertheless: the file says why, and the
// downgrade refuses.
//
// Covers: H10.
func TestIrreversible(t *testing.T) {
	t.Parallel()
	for d, text := range map[config.Dialect]string{
		config.SQLite:   "INSERT INTO a VALUES (2);\n",
		config.Postgres: "ALTER TYPE mood ADD VALUE 'great';\n",
		config.MySQL:    "DELETE FROM a;\n",
	} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			db, cfg := open(t, d)
			setup := "CREATE TABLE a (id integer PRIMARY KEY);\n"
			if d == config.Postgres {
				setup = "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE a (id integer PRIMARY KEY, m mood);\n"
			}
			dir := folder(t, first, setup, second, text)
			p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, "20260101000002")
			require.NoError(t, err)
			require.NotEmpty(t, p.Irreversible)
			require.Empty(t, p.DownStatements)
			_, err = p.Write()
			require.NoError(t, err)
			list, err := dir.Migrations()
			require.NoError(t, err)
			require.Equal(t, p.Irreversible, list[1].Irreversible)
			m := migrator(t, db, dir)
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
			var refused *migration.IrreversibleError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, p.Irreversible, refused.Reason)
		})
	}
}

// The header of both files says what they are and what they can do.
//
// Covers: G14, H04, H06, H19.
func TestDownHeader(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := migration.OpenDir(filepath.Join(t.TempDir(), "sqlite"))
	users := table("users", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true})
	one := plan(t, cfg, dir, "one", []*schema.Table{users})
	users.Columns = append(users.Columns, &schema.Column{Name: "age", Type: field.TypeInt64})
	two := plan(t, cfg, dir, "Two things", []*schema.Table{users})
	require.Equal(t, two.Version+"_two_things.down.sql", two.Down)
	require.Equal(t, filepath.Join(dir.Path(), "down", two.Down), two.DownPath())
	head, _, _ := strings.Cut(string(two.DownContent), "\n\n")
	require.Equal(t, strings.Join([]string{
		"-- Description: Two things", "-- Revision ID: " + two.Version, "-- Reverts to: " + one.Version,
		"-- Create Date: " + two.Created.Format("2006-01-02 15:04:05 UTC"),
		"-- Risk: destructive: column users.age and its values are dropped",
		"-- Risk: locking: SQLite rebuilds table users: it copies all rows and blocks writers meanwhile",
	}, "\n"), head)
	require.Contains(t, string(one.DownContent), "-- Reverts to: base\n")
	require.Contains(t, string(one.DownContent), "-- Risk: destructive: table users and its rows are dropped\n")
	require.Contains(t, string(one.Content), "-- Revision ID: "+one.Version+"\n-- Revises: base\n")
	list, err := dir.Migrations()
	require.NoError(t, err)
	require.Equal(t, []string{
		"data-dependent: column users.age is required and has no default, which fails where the table has rows",
		"locking: SQLite rebuilds table users: it copies all rows and blocks writers meanwhile",
	}, list[1].Risks)
	require.Equal(t, one.Version, list[1].Revises)
	require.Equal(t, two.Created, list[1].Created)
	require.Equal(t, two.Down, list[1].Down)
}

// Both files and both checksums are written, or none.
func TestWriteAllOrNothing(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := migration.OpenDir(filepath.Join(t.TempDir(), "new", "sqlite"))
	p, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Tables: richTables(), Server: cfg})
	require.NoError(t, err)
	inTheWay := filepath.Join(dir.Path(), "down", "atlas.sum", "x")
	require.NoError(t, os.MkdirAll(inTheWay, 0o750))
	_, err = p.Write()
	require.Error(t, err)
	require.NoFileExists(t, filepath.Join(dir.Path(), p.File))
	require.NoFileExists(t, filepath.Join(dir.Path(), "atlas.sum"))
	require.NoFileExists(t, filepath.Join(dir.Path(), "down", "atlas.sum.part"))
	require.NoFileExists(t, p.DownPath())
	require.NoError(t, os.RemoveAll(filepath.Dir(filepath.Dir(dir.Path()))))
	path, err := p.Write()
	require.NoError(t, err)
	require.FileExists(t, path)
	require.FileExists(t, p.DownPath())
	require.NoError(t, dir.Verify())
}

// A rebuild on the way back keeps what hangs on the table, as on the way there.
//
// Covers: H31.
func TestDownRebuildKeepsEverything(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	users := table("users", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}, &schema.Column{Name: "name", Type: field.TypeString})
	log := table("log", &schema.Column{Name: "name", Type: field.TypeString, Nullable: true})
	log.PrimaryKey = nil
	dir := migration.OpenDir(t.TempDir())
	plan(t, cfg, dir, "init", []*schema.Table{users})
	add(t, dir.Path(), "20990101000000_views.sql", `
CREATE TABLE log (name text);
CREATE VIEW names AS SELECT name FROM users;
CREATE TRIGGER users_log AFTER INSERT ON users BEGIN INSERT INTO log VALUES (new.name); END;
`)
	users.Columns[1].Nullable = true
	p := plan(t, cfg, dir, "nullable", []*schema.Table{users, log})
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	run(t, db, "INSERT INTO users (name) VALUES ('ann'), (NULL)", "DELETE FROM users WHERE id = 2", "INSERT INTO users (name) VALUES (NULL)", "DELETE FROM log")
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	require.NoError(t, err, "%s", p.DownContent)
	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM names"))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users WHERE id = 3 AND name = ''"))
	run(t, db, "DELETE FROM users WHERE id = 3", "INSERT INTO users (name) VALUES ('bob')")
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM log"))
	require.Equal(t, 1, count(t, db, "SELECT count(*) FROM users WHERE id = 4"), "an id must not come back")
}

func requireRisk(t *testing.T, list []migration.Risk, kind migration.RiskKind, code, table, column string) {
	t.Helper()
	for _, r := range list {
		if r.Kind == kind && r.Code == code && r.Table == table && r.Column == column {
			require.NotEmpty(t, r.Reason)
			require.NotEmpty(t, r.Advice)
			return
		}
	}
	t.Errorf("no risk %s %s %s.%s in %v", kind, code, table, column, list)
}

// snapshotOf names all tables, columns, views, triggers and functions.
func snapshotOf(t *testing.T, e *evolution) (list []string) {
	t.Helper()
	for _, s := range e.schemaOf(t).Tables {
		for _, c := range s.Columns {
			list = append(list, s.Name+"."+c.Name+" "+c.Type.Raw)
		}
	}
	queries := map[config.Dialect][]string{
		config.SQLite: {"SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY 1"},
		config.Postgres: {
			"SELECT viewname || definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
			"SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
			"SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
		},
		config.MySQL: {
			"SELECT CONCAT(table_name, view_definition) FROM information_schema.views WHERE table_schema = DATABASE() ORDER BY 1",
			"SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1",
			"SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY 1",
		},
	}[e.db.Dialect()]
	for _, query := range queries {
		rows, err := e.db.SQL().QueryContext(t.Context(), query)
		require.NoError(t, err)
		for rows.Next() {
			var text string
			require.NoError(t, rows.Scan(&text))
			list = append(list, text)
		}
		require.NoError(t, errors.Join(rows.Err(), rows.Close()))
	}
	return list
}
