package migrate_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/diagram"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/migrate"
)

// What is drawn of the schemas and of a database that the migrations made is
// the same: tables, columns, keys, relations and how many rows are at their
// ends.
//
// Covers: U01.
func TestDiagramsAgree(t *testing.T) {
	t.Parallel()
	schemas, err := entschema.Diagram(t.Context(), "..")
	require.NoError(t, err)
	require.Len(t, schemas.Entities, 21)
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		dir, err := fs.Sub(migrate.Files, string(db.Dialect()))
		require.NoError(t, err)
		m, err := migration.Open(db, migration.NewDir(dir))
		require.NoError(t, err)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		live, err := diagram.Inspect(t.Context(), db)
		require.NoError(t, err)
		require.Equal(t, summary(schemas), summary(live))
	})
}

// summary is what a diagram says that does not depend on the dialect.
func summary(d *diagram.Diagram) string {
	var lines []string
	for _, e := range d.Entities {
		for _, c := range e.Columns {
			lines = append(lines, fmt.Sprintf("%s.%s %v null=%t", e.Table, c.Name, c.Keys(), c.Null))
		}
		lines = append(lines, fmt.Sprintf("%s %t %v", e.Table, e.Join, e.Uniques))
	}
	for _, r := range d.Relations {
		ends := []string{r.From + " " + string(r.FromCardinality), r.To + " " + string(r.ToCardinality)}
		if r.Kind == diagram.ManyToMany { // neither end comes first
			slices.Sort(ends)
		}
		lines = append(lines, fmt.Sprintf("%v %v %s %s %v", ends, r.Columns, r.OnDelete, r.Through, r.Attributes))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
