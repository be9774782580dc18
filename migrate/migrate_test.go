package migrate_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	entmigrate "github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/migrate"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// The migrations of each dialect lead exactly to what the entities ask for:
// after a change of a schema this fails until a migration is planned.
// Covers: G18, H12.
func TestMigrationsMatchTheEntities(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			server := config.Database{URL: config.URL{Dialect: config.SQLite}}
			if engine != testkit.SQLite {
				server = testkit.Create(t, engine)
			}
			dir, err := fs.Sub(migrate.Files, string(server.URL.Dialect))
			require.NoError(t, err)
			planned, err := migration.Plan(t.Context(), migration.PlanConfig{
				Dir: migration.NewDir(dir), Tables: entmigrate.Tables, Server: server,
			})
			if planned != nil {
				t.Errorf("the migrations lack:\n%s", planned.Content)
			}
			require.ErrorIs(t, err, migration.ErrNoChanges)
		})
	}
}

// Every folder has migrations, and atlas.sum vouches for them.
// Covers: H34.
func TestFoldersAreWhole(t *testing.T) {
	t.Parallel()
	for _, dialect := range []config.Dialect{config.SQLite, config.Postgres, config.MySQL} {
		dir, err := fs.Sub(migrate.Files, string(dialect))
		require.NoError(t, err)
		list, err := migration.NewDir(dir).Migrations()
		require.NoError(t, err)
		require.NotEmpty(t, list)
	}
}
