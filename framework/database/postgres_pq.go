package database

import (
	"context"
	"database/sql/driver"
	"os"
	"reflect"

	"github.com/lib/pq"

	"github.com/framefox-go/framefox/framework/config"
)

// newPq prepares a pool for lib/pq. Binary parameters save the round trip in which
// it would ask the server for the types of the arguments. Encryption is preferred
// unless something else is said, as with pgx; lib/pq alone would demand it.
func newPq(cfg config.Database) (*pool, error) {
	defaults := map[string]string{"binary_parameters": "yes"}
	if os.Getenv("PGSSLMODE") == "" && !cfg.URL.Params.Has("sslrootcert") {
		defaults["sslmode"] = "prefer"
	}
	dsn, err := postgresURL(cfg.URL, defaults)
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return newPool(cfg.Pool, func(ctx context.Context) (driver.Conn, error) {
		base, err := connector.Connect(ctx)
		if err != nil {
			return nil, err
		}
		return &pqConn{pqBase: base.(pqBase), state: stateOf(base, "txnStatus")}, nil
	}), nil
}

// pqBase is what a connection of lib/pq offers.
type pqBase interface {
	fullConn
	driver.NamedValueChecker
	driver.SessionResetter
	driver.Validator
}

// pqConn is a connection whose rows have their times in UTC. Those of lib/pq may
// be in a nameless zone that equals it but is not it.
type pqConn struct {
	pqBase
	openRows
	state reflect.Value
}

// Unwrap returns the driver's own connection.
func (c *pqConn) Unwrap() driver.Conn { return c.pqBase }

// QueryContext runs a statement that returns rows.
func (c *pqConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.inUTC(c.pqBase.QueryContext(ctx, query, args))
}

// PrepareContext prepares a statement.
func (c *pqConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	base, err := c.pqBase.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &pqStmt{fullStmt: base.(fullStmt), conn: c}, nil
}

type pqStmt struct {
	fullStmt
	conn *pqConn
}

// QueryContext runs the statement and returns its rows.
func (s *pqStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.inUTC(s.fullStmt.QueryContext(ctx, args))
}

// pqRows is what the rows of lib/pq offer.
type pqRows interface {
	driver.RowsNextResultSet
	driver.RowsColumnTypeScanType
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypePrecisionScale
}

type utcRows struct {
	pqRows
	counted countedRows
}

func (c *pqConn) inUTC(rows driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, err
	}
	return &utcRows{pqRows: rows.(pqRows), counted: c.count()}, nil
}

// Next reads a row.
func (r *utcRows) Next(row []driver.Value) error {
	err := r.pqRows.Next(row)
	inUTC(row)
	return err
}

// Close reads what is left.
func (r *utcRows) Close() error {
	r.counted.close()
	return r.pqRows.Close()
}
