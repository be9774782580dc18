package relay

import (
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/framework/database"
)

// ArgumentError says what is wrong with an argument that a client sent.
type ArgumentError struct {
	Path   string // of the argument: "where.or[0].nameIn"
	Reason string
}

func (e *ArgumentError) Error() string { return e.Path + " " + e.Reason }

// ErrorCode is the code that API clients see.
func (e *ArgumentError) ErrorCode() string { return "BAD_USER_INPUT" }

// ErrorExtensions are the details that API clients see.
func (e *ArgumentError) ErrorExtensions() map[string]any {
	return map[string]any{"argument": e.Path}
}

// OutcomeError says that nobody knows whether a mutation was committed: it
// wraps database.ErrOutcomeUnknown.
type OutcomeError struct{ Err error }

func (e *OutcomeError) Error() string {
	return "the connection to the database was lost at the end: the mutation may have taken effect or not; look before you repeat it"
}

// Unwrap returns the cause.
func (e *OutcomeError) Unwrap() error { return e.Err }

// ErrorCode is the code that API clients see.
func (e *OutcomeError) ErrorCode() string { return "OUTCOME_UNKNOWN" }

// ErrorExtensions are the details that API clients see.
func (e *OutcomeError) ErrorExtensions() map[string]any { return nil }

func outcome(err error) error {
	if errors.Is(err, database.ErrOutcomeUnknown) {
		return &OutcomeError{err}
	}
	return err
}

// TooManyError refuses a mutation that would write too many rows.
type TooManyError struct {
	Path  string // of the argument: "input", "where"
	Limit int
	Verb  string // what would happen to them: "write"
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("%s would %s more than %d rows; split it into several mutations", e.Path, e.Verb, e.Limit)
}

// ErrorCode is the code that API clients see.
func (e *TooManyError) ErrorCode() string { return "TOO_MANY_ROWS" }

// ErrorExtensions are the details that API clients see.
func (e *TooManyError) ErrorExtensions() map[string]any {
	return map[string]any{"argument": e.Path, "limit": e.Limit}
}
