package testkit

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Option changes how a test's database is opened.
type Option func(*settings)

type settings struct {
	pool    config.Pool
	options []database.Option
}

// WithPool sets the pool. The default is small, since many tests share a server:
// 4 connections and 4 more under load.
func WithPool(pool config.Pool) Option {
	return func(s *settings) { s.pool = pool }
}

// WithOptions hands options to database.Open.
func WithOptions(options ...database.Option) Option {
	return func(s *settings) { s.options = append(s.options, options...) }
}

// Open opens a fresh database that is dropped when the test ends. Without the
// engine it skips the test, or fails it where engines are required.
func Open(tb testing.TB, engine Engine, opts ...Option) *database.DB {
	tb.Helper()
	s := settings{pool: config.Pool{Size: 4, MaxOverflow: 4, Timeout: 30 * time.Second, Recycle: config.Forever, PrePing: true}}
	for _, opt := range opts {
		opt(&s)
	}
	cfg := Create(tb, engine)
	cfg.Pool = s.pool
	statements, faults := &recorder{}, &Faults{}
	options := append([]database.Option{database.WithLogger(slog.New(statements)), database.WithInterceptor(faults.Intercept)}, s.options...)
	db, err := database.Open(tb.Context(), cfg, options...)
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	recorders.Store(db, statements)
	faultsOf.Store(db, faults)
	tb.Cleanup(func() {
		recorders.Delete(db)
		faultsOf.Delete(db)
		if err := db.Close(); err != nil {
			tb.Errorf("testkit: cannot close the database: %v", err)
		}
	})
	return db
}

// Create makes a fresh, empty database that is dropped when the test ends, and
// returns how to reach it, with the default pool.
func Create(tb testing.TB, engine Engine) config.Database {
	tb.Helper()
	cfg := Reserve(tb, engine)
	if _, err := database.Create(tb.Context(), cfg); err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	return cfg
}

// Reserve returns a database that does not exist, for tests that create it. If it
// exists when the test ends it is dropped.
func Reserve(tb testing.TB, engine Engine) config.Database {
	tb.Helper()
	if engine == SQLite {
		file := filepath.Join(tb.TempDir(), "test.db")
		return config.Database{URL: config.URL{Dialect: config.SQLite, Database: file}}
	}
	url, err := serverOf(engine)
	if err != nil {
		missing(tb, engine, err)
	}
	url.Database = newName()
	cfg := config.Database{URL: url}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := database.Drop(ctx, cfg); err != nil {
			tb.Errorf("testkit: cannot drop the database: %v", err)
		}
	})
	return cfg
}
