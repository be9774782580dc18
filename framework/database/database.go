package database

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/config"
)

// openTimeout bounds the proof at Open that the database answers.
const openTimeout = 10 * time.Second

// DB is an open database. It is safe for concurrent use.
type DB struct {
	url    config.URL
	sql    *sql.DB
	source source
	conns  *connector
	driver *joiner
	logger *slog.Logger  // for warnings
	slowTx time.Duration // 0 is never
}

// Option extends what Open does.
type Option func(*options)

type options struct {
	logger      *slog.Logger
	interceptor Interceptor
	observers   observers
	pingAfter   time.Duration
}

// WithLogger logs each statement with its duration at debug level, or at info
// level if the configuration says EchoSQL. Values of arguments are never logged.
// It also gets the warnings, which go to slog.Default without it.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) { o.logger = logger }
}

// Open opens a database and makes sure that it answers. Fields of cfg that are
// zero have their defaults. A SQLite file must exist, as a database of a server
// must, unless the URL says mode=rwc; see Create.
//
// The error is an *OpenError, or tells what is wrong with cfg.
func Open(ctx context.Context, cfg config.Database, opts ...Option) (*DB, error) {
	cfg = cfg.WithDefaults()
	if err := validatePool(cfg.Pool); err != nil {
		return nil, err
	}
	o := options{pingAfter: pingAfter}
	for _, opt := range opts {
		opt(&o)
	}
	db, err := open(ctx, cfg, o)
	if err != nil {
		return nil, openError(cfg.URL, err)
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if err := db.Ping(ctx); err != nil {
		_ = db.Close() // the error that matters is the first
		return nil, openError(cfg.URL, err)
	}
	return db, nil
}

func validatePool(p config.Pool) error {
	switch {
	case p.Size < 1:
		return fmt.Errorf("database: pool size %d is not possible: it is at least 1", p.Size)
	case p.MaxOverflow < config.Unlimited:
		return fmt.Errorf("database: pool overflow %d is not possible: 0 is none, -1 unlimited", p.MaxOverflow)
	case p.Timeout < 0:
		return fmt.Errorf("database: pool timeout %s is not possible: it is above 0", p.Timeout)
	}
	return nil
}

func open(ctx context.Context, cfg config.Database, o options) (*DB, error) {
	db := &DB{url: cfg.URL, logger: cmp.Or(o.logger, slog.Default()), slowTx: max(cfg.SlowTransaction, 0)}
	conns := &connector{log: o.statementLog(cfg.EchoSQL), interceptor: o.interceptor, observers: o.observers}
	var (
		pooled *pool
		lock   *writeLock
		err    error
	)
	switch {
	case cfg.URL.Dialect == config.SQLite:
		conns.rules.jsonText = true
		pooled, lock, err = newSQLite(cfg)
	case cfg.URL.Dialect == config.MySQL:
		pooled, err = newMySQL(cfg)
	case cfg.URL.Dialect == config.Postgres && cfg.URL.Driver == "pq":
		conns.rules.jsonText = true
		pooled, err = newPq(cfg)
	case cfg.URL.Dialect == config.Postgres:
		conns.rules.native = true
		db.source, err = newPgx(ctx, cfg, o.pingAfter)
	default:
		err = config.ErrUnsupportedDialect
	}
	if err != nil {
		return nil, err
	}
	if pooled != nil {
		pooled.pingAfter = o.pingAfter
		db.source = pooled
	}
	conns.source = db.source
	conns.texts.dialect, conns.implicitCommit = cfg.URL.Dialect, cfg.URL.Dialect == config.MySQL
	db.conns = conns
	db.sql = sql.OpenDB(conns)
	db.sql.SetMaxIdleConns(-1) // the source keeps them
	base := entsql.OpenDB(entDialect(cfg.URL.Dialect), db.sql)
	var raw rawDriver = base
	if lock != nil {
		db.watchWaiters(lock.queue) //nolint:contextcheck // it warns for itself
		raw = &writerDriver{Driver: base, lock: lock}
	}
	db.driver = &joiner{&explainer{raw, newSessionVariables()}, db} //nolint:contextcheck // of a probe
	o.observers.opened(db)
	return db, nil
}

func (o options) statementLog(echo bool) *statementLog {
	level := slog.LevelDebug
	if echo {
		level = slog.LevelInfo
		if o.logger == nil {
			o.logger = slog.Default()
		}
	}
	if o.logger == nil {
		return nil
	}
	return &statementLog{logger: o.logger, level: level}
}

// entDialect is the name that ent has for a dialect.
func entDialect(d config.Dialect) string {
	switch d {
	case config.SQLite:
		return dialect.SQLite
	case config.Postgres:
		return dialect.Postgres
	case config.MySQL:
		return dialect.MySQL
	default:
		return string(d)
	}
}

// Driver returns the driver for ent.NewClient(ent.Driver(db.Driver())). It also
// has ExecContext, QueryContext and BeginTx, for raw SQL and isolation levels, and
// runs each statement in the transaction that its context carries; see Transact.
func (db *DB) Driver() dialect.Driver { return db.driver }

// SQL returns the database for database/sql. Its own pool settings must stay as
// they are: connections come from, and go back to, the pool of this package. The
// value that sql.Conn.Raw hands out has a method Unwrap() driver.Conn for the
// driver's own connection.
func (db *DB) SQL() *sql.DB { return db.sql }

// Dialect returns the SQL dialect.
func (db *DB) Dialect() config.Dialect { return db.url.Dialect }

// URL returns where the database is.
func (db *DB) URL() config.URL { return db.url }

// Ping proves that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.sql.PingContext(ctx); err != nil {
		return fmt.Errorf("database: no answer from %s: %w", db.url.Target(), err)
	}
	return nil
}

// Encrypted reports whether a connection to the database is encrypted. SQLite, and
// a server on a Unix socket, have no network in between: that counts as encrypted.
func (db *DB) Encrypted(ctx context.Context) (bool, error) {
	if db.url.Dialect == config.SQLite || db.url.Socket() {
		return true, nil
	}
	query := "SELECT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
	if db.url.Dialect == config.MySQL {
		query = "SHOW SESSION STATUS WHERE Variable_name = 'Ssl_version' AND Value <> ''"
		var name, version string
		err := db.sql.QueryRowContext(ctx, query).Scan(&name, &version)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		return err == nil, err
	}
	var encrypted bool
	err := db.sql.QueryRowContext(ctx, query).Scan(&encrypted)
	return encrypted, err
}

// Stats describes the pool.
func (db *DB) Stats() Stats { return db.source.stats() }

// Close closes the connections. Those in use close as soon as they are given back.
func (db *DB) Close() error { return db.sql.Close() }

// Isolation returns the level that a transaction really gets when level is asked
// for: SQLite gives serializable always, PostgreSQL has no dirty reads, and the
// default of both PostgreSQL and MySQL is read committed here.
func (db *DB) Isolation(level sql.IsolationLevel) sql.IsolationLevel {
	switch {
	case db.url.Dialect == config.SQLite:
		return sql.LevelSerializable
	case level == sql.LevelDefault && db.url.Dialect == config.MySQL:
		return sql.LevelReadCommitted
	case db.url.Dialect == config.Postgres && (level == sql.LevelDefault || level == sql.LevelReadUncommitted):
		return sql.LevelReadCommitted
	case db.url.Dialect == config.Postgres && level == sql.LevelSnapshot:
		return sql.LevelRepeatableRead
	default:
		return level
	}
}
