package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestWrites(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		`SELECT * FROM t`: false,
		`  -- INSERT` + "\n" + `/* UPDATE */ select replace(a, 'DELETE', "INSERT") from t`: false,
		`INSERT INTO t VALUES (1) RETURNING id`:                                            true,
		`/**/replace into t values (1)`:                                                    true,
		`WITH a AS (SELECT 1) SELECT * FROM a`:                                             false,
		`WITH a(x) AS (SELECT 'x)'), b AS (VALUES (1)) DELETE FROM t`:                      true,
		`WITH "UPDATE" AS (SELECT 1) SELECT * FROM "UPDATE"`:                               false,
		`WITH RECURSIVE a AS (SELECT 1) INSERT INTO t SELECT * FROM a`:                     true,
		`SELECT ';'; SELECT 2`:                                                             false,
		`SELECT 1; DELETE FROM t`:                                                          true,
		`;; ;DELETE FROM t`:                                                                true,
		`PRAGMA foreign_keys`:                                                              false,
		`EXPLAIN DELETE FROM t`:                                                            false,
		`CREATE TABLE t (n int)`:                                                           true,
		`VACUUM`:                                                                           true,
		`BEGIN`:                                                                            false,
		``:                                                                                 false,
		`-- only a comment`:                                                                false,
		`SELECT 'open`:                                                                     false,
	} {
		require.Equal(t, want, database.Writes(query), query)
	}
}

// An interrupted write makes SQLite end the transaction by itself. What follows
// must not be committed bit by bit.
func TestSQLiteInterruptedTransactionIsOver(t *testing.T) {
	t.Parallel()
	for _, url := range []config.URL{{Dialect: config.SQLite, Memory: true, Database: ":memory:"}, testkit.Create(t, testkit.SQLite).URL} {
		db, err := database.Open(t.Context(), config.Database{URL: url})
		require.NoError(t, err)
		notesTable(t, db)
		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (1)`)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `SELECT nothing FROM nowhere`)
		require.Error(t, err)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (1)`)
		require.NoError(t, err, "an ordinary error does not end the transaction")

		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err = tx.ExecContext(ctx, `INSERT INTO notes (n) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000) SELECT x FROM c`)
		cancel()
		require.Error(t, err)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (2)`)
		require.ErrorIs(t, err, database.ErrTxRolledBack)
		require.ErrorIs(t, tx.Commit(), database.ErrTxRolledBack)
		require.Zero(t, count(t, db, `SELECT COUNT(*) FROM notes`))
		exec(t, db, `INSERT INTO notes (n) VALUES (3)`)
		require.NoError(t, db.Close())
	}
}

// A commit that a deferred foreign key prevents leaves no transaction behind.
//
// Covers: D61, T33.
func TestSQLiteCommitThatFails(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
	exec(t, db, `CREATE TABLE a (id integer PRIMARY KEY, b int REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)`)
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), `INSERT INTO a VALUES (1, 2)`)
	require.NoError(t, err)
	broken, ok := database.AsConstraint(tx.Commit())
	require.True(t, ok)
	require.Equal(t, database.ForeignKey, broken.Kind)
	exec(t, db, `INSERT INTO a VALUES (1, NULL)`)
	require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM a`))
}

// A transaction that was begun by a statement ends with the use of the connection.
func TestSQLiteRawTransactionDoesNotLeak(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
	notesTable(t, db)
	conn, err := db.SQL().Conn(t.Context())
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), `BEGIN`)
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (1)`)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.Zero(t, count(t, db, `SELECT COUNT(*) FROM notes`))
	require.NoError(t, inTx(t.Context(), db, `INSERT INTO notes (n) VALUES (1)`))
}

// Statements that a connection keeps prepared survive changes of the schema, rows
// that are still open, and many others.
func TestSQLiteKeptStatements(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
	ctx := t.Context()
	exec(t, db, `CREATE TABLE a (id integer PRIMARY KEY); INSERT INTO a VALUES (1), (2)`)
	columns := func() []string {
		rows, err := db.SQL().QueryContext(ctx, `SELECT * FROM a WHERE id > ?`, 0)
		require.NoError(t, err)
		defer func() { require.NoError(t, rows.Close()) }()
		names, err := rows.Columns()
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Err())
		return names
	}
	require.Equal(t, []string{"id"}, columns())
	require.Equal(t, []string{"id"}, columns())
	exec(t, db, `ALTER TABLE a ADD COLUMN n int`)
	require.Equal(t, []string{"id", "n"}, columns())
	exec(t, db, `DROP TABLE a; CREATE TABLE a (x text, id integer PRIMARY KEY); INSERT INTO a (id) VALUES (1), (2)`)
	require.Equal(t, []string{"x", "id"}, columns())

	tx, err := db.SQL().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	outer, err := tx.QueryContext(ctx, `SELECT id FROM a WHERE id > ? ORDER BY id`, 0)
	require.NoError(t, err)
	var seen []int
	for outer.Next() {
		var id, again int
		require.NoError(t, outer.Scan(&id))
		require.NoError(t, tx.QueryRowContext(ctx, `SELECT id FROM a WHERE id > ? ORDER BY id`, id-1).Scan(&again))
		seen = append(seen, id, again)
	}
	require.NoError(t, outer.Err())
	require.NoError(t, outer.Close())
	require.NoError(t, tx.Commit())
	require.Equal(t, []int{1, 1, 2, 2}, seen)

	for i := range 300 {
		require.Equal(t, i, count(t, db, fmt.Sprintf(`SELECT %d WHERE 1 = ?`, i), 1))
	}
}

// LIKE tells upper from lower case, as it does on the other databases.
// Covers: A42.
func TestLikeIsCaseSensitive(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		require.Equal(t, 0, count(t, db, "SELECT COUNT(*) FROM (SELECT 'Bob' AS name) t WHERE name LIKE '%bob%'"))
		require.Equal(t, 1, count(t, db, "SELECT COUNT(*) FROM (SELECT 'Bob' AS name) t WHERE name LIKE '%Bob%'"))
	})
}

// LOWER knows letters beyond ASCII, as on the other databases; NULL stays NULL.
// Covers: A42.
func TestLowerKnowsUnicode(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite)
	require.Equal(t, 1, count(t, db, "SELECT LOWER('ÉCOLE') = 'école'"))
	require.Equal(t, 1, count(t, db, "SELECT LOWER(NULL) IS NULL"))
	require.Equal(t, 1, count(t, db, "SELECT LOWER(12) = '12'"))
}
