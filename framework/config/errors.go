package config

import (
	"errors"
	"strconv"
	"strings"
)

// The errors that carry no data of their own. They arrive wrapped in an *Error.
var (
	// ErrNoDatabase means that nothing says which database to use.
	ErrNoDatabase = errors.New("config: no database is configured")

	// ErrUnsupportedDialect means that a URL or database.driver names an engine
	// that the framework does not support.
	ErrUnsupportedDialect = errors.New("config: unsupported database dialect")
)

// Error is one problem of the configuration. Load reports all problems that it
// finds, joined; errors.As finds the first. An Error never holds the text of a
// password, nor of a database URL.
type Error struct {
	Key    string // what is wrong: "database.pool_size", "DATABASE_URL"
	File   string // where it is written, relative to the project root; "" if in no file
	Line   int    // its line in File, counted from 1; 0 if unknown
	Reason string // what is wrong with it
	Hint   string // the way out; may be empty
	Err    error  // a sentinel of this package, or the cause; may be nil
}

// Error returns "config: file:line: key: reason; hint".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("config: ")
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			b.WriteString(":" + strconv.Itoa(e.Line))
		}
		b.WriteString(": ")
	}
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Reason)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the sentinel or the cause.
func (e *Error) Unwrap() error { return e.Err }
