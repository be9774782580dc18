package database_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func notesTable(t *testing.T, db *database.DB) {
	t.Helper()
	exec(t, db, `CREATE TABLE notes (id `+pick(db, "integer PRIMARY KEY", "bigserial PRIMARY KEY", "bigint AUTO_INCREMENT PRIMARY KEY")+`, n bigint NOT NULL)`)
}

// Covers: A42, A43.
func TestCommitKeepsAndRollbackForgets(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		for _, level := range []sql.IsolationLevel{sql.LevelDefault, sql.LevelReadCommitted, sql.LevelRepeatableRead, sql.LevelSerializable} {
			tx, err := db.SQL().BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), bind(db, `INSERT INTO notes (n) VALUES (?)`), 1)
			require.NoError(t, err)
			require.NoError(t, tx.Rollback())
			require.Zero(t, count(t, db, `SELECT COUNT(*) FROM notes`))
		}
		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), bind(db, `INSERT INTO notes (n) VALUES (?)`), 1)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM notes`))
	})
}

// Covers: T33.
func TestIsolationIsTheOneReported(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
		for _, asked := range []sql.IsolationLevel{sql.LevelDefault, sql.LevelReadCommitted, sql.LevelRepeatableRead} {
			tx, err := db.SQL().BeginTx(t.Context(), &sql.TxOptions{Isolation: asked, ReadOnly: true})
			require.NoError(t, err)
			var before, after int
			require.NoError(t, tx.QueryRowContext(t.Context(), `SELECT n FROM notes`).Scan(&before))
			exec(t, db, `UPDATE notes SET n = n + 1`)
			require.NoError(t, tx.QueryRowContext(t.Context(), `SELECT n FROM notes`).Scan(&after))
			require.NoError(t, tx.Commit())
			require.Equal(t, db.Isolation(asked) >= sql.LevelRepeatableRead, before == after, "asked for %s, got %s", asked, db.Isolation(asked))
		}
	})
}

// Covers: T33.
func TestReadOnlyTransactionRefusesToWrite(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		for range 3 {
			tx, err := db.SQL().BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (1)`)
			require.Error(t, err)
			require.NoError(t, tx.Rollback())
		}
		exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
		require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM notes`))
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
}

// Covers: A44.
func TestStatementsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
		slow := pick(db,
			`WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10000000000) SELECT COUNT(*) FROM c`,
			`SELECT COUNT(*) FROM (SELECT pg_sleep(60)) s`, `SELECT SLEEP(60)`)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		var n int
		err := db.SQL().QueryRowContext(ctx, slow).Scan(&n)
		require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
		require.Error(t, err)
		require.NotErrorIs(t, err, database.ErrPoolTimeout)
		require.Less(t, time.Since(start), 20*time.Second)
		require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM notes`))

		cancelled, stop := context.WithCancel(t.Context())
		tx, err := db.SQL().BeginTx(cancelled, nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (2)`)
		require.NoError(t, err)
		stop()
		require.Error(t, tx.Commit())
		exec(t, db, `INSERT INTO notes (n) VALUES (3)`)
		require.Equal(t, 2, count(t, db, `SELECT COUNT(*) FROM notes`))
	})
}

// Covers: T23, A33.
func TestEntUsesTheDriver(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		ctx, driver := t.Context(), db.Driver()
		require.Equal(t, pick(db, dialect.SQLite, dialect.Postgres, dialect.MySQL), driver.Dialect())
		build := entsql.Dialect(driver.Dialect())

		if driver.Dialect() == dialect.MySQL {
			query, args := build.Insert("notes").Columns("n").Values(7).Query()
			var result entsql.Result
			require.NoError(t, driver.Exec(ctx, query, args, &result))
			id, err := result.LastInsertId()
			require.NoError(t, err)
			require.Equal(t, int64(1), id)
		} else {
			query, args := build.Insert("notes").Columns("n").Values(7).Returning("id").Query()
			var rows entsql.Rows
			require.NoError(t, driver.Query(ctx, query, args, &rows))
			id, err := entsql.ScanInt64(rows)
			require.NoError(t, err)
			require.NoError(t, rows.Close())
			require.Equal(t, int64(1), id)
		}

		raw := driver.(rawDriver)
		_, err := raw.ExecContext(ctx, bind(db, `INSERT INTO notes (n) VALUES (?)`), 8)
		require.NoError(t, err)
		rows, err := raw.QueryContext(ctx, bind(db, `SELECT n FROM notes WHERE n > ?`), 7)
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.False(t, rows.Next())
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())

		tx, err := driver.(interface {
			BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error)
		}).BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
		require.NoError(t, err)
		query, args := build.Update("notes").Set("n", 9).Where(entsql.EQ("n", 8)).Query()
		require.NoError(t, tx.Exec(ctx, query, args, nil))
		_, err = tx.(rawDriver).ExecContext(ctx, bind(db, `DELETE FROM notes WHERE n = ?`), 7)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, 9, count(t, db, `SELECT n FROM notes`))

		tx, err = driver.Tx(ctx)
		require.NoError(t, err)
		require.NoError(t, tx.Exec(ctx, bind(db, `DELETE FROM notes`), []any{}, nil))
		require.NoError(t, tx.Rollback())
		require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM notes`))
	})
}
