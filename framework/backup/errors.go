package backup

import (
	"errors"
	"fmt"
	"strings"
)

// ErrMemory means that a database in memory was to be copied or restored: nobody
// else can reach it, and it is gone when its process ends.
var ErrMemory = errors.New("backup: a database in memory can be neither copied nor restored; use a file or a server")

// ToolError says that a program of the database server is missing or too old.
type ToolError struct {
	Tool    string // "pg_dump"
	Reason  string // what is wrong with it
	Package string // that has it, as distributions call it
	Path    string // the PATH that was looked at
}

// Error names the program, where it was looked for, and the way out.
func (e *ToolError) Error() string {
	text := fmt.Sprintf("backup: cannot use %s: %s; install %s", e.Tool, e.Reason, e.Package)
	if e.Path != "" {
		text += " (looked in PATH: " + e.Path + ")"
	}
	return text
}

// RunError says that a program of the database server failed, in its own words.
type RunError struct {
	Tool   string
	Output string // the end of what it wrote to stderr
	Err    error
}

func (e *RunError) Error() string {
	if e.Output == "" {
		return fmt.Sprintf("backup: %s failed: %v", e.Tool, e.Err)
	}
	return fmt.Sprintf("backup: %s failed: %v: %s", e.Tool, e.Err, e.Output)
}

func (e *RunError) Unwrap() error { return e.Err }

// FormatError says that a file is no backup for the database.
type FormatError struct {
	Path  string
	Found Format // Unknown if it is none at all
	Want  Format
}

func (e *FormatError) Error() string {
	if e.Found == Unknown {
		return fmt.Sprintf("backup: %s is no backup: want %s", e.Path, e.Want)
	}
	return fmt.Sprintf("backup: cannot restore %s: it is %s, and the configured database wants %s; set DATABASE_URL to a database of that kind", e.Path, e.Found, e.Want)
}

// IntegrityError says that a backup is damaged, or is not what was copied.
type IntegrityError struct {
	Path     string
	Problems []string
}

func (e *IntegrityError) Error() string {
	const most = 5
	shown := e.Problems
	if len(shown) > most {
		shown = append(shown[:most:most], fmt.Sprintf("and %d more", len(e.Problems)-most))
	}
	return fmt.Sprintf("backup: %s did not pass verification: %s", e.Path, strings.Join(shown, "; "))
}

// NotEmptyError says that the database to restore into has tables already.
type NotEmptyError struct {
	Target string
	Tables int
}

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("backup: cannot restore into %s: it has %d tables; restoring over them must be asked for (--replace)", e.Target, e.Tables)
}

// InUseError says that others have the database open that is to be replaced.
type InUseError struct {
	Target   string
	Sessions int // 0 if it is not known how many
}

func (e *InUseError) Error() string {
	who := "others have it open"
	if e.Sessions > 0 {
		who = fmt.Sprintf("%d other sessions have it open", e.Sessions)
	}
	return fmt.Sprintf("backup: cannot replace %s: %s; stop the application first", e.Target, who)
}
