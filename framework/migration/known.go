package migration

import (
	"context"
	"slices"

	"github.com/framefox-go/framefox/framework/database"
)

// Known returns nil if the folder has the version, else an
// *[UnknownVersionError], or the error of Verify.
func (d *Dir) Known(version string) error {
	c, err := d.read()
	if err != nil {
		return err
	}
	if _, ok := c.file(version); !ok {
		return &UnknownVersionError{Version: version, Known: newHistory(c, nil).nearest(version)}
	}
	return nil
}

// Empty reports whether a database has no tables but those of the history.
func Empty(ctx context.Context, db *database.DB) (bool, error) {
	list, err := (&revisions{dialect: db.Dialect(), db: db.SQL()}).tables(ctx)
	return !slices.ContainsFunc(list, func(name string) bool { return name != RevisionsTable && name != DataTable }), err
}
