package migration

import (
	"fmt"
	"strings"
)

// IrreversibleError says that a migration cannot be undone. Nothing was.
type IrreversibleError struct {
	Version string
	File    string // "down/20260101120000_init.down.sql", or the migration where that is missing
	Reason  string
}

func (e *IrreversibleError) Error() string {
	return fmt.Sprintf("migration: cannot undo %s: %s: %s; nothing was undone: write the down file, or restore a backup", e.Version, e.File, e.Reason)
}

// AheadError says that the version to downgrade to is newer than the database.
type AheadError struct {
	Version string // asked for
	Current string // of the database; "" if none
}

func (e *AheadError) Error() string {
	current := e.Current
	if current == "" {
		current = base
	}
	return fmt.Sprintf("migration: cannot downgrade to %s: the database is at %s, going forward is an upgrade", e.Version, current)
}

// NotAppliedError says that the version to downgrade to was never applied,
// although later ones were.
type NotAppliedError struct {
	Version string
}

func (e *NotAppliedError) Error() string {
	return fmt.Sprintf("migration: cannot downgrade to %s: it is not applied; choose a version that the status lists as applied", e.Version)
}

// HalfUndoneError says that a downgrade stopped half-way.
type HalfUndoneError struct {
	Version string
	State   string // how far it is
}

func (e *HalfUndoneError) Error() string {
	return fmt.Sprintf("migration: %s is half undone; run a downgrade to finish it (%s)", e.Version, e.State)
}

// InvalidIndexError says that an earlier run was interrupted while PostgreSQL
// built an index that the statement does not name, so that it is not known
// which it is.
type InvalidIndexError struct {
	File    string
	Indexes []string // those that are invalid
}

func (e *InvalidIndexError) Error() string {
	return fmt.Sprintf("migration: cannot resume %s: an interrupted CREATE INDEX CONCURRENTLY has left an invalid index, one of %s; drop it, then run this again",
		e.File, strings.Join(e.Indexes, ", "))
}
