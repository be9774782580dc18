package entity

import (
	"fmt"
	"strings"
)

// UnknownFieldError says that an entity has no field of that name.
type UnknownFieldError struct {
	Entity string
	Name   string
	Known  []string // the entity's fields, in their order
}

func (e *UnknownFieldError) Error() string {
	return fmt.Sprintf("%s has no field %q; it has: %s", e.Entity, e.Name, strings.Join(e.Known, ", "))
}

// ErrorCode is the code that API clients see.
func (e *UnknownFieldError) ErrorCode() string { return "BAD_USER_INPUT" }

// ErrorExtensions are the details that API clients see.
func (e *UnknownFieldError) ErrorExtensions() map[string]any {
	return map[string]any{"entity": e.Entity, "field": e.Name}
}

// FieldNamed is Field with an error for a name that is none: an
// *UnknownFieldError. Fields that are never shown are not listed there.
func (e *Entity) FieldNamed(name string) (*Field, error) {
	if f, ok := e.Field(name); ok {
		return f, nil
	}
	unknown := &UnknownFieldError{Entity: e.Name, Name: name}
	for _, f := range e.Fields {
		if !f.Sensitive {
			unknown.Known = append(unknown.Known, f.Name)
		}
	}
	return nil, unknown
}

// NotUniqueError says that several rows match where one was expected.
type NotUniqueError struct{ Entity string }

func (e *NotUniqueError) Error() string {
	return e.Entity + ": several rows match where one was expected; ask for more of the row, or for the first in an order"
}

// ErrorCode is the code that API clients see.
func (e *NotUniqueError) ErrorCode() string { return "CONFLICT" }

// ErrorExtensions are the details that API clients see.
func (e *NotUniqueError) ErrorExtensions() map[string]any {
	return map[string]any{"entity": e.Entity, "reason": "NOT_UNIQUE"}
}
