package migration_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// The versions of the example in testdata/example.
const (
	postsTable   = "20240101000000"
	usersTable   = "20240115000100"
	userProfiles = "20240115000200"
	postStatus   = "20240115000300"
	statusIndex  = "20240115000301" // PostgreSQL only
	displayNames = "20240115000400"
	newEmail     = "20240115000500"
)

// fillDisplayNames is the Go part of the example. The condition says what is
// left to do, so users who register meanwhile are found.
func fillDisplayNames() migration.DataMigration {
	return migration.DataMigration{
		Version:     displayNames,
		Description: "Give each user a display name",
		Up: func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, migration.Batch{
				Table:   "users",
				Columns: []string{"username", "email", "first_name", "last_name"},
				Where:   "display_name IS NULL",
				Each:    fillDisplayName,
			})
		},
		Down: migration.NothingToUndo, // the SQL file drops the column
	}
}

// fillDisplayName prefers the name, then what is before the @, then the
// username, which everybody has.
func fillDisplayName(ctx context.Context, tx *migration.DataTx, user migration.Row) error {
	name := strings.TrimSpace(user.Text("first_name") + " " + user.Text("last_name"))
	if name == "" {
		local, _, _ := strings.Cut(user.Text("email"), "@") // it may be NULL, which is ""
		name = strings.TrimSpace(local)
	}
	if name == "" {
		name = user.Text("username")
	}
	_, err := tx.Exec(ctx, "UPDATE users SET display_name = ? WHERE id = ?", name, user.Value("id"))
	return err
}

// exampleDir copies the folder, which has to be written to by nobody.
func exampleDir(d config.Dialect) *migration.Dir {
	return migration.OpenDir(filepath.Join("testdata", "example", string(d)))
}

// The five example migrations run forward over data that is there already, and
// back again, one by one, on each dialect.
//
// Covers: B36-B41, B58, H09, H10, H13-H16, H19-H25, H36, H38, H39, X15, X41.
func TestExampleMigrations(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		e := &exampleRun{T: t, db: db, cfg: cfg, dialect: d, m: withData(t, db, exampleDir(d), fillDisplayNames())}
		e.users()
		e.profiles()
		e.status()
		e.names()
		e.email()
		e.back()
	})
}

type exampleRun struct {
	*testing.T
	db      *database.DB
	cfg     config.Database
	dialect config.Dialect
	m       *migration.Migrator
}

func (e *exampleRun) upgrade(to string) {
	e.Helper()
	done, err := e.m.Upgrade(e.Context(), migration.UpgradeOptions{To: to})
	require.NoError(e, err)
	require.Equal(e, to, done.Current)
}

func (e *exampleRun) refused(kind database.ConstraintKind, name, statement string) {
	e.Helper()
	_, err := e.db.SQL().ExecContext(e.Context(), statement)
	constraint, ok := database.AsConstraint(err)
	require.True(e, ok, "%v", err)
	require.Equal(e, kind, constraint.Kind)
	if constraint.Constraint != "" || kind != database.Unique {
		require.Equal(e, name, constraint.Constraint)
	}
}

// users applies 001 and tries its constraints and defaults.
func (e *exampleRun) users() {
	e.upgrade(usersTable)
	run(e.T, e.db,
		"INSERT INTO users (username, email, password, first_name, last_name) VALUES ('ann', 'ann@example.org', 'x', 'Ann', 'Lee')",
		"INSERT INTO users (username, email, password) VALUES ('äöü', 'bob@example.org', 'x')")
	require.Equal(e, 2, count(e.T, e.db, "SELECT count(*) FROM users WHERE is_active AND NOT is_admin AND NOT is_verified AND created_at IS NOT NULL AND updated_at IS NOT NULL AND last_login IS NULL"))
	e.refused(database.Check, "ck_users_email_format", "INSERT INTO users (username, email, password) VALUES ('eve', 'eve', 'x')")
	e.refused(database.Check, "ck_users_username_length", "INSERT INTO users (username, email, password) VALUES ('äö', 'eve@example.org', 'x')")
	e.refused(database.Unique, "uq_users_username", "INSERT INTO users (username, email, password) VALUES ('ann', 'eve@example.org', 'x')")
	e.refused(database.Unique, "uq_users_email", "INSERT INTO users (username, email, password) VALUES ('eve', 'ann@example.org', 'x')")
	want := []string{"ix_users_active_created", "ix_users_active_only", "ix_users_last_login", "uq_users_email", "uq_users_username"}
	if e.dialect == config.MySQL {
		want = append(want[:1:1], want[2:]...)
	}
	require.Equal(e, want, e.indexes("users"))
}

// indexes lists the indexes of a table but that of its primary key.
func (e *exampleRun) indexes(table string) (list []string) {
	query := map[config.Dialect]string{
		config.SQLite:   "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '%s' ORDER BY name",
		config.Postgres: "SELECT indexname FROM pg_indexes WHERE tablename = '%s' AND indexname NOT LIKE '%%_pkey' ORDER BY indexname",
		config.MySQL:    "SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = '%s' AND index_name <> 'PRIMARY' ORDER BY index_name",
	}[e.dialect]
	rows, err := e.db.SQL().QueryContext(e.Context(), fmt.Sprintf(query, table))
	require.NoError(e, err)
	defer func() { require.NoError(e, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(e, rows.Scan(&name))
		list = append(list, name)
	}
	require.NoError(e, rows.Err())
	return list
}

// profiles applies 002: who was there before has a profile, once.
func (e *exampleRun) profiles() {
	e.upgrade(userProfiles)
	const whole = "SELECT count(*) FROM users JOIN user_profiles ON user_id = users.id WHERE timezone = 'UTC' AND language = 'en' AND email_notifications"
	require.Equal(e, 2, count(e.T, e.db, whole))
	names, err := filepath.Glob(filepath.Join(exampleDir(e.dialect).Path(), userProfiles+"*.sql"))
	require.NoError(e, err)
	text, err := os.ReadFile(names[0])
	require.NoError(e, err)
	fill := string(text[strings.Index(string(text), "INSERT INTO"):])
	run(e.T, e.db, "INSERT INTO users (username, email, password) VALUES ('cid', 'cid@example.org', 'x')", fill, fill)
	require.Equal(e, 3, count(e.T, e.db, whole), "it can be run again")
	run(e.T, e.db, "DELETE FROM users WHERE username = 'cid'")
	require.Equal(e, 2, count(e.T, e.db, "SELECT count(*) FROM user_profiles"), "a profile goes with its user")
	require.Contains(e, e.indexes("user_profiles"), "uq_user_profiles_user_id")
	require.NotContains(e, e.indexes("user_profiles"), "ix_user_profiles_user_id")
}

// status applies 003 to posts that are there.
func (e *exampleRun) status() {
	run(e.T, e.db, "INSERT INTO posts (title, published_at) VALUES ('a', '2024-01-01 10:00:00'), ('b', NULL), ('c', '2024-01-02 10:00:00')")
	e.upgrade(postStatus)
	if e.dialect == config.Postgres {
		require.Empty(e, e.indexes("posts"))
		e.upgrade(statusIndex)
	}
	require.Equal(e, []string{"ix_posts_status"}, e.indexes("posts"))
	require.Equal(e, 2, count(e.T, e.db, "SELECT count(*) FROM posts WHERE status = 'published' AND published_at IS NOT NULL"))
	run(e.T, e.db, "INSERT INTO posts (title) VALUES ('d')")
	require.Equal(e, 2, count(e.T, e.db, "SELECT count(*) FROM posts WHERE status = 'draft'"))
}

// names applies 004 to 2,500 users, in a process that is killed in the middle
// and then in one that other programs do not wait for.
func (e *exampleRun) names() {
	e.allowNoEmail()
	want := e.manyUsers(2500)
	require.Equal(e, 2502, count(e.T, e.db, "SELECT count(*) FROM users"))

	_, err := dataChild(e.T, e.cfg, exampleDir(e.dialect), "names", 2) // after its second line: the first batch
	require.Error(e, err)
	left := count(e.T, e.db, "SELECT count(*) FROM users WHERE display_name IS NULL")
	require.Contains(e, []int{1502, 502, 2}, left, "whole batches only")

	var lines []string
	_, err = e.m.Upgrade(e.Context(), migration.UpgradeOptions{To: displayNames, Data: func(p migration.DataProgress) {
		if lines = append(lines, p.String()); len(lines) == 1 {
			run(e.T, e.db,
				"INSERT INTO users (id, username, email, password) VALUES (-7, 'behind', 'behind@example.org', 'x')",
				"INSERT INTO users (username, email, password, first_name) VALUES ('ahead', 'ahead@example.org', 'x', ' Ahead ')",
				"DELETE FROM users WHERE username IN ('user0005', 'user2499')")
		}
	}})
	require.NoError(e, err)
	require.Equal(e, fmt.Sprintf("Migrating %d users...", 2502), lines[0])
	require.Equal(e, "Data migration completed successfully!", lines[len(lines)-1])
	delete(want, "user0005")
	delete(want, "user2499")
	want["behind"], want["ahead"], want["ann"], want["äöü"] = "behind", "Ahead", "Ann Lee", "bob"
	require.Equal(e, want, e.displayNames())
	require.Equal(e, 1, count(e.T, e.db, "SELECT count(*) FROM framefox_data_migrations WHERE state = 'done' AND failed = 0"))
}

// manyUsers inserts users with all kinds of names, and returns what they are to
// be called.
func (e *exampleRun) manyUsers(n int) map[string]string {
	want := map[string]string{}
	for from := 0; from < n; from += 500 {
		var values []string
		for i := from; i < from+500; i++ {
			username, email := fmt.Sprintf("user%04d", i), fmt.Sprintf("'mail%d@example.org'", i)
			first, last := "'First'", fmt.Sprintf("'Last%d'", i)
			want[username] = fmt.Sprintf("First Last%d", i)
			switch i % 10 {
			case 1:
				first, last, want[username] = "NULL", "NULL", fmt.Sprintf("mail%d", i)
			case 2:
				first, last, want[username] = "''", "''", fmt.Sprintf("mail%d", i)
			case 3:
				first, last, want[username] = "'   '", "' '", fmt.Sprintf("mail%d", i)
			case 4:
				first, last, want[username] = "NULL", "' Only '", "Only"
			case 5:
				first, last, email, want[username] = "NULL", "' '", "NULL", username
			case 6:
				first, last, email, want[username] = "NULL", "NULL", fmt.Sprintf("'@h%d.example'", i), username
			case 7:
				first, last, want[username] = "'Zoë'", "'O''Hara 日本'", "Zoë O'Hara 日本"
			}
			values = append(values, fmt.Sprintf("('%s', %s, 'x', %s, %s)", username, email, first, last))
		}
		run(e.T, e.db, "INSERT INTO users (username, email, password, first_name, last_name) VALUES "+strings.Join(values, ", "))
	}
	return want
}

func (e *exampleRun) displayNames() map[string]string {
	rows, err := e.db.SQL().QueryContext(e.Context(), "SELECT username, display_name FROM users")
	require.NoError(e, err)
	defer func() { require.NoError(e, rows.Close()) }()
	got := map[string]string{}
	for rows.Next() {
		var username, name string
		require.NoError(e, rows.Scan(&username, &name))
		got[username] = name
	}
	require.NoError(e, rows.Err())
	return got
}

// allowNoEmail makes the database one that was shaped by others, with users
// that have no e-mail.
func (e *exampleRun) allowNoEmail() {
	switch e.dialect {
	case config.Postgres:
		run(e.T, e.db, "ALTER TABLE users ALTER COLUMN email DROP NOT NULL")
	case config.MySQL:
		run(e.T, e.db, "ALTER TABLE users MODIFY email varchar(255) NULL")
	case config.SQLite:
		conn, err := e.db.SQL().Conn(e.Context())
		require.NoError(e, err)
		defer func() { require.NoError(e, conn.Close()) }()
		for _, statement := range []string{
			"PRAGMA writable_schema = ON",
			"UPDATE sqlite_master SET sql = replace(sql, 'email varchar(255) NOT NULL', 'email varchar(255) NULL') WHERE name = 'users'",
			"PRAGMA schema_version = 1000", // tells the other connections
			"PRAGMA writable_schema = OFF",
		} {
			_, err := conn.ExecContext(e.Context(), statement)
			require.NoError(e, err)
		}
	}
}

// email applies phase 1 of 005: the old program, which does not know the column,
// goes on inserting.
func (e *exampleRun) email() {
	e.upgrade(newEmail)
	run(e.T, e.db, "INSERT INTO users (username, email, password) VALUES ('old', 'old@example.org', 'x')",
		"UPDATE users SET new_email_format = '"+strings.Repeat("n", 308)+"@example.org' WHERE username = 'ann'")
	require.Equal(e, 2502, count(e.T, e.db, "SELECT count(*) FROM users WHERE new_email_format IS NULL"))
}

// back undoes all, one migration at a time, and looks at what is left.
func (e *exampleRun) back() {
	down := func(to string) migration.Step {
		done, err := e.m.Downgrade(e.Context(), migration.DowngradeOptions{})
		require.NoError(e, err)
		require.Equal(e, to, done.Current)
		return done.Steps[0]
	}
	gone := func(query string) {
		_, err := e.db.SQL().ExecContext(e.Context(), query)
		require.Error(e, err, query)
	}
	before := displayNames
	down(before)
	gone("SELECT new_email_format FROM users")
	require.Equal(e, 2503, count(e.T, e.db, "SELECT count(*) FROM users"))
	before = postStatus
	if e.dialect == config.Postgres {
		before = statusIndex
	}
	down(before)
	gone("SELECT display_name FROM users")
	gone("SELECT 1 FROM " + migration.DataTable) // with its last row
	require.Equal(e, 2503, count(e.T, e.db, "SELECT count(*) FROM users"))
	require.Equal(e, 1, count(e.T, e.db, "SELECT count(*) FROM users WHERE first_name = 'Ann' AND last_name = 'Lee'"))
	if e.dialect == config.Postgres {
		down(postStatus)
		require.Empty(e, e.indexes("posts"))
		require.Equal(e, 2, count(e.T, e.db, "SELECT count(*) FROM posts WHERE status = 'published'"))
	}
	down(userProfiles)
	gone("SELECT status FROM posts")
	require.Equal(e, 4, count(e.T, e.db, "SELECT count(*) FROM posts"))
	require.Equal(e, 2, count(e.T, e.db, "SELECT count(*) FROM user_profiles"))
	down(usersTable)
	gone("SELECT 1 FROM user_profiles")
	require.Equal(e, 2503, count(e.T, e.db, "SELECT count(*) FROM users"))
	down(postsTable)
	gone("SELECT 1 FROM users")
	require.Equal(e, 4, count(e.T, e.db, "SELECT count(*) FROM posts"))
	down("")
	gone("SELECT 1 FROM posts")

	done, err := e.m.Upgrade(e.Context(), migration.UpgradeOptions{})
	require.NoError(e, err)
	require.Equal(e, newEmail, done.Current)
}

// What an example migration loses when it is undone stands in its header.
//
// Covers: H19.
func TestExampleDownsSayWhatIsLost(t *testing.T) {
	t.Parallel()
	for _, d := range []config.Dialect{config.SQLite, config.Postgres, config.MySQL} {
		downs, err := filepath.Glob(filepath.Join(exampleDir(d).Path(), "down", "*.sql"))
		require.NoError(t, err)
		require.NotEmpty(t, downs)
		for _, name := range downs {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			destroys := strings.Contains(string(text), "DROP TABLE") || strings.Contains(string(text), "DROP COLUMN")
			require.Equal(t, destroys, strings.Contains(string(text), "\n-- Risk: destructive: drops "), name)
		}
	}
}

// The example is in order by the framework's own measures: each file goes up,
// down and up again with rows in the tables and its Go part, and the check finds
// no error.
func TestExampleMigrationsHoldTheirOwnChecks(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		dir, scratch := exampleDir(d), server(t, d)
		report, err := migration.TestCycle(t.Context(), migration.CycleConfig{
			Dir: dir, Data: []migration.DataMigration{fillDisplayNames()}, Server: scratch,
		})
		require.NoError(t, err)
		require.Empty(t, report.Problems)
		require.Empty(t, report.Irreversible)
		found, err := migration.Check(t.Context(), migration.CheckConfig{Dir: dir, Server: scratch, Since: postsTable})
		require.NoError(t, err)
		for _, f := range found.Findings {
			require.NotEqual(t, migration.SeverityError, f.Severity, "%+v", f)
		}
	})
}
