package entschema

import (
	"fmt"
	"io/fs"
)

// NoSourceError says that a project has no schemas to read: a program that
// runs elsewhere than where it was built has none. It is an [fs.ErrNotExist].
type NoSourceError struct {
	Dir string // that is missing
}

func (e *NoSourceError) Error() string {
	return fmt.Sprintf("entschema: there is no folder %s: run this in the project that has the schemas", e.Dir)
}

// Is implements errors.Is.
func (*NoSourceError) Is(target error) bool { return target == fs.ErrNotExist }

// NoToolchainError says that there is no go command, without which schemas
// cannot be read. It wraps [os/exec.ErrNotFound].
type NoToolchainError struct{ Err error }

func (*NoToolchainError) Error() string {
	return "entschema: cannot read the schemas without the go command: install Go, or add it to PATH"
}

func (e *NoToolchainError) Unwrap() error { return e.Err }

// BuildError says that the schemas, or what they import, do not compile.
type BuildError struct {
	Schema string // folder of the schemas
	Output string // of the compiler, with file and line, relative to the project's root
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("entschema: cannot compile the schemas in %s:\n%s\nFix it, then run again", e.Schema, e.Output)
}

// SchemaError says that a schema compiles but cannot be used.
type SchemaError struct {
	Schema string // folder of the schemas
	Reason string // names the entity
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("entschema: cannot read the schemas in %s: %s\nFix it, then run again", e.Schema, e.Reason)
}
