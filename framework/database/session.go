package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// connector is what database/sql gets its connections from.
type connector struct {
	source      source
	rules       argumentRules
	log         *statementLog // nil logs nothing
	interceptor Interceptor   // nil is none

	writeObservers atomic.Pointer[[]WriteObserver] // nil is none
	texts          textCache
	implicitCommit bool // DDL commits
	observers      observers
}

var (
	_ driver.Connector = (*connector)(nil)
	_ io.Closer        = (*connector)(nil)
)

// Connect leases a connection.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	lease, err := c.observers.acquire(ctx, c.source)
	if err != nil {
		return nil, err
	}
	return &session{lease: lease, base: lease.conn().(fullConn), connector: c}, nil
}

// Driver returns a driver that cannot open anything by a name: there is no name.
func (c *connector) Driver() driver.Driver { return namelessDriver{} }

// Close closes the idle connections. sql.DB.Close calls it.
func (c *connector) Close() error { return c.source.close() }

type namelessDriver struct{}

func (namelessDriver) Open(string) (driver.Conn, error) {
	return nil, errors.New("database: use database.Open")
}

// fullConn is what all the drivers in use offer.
type fullConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.ConnBeginTx
	driver.Pinger
}

// session is the lease of one connection as database/sql sees it. It brings the
// arguments into one form, logs, and notices when the connection breaks.
type session struct {
	lease     lease
	base      fullConn
	connector *connector
	broken    bool
	guarded   bool // in a transaction whose end is in the hands of this package
	validated bool // database/sql asked, and was told that the connection is fine
	written   written
}

var (
	_ fullConn                 = (*session)(nil)
	_ driver.NamedValueChecker = (*session)(nil)
	_ driver.Validator         = (*session)(nil)
)

// Unwrap returns the driver's own connection, for sql.Conn.Raw.
func (s *session) Unwrap() driver.Conn {
	if c, ok := s.base.(interface{ Unwrap() driver.Conn }); ok {
		return c.Unwrap()
	}
	return s.base
}

// CheckNamedValue brings an argument into the form that all drivers understand
// alike.
func (s *session) CheckNamedValue(value *driver.NamedValue) error {
	return s.connector.rules.check(value, s.base)
}

// ExecContext runs a statement.
func (s *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	o := s.connector.observers.start(ctx, query, args)
	err = s.observed(ctx, query, func() error {
		return s.run(ctx, query, len(args), func() (err error) {
			result, err = s.base.ExecContext(ctx, query, args)
			return err
		})
	})
	o.end(result, err)
	return result, err
}

// QueryContext runs a statement that returns rows.
func (s *session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	o := s.connector.observers.start(ctx, query, args)
	return o.rows(s.observedRows(ctx, query, func() (driver.Rows, error) {
		return s.query(ctx, query, len(args), func() (driver.Rows, error) { return s.base.QueryContext(ctx, query, args) })
	}))
}

// PrepareContext prepares a statement.
func (s *session) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	o := s.connector.observers.start(ctx, query, nil)
	base, err := s.base.PrepareContext(ctx, query)
	if err != nil {
		o.end(nil, err)
		return nil, s.note(err)
	}
	return &statement{fullStmt: base.(fullStmt), session: s, query: query, preparing: o.elapsed()}, nil
}

// Prepare prepares a statement.
func (s *session) Prepare(query string) (driver.Stmt, error) {
	return s.PrepareContext(context.Background(), query)
}

// BeginTx begins a transaction.
func (s *session) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	var tx driver.Tx
	o := s.connector.observers.start(ctx, "BEGIN", nil)
	err := s.run(ctx, "BEGIN", 0, func() (err error) {
		tx, err = s.base.BeginTx(ctx, opts)
		return err
	})
	o.end(nil, err)
	if err != nil {
		if tx != nil {
			_ = tx.Rollback() // the error that was returned is what counts
		}
		return nil, err
	}
	s.guarded = ctx.Value(guardKey{}) != nil
	s.begun(ctx)
	return &transaction{tx: tx, session: s, ctx: s.connector.observers.behind(ctx)}, nil
}

// Begin begins a transaction.
func (s *session) Begin() (driver.Tx, error) {
	return s.BeginTx(context.Background(), driver.TxOptions{})
}

// Ping proves that the connection is alive.
func (s *session) Ping(ctx context.Context) error { return s.note(s.base.Ping(ctx)) }

// IsValid reports whether the connection can be used again. database/sql asks at
// the end of each use, unless the use ended in a panic or a broken connection.
func (s *session) IsValid() bool {
	validator, ok := s.base.(driver.Validator)
	s.validated = !s.broken && (!ok || validator.IsValid())
	return s.validated
}

// Close ends the lease.
func (s *session) Close() error {
	if s.lease != nil {
		s.lease.release(s.validated)
		s.lease = nil
	}
	return nil
}

func (s *session) note(err error) error {
	if lost(err) {
		s.broken = true
	}
	return err
}

// transaction logs the end of a transaction.
type transaction struct {
	tx      driver.Tx
	session *session
	ctx     context.Context //nolint:containedctx // of BeginTx, for observers: a driver's Commit takes none
}

func (t *transaction) Commit() (err error) {
	ended := t.session.committing(context.Background(), Changes{})
	changed := true // unless COMMIT says otherwise, also if it panics
	defer func() { ended(changed) }()
	err = t.finish("COMMIT", t.tx.Commit)
	changed = !notCommitted(err)
	return err
}

func (t *transaction) Rollback() error {
	t.session.written = written{}
	return t.finish("ROLLBACK", t.tx.Rollback)
}

// finish runs the statement. Where it is kept from running the transaction is
// rolled back.
func (t *transaction) finish(query string, statement func() error) error {
	ran := false
	defer func() { t.session.guarded = false }()
	o := t.session.connector.observers.start(t.ctx, query, nil)
	err := t.session.run(context.Background(), query, 0, func() error {
		ran = true
		return statement()
	})
	o.end(nil, err)
	if !ran {
		_ = t.tx.Rollback() // the error that was returned is what counts
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// Wrapped, so that it is not taken for that of database/sql, which tells
		// that nothing was sent; see CommitFailed.
		return fmt.Errorf("database: broken off during %s: %w", query, err)
	}
	return err
}

// fullStmt is what the statements of all the drivers in use offer.
type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statement is a prepared statement of a session.
type statement struct {
	fullStmt
	session   *session
	query     string
	preparing time.Duration // what that took, until it is told
}

// observe begins the observation of a run; the first one has the preparing.
func (s *statement) observe(ctx context.Context, args []driver.NamedValue) *observation {
	o := s.session.connector.observers.start(ctx, s.query, args).after(s.preparing)
	s.preparing = 0
	return o
}

// CheckNamedValue treats an argument as session.CheckNamedValue does.
func (s *statement) CheckNamedValue(value *driver.NamedValue) error {
	if _, ok := s.fullStmt.(driver.NamedValueChecker); ok {
		return s.session.connector.rules.check(value, s.fullStmt)
	}
	return s.session.CheckNamedValue(value)
}

// ExecContext runs the statement.
func (s *statement) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	o := s.observe(ctx, args)
	err = s.session.observed(ctx, s.query, func() error {
		return s.session.run(ctx, s.query, len(args), func() (err error) {
			result, err = s.fullStmt.ExecContext(ctx, args)
			return err
		})
	})
	o.end(result, err)
	return result, err
}

// QueryContext runs the statement and returns its rows.
func (s *statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	o := s.observe(ctx, args)
	return o.rows(s.session.observedRows(ctx, s.query, func() (driver.Rows, error) {
		return s.session.query(ctx, s.query, len(args), func() (driver.Rows, error) { return s.fullStmt.QueryContext(ctx, args) })
	}))
}
