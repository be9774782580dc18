//go:build !cgo || !(sqlite_fts5 || fts5)

package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"reflect"
	"sync"

	"modernc.org/sqlite"
)

func openSQLite(dsn string) (driver.Conn, error) {
	d, err := pureDriver()
	if err != nil {
		return nil, err
	}
	base, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &pureConn{sqliteBase: base.(sqliteBase)}, nil
}

// pureDriver returns the registered driver: functions can be added to no other.
//
//nolint:gochecknoglobals // modernc.org/sqlite keeps its functions for the process
var pureDriver = sync.OnceValues(func() (driver.Driver, error) {
	err := sqlite.RegisterDeterministicScalarFunction("lower", 1,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return lower(args[0]), nil })
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, err
	}
	return db.Driver(), db.Close()
})

// sqliteParams adds the parameters of the driver itself.
func sqliteParams(params url.Values) url.Values {
	params.Set("_time_format", "sqlite") // the driver's default is text that SQLite's date functions cannot read
	return params
}

// sqliteFailure returns the extended result code and the message of SQLite.
func sqliteFailure(err error) (code int, message string, ok bool) {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return 0, "", false
	}
	return e.Code(), e.Error(), true
}

// pureConn is a connection whose rows have their times in UTC. Those of
// modernc.org/sqlite are in the local zone if it has the same offset.
type pureConn struct{ sqliteBase }

// QueryContext runs a statement that returns rows.
func (c *pureConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return pureInUTC(c.sqliteBase.QueryContext(ctx, query, args))
}

// PrepareContext prepares a statement.
func (c *pureConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	base, err := c.sqliteBase.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &pureStmt{fullStmt: base.(fullStmt)}, nil
}

type pureStmt struct{ fullStmt }

// QueryContext runs the statement and returns its rows.
func (s *pureStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return pureInUTC(s.fullStmt.QueryContext(ctx, args))
}

type pureRows struct{ sqliteRows }

func pureInUTC(rows driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, err
	}
	return &pureRows{sqliteRows: rows.(sqliteRows)}, nil
}

// Next reads a row.
func (r *pureRows) Next(row []driver.Value) error {
	err := r.sqliteRows.Next(row)
	inUTC(row)
	return err
}

// unwrapSQLite returns the driver's own connection.
func unwrapSQLite(conn sqliteBase) driver.Conn {
	if pure, ok := conn.(*pureConn); ok {
		return pure.sqliteBase
	}
	return conn
}

// ColumnTypeScanType is the type of any value for a NULL, which the driver knows
// no type of; database/sql and ent ask for one.
func (r *pureRows) ColumnTypeScanType(index int) reflect.Type {
	if t := r.sqliteRows.ColumnTypeScanType(index); t != nil {
		return t
	}
	return reflect.TypeFor[any]()
}
