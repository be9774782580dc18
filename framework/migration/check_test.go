package migration_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// check runs Check and returns what it found as "severity code place".
func check(t *testing.T, cfg migration.CheckConfig) (lines []string, report migration.Report) {
	t.Helper()
	report, err := migration.Check(t.Context(), cfg)
	require.NoError(t, err)
	for _, f := range report.Findings {
		require.NotEmpty(t, f.Message, f.Code)
		require.NotEmpty(t, f.Advice, f.Code)
		lines = append(lines, strings.TrimSpace(strings.Join([]string{string(f.Severity), f.Code, f.Place()}, " ")))
	}
	return lines, report
}

// addDowns writes down files and their checksums.
func addDowns(t *testing.T, dir *migration.Dir, namesAndTexts ...string) {
	t.Helper()
	down := filepath.Join(dir.Path(), "down")
	require.NoError(t, os.MkdirAll(down, 0o700))
	add(t, down, namesAndTexts...)
}

// Covers: G45, H32, H34, H42.
func TestCheckFindsWhatIsWrongWithFiles(t *testing.T) {
	t.Parallel()
	const (
		first  = "20260101000001_init.sql"
		second = "20260101000002_more.sql"
		third  = "20260101000003_other.sql"
	)
	create := func(name string) string { return "CREATE TABLE " + name + " (id integer PRIMARY KEY);\n" }
	revises := func(parent, text string) string { return "-- Revises: " + parent + "\n\n" + text }
	for name, test := range map[string]struct {
		files []string
		spoil func(t *testing.T, dir string)
		want  []string
	}{
		"nothing": {files: []string{first, create("a"), second, create("b")}},
		"edited": {
			files: []string{first, create("a"), second, create("b")},
			spoil: func(t *testing.T, dir string) {
				require.NoError(t, os.WriteFile(filepath.Join(dir, first), []byte(create("c")), 0o600))
			},
			want: []string{"error checksum " + first},
		},
		"added": {
			files: []string{first, create("a")},
			spoil: func(t *testing.T, dir string) {
				require.NoError(t, os.WriteFile(filepath.Join(dir, second), []byte(create("c")), 0o600))
			},
			want: []string{"error checksum " + second},
		},
		"removed": {
			files: []string{first, create("a"), second, create("b")},
			spoil: func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, second))) },
			want:  []string{"error checksum " + second},
		},
		"file name": {files: []string{"init.sql", create("a")}, want: []string{"error file-name init.sql"}},
		"duplicate": {files: []string{first, create("a"), "20260101000001_too.sql", create("b")}, want: []string{"error duplicate-version 20260101000001_too.sql"}},
		"bad SQL":   {files: []string{first, create("a"), second, "-- x\n" + create("b") + "CREATE TABLE a (id integer);\n"}, want: []string{"error replay " + second + ":3"}},
		"name":      {files: []string{"20260101000001_migration.sql", create("a")}, want: []string{"hint description 20260101000001_migration.sql"}},
		"conflict":  {files: []string{first, create("a") + "<<<<<<< HEAD\n"}, want: []string{"error conflict-marker " + first + ":2"}},
		"no branch": {files: []string{first, revises("base", create("a")), second, revises("20260101000001", create("b"))}},
		"two heads": {files: []string{first, create("a"), second, revises("20260101000001", create("b")), third, revises("20260101000001", create("c"))}, want: []string{"error heads " + third}},
		"merged":    {files: []string{first, create("a"), second, revises("20260101000001", create("b")), third, revises("20260101000001", create("c")), "20260101000004_merge.sql", revises("20260101000002, 20260101000003", "")}},
		"sum in conflict": {
			files: []string{first, create("a")},
			spoil: func(t *testing.T, dir string) {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "atlas.sum"), []byte("<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> b\n"), 0o600))
			},
			want: []string{"error conflict-marker atlas.sum:1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, test.files...)
			if test.spoil != nil {
				test.spoil(t, dir.Path())
			}
			got, report := check(t, migration.CheckConfig{Dir: dir, Server: server(t, config.SQLite)})
			require.Equal(t, test.want, got)
			require.Equal(t, len(test.want) > 0 && name != "name", report.Failed(false))
		})
	}
}

// Covers: G45.
func TestCheckTriesTheDowns(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		dir := folder(t,
			"20260101000001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n",
			"20260101000002_b.sql", "CREATE TABLE b (id int PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM b;\n",
			"20260101000003_c.sql", "CREATE TABLE c (id int PRIMARY KEY);\n",
			"20260101000004_d.sql", "CREATE TABLE d (id int PRIMARY KEY);\n",
			"20260101000005_e.sql", "CREATE TABLE e (id int PRIMARY KEY);\n",
		)
		addDowns(t, dir,
			"20260101000001_a.down.sql", "DROP TABLE a;\n",
			"20260101000002_b.down.sql", "DROP VIEW v;\n",
			"20260101000003_c.down.sql", "-- x\n\nDROP TABLE nothing;\n",
			"20260101000004_d.down.sql", "-- Irreversible: rows are gone\n",
		)
		lines, report := check(t, migration.CheckConfig{Dir: dir, Server: server(t, d), Since: "20260101000001"})
		require.Equal(t, []string{
			"error down-differs down/20260101000002_b.down.sql", "error down-fails down/20260101000003_c.down.sql:3",
			"warning irreversible 20260101000004_d.sql", "warning no-down 20260101000005_e.sql",
		}, lines)
		require.Contains(t, report.Findings[0].Message, "table b is there and should not be")

		// By itself it warns only of the newest file, but tries all downs.
		lines, _ = check(t, migration.CheckConfig{Dir: dir, Server: server(t, d)})
		require.Equal(t, []string{
			"error down-differs down/20260101000002_b.down.sql", "error down-fails down/20260101000003_c.down.sql:3",
			"warning no-down 20260101000005_e.sql",
		}, lines)
	})
}

// A plan is what check wants to see: nothing is found, neither in the files nor
// in the database, with rows in it.
//
// Covers: G45, H35.
func TestCheckIsSilentAboutWhatWasPlanned(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", richTables()[2:4])
		got, _ := check(t, migration.CheckConfig{Dir: dir, Tables: richTables(), Server: cfg})
		require.Equal(t, []string{"error missing-migration"}, got)
		plan(t, cfg, dir, "more", richTables())
		got, _ = check(t, migration.CheckConfig{Dir: dir, Tables: richTables(), Server: cfg})
		require.Empty(t, got)

		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO kinds (code) VALUES ('x')")
		if d == config.MySQL { // ids were given out
			run(t, db, "ALTER TABLE posts AUTO_INCREMENT = 50")
		}
		got, report := check(t, migration.CheckConfig{Dir: dir, Tables: richTables(), Server: cfg, DB: db})
		require.Empty(t, got)
		require.True(t, report.Live)
		require.Equal(t, 2, report.Files)
		require.Zero(t, report.Pending)
	})
}

// What was changed in a database by hand is named, each thing.
//
// Covers: H35, G45.
func TestCheckFindsDrift(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := folder(t, "20260101000001_init.sql", `CREATE TABLE parents (id int NOT NULL PRIMARY KEY);
CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL, age int NULL, parent_id int NULL, CONSTRAINT ck_age CHECK (age >= 0),
  CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES parents (id));
CREATE INDEX ix_name ON users (name);
CREATE TABLE gone (id int NOT NULL PRIMARY KEY);
CREATE VIEW names AS SELECT name FROM users;
`)
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		drift := func() (list []string) {
			found, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
			require.NoError(t, err)
			for _, f := range found {
				list = append(list, f.String())
			}
			return list
		}
		require.Empty(t, drift())

		run(t, db, "DROP TABLE gone", "CREATE TABLE own (id int)", "ALTER TABLE users ADD COLUMN extra int", "DROP VIEW names",
			"CREATE INDEX ix_own ON users (age)", "CREATE VIEW own_view AS SELECT id FROM users")
		want := []string{
			"table gone is missing", "table own is there and should not be", "column users.extra is there and should not be",
			"index users.ix_own is there and should not be", "view names is missing", "view own_view is there and should not be",
		}
		require.ElementsMatch(t, want, drift())
		run(t, db, map[config.Dialect]string{
			config.SQLite: "DROP INDEX ix_name", config.Postgres: "DROP INDEX ix_name", config.MySQL: "DROP INDEX ix_name ON users",
		}[d])
		want = append(want, "index users.ix_name is missing")
		switch d {
		case config.SQLite:
			run(t, db, "CREATE TRIGGER tr AFTER INSERT ON users BEGIN SELECT 1; END")
			want = append(want, "trigger users.tr is there and should not be")
		case config.Postgres:
			run(t, db, "ALTER TABLE users ALTER COLUMN name TYPE text", "ALTER TABLE users DROP CONSTRAINT ck_age", "ALTER TABLE users DROP CONSTRAINT fk_parent",
				"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
			want = append(want, "column users.name is different: type text instead of character varying(20)",
				"check users.ck_age is missing", "foreign key users.fk_parent is missing", "function f() is there and should not be")
		case config.MySQL:
			run(t, db, "ALTER TABLE users MODIFY name varchar(30) NULL", "ALTER TABLE users DROP CONSTRAINT ck_age", "ALTER TABLE users DROP FOREIGN KEY fk_parent",
				"CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1")
			want = append(want, "column users.name is different: allows NULL instead of no NULL, type varchar(30) instead of varchar(20)",
				"check users.ck_age is missing", "foreign key users.fk_parent is missing", "trigger users.tr is there and should not be")
		}
		require.ElementsMatch(t, want, drift())

		lines, report := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
		require.Len(t, lines, len(want))
		require.Contains(t, lines, "error dropped-table gone")
		require.Contains(t, lines, "error drift users")
		require.True(t, report.Failed(false))
	})
}

// Covers: G45, H34.
func TestCheckComparesTheHistory(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		files := []string{
			"20260101000001_a.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY);\n",
			"20260101000002_b.sql", "CREATE TABLE b (id int NOT NULL PRIMARY KEY);\n",
			"20260101000004_d.sql", "CREATE TABLE d (id int NOT NULL PRIMARY KEY);\n",
		}
		dir := folder(t, files...)
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
		require.Empty(t, lines)

		// Edited afterwards, with the checksums refreshed.
		lines, _ = check(t, migration.CheckConfig{Dir: folder(t, append([]string{files[0], "-- why\n" + files[1]}, files[2:]...)...), Server: cfg, DB: db})
		require.Equal(t, []string{"error applied-edited 20260101000001_a.sql"}, lines)
		// Deleted afterwards.
		lines, _ = check(t, migration.CheckConfig{Dir: folder(t, append(files[:2:2], files[4:]...)...), Server: cfg, DB: db})
		require.Equal(t, []string{"error applied-missing 20260101000002_b.sql"}, lines)
		// Added before the newest one.
		lines, _ = check(t, migration.CheckConfig{Dir: folder(t, append(files, "20260101000003_c.sql", "CREATE TABLE c (id int);\n")...), Server: cfg, DB: db})
		require.Equal(t, []string{"error out-of-order 20260101000003_c.sql"}, lines)

		// A database that never had a migration.
		run(t, db, "DROP TABLE atlas_schema_revisions")
		lines, _ = check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
		require.Equal(t, []string{"error no-history"}, lines)
	})
}

// A rebuild of SQLite to which somebody has added a value for the new column is
// believed.
//
// Covers: H28.
func TestCheckSeesWhatARebuildFillsIn(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	files := []string{"20260101000001_a.sql", "CREATE TABLE `users` (`id` integer NOT NULL PRIMARY KEY);\n"}
	_, err := migrator(t, db, folder(t, files...)).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	run(t, db, "INSERT INTO users VALUES (1)")
	const rebuild = "CREATE TABLE `new_users` (`id` integer NOT NULL PRIMARY KEY, `name` text NOT NULL);\n" +
		"INSERT INTO `new_users` (%s FROM `users`;\nDROP TABLE `users`;\nALTER TABLE `new_users` RENAME TO `users`;\n"
	for columns, refused := range map[string]bool{"`id`) SELECT `id`": true, "`id`, `name`) SELECT `id`, 'none'": false} {
		dir := folder(t, append(files, "20260101000002_b.sql", fmt.Sprintf(rebuild, columns))...)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
		require.Equal(t, refused, slices.Contains(lines, "error rows 20260101000002_b.sql"), lines)
	}
}

// What a pending migration does is warned of, and the rows of the database say
// whether it will fail.
//
// Covers: G45, H28.
func TestCheckLooksAtPendingFiles(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		files := []string{
			"20260101000001_a.sql", "CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(20) NULL, email varchar(20) NOT NULL);\nCREATE TABLE old (id int NOT NULL PRIMARY KEY);\n",
		}
		_, err := migrator(t, db, folder(t, files...)).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		unique := "CREATE UNIQUE INDEX uq_email ON users (email);\n"
		files = append(files, "20260101000002_b.sql", "DROP TABLE old;\n"+unique)
		cfgs := migration.CheckConfig{Dir: folder(t, files...), Server: cfg, DB: db}

		lines, report := check(t, cfgs)
		require.Contains(t, lines, "warning drop-table 20260101000002_b.sql")
		require.False(t, report.Failed(false))
		require.True(t, report.Failed(true))
		require.Equal(t, 1, report.Pending)

		run(t, db, "INSERT INTO users VALUES (1, NULL, 'a'), (2, 'x', 'a'), (3, 'x', 'b')")
		_, report = check(t, cfgs)
		require.True(t, report.Failed(false))
		last := report.Findings[len(report.Findings)-1]
		require.Equal(t, migration.CodeRows, last.Code)
		require.Contains(t, last.Message, "users")
		require.Contains(t, last.Message, "email")

		// A file that puts the rows right first is believed.
		files[3] = "UPDATE users SET email = id;\n" + unique
		cfgs.Dir = folder(t, files...)
		_, report = check(t, cfgs)
		require.False(t, report.Failed(false), report.Findings)

		// A file may say that it knows.
		files[3] = "-- atlas:nolint\n\nDROP TABLE old;\n"
		cfgs.Dir = folder(t, files...)
		lines, _ = check(t, cfgs)
		require.Empty(t, lines)
	})
}

func TestCheckRehearsesRebuilds(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	files := []string{"20260101000001_a.sql", "CREATE TABLE users (id integer PRIMARY KEY, name text);\n"}
	_, err := migrator(t, db, folder(t, files...)).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	files = append(files, "20260101000002_b.sql", `CREATE TABLE new_users (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`)
	cfgs := migration.CheckConfig{Dir: folder(t, files...), Server: cfg, DB: db}
	_, report := check(t, cfgs)
	require.False(t, report.Failed(false), report.Findings)

	run(t, db, "CREATE TRIGGER tr AFTER INSERT ON users BEGIN SELECT 1; END")
	lines, _ := check(t, cfgs)
	require.Contains(t, lines, "error lost-trigger 20260101000002_b.sql")
	run(t, db, "DROP TRIGGER tr", "CREATE VIEW names AS SELECT name FROM users")
	lines, _ = check(t, cfgs)
	require.Contains(t, lines, "error pending-fails 20260101000002_b.sql:4")
}

// Covers: G45.
func TestCheckFindsInvalidIndexes(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.Postgres)
	dir := folder(t, "20260101000001_a.sql", "CREATE TABLE users (id int PRIMARY KEY, name text);\n")
	_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	run(t, db, "INSERT INTO users VALUES (1, 'a'), (2, 'a')")
	_, err = db.SQL().ExecContext(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY uq_name ON users (name)")
	require.Error(t, err)
	// Ready, as it is where the build failed in its second half.
	run(t, db, "UPDATE pg_index SET indisready = true WHERE indexrelid = 'uq_name'::regclass")
	lines, report := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
	require.Contains(t, lines, "error invalid-index users")
	require.Contains(t, report.Findings[0].Advice, `DROP INDEX CONCURRENTLY "uq_name"`)
}

func TestCheckNeedsToLook(t *testing.T) {
	t.Parallel()
	dir := folder(t, "20260101000001_a.sql", "CREATE TABLE a (id int);\n")
	_, err := migration.Check(t.Context(), migration.CheckConfig{Dir: dir, Server: server(t, config.SQLite), Since: "2030"})
	var unknown *migration.UnknownVersionError
	require.ErrorAs(t, err, &unknown)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = migration.Check(ctx, migration.CheckConfig{Dir: dir, Server: server(t, config.SQLite)})
	require.ErrorIs(t, err, context.Canceled)
	_, err = migration.Check(t.Context(), migration.CheckConfig{})
	require.ErrorContains(t, err, "Dir is required")
}
