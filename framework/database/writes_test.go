package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// What a statement writes is told by its text, on each dialect; what the text
// does not tell counts as everything.
//
// Covers: I38.
func TestChangesOf(t *testing.T) {
	t.Parallel()
	all := database.Changes{All: true}
	tables := func(names ...string) database.Changes { return database.Changes{Tables: names} }
	deleted := func(names ...string) database.Changes { return database.Changes{Tables: names, Deleted: names} }
	for _, c := range []struct {
		dialect config.Dialect // "" is any
		query   string
		want    database.Changes
	}{
		{"", `SELECT * FROM users WHERE name = 'DELETE FROM x' FOR UPDATE`, database.Changes{}},
		{"", ` -- a comment
			/* INSERT INTO x */ INSERT INTO users (a) VALUES ('; UPDATE x SET y = 1')`, tables("users")},
		{"", `update Users set a = (select b from posts)`, tables("users")},
		{"", `DELETE FROM users WHERE id IN (SELECT user_id FROM posts)`, deleted("users")},
		{"", `UPDATE "public"."users" SET a = 1`, tables("public", "users")},
		{"", `INSERT INTO "my.schema"."Users" (a) SELECT a FROM posts`, tables("users")},
		{"", `WITH x AS (SELECT 1) DELETE FROM posts`, deleted("posts")},
		{"", `CREATE TABLE x (a INT)`, all},
		{"", `CALL clean()`, all},
		{"", `UPDATE users SET a = 'open`, all},
		{"", `SAVEPOINT a`, database.Changes{}},
		{"", `INSERT INTO a VALUES (1); DELETE FROM b`, database.Changes{Tables: []string{"a", "b"}, Deleted: []string{"b"}}},
		{config.Postgres, `WITH gone AS (DELETE FROM posts RETURNING id) INSERT INTO logs SELECT id FROM gone`, database.Changes{Tables: []string{"posts", "logs"}, Deleted: []string{"posts"}}},
		{config.Postgres, `INSERT INTO users (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2`, tables("users")},
		{config.Postgres, `EXPLAIN ANALYZE UPDATE ONLY users SET a = 1`, tables("users")},
		{config.Postgres, `SELECT $$ it's $$ FROM users`, database.Changes{}},
		{config.Postgres, `DO $$ BEGIN DELETE FROM users; END $$`, all},
		{config.Postgres, `TRUNCATE users, posts CASCADE`, deleted("users", "posts", "cascade")},
		{config.Postgres, `COPY users (a) FROM STDIN`, tables("users")},
		{config.Postgres, `COPY users TO STDOUT`, database.Changes{}},
		{config.Postgres, `SELECT * INTO copy FROM users`, all},
		{config.Postgres, `UPDATE users SET a = E'it\'s' WHERE b = 1`, tables("users")},
		{config.Postgres, `MERGE INTO users u USING posts p ON u.id = p.id WHEN MATCHED THEN DELETE`, deleted("users")},
		{config.MySQL, "INSERT IGNORE users SET a = 'it\\'s'", tables("users")},
		{config.MySQL, "INSERT INTO `users` (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", tables("users")},
		{config.MySQL, "REPLACE INTO users VALUES (1)", deleted("users")},
		{config.MySQL, "SELECT REPLACE(a, 'b', 'c'), INSERT(a, 1, 1, 'x') FROM users", database.Changes{}},
		{config.MySQL, "UPDATE users u JOIN posts p ON p.user_id = u.id SET p.a = 1", tables("users", "u", "posts", "p", "user_id", "id")},
		{config.MySQL, "/*!40101 DELETE FROM users */", deleted("users")},
		{config.SQLite, `INSERT OR REPLACE INTO [users] VALUES (1)`, deleted("users")},
		{config.SQLite, `REPLACE INTO users VALUES (1)`, deleted("users")},
	} {
		dialects := []config.Dialect{c.dialect}
		if c.dialect == "" {
			dialects = []config.Dialect{config.SQLite, config.Postgres, config.MySQL}
		}
		for _, d := range dialects {
			got := database.ChangesOf(d, c.query)
			for _, name := range c.want.Tables {
				require.Contains(t, got.Tables, name, "%s: %s", d, c.query)
			}
			require.Equal(t, c.want.Deleted, got.Deleted, "%s: %s", d, c.query)
			require.Equal(t, c.want.All, got.All, "%s: %s", d, c.query)
			require.Equal(t, c.want.None(), got.None(), "%s: %s", d, c.query)
		}
	}
}

// observed records what an observer is told.
type observed struct {
	mu  sync.Mutex
	log []string
}

func (o *observed) observe(_ context.Context, w database.Changes) func(bool) {
	o.add(fmt.Sprintf("before %v", w.Tables))
	return func(changed bool) { o.add(fmt.Sprintf("after %v %t", w.Tables, changed)) }
}

func (o *observed) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log = append(o.log, line)
}

func (o *observed) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	log := o.log
	o.log = nil
	return log
}

// An observer hears of writes around their commit, whatever way they take, and
// nothing of what was rolled back.
//
// Covers: I38, I44.
func TestObserveWrites(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		var told observed
		db.ObserveWrites(told.observe)
		both := []string{"before [notes]", "after [notes] true"}

		require.NoError(t, addNote(t.Context(), db, 1))
		require.Equal(t, both, told.take(), "a statement of its own")

		_, err := db.SQL().ExecContext(t.Context(), `UPDATE notes SET n = 2`)
		require.NoError(t, err)
		require.Equal(t, both, told.take(), "database/sql")

		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 3))
			require.NoError(t, addNote(ctx, db, 4))
			require.Empty(t, told.take(), "not before COMMIT")
			return nil
		}))
		require.Equal(t, both, told.take(), "once for a transaction")

		failed := errors.New("failed")
		require.ErrorIs(t, db.Transact(t.Context(), func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 5))
			return failed
		}), failed)
		require.Empty(t, told.take(), "rolled back")

		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `DELETE FROM notes`)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, both, told.take(), "a transaction by hand")

		conn, err := db.SQL().Conn(t.Context())
		require.NoError(t, err)
		for _, text := range []string{"BEGIN", "DELETE FROM notes", "COMMIT"} {
			_, err := conn.ExecContext(t.Context(), text)
			require.NoError(t, err, text)
		}
		require.Equal(t, both, told.take(), "a transaction by its text")
		require.NoError(t, conn.Close())

		stmt, err := db.SQL().PrepareContext(t.Context(), `UPDATE notes SET n = 6`)
		require.NoError(t, err)
		_, err = stmt.ExecContext(t.Context())
		require.NoError(t, err)
		require.NoError(t, stmt.Close())
		require.Equal(t, both, told.take(), "prepared")

		if db.Dialect() != config.MySQL || testReturning(t, db) {
			rows, err := db.SQL().QueryContext(t.Context(), `INSERT INTO notes (n) VALUES (7) RETURNING n`)
			require.NoError(t, err)
			require.Equal(t, both[:1], told.take(), "rows that are not read yet")
			require.True(t, rows.Next())
			require.False(t, rows.Next())
			require.NoError(t, rows.Err())
			require.NoError(t, rows.Close())
			require.Equal(t, both[1:], told.take(), "rows that are read")
		}

		faults := testkit.InjectFaults(t, db)
		faults.FailWhen(func(query string) bool { return query == "COMMIT" }, testkit.DisconnectedLate)
		err = db.Transact(t.Context(), func(ctx context.Context) error { return addNote(ctx, db, 8) })
		faults.Off()
		require.ErrorIs(t, err, database.ErrOutcomeUnknown)
		require.Equal(t, both, told.take(), "an unknown outcome")
	})
}

func testReturning(t *testing.T, db *database.DB) bool {
	t.Helper()
	var version string
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), "SELECT VERSION()").Scan(&version))
	return strings.Contains(strings.ToLower(version), "mariadb")
}

// Who watches statements knows of each that its context runs, and which of them
// see the data of a transaction that was there before.
//
// Covers: I39, I44.
func TestWatchStatements(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		var outer, inner []database.Upcoming
		ctx := database.WatchStatements(t.Context(), func(s database.Upcoming) { outer = append(outer, s) })
		ctx = database.WatchStatements(ctx, func(s database.Upcoming) { inner = append(inner, s) })
		text := `SELECT COUNT(*) FROM notes`
		read := func(q interface {
			QueryRowContext(context.Context, string, ...any) *sql.Row
		},
		) {
			var n int
			require.NoError(t, q.QueryRowContext(ctx, text).Scan(&n))
		}
		read(db.SQL())
		require.Equal(t, []database.Upcoming{{Query: text}}, inner)
		require.Equal(t, inner, outer)
		inner = nil

		before, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		read(before)
		require.NoError(t, before.Rollback())
		during, err := db.SQL().BeginTx(ctx, nil)
		require.NoError(t, err)
		read(during)
		require.NoError(t, during.Rollback())
		require.Equal(t, []database.Upcoming{{Query: text, Before: true}, {Query: text}}, inner)

		m := database.MentionsOf(db.Dialect(), `WITH recent AS (SELECT * FROM posts)
			SELECT EXTRACT(year FROM t.at), trim(x) FROM recent r, tags t JOIN app.users u ON u.id = r.user_id
			WHERE a IS DISTINCT FROM b AND EXISTS (SELECT 1 FROM active_posts)`)
		require.Equal(t, []string{"active_posts", "posts", "tags", "users"}, m.Relations)
		require.Contains(t, m.Names, "posts")
	})
}
