package entity

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/rule"
)

// ErrNotFound says that no row, or none that the caller may see, has the key.
var ErrNotFound = errors.New("entity: not found")

// NotFoundError is an ErrNotFound that names the entity.
type NotFoundError struct {
	Entity string
	ID     string // as the caller gave it
	Err    error  // what the generated client says in its place, so that its IsNotFound knows this one
}

// Unwrap returns the error of the generated client.
func (e *NotFoundError) Unwrap() error { return e.Err }

func (e *NotFoundError) Error() string {
	if e.ID == "" {
		return e.Entity + " not found"
	}
	return fmt.Sprintf("%s %s not found", e.Entity, e.ID)
}

// Is makes errors.Is(err, ErrNotFound) true.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// ErrorCode is the code that API clients see.
func (e *NotFoundError) ErrorCode() string { return "NOT_FOUND" }

// ErrorExtensions are the details that API clients see.
func (e *NotFoundError) ErrorExtensions() map[string]any {
	return map[string]any{"entity": e.Entity}
}

// Violation is one rule that an input breaks.
type Violation struct {
	Field   string `json:"field"` // path of the field: "email", "input.email"
	Code    string `json:"code"`  // stable, for programs: see the Code constants of package rule
	Message string `json:"message"`
}

// ValidationError lists every violation of one input, in the order of the
// entity's fields.
type ValidationError struct {
	Entity     string
	Violations []Violation
}

func (e *ValidationError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is not valid", e.Entity)
	for i, v := range e.Violations {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + v.Field + " " + v.Message)
	}
	return b.String()
}

// ErrorCode is the code that API clients see.
func (e *ValidationError) ErrorCode() string { return "VALIDATION" }

// ErrorExtensions are the details that API clients see.
func (e *ValidationError) ErrorExtensions() map[string]any {
	ext := map[string]any{"entity": e.Entity, "violations": e.Violations}
	if len(e.Violations) == 1 {
		ext["field"] = e.Violations[0].Field
	}
	return ext
}

// ConflictError says that a write met a constraint of the database: a unique
// value that is taken, a parent that does not exist, a row still in use.
type ConflictError struct {
	Entity     string
	Fields     []string // the fields concerned, as far as the database tells
	Constraint string   // name of the constraint, as far as the database tells
	Code       string   // Unique, ForeignKey, Restricted, ParentDeleted, NotNull, Check or OutOfRange
	Err        error    // the driver's error; never shown to API clients

	Key      any       // key of the row at fault, where a restore names it; else nil
	ID       string    // the same as an id of the API, for its clients
	Blockers []Blocker // rows in the way of a delete or restore, as far as they are known
}

func (e *ConflictError) Error() string {
	what := e.Entity
	if len(e.Fields) > 0 {
		what += ": " + strings.Join(e.Fields, ", ")
	}
	switch e.Code {
	case Unique:
		return what + " is already taken"
	case ForeignKey:
		return what + " refers to something that does not exist"
	case Restricted:
		if len(e.Blockers) > 0 {
			return what + " is still in use: " + blockers(e.Blockers)
		}
		return what + " is still in use"
	case ParentDeleted:
		return e.Entity + " cannot be restored before what it belongs to: " + blockers(e.Blockers) + "; restore that first"
	case Tombstone:
		return what + " is taken by a deleted row; restore that one, or remove it for good"
	case NotNull:
		return what + " must not be null"
	case OutOfRange:
		return what + " is too long, too large or not of the column's type"
	}
	return what + " breaks the constraint " + e.Constraint
}

// Unwrap returns the driver's error.
func (e *ConflictError) Unwrap() error { return e.Err }

// ErrorCode is the code that API clients see.
func (e *ConflictError) ErrorCode() string {
	if e.Code == Check || e.Code == NotNull || e.Code == OutOfRange {
		return "VALIDATION"
	}
	return "CONFLICT"
}

// ErrorExtensions are the details that API clients see.
func (e *ConflictError) ErrorExtensions() map[string]any {
	ext := map[string]any{"entity": e.Entity, "reason": e.Code}
	if len(e.Fields) > 0 {
		ext["fields"] = e.Fields
	}
	if len(e.Fields) == 1 {
		ext["field"] = e.Fields[0]
	}
	if e.Constraint != "" {
		ext["constraint"] = e.Constraint
	}
	if e.ID != "" {
		ext["id"] = e.ID
	}
	if len(e.Blockers) > 0 {
		ext["blockers"] = e.blockers()
	}
	return ext
}

// blockers tells API clients of rows in the way, but not which: the keys are
// not those of the API, and the rows may not be theirs to see.
func (e *ConflictError) blockers() []map[string]any {
	list := make([]map[string]any, len(e.Blockers))
	for i, b := range e.Blockers {
		list[i] = map[string]any{"entity": b.Entity, "of": b.Of, "edge": b.Edge, "count": b.Count}
		if b.Hidden {
			list[i]["hidden"] = true
		}
	}
	return list
}

// StaleError says that a row changed since the caller read it.
type StaleError struct {
	Entity   string
	ID       string
	Expected int64 // version that the caller has
	Current  int64 // version in the database
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s %s was changed meanwhile: expected version %d, current version %d; read it again and repeat the change",
		e.Entity, e.ID, e.Expected, e.Current)
}

// ErrorCode is the code that API clients see.
func (e *StaleError) ErrorCode() string { return "CONFLICT" }

// ErrorExtensions are the details that API clients see.
func (e *StaleError) ErrorExtensions() map[string]any {
	return map[string]any{"entity": e.Entity, "reason": "STALE", "expectedVersion": strconv.FormatInt(e.Expected, 10), "currentVersion": strconv.FormatInt(e.Current, 10)}
}

func violation(field string, f rule.Fault) Violation {
	return Violation{Field: field, Code: f.Code, Message: f.Message}
}

// RowError says which row of a bulk write is to blame for its error.
type RowError struct {
	Index int // of the row, from 0
	Err   error
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.Index, e.Err) }

// Unwrap returns the error of the row.
func (e *RowError) Unwrap() error { return e.Err }
