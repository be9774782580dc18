package database

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// WithPingAfter makes connections that are idle for longer than d prove that they
// are alive, so that tests need not wait a second.
func WithPingAfter(d time.Duration) Option {
	return func(o *options) { o.pingAfter = d }
}

// Writes reports whether SQLite needs the write lock for a query.
func Writes(query string) bool { return writes(query) }

// PostgresURL returns the connection string for the PostgreSQL drivers.
func PostgresURL(u config.URL) (string, error) { return postgresURL(u, nil) }

// PrepareReadOnly makes a new connection to a SQLite file that the driver may only
// read, which binds root too.
func PrepareReadOnly(ctx context.Context, u config.URL) error {
	options, err := parseSQLite(u)
	if err != nil {
		return err
	}
	conn, err := openSQLite(strings.Replace(options.dsn, "mode=rw", "mode=ro", 1))
	if err != nil {
		return err
	}
	return errors.Join(options.prepare(ctx, conn.(sqliteBase)), conn.Close())
}
