package database_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"

	entsql "entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// entQuery runs a statement by way of ent's Query, which returns rows, and reads them.
func entQuery(ctx context.Context, db *database.DB, query string) error {
	rows := &entsql.Rows{}
	if err := db.Driver().Query(ctx, query, []any{}, rows); err != nil {
		return err
	}
	for rows.Next() {
	}
	return errors.Join(rows.Err(), rows.Close())
}

// writing are statements that change something though they look like reading.
func writing(db *database.DB) []string {
	all := []string{`DELETE FROM notes`, `DROP TABLE notes`, `CREATE TABLE others (n int)`}
	switch db.Dialect() {
	case config.SQLite:
		return append(all, `PRAGMA query_only=OFF`, `PRAGMA query_only(0)`, `/* */ PRAGMA main.user_version = 99`, `SELECT 1; PRAGMA query_only=OFF`,
			`EXPLAIN PRAGMA query_only=OFF`, `PRAGMA ignore_check_constraints=1`, `ATTACH DATABASE ':memory:' AS x`, `DELETE FROM notes RETURNING id`,
			`WITH x AS (SELECT 1) DELETE FROM notes`, `COMMIT`)
	case config.Postgres:
		return append(all, `WITH x AS (DELETE FROM notes RETURNING id) SELECT * FROM x`, `SELECT * INTO others FROM notes`,
			`SELECT nextval('notes_id_seq')`, `EXPLAIN ANALYZE DELETE FROM notes`, `SET TRANSACTION READ WRITE`)
	default:
		return append(all, `TRUNCATE notes`, `SET SESSION TRANSACTION READ ONLY`, `SET SESSION foreign_key_checks=0`, `LOCK TABLES notes READ`,
			`EXECUTE IMMEDIATE 'COMMIT'`, `SELECT n INTO @n FROM notes LIMIT 1`, `SELECT 'a\'', 1 INTO @n`, `SELECT 1--1 INTO @n`,
			`SELECT 1 /*! INTO @n */`, `SELECT @n := 1`, `ANALYZE TABLE notes`)
	}
}

// What a transaction to read refuses it refuses whatever the statement looks like,
// the outermost one as well as a part of one that writes.
//
// Covers: E85.
func TestReadingRefusesWhatLooksLikeIt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
		for _, query := range writing(db) {
			for _, run := range []func(context.Context, *database.DB, string) error{
				entQuery, func(ctx context.Context, db *database.DB, query string) error { return entExec(ctx, db, query) },
			} {
				try := func(ctx context.Context) error {
					if err := entQuery(ctx, db, `SELECT n FROM notes`); err != nil {
						return err
					}
					return run(ctx, db, query)
				}
				require.Error(t, db.Transact(t.Context(), try, database.ToRead()), query)
				require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
					require.Error(t, db.Transact(ctx, try, database.ToRead()), query)
					require.Error(t, db.Transact(ctx, func(ctx context.Context) error { return run(ctx, db, query) }, database.ToRead()), query)
					return addNote(ctx, db, 1)
				}), query)
				require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error { return addNote(ctx, db, 1) }), query)
			}
		}
		require.Equal(t, 1+4*len(writing(db)), notes(t, db))
		if db.Dialect() == config.SQLite {
			require.Zero(t, count(t, db, `PRAGMA user_version`))
		}
	}, testkit.WithPool(config.Pool{Size: 1}))
}

// Reading in all its forms is not refused.
//
// Covers: E85.
func TestReadingIsNotRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		queries := []string{
			`SELECT n FROM notes`, `-- a comment
			WITH x AS (SELECT n FROM notes) SELECT * FROM x;`, `(SELECT 'DELETE; INTO' AS a) -- INTO`, `SELECT REPLACE('a', 'b', 'c') /* DELETE */`,
		}
		if db.Dialect() == config.SQLite {
			queries = append(queries[:2], `PRAGMA table_info(notes)`, `PRAGMA main.user_version`, `EXPLAIN QUERY PLAN DELETE FROM notes`)
		} else {
			queries = append(queries, `EXPLAIN SELECT * FROM notes`)
		}
		for _, query := range queries {
			read := func(ctx context.Context) error { return entQuery(ctx, db, query) }
			require.NoError(t, db.Transact(t.Context(), read, database.ToRead()), query)
			require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
				return errors.Join(db.Transact(ctx, read, database.ToRead()), addNote(ctx, db, 1))
			}), query)
		}
	})
}

// What a transaction to read sets on its connection ends with it.
//
// Covers: E85, S14.
func TestReadingLeavesTheConnectionAsItWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		for _, level := range []sql.IsolationLevel{sql.LevelDefault, sql.LevelSerializable} {
			require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
				return errors.Join(
					entQuery(ctx, db, `SELECT set_config('default_transaction_read_only', 'on', false)`),
					entExec(ctx, db, `SET search_path = nowhere`),
				)
			}, database.ToRead(), database.Isolated(level)))
			require.NoError(t, addNote(t.Context(), db, 1))
		}
		require.Equal(t, 2, notes(t, db))
	}, config.Postgres)
}

// A part that a client began, and that changed rows by a statement that only looks
// like reading, cannot be taken back alone.
//
// Covers: F15.
func TestPartsThatWriteInDisguiseLoseTheTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
		query := pick(db, `PRAGMA user_version=99`, `WITH x AS (DELETE FROM notes RETURNING id) SELECT * FROM x`, `WITH x AS (SELECT 1) SELECT n INTO @n FROM notes LIMIT 1`)
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			tx, err := db.Driver().Tx(ctx)
			require.NoError(t, err)
			require.NoError(t, tx.Exec(ctx, query, []any{}, nil))
			return tx.Rollback()
		})
		var lost *database.LostError
		require.ErrorAs(t, err, &lost)
		require.Equal(t, 1, notes(t, db))
	})
}

// A statement that ends the transaction is an error at the next one, at the latest
// at the end, which does not say that anything was undone.
//
// Covers: F16, F57.
func TestStatementsThatEndTheTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		for _, query := range []string{`COMMIT`, `ROLLBACK`, pick(db, `/* */; END TRANSACTION`, `DO 'BEGIN NULL; END'; COMMIT`, `EXECUTE IMMEDIATE 'COMMIT'`)} {
			failure := errors.New("no")
			err := db.Transact(t.Context(), func(ctx context.Context) error {
				require.NoError(t, addNote(ctx, db, 1))
				_ = entExec(ctx, db, query)
				return failure
			})
			require.ErrorIs(t, err, failure)
			require.Equal(t, db.Dialect() != config.SQLite, errors.Is(err, database.ErrTxBroken), "SQLite refuses it, and so rolls back: %v", err)
			exec(t, db, `DELETE FROM notes`)
			err = db.Transact(t.Context(), func(ctx context.Context) error {
				_ = entExec(ctx, db, query)
				require.ErrorIs(t, addNote(ctx, db, 1), database.ErrTxBroken)
				return nil
			})
			require.ErrorIs(t, err, database.ErrTxBroken)
			require.ErrorIs(t, db.Transact(t.Context(), func(ctx context.Context) error {
				_ = entExec(ctx, db, query)
				return nil
			}), database.ErrTxBroken)
			require.Zero(t, notes(t, db))
		}
	}, testkit.WithPool(config.Pool{Size: 1}))
}

// A statement between the rows of another one in a transaction says what to do,
// where the driver cannot run it, and nothing takes the connection for lost.
//
// Covers: F04.
func TestOpenRowsInATransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (1), (2)`)
		between := func(ctx context.Context) error {
			rows, err := db.Driver().(rawDriver).QueryContext(ctx, `SELECT n FROM notes`)
			require.NoError(t, err)
			defer func() { require.NoError(t, rows.Close()) }()
			require.True(t, rows.Next())
			err = addNote(ctx, db, 3)
			require.NoError(t, rows.Err())
			return err
		}
		for range 2 {
			err := db.Transact(t.Context(), between, database.Retrying(database.RetryPolicy{}))
			if db.Dialect() == config.SQLite {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, database.ErrRowsOpen)
			require.False(t, database.Retryable(err))
			require.Equal(t, 2, notes(t, db))
		}
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			return errors.Join(entQuery(ctx, db, `SELECT n FROM notes`), addNote(ctx, db, 3))
		}))
	}, testkit.WithPool(config.Pool{Size: 1}))
}

// each is testkit.Each for some dialects.
func each(t *testing.T, test func(t *testing.T, db *database.DB), dialects ...config.Dialect) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		if !slices.Contains(dialects, db.Dialect()) {
			t.Skip("not on this one")
		}
		test(t, db)
	}, testkit.WithPool(config.Pool{Size: 1}))
}
