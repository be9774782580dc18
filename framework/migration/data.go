package migration

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// DataTable is the table in which data migrations keep how far they are. It is
// made by the first one that runs, and dropped when the last one is undone.
const DataTable = "framefox_data_migrations"

// DataMigration is the Go part of a migration, for data that SQL cannot move in
// one statement: too many rows for one transaction, or rows that need code. It
// belongs to a SQL file and runs right after it, before the next file:
//
//	migration.DataMigration{
//		Version:     "20240115000004", // of the SQL file
//		Description: "Fill display names",
//		Up: func(ctx context.Context, s *migration.DataStep) error {
//			return s.Batches(ctx, migration.Batch{
//				Table: "users", Key: "id", Columns: []string{"first_name", "email"},
//				Where: "display_name IS NULL",
//				Each:  fillDisplayName,
//			})
//		},
//		Down: migration.NothingToUndo, // the SQL file drops the column
//	}
//
// The SQL file may hold no statement, only a comment. It must be there in the
// folder of each dialect.
//
// Up and Down use SQL, never the generated client. The client knows the tables
// as they are now, not as they were at this migration: a column that a later
// migration adds is in each of its queries, and fails here.
type DataMigration struct {
	Version     string // of the SQL file after which it runs
	Description string // for people; may be empty

	// Up moves the data. It may be begun more than once: if it is interrupted,
	// the next Upgrade calls it again, and what it had finished is not repeated,
	// see [DataStep].
	Up func(ctx context.Context, s *DataStep) error

	// Down moves the data back, before the SQL file is undone. Where the SQL
	// does all, say NothingToUndo. Nil means that there is no way back: a
	// downgrade is refused before it undoes anything.
	Down func(ctx context.Context, s *DataStep) error

	// ErrorThreshold is how many rows may fail. With more, the migration goes on
	// to its end and is then an error, a *[DataError]. The default is none.
	ErrorThreshold int
}

// NothingToUndo is the Down of a data migration of which nothing is left once
// its SQL file is undone.
func NothingToUndo(context.Context, *DataStep) error { return nil }

// WithData adds the Go parts of migrations, in any order.
func WithData(list ...DataMigration) Option {
	return func(m *Migrator) {
		sorted := slices.Clone(list)
		slices.SortStableFunc(sorted, func(a, b DataMigration) int { return strings.Compare(a.Version, b.Version) })
		m.data = &dataList{dialect: m.dialect, list: sorted}
	}
}

// dataList are the data migrations of a program.
type dataList struct {
	dialect config.Dialect
	list    []DataMigration // ordered by version
}

// find returns the data migration of a version, or nil.
func (d *dataList) find(version string) *DataMigration {
	for i := range d.list {
		if d.list[i].Version == version {
			return &d.list[i]
		}
	}
	return nil
}

// has reports whether a version has a Go part.
func (d *dataList) has(version string) bool { return d.find(version) != nil }

// check refuses data migrations that cannot be run, among them those without a
// file. What was squashed into a checkpoint may stay.
func (d *dataList) check(c *contents) error {
	squashed := ""
	if len(c.files) > 0 && isCheckpoint(c.files[0]) {
		squashed = c.files[0].Version()
	}
	for i, m := range d.list {
		_, known := c.file(m.Version)
		reason := ""
		switch {
		case m.Version == "":
			reason = "it has no Version; name the one of its SQL file"
		case i > 0 && d.list[i-1].Version == m.Version:
			reason = "there are two of this version; make them one"
		case m.Up == nil:
			reason = "it has no Up"
		case m.ErrorThreshold < 0:
			reason = "its ErrorThreshold is negative"
		case !known && m.Version >= squashed:
			reason = fmt.Sprintf("the folder of %s has no file of this version; write one, if only with a comment", d.dialect)
		default:
			continue
		}
		return &DataMigrationError{Version: m.Version, Reason: reason}
	}
	return nil
}
