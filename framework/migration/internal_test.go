package migration

import (
	"testing"
	"time"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: G15.
func TestSlug(t *testing.T) {
	t.Parallel()
	for description, want := range map[string]string{
		"Add e-mail to users!": "add_e_mail_to_users", "../../etc/passwd": "etc_passwd", "": "migration", "é — 日本": "migration", "a__b": "a_b",
	} {
		require.Equal(t, want, slug(description), description)
	}
	rapid.Check(t, func(t *rapid.T) {
		require.Regexp(t, `^[a-z0-9]+(_[a-z0-9]+)*$`, slug(rapid.String().Draw(t, "description")))
	})
}

// Covers: H05.
func TestNextVersionIsLater(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		last := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "last"), 0).UTC().Format(versionLayout)
		next, err := nextVersion(now, last)
		require.NoError(t, err)
		require.Greater(t, next, last)
		require.Len(t, next, len(versionLayout))
	})
	next, err := nextVersion(time.Unix(0, 0), "3000")
	require.NoError(t, err)
	require.Equal(t, "3001", next)
	_, err = nextVersion(time.Unix(0, 0), "9999")
	require.ErrorContains(t, err, "9999")
}

// A description cannot clear the screen on which it is shown, nor reverse it.
//
// Covers: H04.
func TestHeaderIsPrintable(t *testing.T) {
	t.Parallel()
	f := migrate.NewLocalFile("20260101000002_a\x1b[2Jb.sql", []byte("-- Description: red\x1b[31m \u202egpj.exe\n-- Risk: x\x07\n\nSELECT 1;\n"))
	m := describe(f)
	require.Equal(t, "red\ufffd[31m \ufffdgpj.exe", m.Description)
	require.Equal(t, []string{"x\ufffd"}, m.Risks)
	require.Equal(t, "a\ufffd[2Jb", describe(migrate.NewLocalFile(f.Name(), nil)).Description)
	require.NotContains(t, (&Migration{Description: "a\x1b[2J"}).header(), "\x1b")
}

func TestHeaderStaysApartFromDirectives(t *testing.T) {
	t.Parallel()
	want := Migration{
		Version: "20260101000002", Description: "Add posts", File: "20260101000002_x.sql", Created: time.Unix(0, 0).UTC(),
		Risks: []string{"destructive: drops table x", "locking: y"},
	}
	head := want.header()
	text := withHeader(head, []byte("-- atlas:txmode none\n\nSELECT 1;\n"))
	f := migrate.NewLocalFile("20260101000002_x.sql", text)
	require.Equal(t, []string{"none"}, f.Directive("txmode"))
	require.Equal(t, want, describe(f))
	stmts, err := f.Stmts()
	require.NoError(t, err)
	require.Equal(t, []string{"SELECT 1;"}, stmts)
}

// The neutral text of a check is translated outside of quotes only.
//
// Covers: B37.
func TestCheckExpr(t *testing.T) {
	t.Parallel()
	const expr = `CHAR_LENGTH (name) >= 3 AND length(bio) > 1 AND note <> 'char_length(''x'')' AND "length(" > 1`
	require.Equal(t, `char_length(name) >= 3 AND char_length(bio) > 1 AND note <> 'char_length(''x'')' AND "length(" > 1`,
		(&adapted{dialect: config.MySQL}).checkExpr(&schema.Table{}, expr))
	for _, d := range []config.Dialect{config.SQLite, config.Postgres} {
		require.Equal(t, `length(name) >= 3 AND length(bio) > 1 AND note <> 'char_length(''x'')' AND "length(" > 1`,
			(&adapted{dialect: d}).checkExpr(&schema.Table{}, expr))
	}
}

func TestPortable(t *testing.T) {
	t.Parallel()
	plan := &migrate.Plan{Changes: []*migrate.Change{{Cmd: "ALTER TABLE `t` DROP CHECK `DROP CHECK`, ADD CONSTRAINT `c` CHECK (`n` <> 'it''s DROP CHECK')"}}}
	portable(config.MySQL, plan)
	require.Equal(t, "ALTER TABLE `t` DROP CONSTRAINT `DROP CHECK`, ADD CONSTRAINT `c` CHECK (`n` <> 'it''s DROP CHECK')", plan.Changes[0].Cmd)
}

func TestOnlyData(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"INSERT INTO a VALUES (1)": true, "-- create\n update a set b = 1": true, "/* x */ WITH c AS (SELECT 1) SELECT 1": true,
		"CREATE TABLE a (id int)": false, "/*! CREATE TABLE a (id int) */": false, "-- insert\nDROP TABLE a": false, "CALL p()": false,
	} {
		require.Equal(t, want, onlyData([]*migrate.Stmt{{Text: text}}), text)
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	long := "ix_" + string(make([]byte, 80))
	require.Len(t, shorten(long), maxName)
	require.NotEqual(t, shorten(long), shorten(long+"x"))
	require.Equal(t, "ix_a", shorten("ix_a"))
}
