package database

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"

	"github.com/framefox-go/framefox/framework/config"
)

var (
	// ErrPoolTimeout means that no connection became free within the pool's
	// Timeout. Either the pool is too small for the load, or rows, transactions
	// or connections are left open.
	ErrPoolTimeout = errors.New("database: no connection became free in time; raise pool_size or max_overflow, or find what keeps connections open")

	// ErrWriteTimeout means that a SQLite writer waited longer than the pool's
	// Timeout for the writer before it. The usual cause is a write outside of a
	// transaction that the same code still holds open.
	ErrWriteTimeout = errors.New("database: another write transaction did not end in time; write through the open transaction, or end it first")

	// ErrNotExist means that the server, or the folder, has no such database.
	ErrNotExist = errors.New("database does not exist")

	// ErrTxRolledBack means that SQLite already rolled the transaction back,
	// because a statement in it was interrupted or ran out of room. Begin again.
	ErrTxRolledBack = errors.New("database: the transaction was rolled back by an earlier error")

	// ErrZeroByte means that a text argument holds a zero byte, which not every
	// database can store. Use a bytes column.
	ErrZeroByte = errors.New("database: text holds a zero byte; store it as bytes")
)

// OpenError tells why a database could not be opened. It never holds the
// password.
type OpenError struct {
	Dialect config.Dialect
	Target  string // "db.example.org:5432/shop", or a file
	Hint    string // the way out; may be empty
	Err     error  // ErrNotExist, or the driver's error
}

// Error names the target, the cause and the way out.
func (e *OpenError) Error() string {
	text := fmt.Sprintf("database: cannot open %s database %s: %v", e.Dialect, e.Target, e.Err)
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Err }

func openError(url config.URL, err error) *OpenError {
	e := &OpenError{Dialect: url.Dialect, Target: url.Target(), Err: err}
	switch code := serverCode(err); {
	case errors.Is(err, ErrNotExist), code == "3D000", code == "1049":
		e.Err, e.Hint = ErrNotExist, "run `framefox database create`"
	case code == "28P01", code == "28000", code == "1045", code == "1698":
		e.Hint = "check user and password of the database URL"
	case code == "42704", code == "1193":
		e.Hint = "check the parameters of the database URL"
	case code == "" && isDialError(err):
		e.Hint = "check that the server runs and that host and port of the database URL are right"
	case sqliteCode(err) == sqliteReadOnly:
		e.Hint = "it, or its folder, may not be written, which its journal needs: check the permissions or, " +
			"if nobody writes to it and no file ending in -wal or -journal is beside it, add ?mode=ro&immutable=1 to the database URL"
	case errors.Is(err, os.ErrPermission), sqliteCode(err) == sqliteCantOpen:
		e.Hint = "check the permissions of the file and of its folder"
	}
	return e
}

// serverCode is the code of the server's error: an SQLSTATE for PostgreSQL, a
// number for MySQL, "" if the error is not a server's.
func serverCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return string(e.Code)
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return strconv.Itoa(int(e.Number))
	}
	return ""
}

// sqliteCode is the primary result code of SQLite, 0 if the error is not its.
func sqliteCode(err error) int {
	code, _, _ := sqliteFailure(err)
	return code & 0xff
}

func isDialError(err error) bool {
	e, ok := errors.AsType[*net.OpError](err)
	return ok && e.Op == "dial"
}
