package testkit

import (
	"testing"

	"github.com/framefox-go/framefox/framework/database"
)

// Engine is a database together with a driver for it.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite" // go-sqlite3 or modernc.org/sqlite, see package database
	Postgres   Engine = "postgres"
	PostgresPQ Engine = "postgres-pq"
	MySQL      Engine = "mysql" // or MariaDB
)

// Engines returns all engines, whether they can be had or not.
func Engines() []Engine { return []Engine{SQLite, Postgres, PostgresPQ, MySQL} }

// Dialects returns one engine for each SQL dialect.
func Dialects() []Engine { return []Engine{SQLite, Postgres, MySQL} }

// Each runs fn in a parallel subtest for each engine, with a fresh database.
func Each(t *testing.T, fn func(t *testing.T, db *database.DB), opts ...Option) {
	t.Helper()
	run(t, Engines(), fn, opts)
}

// EachDialect is Each with one driver for each SQL dialect.
func EachDialect(t *testing.T, fn func(t *testing.T, db *database.DB), opts ...Option) {
	t.Helper()
	run(t, Dialects(), fn, opts)
}

func run(t *testing.T, engines []Engine, fn func(t *testing.T, db *database.DB), opts []Option) {
	t.Helper()
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, engine, opts...))
		})
	}
}
