package backup_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// spied puts programs first in PATH that note their arguments and then do their
// work, and returns the notes.
func spied(t *testing.T, names ...string) (notes string) {
	t.Helper()
	dir := t.TempDir()
	notes = filepath.Join(dir, "notes")
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip(name, "is not installed")
		}
		script := fmt.Sprintf("#!/bin/sh\necho \"%s $*\" >>%s\nexec %s \"$@\"\n", name, notes, path)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700))
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return notes
}

// limited makes a user who has a password and may create no databases.
func limited(t *testing.T, cfg config.Database) config.Database {
	t.Helper()
	name := fmt.Sprintf("framefox_test_user_%d", os.Getpid())
	const password = `se"s\a'me #1`
	cfg.Pool = config.Pool{}
	user := cfg
	user.URL.User, user.URL.Password = name, password
	escaped := strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(password)
	other := testkit.Create(t, testkit.Engine(cfg.URL.Dialect))
	if cfg.URL.Dialect == config.MySQL {
		run(t, cfg, "CREATE USER "+name+"@'%' IDENTIFIED BY '"+escaped+"'", "GRANT ALL ON `"+cfg.URL.Database+"`.* TO "+name+"@'%'")
		t.Cleanup(func() { run(t, other, "DROP USER "+name+"@'%'") })
		return user
	}
	run(t, cfg, "CREATE ROLE "+name+" LOGIN PASSWORD E'"+escaped+"'", "GRANT ALL ON SCHEMA public TO "+name,
		"GRANT ALL ON ALL TABLES IN SCHEMA public TO "+name)
	t.Cleanup(func() {
		run(t, cfg, "DROP OWNED BY "+name)
		run(t, other, "DROP ROLE "+name)
	})
	return user
}

// The password is in no argument of any program, and works whatever is in it.
// Where no scratch database may be made, the dump is read instead.
//
// Covers: G35, G36.
func TestPasswordIsInNoArgument(t *testing.T) {
	for engine, names := range map[testkit.Engine][]string{
		testkit.Postgres: {"pg_dump", "pg_restore"}, testkit.MySQL: {"mariadb-dump", "mysqldump", "mariadb", "mysql"},
	} {
		t.Run(string(engine), func(t *testing.T) {
			cfg := testkit.Create(t, engine)
			fill(t, cfg)
			if engine == testkit.MySQL {
				run(t, cfg, "DROP TRIGGER watch", "DROP VIEW some_users") // of another user
			}
			user := limited(t, cfg)
			notes := spied(t, names...)
			result, err := backup.Copy(t.Context(), user, backup.CopyOptions{Dir: t.TempDir()})
			require.NoError(t, err)
			require.EqualValues(t, 1205, result.Rows())
			require.Equal(t, backup.Read, result.Verified)
			empty := testkit.Create(t, engine)
			_, err = backup.Restore(t.Context(), empty, result.Path, backup.RestoreOptions{NoOwner: true})
			require.NoError(t, err)
			text, err := os.ReadFile(notes)
			require.NoError(t, err)
			require.GreaterOrEqual(t, strings.Count(string(text), "\n"), 2)
			require.NotContains(t, string(text), "se\"s")
			require.NotContains(t, string(text), "sesame")
			left, err := filepath.Glob(filepath.Join(os.TempDir(), database.ScratchPrefix+"*", "client.cnf"))
			require.NoError(t, err)
			for _, path := range left {
				content, _ := os.ReadFile(path) // it may be another test's, and gone
				require.NotContains(t, string(content), "se\\\"s", "the file with the password is removed")
			}
		})
	}
}

// A program that fails, is too old or is missing is named, with the way out, and
// nothing is left.
//
// Covers: G36.
func TestBrokenTools(t *testing.T) {
	cfg := testkit.Create(t, testkit.Postgres)
	fill(t, cfg)
	dir := t.TempDir()
	tool := func(name, script string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	copies := t.TempDir()

	tool("pg_dump", `case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1";; *) echo half; echo "no space left" >&2; exit 1;; esac`)
	_, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: copies})
	var failed *backup.RunError
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "no space left")
	require.Empty(t, files(t, copies))

	// A dump that says that it went well and is none.
	tool("pg_dump", `case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1";; *) echo PGDMP;; esac`)
	_, err = backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: copies})
	var damaged *backup.IntegrityError
	require.ErrorAs(t, err, &damaged)
	require.Empty(t, files(t, copies))
}

// A dump that lacks a row is found out, whichever way it is verified.
//
// Covers: G36.
func TestMissingRowIsFound(t *testing.T) {
	dump, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skip("pg_dump is not installed")
	}
	cfg := testkit.Create(t, testkit.Postgres)
	fill(t, cfg)
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\ncase \"$1\" in --version) exec %s --version;; esac\nexec %s --exclude-table-data=users \"$@\"\n", dump, dump)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pg_dump"), []byte(script), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	copies := t.TempDir()
	for _, how := range []backup.Verification{backup.Restored, backup.Read} {
		_, err = backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: copies, Verify: how})
		var damaged *backup.IntegrityError
		require.ErrorAs(t, err, &damaged, how)
		require.ErrorContains(t, err, "users", how)
		require.Empty(t, files(t, copies))
	}
}
