package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// FailureKind is why a database did not do what a statement asked, though the
// statement was right.
type FailureKind string

// The kinds of failures.
const (
	Unavailable FailureKind = "UNREACHABLE"   // no connection, or it was lost
	Overloaded  FailureKind = "OVERLOADED"    // no connection became free, or the server has none
	ReadOnly    FailureKind = "READ_ONLY"     // it takes no writes
	Full        FailureKind = "FULL"          // it has no room left
	TimedOut    FailureKind = "TIMED_OUT"     // the statement, or its wait for a lock, took too long
	Collided    FailureKind = "SERIALIZATION" // another transaction got in the way: a deadlock, a changed row
)

// FailureError is a failure of a known kind. Statements that run through the
// driver for ent return it. Clients of an API see its ClientMessage, which tells
// nothing of the database.
type FailureError struct {
	Kind FailureKind
	Err  error // the driver's error
}

// Error is the kind and the driver's error.
func (e *FailureError) Error() string {
	return "database: " + strings.ToLower(strings.ReplaceAll(string(e.Kind), "_", " ")) + ": " + e.Err.Error()
}

// ClientMessage says what a client can do.
func (e *FailureError) ClientMessage() string {
	switch e.Kind {
	case ReadOnly:
		return "the database takes no changes at present; try again later"
	case Full:
		return "the database has no room for changes at present; try again later"
	case TimedOut:
		return "the database took too long; ask for less, or try again later"
	case Collided:
		return "another change got in the way; try again"
	default:
		return "the database cannot be reached at present; try again later"
	}
}

// Unwrap returns the driver's error.
func (e *FailureError) Unwrap() error { return e.Err }

// ErrorCode is the code that API clients see.
func (e *FailureError) ErrorCode() string {
	switch e.Kind {
	case TimedOut:
		return "TIMEOUT"
	case Collided:
		return "CONFLICT"
	default:
		return "UNAVAILABLE"
	}
}

// ErrorExtensions are the details that API clients see.
func (e *FailureError) ErrorExtensions() map[string]any {
	return map[string]any{"reason": string(e.Kind)}
}

// AsFailure reports whether err, or an error that it wraps, is a failure of the
// database, and of which kind. It goes by types and codes, never by texts. A
// context that is done is no failure of the database.
func AsFailure(err error) (*FailureError, bool) {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil, false
	}
	if e, ok := errors.AsType[*FailureError](err); ok {
		return e, true
	}
	kind := kindOfFailure(err)
	if kind == "" {
		return nil, false
	}
	return &FailureError{Kind: kind, Err: err}, true
}

// Explain returns the failure that err is, or err itself. Rows that are being
// read fail with the driver's own errors; graphql.Options.Explain takes this.
func Explain(err error) error {
	if failure, ok := AsFailure(err); ok {
		return failure
	}
	return err
}

func kindOfFailure(err error) FailureKind {
	if kind, ok := serverFailures()[serverCode(err)]; ok {
		return kind
	}
	switch sqliteCode(err) {
	case sqliteReadOnly:
		return ReadOnly
	case sqliteFull:
		return Full
	case sqliteBusy, sqliteLocked:
		return Collided
	}
	switch {
	case errors.Is(err, ErrWriteTimeout):
		return TimedOut
	case errors.Is(err, ErrPoolTimeout):
		return Overloaded
	case serverCode(err) == "" && lost(err):
		return Unavailable
	}
	return ""
}

// lost reports whether the connection, and not the server, is what failed.
func lost(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}

// serverFailures maps SQLSTATEs of PostgreSQL and numbers of MySQL and MariaDB.
func serverFailures() map[string]FailureKind {
	return map[string]FailureKind{
		"08000": Unavailable, "08003": Unavailable, "08006": Unavailable,
		"57P01": Unavailable, "57P02": Unavailable, "57P03": Unavailable, "57P05": Unavailable,
		"53300": Overloaded, "53200": Overloaded, "53100": Full, "25006": ReadOnly,
		"57014": TimedOut, "55P03": TimedOut, "25P03": TimedOut,
		"40001": Collided, "40P01": Collided,

		"1053": Unavailable, "1152": Unavailable, "1927": Unavailable, "1077": Unavailable, "1079": Unavailable,
		"1040": Overloaded, "1203": Overloaded, "1226": Overloaded, "1021": Full, "1114": Full,
		"1290": ReadOnly, "1792": ReadOnly, "1836": ReadOnly,
		"3024": TimedOut, "1969": TimedOut, "1317": TimedOut, "1205": TimedOut, "3572": TimedOut,
		"1213": Collided, "1020": Collided,
	}
}
