package migration

import (
	"context"
	"database/sql"
)

// dataSteps are the parts of migrations that are written in Go, by version. A
// migration's Go part runs after its SQL file and is undone before it.
type dataSteps interface {
	// check refuses Go parts that do not fit the folder.
	check(c *contents) error
	// has reports whether the version has a Go part.
	has(version string) bool
	// state says how far the Go part of a version is: DataPending if it has no
	// record, also where the table of records is missing.
	state(ctx context.Context, db querier, version string) (DataState, error)
	// up runs the Go part, or resumes it. It is not called if it is done.
	up(ctx context.Context, conn *sql.Conn, version string, report func(DataProgress)) error
	// irreversible says why the Go part cannot be undone, "" if it can.
	irreversible(version string) string
	// down undoes the Go part and then forgets its record. It is not called if
	// the state is DataPending.
	down(ctx context.Context, conn *sql.Conn, version string, report func(DataProgress)) error
	// mark makes the records say that exactly the Go parts of these versions
	// are done, and runs nothing.
	mark(ctx context.Context, db querier, versions []string) error
}

// DataState says how far the Go part of a migration is.
type DataState string

// The states of a Go part. A migration without one has the state "".
const (
	DataPending DataState = "pending"
	DataPartial DataState = "partial" // begun; the next Upgrade resumes it
	DataDone    DataState = "done"
)

// dataState is the state of a version's Go part, "" if it has none.
func (m *Migrator) dataState(ctx context.Context, db querier, version string) (DataState, error) {
	if m.data == nil || !m.data.has(version) {
		return "", nil
	}
	return m.data.state(ctx, db, version)
}
