//go:build cgo && (sqlite_fts5 || fts5)

package database

import (
	"database/sql/driver"
	"errors"
	"net/url"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// statementCacheSize is how many statements a SQLite connection keeps prepared.
const statementCacheSize = "128"

func openSQLite(dsn string) (driver.Conn, error) {
	return (&sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		return conn.RegisterFunc("lower", lower, true)
	}}).Open(dsn)
}

// sqliteParams adds the parameters of the driver itself.
func sqliteParams(params url.Values) url.Values {
	params.Set("_stmt_cache_size", statementCacheSize)
	return params
}

// sqliteFailure returns the extended result code and the message of SQLite.
func sqliteFailure(err error) (code int, message string, ok bool) {
	e, ok := errors.AsType[sqlite3.Error](err)
	return int(e.ExtendedCode), e.Error(), ok
}

// unwrapSQLite returns the driver's own connection.
func unwrapSQLite(conn sqliteBase) driver.Conn { return conn }
