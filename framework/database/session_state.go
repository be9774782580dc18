package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"

	"github.com/jackc/pgx/v5/stdlib"
)

var (
	// ErrRowsOpen means that a statement was run while the rows of another one on
	// the same connection, such as that of a transaction, were not read to their
	// end. SQLite alone can do that.
	ErrRowsOpen = errors.New("database: the rows of another statement are open, and a connection does one thing at a time: read them to their end, or close them, first")

	// ErrTxBroken means that a statement has ended the transaction that it was in,
	// as COMMIT does, and DDL on MySQL, or would have on SQLite, where it is
	// refused. What came before it may be committed; nothing more is run.
	ErrTxBroken = errors.New("database: a statement has ended, or would end, the transaction that it is in; COMMIT, ROLLBACK and, on MySQL, DDL have no place in one")
)

// guardKey marks the contexts that transactions begin with whose end is in the
// hands of this package alone.
type guardKey struct{}

// ready tells why a statement cannot be run on the connection as it is. The
// drivers know that without asking the server.
func (s *session) ready() error {
	switch base := s.base.(type) {
	case *stdlib.Conn:
		conn := base.Conn().PgConn()
		switch {
		case conn.IsBusy():
			return ErrRowsOpen
		case s.guarded && conn.TxStatus() == 'I':
			return ErrTxBroken
		}
	case *pqConn:
		switch {
		case base.open > 0:
			return ErrRowsOpen
		case s.guarded && base.idle():
			return ErrTxBroken
		}
	case *mysqlConn:
		switch {
		case base.open > 0:
			return ErrRowsOpen
		case s.guarded && base.idle():
			return ErrTxBroken
		}
	}
	return nil
}

// stateOf returns the field in which a driver, that has no method for it, keeps
// what the server said last of its transaction. It reads it where it is.
func stateOf(conn driver.Conn, field string) reflect.Value {
	v := reflect.Indirect(reflect.ValueOf(conn))
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	if v = v.FieldByName(field); !v.IsValid() || !v.CanUint() {
		return reflect.Value{}
	}
	return v
}

// idle reports whether the server has no transaction open.
func (c *mysqlConn) idle() bool { return c.state.IsValid() && c.state.Uint()&mysqlInTransaction == 0 }

// idle reports whether the server has no transaction open.
func (c *pqConn) idle() bool { return c.state.IsValid() && c.state.Uint() == 'I' }

// mysqlInTransaction is SERVER_STATUS_IN_TRANS of MySQL's protocol.
const mysqlInTransaction = 1

// openRows counts the rows of a connection that are not closed.
type openRows struct{ open int }

// countedRows are rows that their connection counts.
type countedRows struct {
	conn   *openRows
	closed bool
}

func (o *openRows) count() countedRows {
	o.open++
	return countedRows{conn: o}
}

func (r *countedRows) close() {
	if !r.closed {
		r.closed = true
		r.conn.open--
	}
}

// mysqlOpenRows are rows of MySQL that their connection counts.
type mysqlOpenRows struct {
	mysqlRows
	counted countedRows
}

// mysqlRows is what the rows of the driver offer.
type mysqlRows interface {
	driver.RowsNextResultSet
	driver.RowsColumnTypeScanType
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
}

func (c *mysqlConn) counted(rows driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, err
	}
	return &mysqlOpenRows{mysqlRows: rows.(mysqlRows), counted: c.count()}, nil
}

// Close reads what is left.
func (r *mysqlOpenRows) Close() error {
	r.counted.close()
	return r.mysqlRows.Close()
}

// mysqlStmt is a prepared statement.
type mysqlStmt struct {
	mysqlBaseStmt
	conn *mysqlConn
}

// mysqlBaseStmt is what the driver's prepared statements offer.
type mysqlBaseStmt interface {
	fullStmt
	driver.NamedValueChecker
}

// QueryContext runs the statement and returns its rows.
func (s *mysqlStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.counted(s.mysqlBaseStmt.QueryContext(ctx, args))
}

// QueryContext runs a statement that returns rows.
func (c *mysqlConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.counted(c.mysqlBase.QueryContext(ctx, query, args))
}

// PrepareContext prepares a statement.
func (c *mysqlConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	base, err := c.mysqlBase.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &mysqlStmt{mysqlBaseStmt: base.(mysqlBaseStmt), conn: c}, nil
}
