package database

import (
	"errors"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// BadValue reports whether err says that a value cannot be stored: it breaks a
// constraint, is too long, out of range or of the wrong form. Such a statement
// fails however often it is repeated, and it is its values that are to blame.
func BadValue(err error) bool {
	if err == nil {
		return false
	}
	if _, ok := AsConstraint(err); ok || errors.Is(err, ErrZeroByte) {
		return true
	}
	if state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok { // PostgreSQL's classes: data exception, integrity violation
		return strings.HasPrefix(state.SQLState(), "22") || strings.HasPrefix(state.SQLState(), "23")
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return slices.Contains([]string{"22", "23"}, string(e.SQLState[:2]))
	}
	const tooBig, mismatch = 18, 20
	code, _, ok := sqliteFailure(err)
	return ok && (code&0xff == tooBig || code&0xff == mismatch)
}
