package migration

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// snapshot is all that a database holds beside its rows, for comparison. The
// tables that the framework and Atlas keep for themselves are left out.
type snapshot struct {
	dialect    config.Dialect
	schema     *atlas.Schema
	dependents []dependent
}

func (s *scratch) snapshot(ctx context.Context) (*snapshot, error) {
	return takeSnapshot(ctx, s.dialect, s.driver, s.conn)
}

func takeSnapshot(ctx context.Context, d config.Dialect, driver migrate.Driver, db querier) (*snapshot, error) {
	found, err := driver.InspectSchema(ctx, "", &atlas.InspectOptions{Mode: atlas.InspectSchemas | atlas.InspectTables})
	if err != nil {
		return nil, fmt.Errorf("migration: cannot read the schema: %w", err)
	}
	found.Tables = slices.DeleteFunc(found.Tables, func(t *atlas.Table) bool { return bookkeeping(t.Name) })
	forgetCounters(found)
	if err := forgetVirtual(ctx, d, db, found); err != nil {
		return nil, err
	}
	list, err := catalogDependents(ctx, d, db)
	if err != nil {
		return nil, err
	}
	return &snapshot{dialect: d, schema: found, dependents: list}, nil
}

// like is a server for a scratch database with the character set and collation
// of the database that was read, from which tables inherit theirs: on MySQL it
// may have been made by somebody else, with other defaults.
func (s *snapshot) like(server config.Database) config.Database {
	if s.dialect != config.MySQL {
		return server
	}
	for _, a := range s.schema.Attrs {
		switch a := a.(type) {
		case *atlas.Charset:
			server.Charset = a.V
		case *atlas.Collation:
			server.Collation = a.V
		}
	}
	return server
}

// bookkeeping reports whether a table is the framework's or Atlas' own.
func bookkeeping(table string) bool {
	return table == RevisionsTable || table == DataTable
}
