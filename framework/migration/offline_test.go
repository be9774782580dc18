package migration_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// client runs a script with the command line client of a database, as a person
// would.
func client(t *testing.T, cfg config.Database, script string) (string, error) {
	t.Helper()
	u := cfg.URL
	port := strconv.Itoa(u.Port)
	var cmd *exec.Cmd
	switch u.Dialect {
	case config.SQLite:
		cmd = command(t, []string{"sqlite3"}, u.Database)
	case config.Postgres:
		cmd = command(t, []string{"psql"}, "-X", "-q", "-h", u.Host, "-p", port, "-U", u.User, "-d", u.Database)
		cmd.Env = append(cmd.Env, "PGPASSWORD="+u.Password.Reveal())
	case config.MySQL:
		host := []string{"-h", u.Host, "-P", port, "--protocol=tcp"}
		if net.ParseIP(u.Host) == nil && u.Socket() {
			host = []string{"-S", u.Host}
		}
		cmd = command(t, []string{"mariadb", "mysql"}, append(host, "-u", u.User, u.Database)...)
		cmd.Env = append(cmd.Env, "MYSQL_PWD="+u.Password.Reveal())
	}
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// command is the first of the programs that is installed.
func command(t *testing.T, programs []string, args ...string) *exec.Cmd {
	t.Helper()
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			cmd := exec.CommandContext(t.Context(), path, args...)
			cmd.Env = os.Environ()
			return cmd
		}
	}
	t.Skipf("NOT RUN: %s is not installed", programs[0])
	return nil
}

// tricky are migrations that a client may read differently from a driver.
func tricky(t *testing.T, d config.Dialect) *migration.Dir {
	t.Helper()
	const insert = "INSERT INTO notes (id, body) VALUES (1, 'it''s; -- no comment\n\"ü\" ?');\n"
	body, undone := "", ""
	switch d {
	case config.SQLite:
		body = "CREATE TRIGGER noted AFTER UPDATE ON notes BEGIN\n  UPDATE notes SET n = 1 WHERE id = NEW.id AND n IS NULL;\n  SELECT 1;\nEND;\n"
		undone = "DROP TRIGGER noted;\n"
	case config.Postgres:
		body = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.n = 1; -- it's\n  RETURN NEW;\nEND;\n$$;\n" +
			"CREATE TRIGGER noted BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION f();\n"
		undone = "DROP TRIGGER noted ON notes;\nDROP FUNCTION f();\n"
	case config.MySQL:
		body = "-- atlas:delimiter \\n\\n\n\nCREATE TRIGGER noted BEFORE UPDATE ON notes FOR EACH ROW BEGIN\n  SET NEW.n = 1;\n  SET @x = '//';\nEND\n\nINSERT INTO notes (id, body) VALUES (2, 'back\\\\slash')\n"
		undone = "DELETE FROM notes WHERE id = 2;\nDROP TRIGGER noted;\n"
	}
	dir := folder(t, first, "-- Description: Make notes\n\nCREATE TABLE notes (id integer PRIMARY KEY, body text);\n"+insert,
		second, "ALTER TABLE notes ADD COLUMN n integer;\n", third, body, "20260101000004_touch.sql", "UPDATE notes SET id = id;\n")
	undo(t, dir, first, "DROP TABLE notes;\n", second, "ALTER TABLE notes DROP COLUMN n;\n", third, undone,
		"20260101000004_touch.sql", "UPDATE notes SET n = NULL;\n")
	return dir
}

// state is what a database holds, as far as tricky is concerned.
func state(t *testing.T, db *database.DB) string {
	t.Helper()
	var text strings.Builder
	rows, err := db.SQL().QueryContext(t.Context(), "SELECT version, description, type, applied, total, COALESCE(error, ''), COALESCE(error_stmt, ''), "+
		"hash, operator_version, CASE WHEN partial_hashes IS NULL THEN 'none' ELSE 'some' END FROM atlas_schema_revisions ORDER BY version")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		row := make([]string, 10)
		var targets []any
		for i := range row {
			targets = append(targets, &row[i])
		}
		require.NoError(t, rows.Scan(targets...))
		text.WriteString(strings.Join(row, "|") + "\n")
	}
	require.NoError(t, rows.Err())
	return text.String()
}

// The script of an upgrade, run by the client of the database, leaves what the
// upgrade itself leaves, rows of the history included; so does that of a
// downgrade. Writing it changes nothing.
//
// Covers: H33.
func TestOfflineSQL(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		online, _ := open(t, d)
		db, cfg := open(t, d)
		dir := tricky(t, d)
		want, m := migrator(t, online, dir), migrator(t, db, dir)

		script := func(write func(w *bytes.Buffer) error) string {
			var text bytes.Buffer
			require.NoError(t, write(&text))
			return text.String()
		}
		up := func(to string) string {
			return script(func(w *bytes.Buffer) error { return m.WriteSQL(t.Context(), w, migration.UpgradeOptions{To: to}) })
		}
		one := up(v1)
		require.Zero(t, tables(t, db), "no history is made by looking")
		require.Equal(t, one, script(func(w *bytes.Buffer) error { return migration.WriteSQLFrom(w, d, dir, "", v1) }))
		out, err := client(t, cfg, one)
		require.NoError(t, err, "%s\n%s", out, one)
		rest := up("")
		require.NotContains(t, rest, "CREATE TABLE")
		require.Equal(t, rest, script(func(w *bytes.Buffer) error { return migration.WriteSQLFrom(w, d, dir, v1, "") }))
		out, err = client(t, cfg, rest)
		require.NoError(t, err, "%s\n%s", out, rest)

		_, err = want.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, state(t, online), state(t, db))
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Empty(t, status.Pending())
		require.NoError(t, status.Problem)
		const sum = "SELECT sum(n) + count(*) * 100 + sum(length(body)) FROM notes"
		require.Equal(t, count(t, online, sum), count(t, db, sum))
		require.Contains(t, up(""), "Nothing to do")

		down := script(func(w *bytes.Buffer) error {
			return m.WriteDowngradeSQL(t.Context(), w, migration.DowngradeOptions{To: v1})
		})
		out, err = client(t, cfg, down)
		require.NoError(t, err, "%s\n%s", out, down)
		_, err = want.Downgrade(t.Context(), migration.DowngradeOptions{To: v1})
		require.NoError(t, err)
		require.Equal(t, state(t, online), state(t, db))
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
		require.NoError(t, err)
	})
}

// A script stops at the first error and leaves what an upgrade leaves that
// stops there.
//
// Covers: G22.
func TestOfflineSQLStops(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := folder(t, first, "CREATE TABLE a (id integer);\nCREATE TABLE a (id integer);\n", second, "CREATE TABLE b (id integer);\n")
		var text bytes.Buffer
		require.NoError(t, migration.WriteSQLFrom(&text, d, dir, "", ""))
		_, err := client(t, cfg, text.String())
		require.Error(t, err)
		status, err := migrator(t, db, dir).Status(t.Context())
		require.NoError(t, err)
		require.Empty(t, status.Current)
		require.NoError(t, status.Problem)
		require.Len(t, status.Pending(), 2)
		require.Equal(t, d == config.MySQL, status.Dirty())
	})
}

// What Upgrade or Downgrade would refuse is not written as SQL either.
func TestOfflineSQLRefuses(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	dir := reversible(t)
	m := migrator(t, db, dir)
	var (
		text    bytes.Buffer
		unknown *migration.UnknownVersionError
		behind  *migration.BehindError
	)
	require.ErrorAs(t, m.WriteSQL(t.Context(), &text, migration.UpgradeOptions{To: "20990101000000"}), &unknown)
	require.ErrorAs(t, migration.WriteSQLFrom(&text, config.SQLite, dir, "20990101000000", ""), &unknown)
	require.ErrorAs(t, migration.WriteSQLFrom(&text, config.SQLite, dir, v2, v1), &behind)
	require.Error(t, migration.WriteSQLFrom(&text, "oracle", dir, "", ""))
	require.ErrorAs(t, m.WriteDowngradeSQL(t.Context(), &text, migration.DowngradeOptions{To: "20990101000000"}), &unknown)
	run(t, db, "CREATE TABLE theirs (id integer)")
	var notEmpty *migration.NotEmptyError
	require.ErrorAs(t, m.WriteSQL(t.Context(), &text, migration.UpgradeOptions{}), &notEmpty)
	steps, err := m.PendingSteps(t.Context(), migration.UpgradeOptions{To: v2})
	require.NoError(t, err)
	require.Len(t, steps, 2)
	require.Equal(t, v1, steps[1].From)
	require.Equal(t, v2, steps[1].To)
	require.Empty(t, text.String())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, m.WriteSQL(ctx, &text, migration.UpgradeOptions{}), context.Canceled)
}
