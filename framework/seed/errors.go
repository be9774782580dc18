package seed

import (
	"errors"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
)

// ErrNoFixtures means that a folder has no fixtures.
var ErrNoFixtures = errors.New("seed: there are no fixtures")

// FixtureError says what is wrong with one place of a fixture.
type FixtureError struct {
	File   string
	Line   int    // counted from 1
	Entity string // "" if it is not known yet
	Label  string // of the row; may be empty
	Field  string // may be empty
	Err    error
}

func (e *FixtureError) Error() string {
	text := fmt.Sprintf("%s:%d", e.File, e.Line)
	if e.Entity != "" {
		text += ": " + e.Entity
		if e.Label != "" {
			text += " " + e.Label
		}
		if e.Field != "" {
			text += "." + e.Field
		}
	}
	return text + ": " + e.Err.Error()
}

func (e *FixtureError) Unwrap() error { return e.Err }

// FixtureErrors are all that is wrong with the fixtures, as far as it can be told
// without writing them.
type FixtureErrors []*FixtureError

func (e FixtureErrors) Error() string {
	const most = 20
	lines := []string{"seed: nothing was written:"}
	for i, fault := range e {
		if i == most {
			lines = append(lines, fmt.Sprintf("  and %d more", len(e)-most))
			break
		}
		lines = append(lines, "  "+fault.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the errors.
func (e FixtureErrors) Unwrap() []error {
	list := make([]error, len(e))
	for i, fault := range e {
		list[i] = fault
	}
	return list
}

// EntityError says why an entity cannot be seeded.
type EntityError struct {
	Entity string
	Reason string
}

func (e *EntityError) Error() string {
	return fmt.Sprintf("seed: cannot seed %s: %s", e.Entity, e.Reason)
}

// explain turns the error of a write into errors that name lines of the fixture.
func (r *row) explain(err error) FixtureErrors {
	if invalid, ok := errors.AsType[*entity.ValidationError](err); ok {
		var list FixtureErrors
		for _, v := range invalid.Violations {
			list = append(list, r.fault(v.Field, errors.New(v.Message)))
		}
		return list
	}
	field := ""
	if conflict, ok := errors.AsType[*entity.ConflictError](err); ok && len(conflict.Fields) > 0 {
		field = conflict.Fields[0]
		return FixtureErrors{r.fault(field, err)}
	}
	return FixtureErrors{r.fault("", err)}
}

// fault is an error at a field of the row, or at the row where that has no line.
func (r *row) fault(field string, err error) *FixtureError {
	line := r.line
	for _, v := range r.values {
		if v.field.Name == field {
			line = v.node.Line
		}
	}
	for _, l := range r.links {
		if l.edge.Name == field {
			line = l.line
		}
	}
	return &FixtureError{File: r.file, Line: line, Entity: r.entity.Name, Label: r.label, Field: field, Err: err}
}
