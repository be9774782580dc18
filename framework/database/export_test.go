package database

import (
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
