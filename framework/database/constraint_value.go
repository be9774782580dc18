package database

import (
	"errors"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// valueConstraint reads the errors that say that a column cannot hold a value:
// too long, too large, no text of its character set. PostgreSQL does not tell
// which column, and SQLite has no such bounds but that of a value's size.
func valueConstraint(err error) *ConstraintError {
	switch serverCode(err) {
	case "22001", "22003", "22008", "22021", "22P05":
		return &ConstraintError{Kind: Value, Err: err}
	case "1264", "1265", "1292", "1366", "1406", "1690":
		result := &ConstraintError{Kind: Value, Err: err}
		if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
			result.Columns = valueColumn(e.Message)
		}
		return result
	}
	if code := sqliteCode(err); code == sqliteTooBig || code == sqliteMismatch {
		return &ConstraintError{Kind: Value, Err: err}
	}
	return nil
}

// valueColumn reads "… for column 'name' at row 1", or `db`.`table`.`name`. The
// value that stands before it may hold anything.
func valueColumn(message string) []string {
	i := strings.LastIndex(message, " column ")
	if i < 0 {
		return nil
	}
	for _, quote := range []byte("'`") {
		if names := quoted(message[i:], quote); len(names) > 0 {
			return names[len(names)-1:]
		}
	}
	return nil
}
