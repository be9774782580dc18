package migration

import (
	"fmt"
	"path"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// HalfAppliedError says that a migration stopped half-way, so that nobody knows
// what the database should look like.
type HalfAppliedError struct {
	Version string
	Applied int // statements
	Total   int
}

func (e *HalfAppliedError) Error() string {
	return fmt.Sprintf("migration: %s is applied half-way (%d of %d statements); finish it with: framefox database upgrade",
		e.Version, e.Applied, e.Total)
}

// SquashedError says that a database is older than the migrations that were
// squashed into a checkpoint, so that what it lacks is no longer there.
type SquashedError struct {
	Current string // version of the database
	Needs   string // last version that was squashed
}

func (e *SquashedError) Error() string {
	return fmt.Sprintf("migration: the database is at %s, but the migrations up to %s were squashed; upgrade it with a release from before the squash first",
		e.Current, e.Needs)
}

// HeadsError says that branches were merged, so that migrations follow each
// other in no known order.
type HeadsError struct {
	Files []string
}

func (e *HeadsError) Error() string {
	return fmt.Sprintf("migration: none of these migrations comes after the other: %s; run: framefox database merge",
		strings.Join(e.Files, ", "))
}

// ConflictError says that a file holds the marks of an unfinished merge.
type ConflictError struct {
	File string
	Line int // counted from 1
}

func (e *ConflictError) Error() string {
	out := "settle the conflict in the file first"
	if path.Base(e.File) == migrate.HashFileName {
		out = "run: framefox database merge"
	}
	return fmt.Sprintf("migration: %s holds the marks of an unfinished merge in line %d; %s", e.File, e.Line, out)
}

// SquashDataError says that migrations to be squashed leave rows in a new
// database, which a checkpoint of the schema alone would not.
type SquashDataError struct {
	Tables []string // "roles (3 rows)"
}

func (e *SquashDataError) Error() string {
	return fmt.Sprintf("migration: the migrations to be squashed put rows into %s, which new databases would lack; keep their statements with --keep-data, or forget them with --drop-data",
		strings.Join(e.Tables, ", "))
}

// HasHistoryError says that a database is kept by migrations.
type HasHistoryError struct {
	Current string // its version
}

func (e *HasHistoryError) Error() string {
	return fmt.Sprintf("migration: the database is kept by migrations and is at %s; plan the change with: framefox database create-migration", e.Current)
}
