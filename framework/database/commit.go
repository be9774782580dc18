package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ErrOutcomeUnknown means that the connection was lost while a COMMIT was under
// way: the transaction may have been committed, or not. Look before you repeat
// it.
var ErrOutcomeUnknown = errors.New("database: the connection was lost during COMMIT; the transaction may have been committed or not")

// CommitFailed tells what the error of a COMMIT means: nil stays nil; an error
// that says for certain that nothing was committed stays as it is; any other
// becomes an [ErrOutcomeUnknown] that wraps it.
func CommitFailed(err error) error {
	if err == nil || rolledBack(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// rolledBack reports whether the error of a COMMIT is definite.
func rolledBack(err error) bool {
	// database/sql hands these out as they are where it sent nothing.
	if err == context.Canceled || err == context.DeadlineExceeded || //nolint:errorlint // wrapped, they come from the wire
		errors.Is(err, sql.ErrTxDone) || errors.Is(err, ErrTxRolledBack) || errors.Is(err, ErrTxBroken) || errors.Is(err, pgx.ErrTxCommitRollback) {
		return true
	}
	if _, ok := AsConstraint(err); ok {
		return true
	}
	switch code := serverCode(err); {
	case code == "":
		return sqliteCode(err) != 0
	// The server was shut down, or the connection cut, at an unknown point.
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P0"), code == "40003", code == "1053", code == "1927":
		return false
	}
	return true
}
