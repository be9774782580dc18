package migration

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/framefox-go/framefox/framework/database"
)

// DataMigrationError says that a data migration is not fit to be run.
type DataMigrationError struct {
	Version string
	Reason  string
}

func (e *DataMigrationError) Error() string {
	return fmt.Sprintf("migration: cannot use data migration %q: %s", e.Version, e.Reason)
}

// DataFailure is a row that a data migration could not handle.
type DataFailure struct {
	Table string
	Key   string // values of the key: "17", or "3, en"
	Err   string // without values of the row, as far as the database added them
}

// DataError says that a data migration could not handle more rows than its
// ErrorThreshold allows. All others are done. The next Upgrade tries the failed
// rows again, and only those.
type DataError struct {
	Version   string
	Processed int64         // rows in all
	Failed    int           // rows that could not be handled
	Threshold int           // how many might have been
	Failures  []DataFailure // the first of them
	GaveUp    bool          // there were so many that the rest was not tried
}

func (e *DataError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "migration: data migration %s: %d of %d rows failed, %d may", e.Version, e.Failed, e.Processed, e.Threshold)
	if e.GaveUp {
		b.WriteString("; the rest was not tried")
	}
	b.WriteString("; mend the rows or the code, and resume with upgrade")
	for _, f := range e.Failures {
		fmt.Fprintf(&b, "\n  %s %s: %s", f.Table, f.Key, f.Err)
	}
	if more := e.Failed - len(e.Failures); more > 0 {
		fmt.Fprintf(&b, "\n  and %d more, see table %s", more, DataTable)
	}
	return b.String()
}

// DataStoppedError says that a data migration was interrupted between two
// batches. Nothing is lost.
type DataStoppedError struct {
	Version   string
	Processed int64 // rows so far
	Err       error // of the context
}

func (e *DataStoppedError) Error() string {
	return fmt.Sprintf("migration: data migration %s stopped after %d rows: %v; nothing is lost, resume with upgrade", e.Version, e.Processed, e.Err)
}

// Unwrap returns the error of the context.
func (e *DataStoppedError) Unwrap() error { return e.Err }

// DataUndoingError says that undoing a data migration was begun and not
// finished, so that it cannot be run.
type DataUndoingError struct {
	Version string
}

func (e *DataUndoingError) Error() string {
	return fmt.Sprintf("migration: data migration %s is half undone; finish that with downgrade", e.Version)
}

// errNested means that a step was used inside a transaction of its own.
var errNested = errors.New("migration: cannot use the step inside of Tx, Each or All; use the transaction that the function was given")

// maxErrorText bounds what is kept of the error of one row.
const maxErrorText = 300

// errorText is the text of an error without what the database added of values:
// "Duplicate entry 'ann@example.org'".
func errorText(err error) string {
	text := err.Error()
	var (
		state interface {
			error
			SQLState() string
		}
		numbered *mysql.MySQLError
	)
	constraint, isConstraint := database.AsConstraint(err)
	switch {
	case errors.As(err, &state):
		text = strings.ReplaceAll(text, state.Error(), "PostgreSQL refused it with code "+state.SQLState())
	case errors.As(err, &numbered):
		text = strings.ReplaceAll(text, numbered.Error(), fmt.Sprintf("MySQL refused it with error %d", numbered.Number))
	}
	if isConstraint && constraint.Kind != database.Value {
		text = constraint.Error()
	}
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "…"
	}
	return strings.ToValidUTF8(text, "?")
}

// contended reports whether a transaction lost against another one and may well
// succeed if it is tried again.
func contended(err error) bool {
	var (
		state    interface{ SQLState() string }
		numbered *mysql.MySQLError
	)
	switch {
	case errors.As(err, &state):
		code := state.SQLState()
		return code == "40001" || code == "40P01" || code == "55P03" // serialization, deadlock, lock not available
	case errors.As(err, &numbered):
		return numbered.Number == 1213 || numbered.Number == 1205 // deadlock, lock wait timeout
	default:
		return false
	}
}
