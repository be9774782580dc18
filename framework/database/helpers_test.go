package database_test

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// bind writes the ? of a query as db's dialect has them. No test has a ? in quotes.
func bind(db *database.DB, query string) string {
	if db.Dialect() != config.Postgres {
		return query
	}
	var b strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

// pick returns the text for db's dialect.
func pick(db *database.DB, sqlite, postgres, mysql string) string {
	switch db.Dialect() {
	case config.SQLite:
		return sqlite
	case config.Postgres:
		return postgres
	default:
		return mysql
	}
}

func exec(t *testing.T, db *database.DB, query string, args ...any) {
	t.Helper()
	_, err := db.SQL().ExecContext(t.Context(), bind(db, query), args...)
	require.NoError(t, err)
}

func count(t *testing.T, db *database.DB, query string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), bind(db, query), args...).Scan(&n))
	return n
}

// rawDriver is what ent's feature sql/execquery looks for in a driver.
type rawDriver interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// entExec runs a statement as ent does.
func entExec(ctx context.Context, db *database.DB, query string, args ...any) error {
	return db.Driver().Exec(ctx, bind(db, query), args, nil)
}
