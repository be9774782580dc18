package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// querier is a connection or a transaction, or a pool where only reading is
// done.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each runs a query and calls scan for each row. An error says what could not
// be done.
func each(ctx context.Context, db querier, what, query string, scan func(*sql.Rows) error, args ...any) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("migration: cannot %s: %w", what, err)
		}
	}()
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
