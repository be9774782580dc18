package database

import (
	"errors"
	"strings"
)

// ConstraintKind is what a constraint demands.
type ConstraintKind string

// The kinds of constraints that all databases have.
const (
	Unique     ConstraintKind = "unique" // primary keys too
	ForeignKey ConstraintKind = "foreign key"
	NotNull    ConstraintKind = "not null"
	Check      ConstraintKind = "check"
	Value      ConstraintKind = "value" // what the type of a column can hold
)

// ConstraintError tells which constraint a statement broke. What a database does
// not say is left empty:
//
//   - PostgreSQL tells all, except the columns of a check.
//   - MySQL and MariaDB tell the name of a unique key, MySQL its table too; all of
//     a foreign key; the column that is not null; the name of a check, MariaDB its
//     table too.
//   - Of a value that a column cannot hold, MySQL and MariaDB tell the column, the
//     others nothing.
//   - SQLite tells table and columns of a unique key, but its name only if it is
//     an index on expressions; nothing of a foreign key; table and column that is
//     not null; the name of a check.
type ConstraintError struct {
	Kind       ConstraintKind
	Table      string
	Columns    []string // in the order of the constraint
	Constraint string   // its name
	Err        error    // the driver's error, which may hold values
}

// Error names the constraint, and no value.
func (e *ConstraintError) Error() string {
	text := "database: " + string(e.Kind) + " constraint"
	if e.Constraint != "" {
		text += " " + e.Constraint
	}
	text += " failed"
	switch {
	case e.Table != "" && len(e.Columns) > 0:
		text += " on " + e.Table + " (" + strings.Join(e.Columns, ", ") + ")"
	case e.Table != "":
		text += " on " + e.Table
	case len(e.Columns) > 0:
		text += " on " + strings.Join(e.Columns, ", ")
	}
	return text
}

// Unwrap returns the driver's error.
func (e *ConstraintError) Unwrap() error { return e.Err }

// AsConstraint reports whether err, or an error that it wraps, says that a
// constraint was broken, and which. It goes by the codes of the drivers' errors;
// their text only gives names that have no field of their own.
func AsConstraint(err error) (*ConstraintError, bool) {
	if err == nil {
		return nil, false
	}
	if e, ok := errors.AsType[*ConstraintError](err); ok {
		return e, true
	}
	for _, read := range []func(error) *ConstraintError{postgresConstraint, mysqlConstraint, sqliteConstraint, valueConstraint} {
		if e := read(err); e != nil {
			return e, true
		}
	}
	return nil, false
}
