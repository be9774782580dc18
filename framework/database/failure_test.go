package database_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// single is a pool of one connection, so that a session keeps what is set.
func single() testkit.Option {
	return testkit.WithPool(config.Pool{Size: 1, Timeout: 300 * time.Millisecond, Recycle: config.Forever})
}

// What a database cannot do is told by its kind, whatever the driver, and the
// text for clients tells nothing of it.
//
// Covers: T18, T25.
func TestFailuresAreTyped(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `CREATE TABLE things (name varchar(5), n smallint)`)
		run := func(query string, args ...any) error {
			return db.Driver().Exec(t.Context(), bind(db, query), args, nil)
		}
		require.NoError(t, run(`INSERT INTO things (name, n) VALUES (?, ?)`, "abc", 1))

		expect := func(kind database.FailureKind, code string, err error) {
			t.Helper()
			require.Error(t, err)
			var failure *database.FailureError
			require.ErrorAs(t, err, &failure)
			require.Equal(t, kind, failure.Kind, "%v", err)
			require.Equal(t, code, failure.ErrorCode())
			require.NotContains(t, failure.ClientMessage(), "things")
			again, ok := database.AsFailure(errors.Unwrap(failure))
			require.True(t, ok)
			require.Equal(t, kind, again.Kind)
		}
		t.Run("values that a column cannot hold", func(t *testing.T) {
			if db.Dialect() == config.SQLite {
				t.Skip("it holds them")
			}
			for column, v := range map[string]any{"name": strings.Repeat("ü", 6), "n": 40_000} {
				err := db.Driver().Exec(t.Context(), pick(db, ``, `INSERT INTO things (`+column+`) VALUES (CAST($1 AS text)::`+map[string]string{"name": "varchar", "n": "int"}[column]+`)`,
					`INSERT INTO things (`+column+`) VALUES (?)`), []any{text(db, v)}, nil)
				broken, ok := database.AsConstraint(err)
				require.True(t, ok, "%v", err)
				require.Equal(t, database.Value, broken.Kind)
				if db.Dialect() == config.MySQL {
					require.Equal(t, []string{column}, broken.Columns)
				}
			}
		})
		t.Run("read only", func(t *testing.T) {
			require.NoError(t, run(pick(db, `PRAGMA query_only = 1`, `SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY`, `SET SESSION TRANSACTION READ ONLY`)))
			expect(database.ReadOnly, "UNAVAILABLE", run(`INSERT INTO things (n) VALUES (?)`, 2))
			require.NoError(t, run(pick(db, `PRAGMA query_only = 0`, `SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE`, `SET SESSION TRANSACTION READ WRITE`)))
		})
		t.Run("statement timeout", func(t *testing.T) {
			if db.Dialect() == config.SQLite {
				t.Skip("it has none")
			}
			require.NoError(t, run(pick(db, ``, `SET statement_timeout = '50ms'`, `SET max_statement_time = 0.05`)))
			expect(database.TimedOut, "TIMEOUT", run(pick(db, ``, `SELECT pg_sleep(5)`, `DELETE FROM things WHERE SLEEP(5) = 9`)))
			require.NoError(t, run(pick(db, ``, `SET statement_timeout = 0`, `SET max_statement_time = 0`)))
		})
		t.Run("no room", func(t *testing.T) {
			if db.Dialect() != config.SQLite {
				t.Skip("a full disk is not to be had")
			}
			require.NoError(t, run(`PRAGMA max_page_count = 4`))
			expect(database.Full, "UNAVAILABLE", run(`INSERT INTO things (name) VALUES (?)`, strings.Repeat("x", 100_000)))
		})
		t.Run("no connection is free", func(t *testing.T) {
			tx, err := db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			defer func() { _ = tx.Rollback() }()
			_, err = db.Driver().Tx(t.Context())
			if db.Dialect() != config.SQLite { // which has a lock of its own for writers
				expect(database.Overloaded, "UNAVAILABLE", err)
			}
		})
	}, single())
	for _, err := range []error{nil, t.Context().Err(), errors.New("x"), database.ErrZeroByte} {
		_, ok := database.AsFailure(err)
		require.False(t, ok)
	}
}

// text is a value as text where a cast is to bring it into the column.
func text(db *database.DB, v any) any {
	if n, ok := v.(int); ok && db.Dialect() == config.Postgres {
		return strings.Repeat("9", n/10_000+1)
	}
	return v
}

// A server that is not there is unavailable.
//
// Covers: T18.
func TestUnreachableServerIsUnavailable(t *testing.T) {
	t.Parallel()
	for _, dialect := range []config.Dialect{config.Postgres, config.MySQL} {
		_, err := database.Open(t.Context(), config.Database{URL: config.URL{Dialect: dialect, Host: "127.0.0.1", Port: 1, User: "x", Database: "x"}})
		failure, ok := database.AsFailure(err)
		require.True(t, ok, "%v", err)
		require.Equal(t, database.Unavailable, failure.Kind)
		require.NotContains(t, failure.ClientMessage(), "127.0.0.1")
	}
}
