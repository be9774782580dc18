package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// sqliteBase is what both SQLite drivers offer.
type sqliteBase interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

// sqliteConn is a connection whose writes wait for the write lock and whose
// transactions keep their promises.
type sqliteConn struct {
	sqliteBase
	file string
	lock *writeLock // nil in memory: the one connection is lock enough
	tx   *sqliteTx  // nil outside of a transaction
	raw  bool       // a statement may have begun a transaction
}

var _ fullConn = (*sqliteConn)(nil)

// Unwrap returns the driver's own connection.
func (c *sqliteConn) Unwrap() driver.Conn { return unwrapSQLite(c.sqliteBase) }

// ExecContext runs a statement.
func (c *sqliteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	hold, err := c.enter(ctx, query)
	if err != nil {
		return nil, err
	}
	defer hold.release()
	result, err := c.sqliteBase.ExecContext(ctx, query, args)
	return result, c.leave(ctx, err)
}

// QueryContext runs a statement that returns rows. One that writes keeps the lock
// until its rows are closed: only then does SQLite end its transaction.
func (c *sqliteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, query, func() (driver.Rows, error) { return c.sqliteBase.QueryContext(ctx, query, args) })
}

func (c *sqliteConn) query(ctx context.Context, query string, run func() (driver.Rows, error)) (_ driver.Rows, err error) {
	hold, err := c.enter(ctx, query)
	if err != nil {
		return nil, err
	}
	if hold == nil {
		rows, err := run()
		return rows, c.leave(ctx, err)
	}
	kept := false
	defer func() {
		if !kept {
			hold.release()
		}
	}()
	rows, err := run()
	if err != nil {
		return nil, c.leave(ctx, err)
	}
	kept = true
	return &writingRows{sqliteRows: rows.(sqliteRows), hold: hold}, nil
}

// PrepareContext prepares a statement.
func (c *sqliteConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	base, err := c.sqliteBase.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &sqliteStmt{fullStmt: base.(fullStmt), conn: c, query: query}, nil
}

// enter takes the write lock if the statement needs it and its transaction, or
// the caller, does not have it.
func (c *sqliteConn) enter(ctx context.Context, query string) (*writeHold, error) {
	if c.tx != nil {
		if c.tx.over {
			return nil, ErrTxRolledBack
		}
		return nil, nil //nolint:nilnil // no hold, which is what a nil hold means
	}
	if word, _ := nextWord(query); equalAny(word, "BEGIN", "SAVEPOINT") {
		c.raw = true
	}
	if c.lock == nil || !writes(query) {
		return nil, nil //nolint:nilnil // as above
	}
	return c.lock.hold(ctx)
}

// leave looks at the error of a statement. An interrupted write makes SQLite roll
// the transaction back by itself; what comes next would then run, and stay,
// outside of any transaction.
func (c *sqliteConn) leave(ctx context.Context, err error) error {
	if err == nil || c.tx == nil || c.tx.over {
		return c.nameFile(err)
	}
	ctx = context.WithoutCancel(ctx)
	if c.run(ctx, "BEGIN") == nil { // impossible within a transaction
		c.tx.over = true
		return errors.Join(err, c.run(ctx, "ROLLBACK"))
	}
	return c.nameFile(err)
}

// nameFile names the file that may not be written, and the way out.
func (c *sqliteConn) nameFile(err error) error {
	if sqliteCode(err) != sqliteReadOnly || c.tx != nil && c.tx.readOnly {
		return err
	}
	return fmt.Errorf("%w: check the permissions of %s and of its folder, and the parameters of the database URL (mode, immutable, _query_only)", err, c.file)
}

// clean ends a transaction that a user of the connection left open: with BEGIN as
// a statement, or by a panic.
func (c *sqliteConn) clean() error {
	switch {
	case c.tx != nil:
		return c.tx.Rollback()
	case c.raw:
		c.raw = false
		return ignoreNoTransaction(c.run(context.Background(), "ROLLBACK"))
	}
	return nil
}

func (c *sqliteConn) run(ctx context.Context, query string) error {
	_, err := c.sqliteBase.ExecContext(ctx, query, nil)
	return err
}

// BeginTx begins a transaction: a reader's if it is read-only, else a writer's.
// SQLite knows one isolation level, serializable, which is what all get.
func (c *sqliteConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx := &sqliteTx{conn: c, readOnly: opts.ReadOnly}
	begin := "BEGIN IMMEDIATE"
	if opts.ReadOnly {
		begin = "BEGIN"
	} else if c.lock != nil {
		hold, err := c.lock.hold(ctx)
		if err != nil {
			return nil, err
		}
		tx.hold = hold
	}
	if err := c.run(ctx, begin); err != nil {
		c.raw = true                      // a driver may say that the context ended of a BEGIN that went through
		err = errors.Join(err, c.clean()) //nolint:contextcheck // it has to be rolled back, whatever became of ctx
		tx.hold.release()
		return nil, err
	}
	if opts.ReadOnly {
		ctx = context.WithoutCancel(ctx)
		if err := c.run(ctx, "PRAGMA query_only=ON"); err != nil {
			return nil, errors.Join(err, c.run(ctx, "ROLLBACK"))
		}
	}
	c.tx = tx
	return tx, nil
}

// sqliteTx is an open transaction.
type sqliteTx struct {
	conn     *sqliteConn
	hold     *writeHold // nil for a reader, and in memory
	readOnly bool
	over     bool // SQLite rolled it back
}

// Commit commits. If it cannot, it rolls back.
func (t *sqliteTx) Commit() error {
	defer t.end()
	if t.over {
		return ErrTxRolledBack
	}
	if err := t.conn.run(context.Background(), "COMMIT"); err != nil {
		return errors.Join(err, t.rollback())
	}
	return nil
}

// Rollback rolls back.
func (t *sqliteTx) Rollback() error {
	defer t.end()
	if t.over {
		return nil
	}
	return t.rollback()
}

func (t *sqliteTx) rollback() error {
	return ignoreNoTransaction(t.conn.run(context.Background(), "ROLLBACK"))
}

// ignoreNoTransaction takes "no transaction is active" as the answer to ROLLBACK
// for success: SQLite has rolled back by itself then. It has no other reason to
// answer with this code.
func ignoreNoTransaction(err error) error {
	if code, _, ok := sqliteFailure(err); ok && code&0xff == sqliteError {
		return nil
	}
	return err
}

func (t *sqliteTx) end() {
	t.conn.tx = nil
	if t.readOnly {
		_ = t.conn.run(context.Background(), "PRAGMA query_only=OFF") // cannot fail: it touches no file
	}
	t.hold.release()
}

// sqliteStmt is a prepared statement.
type sqliteStmt struct {
	fullStmt
	conn  *sqliteConn
	query string
}

// ExecContext runs the statement.
func (s *sqliteStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	hold, err := s.conn.enter(ctx, s.query)
	if err != nil {
		return nil, err
	}
	defer hold.release()
	result, err := s.fullStmt.ExecContext(ctx, args)
	return result, s.conn.leave(ctx, err)
}

// QueryContext runs the statement and returns its rows.
func (s *sqliteStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.query(ctx, s.query, func() (driver.Rows, error) { return s.fullStmt.QueryContext(ctx, args) })
}

// sqliteRows is what the rows of both SQLite drivers offer.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypeScanType
}

// writingRows are the rows of a statement that writes.
type writingRows struct {
	sqliteRows
	hold *writeHold
}

// Close ends the statement and lets the next writer in.
func (r *writingRows) Close() error {
	defer r.hold.release()
	return r.sqliteRows.Close()
}
