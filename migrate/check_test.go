package migrate_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	entmigrate "github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/migrate"
)

// The folders of the application have nothing to be said against, and every
// migration goes up, down and up again, without rows and with them.
//
// Covers: G45, G51, H37.
func TestFoldersAreSound(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			server := testkit.Create(t, engine)
			files, err := fs.Sub(migrate.Files, string(server.URL.Dialect))
			require.NoError(t, err)
			dir := migration.NewDir(files)
			report, err := migration.Check(t.Context(), migration.CheckConfig{Dir: dir, Tables: entmigrate.Tables, Server: server})
			require.NoError(t, err)
			require.Empty(t, report.Findings)
			require.Positive(t, report.Files)

			cycle, err := migration.TestCycle(t.Context(), migration.CycleConfig{Dir: dir, Server: server})
			require.NoError(t, err)
			require.Empty(t, cycle.Problems)
			require.Empty(t, cycle.Unfilled)
		})
	}
}
