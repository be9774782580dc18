package query_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

// What is not a statement that reads is refused before the database sees it.
//
// Covers: E85, D10.
func TestOnlyStatementsThatReadAreForReading(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		items(t, db)
		exec(t, db, `INSERT INTO items (id) VALUES (1)`)
		report := query.With(db, query.ReadOnly())
		for _, text := range []string{
			`DROP TABLE items`, `TRUNCATE TABLE items`, `CREATE TABLE other (id int)`, `ALTER TABLE items ADD c int`, `RENAME TABLE items TO other`,
			`SELECT 1 INTO OUTFILE '/tmp/x'`, `SELECT id INTO other FROM items`, `SELECT 1.INTO OUTFILE '/tmp/x'`, `(SELECT 1 INTO @x)`,
			`SET SESSION TRANSACTION READ ONLY`, `SET search_path = x`, `HANDLER items OPEN`, `DO SLEEP(0)`, `CALL f()`,
			`PRAGMA ignore_check_constraints = 1`, `PRAGMA query_only = OFF`, `EXPLAIN PRAGMA query_only = OFF`, `ATTACH DATABASE ':memory:' AS x`,
			`DELETE FROM items`, `EXPLAIN ANALYZE DELETE FROM items`, `EXPLAIN FORMAT = JSON DELETE FROM items`, `EXPLAIN (ANALYZE) DELETE FROM items`,
			`VACUUM`, `DISCARD ALL`, `LISTEN x`, `SELECT GET_LOCK('x', 0)`, `SELECT pg_catalog."pg_advisory_lock" (1)`, `ANALYZE items`, `EXPLAIN`,
		} {
			_, err := query.All[map[string]any](t.Context(), report, text)
			require.ErrorIs(t, err, query.ErrNotReading, text)
			_, err = query.Exec(t.Context(), report, text)
			require.ErrorIs(t, err, query.ErrNotReading, text)
			err = db.Transact(t.Context(), func(ctx context.Context) error {
				_, err := query.Exec(ctx, report, text)
				return err
			}, database.ToRead())
			require.ErrorIs(t, err, query.ErrNotReading, text)
		}
		for _, text := range []string{
			`SELECT id FROM items`, `(SELECT id FROM items)`, ` -- a comment
			WITH x AS (SELECT id FROM items) SELECT id FROM x`, `SELECT 'INTO' FROM items`, `SELECT id FROM items;`,
		} {
			if db.Dialect() == config.SQLite && text[0] == '(' {
				continue
			}
			_, err := query.One[any](t.Context(), report, text)
			require.NoError(t, err, text)
		}
		explain := `EXPLAIN SELECT id FROM items`
		if db.Dialect() == config.SQLite {
			explain = `EXPLAIN QUERY PLAN SELECT id FROM items`
		}
		_, err := query.All[map[string]any](t.Context(), report, explain)
		require.NoError(t, err)
		scalarFrom(t, db, 1, `SELECT COUNT(*) FROM items`)
	})
}

// A function that changes a setting does so for the one statement.
//
// Covers: E85.
func TestReadingLeavesNoSettings(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.Postgres, testkit.WithPool(config.Pool{Size: 1}))
	report := query.With(db, query.ReadOnly())
	before, err := query.One[string](t.Context(), db, `SHOW search_path`)
	require.NoError(t, err)
	for _, text := range []string{`SELECT set_config('search_path', 'x', false)`, `SELECT set_config('default_transaction_read_only', 'on', false)`} {
		_, err = query.One[string](t.Context(), report, text)
		require.NoError(t, err)
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			_, err := query.One[string](ctx, report, text)
			return err
		}, database.ToRead()))
	}
	scalarFrom(t, db, before, `SHOW search_path`)
	scalarFrom(t, db, "off", `SHOW default_transaction_read_only`)
}

// A comment ends where the server ends it.
//
// Covers: E39, D10, E85.
func TestACommentEndsAsTheServerSaysIt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		items(t, db)
		exec(t, db, `INSERT INTO items (id) VALUES (1)`)
		hidden := "SELECT 1 -- \r; COMMIT; DELETE FROM items"
		for _, src := range []query.Source{db, query.With(db, query.ReadOnly())} {
			_, err := query.All[int](t.Context(), src, hidden)
			if db.Dialect() == config.Postgres {
				require.ErrorIs(t, err, query.ErrManyStatements)
			} else {
				require.NoError(t, err)
			}
		}
		scalarFrom(t, db, 1, `SELECT COUNT(*) FROM items`)
	})
}

// Nothing ends the transaction around behind its back.
//
// Covers: F02, D12.
func TestSQLEndsNoTransaction(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		texts := map[config.Dialect][]string{
			config.SQLite:   {`COMMIT`, `END TRANSACTION`},
			config.Postgres: {`COMMIT`, `PREPARE TRANSACTION 'x'`, `ABORT`},
			config.MySQL: {
				`COMMIT`, `EXECUTE IMMEDIATE 'COMMIT'`, `XA END 'x'`, `LOCK TABLES items WRITE`, `UNLOCK TABLES`,
				`SET autocommit = 1`, "SET @@SESSION.`autocommit` = 1",
			},
		}
		for _, text := range texts[db.Dialect()] {
			_, err := query.Exec(t.Context(), db, text)
			require.ErrorContains(t, err, "use Transact", text)
		}
	})
}
