package migration

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNoChanges means that the folder already leads to the wanted schema.
	ErrNoChanges = errors.New("migration: no changes detected since the last migration")

	// ErrLocked means that another process kept the migration lock for longer
	// than LockTimeout.
	ErrLocked = errors.New("migration: another process is migrating this database")

	// ErrReadOnly means that a folder without a path, such as an embedded one,
	// cannot be written.
	ErrReadOnly = errors.New("migration: the folder of migrations is read-only")
)

// DuplicateVersionError says that two files of a folder carry one version.
type DuplicateVersionError struct {
	Version string
	Files   []string

	// Checkpoint is the one of them that a squash has left which was killed
	// before it removed the other, "" if there is none.
	Checkpoint string
}

func (e *DuplicateVersionError) Error() string {
	out := "give one of them a later version"
	if e.Checkpoint != "" {
		out = e.unsquash()
	}
	return fmt.Sprintf("migration: version %s is used by %s; %s", e.Version, strings.Join(e.Files, " and "), out)
}

// unsquash is the way out of a squash that stopped half-way.
func (e *DuplicateVersionError) unsquash() string {
	return "a squash was interrupted: delete " + e.Checkpoint + ", run framefox database rehash --yes, and squash again"
}

// FileNameError says that a file's name has no usable version.
type FileNameError struct {
	File   string
	Reason string
}

func (e *FileNameError) Error() string {
	return fmt.Sprintf("migration: cannot use file name %s: %s; name it YYYYMMDDHHMMSS_description.sql", e.File, e.Reason)
}

// OutOfOrderError says that files were added before the newest applied one, as
// happens when branches are merged.
type OutOfOrderError struct {
	Files   []string
	Current string // the newest applied version
}

func (e *OutOfOrderError) Error() string {
	return fmt.Sprintf("migration: %s was added before %s, which is already applied; give it a later version",
		strings.Join(e.Files, ", "), e.Current)
}

// UnknownVersionError says that no file has the version that was asked for.
type UnknownVersionError struct {
	Version string
	Known   string // the version that was probably meant; may be empty
}

func (e *UnknownVersionError) Error() string {
	text := fmt.Sprintf("migration: there is no version %q", e.Version)
	if e.Known != "" {
		text += fmt.Sprintf("; did you mean %s?", e.Known)
	}
	return text
}

// BehindError says that the version to upgrade to is older than the database.
type BehindError struct {
	Version string // asked for
	Current string // of the database
}

func (e *BehindError) Error() string {
	return fmt.Sprintf("migration: cannot upgrade to %s: the database is already at %s, going back is a downgrade",
		e.Version, e.Current)
}

// UnknownRevisionError says that the database has migrations that the folder
// lacks: it was migrated by a newer program, or files were deleted.
type UnknownRevisionError struct {
	Versions []string
}

func (e *UnknownRevisionError) Error() string {
	return fmt.Sprintf("migration: the database has migrations that are not in the folder: %s; use the program that applied them, or restore the files",
		strings.Join(e.Versions, ", "))
}

// NotEmptyError says that a database without a history already has tables.
type NotEmptyError struct {
	Tables []string
}

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("migration: the database has tables (%s) but no history of migrations; start from an empty database, or say with stamp which migrations the tables stand for",
		strings.Join(e.Tables, ", "))
}

// FileChangedError says that a file of which a part is already applied was
// changed, so that it cannot be resumed.
type FileChangedError struct {
	File    string
	Applied int    // statements already applied
	Reason  string // what is different
}

func (e *FileChangedError) Error() string {
	return fmt.Sprintf("migration: cannot resume %s after statement %d: %s; restore the file, or do the rest by hand and stamp it", e.File, e.Applied, e.Reason)
}

// StatementError says which statement of which file failed, and in what state
// that leaves the database.
type StatementError struct {
	File       string
	Line       int    // where the statement begins, counted from 1
	Statement  string // as written in the file
	Number     int    // which statement of the file, counted from 1
	Total      int    // statements in the file
	Applied    int    // statements of the file that are applied and stay applied
	RolledBack bool   // the file left nothing behind
	Err        error
	Unknown    bool // the connection was lost: whether anything was applied is not known
	Down       bool // the file undoes a migration
}

func (e *StatementError) Error() string {
	verb, state := "apply", "nothing of the file was applied"
	next := "upgrade"
	if e.Down {
		verb, next = "run", "downgrade"
	}
	switch {
	case e.Unknown:
		state = "the connection was lost before it could be read what of the file was applied; see the status"
	case !e.RolledBack:
		state = fmt.Sprintf("%d of %d statements stay applied, the next %s resumes after them", e.Applied, e.Total, next)
	}
	if advice := lockAdvice(e.Err); advice != "" {
		state += "; " + advice
	}
	return fmt.Sprintf("migration: cannot %s %s: statement %d (line %d) failed: %v; %s\n  %s",
		verb, e.File, e.Number, e.Line, e.Err, state, strings.ReplaceAll(e.Statement, "\n", "\n  "))
}

func (e *StatementError) Unwrap() error { return e.Err }

// ForeignKeyError says that a migration would leave rows of SQLite that point
// to nothing. The file was rolled back.
type ForeignKeyError struct {
	File       string
	Violations []string // "comments → posts (3 rows)"
}

func (e *ForeignKeyError) Error() string {
	return fmt.Sprintf("migration: %s leaves foreign keys that point to nothing: %s; nothing of the file was applied",
		e.File, strings.Join(e.Violations, ", "))
}

// LostTriggerError says that a migration rebuilt a table of SQLite and thereby
// dropped its triggers, which it does not create again. The file was rolled
// back.
type LostTriggerError struct {
	File     string
	Triggers []string
}

func (e *LostTriggerError) Error() string {
	return fmt.Sprintf("migration: %s rebuilds a table and silently drops its triggers: %s; create them again at the end of the file, or drop them by name; nothing of the file was applied",
		e.File, strings.Join(e.Triggers, ", "))
}
