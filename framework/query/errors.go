package query

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrManyStatements means that SQL text has more than one statement.
	ErrManyStatements = errors.New("query: the SQL has several statements; run them one by one, in a transaction if they belong together")

	// ErrTooManyParameters means that a statement has more parameters than the
	// database takes.
	ErrTooManyParameters = errors.New("query: too many parameters")

	// ErrTooManyRows means that there are more rows than [MaxRows] allows.
	ErrTooManyRows = errors.New("query: too many rows")

	// ErrNotSingular means that there is more than the one row that was asked for.
	ErrNotSingular = errors.New("query: more than one row; limit it to one, or read all")

	// ErrSensitive means that a column is named that the schema calls sensitive.
	ErrSensitive = errors.New("query: the column is sensitive; query.Secret is for those")

	// ErrNoCondition means that an update or a delete would take all rows.
	ErrNoCondition = errors.New("query: an update or a delete has a condition, or a limit; all rows are those of Everything")

	// ErrNotReading means that SQL for a source that is [ReadOnly] does not begin as
	// one that reads, or could change the connection.
	ErrNotReading = errors.New("query: SQL for reading is SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN of one of them, without INTO, assignments and locks of the session")

	// ErrWrites means that SQL for reading was run in a transaction that may
	// write.
	ErrWrites = errors.New("query: this is for reading only, and the transaction around may write; begin it with database.ToRead, or use the context from outside of it")
)

// UnknownNameError says that there is nothing with the name: no field, column,
// table, edge or parameter.
type UnknownNameError struct {
	Kind  string   // what was looked for: "column", "parameter" …
	Name  string   // as it was given
	Known []string // what there is
}

func (e *UnknownNameError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("query: there is no %s %q: there is none at all", e.Kind, e.Name)
	}
	return fmt.Sprintf("query: there is no %s %q: there is %s", e.Kind, e.Name, strings.Join(e.Known, ", "))
}

// ColumnError says that the value of a column does not fit where it should go.
type ColumnError struct {
	Column string
	Row    int // from 1
	Err    error
}

func (e *ColumnError) Error() string {
	return fmt.Sprintf("query: column %q of row %d: %v", e.Column, e.Row, e.Err)
}

// Unwrap returns what is wrong with the value.
func (e *ColumnError) Unwrap() error { return e.Err }
