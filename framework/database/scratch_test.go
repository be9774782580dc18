package database_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A scratch database is a leftover by the time in its name, unless somebody has it
// open. Who may not drop it does not fail. Dropping is tested where nobody else
// does it on the same server.
//
// Covers: X08.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.MySQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			admin := testkit.Open(t, engine)
			made := func(name string) config.Database {
				require.LessOrEqual(t, len(name), 63-len("_old"))
				cfg := config.Database{URL: admin.URL()}
				cfg.URL.Database = name
				created, err := database.Create(t.Context(), cfg)
				require.NoError(t, err)
				require.True(t, created)
				t.Cleanup(func() {
					_, err := database.Drop(context.Background(), cfg)
					require.NoError(t, err)
				})
				return cfg
			}
			fresh, used := made(database.ScratchName()), made(database.ScratchName())
			foreign := made(strings.Replace(database.ScratchName(), "_scratch_", "_scratch_x", 1))
			session, err := database.Open(t.Context(), used)
			require.NoError(t, err)
			defer func() { require.NoError(t, session.Close()) }()

			cfg := config.Database{URL: admin.URL()}
			names, err := database.Leftovers(t.Context(), cfg, time.Now().Add(time.Hour))
			require.NoError(t, err)
			require.Contains(t, names, fresh.URL.Database)
			require.NotContains(t, names, used.URL.Database)
			require.NotContains(t, names, foreign.URL.Database)
			names, err = database.Leftovers(t.Context(), fresh, time.Now().Add(time.Hour))
			require.NoError(t, err)
			require.NotContains(t, names, fresh.URL.Database, "the configured database is none")
			names, err = database.Leftovers(t.Context(), cfg, time.Now().Add(-time.Hour))
			require.NoError(t, err)
			require.NotContains(t, names, fresh.URL.Database)

			// The next one in order is the stranger's.
			own := made(fresh.URL.Database[:len(fresh.URL.Database)-16] + strings.Repeat("f", 16))
			cfg = stranger(t, admin, fresh.URL.Database)
			if engine == testkit.Postgres {
				exec(t, admin, `ALTER DATABASE `+own.URL.Database+` OWNER TO `+cfg.URL.User)
			} else {
				exec(t, admin, "GRANT DROP ON `"+own.URL.Database+"`.* TO '"+cfg.URL.User+"'@'%'")
			}
			names, err = database.DropLeftovers(t.Context(), cfg, time.Now().Add(time.Hour))
			require.NoError(t, err)
			require.Equal(t, []string{own.URL.Database}, names)
			there, err := database.Exists(t.Context(), fresh)
			require.NoError(t, err)
			require.True(t, there)
		})
	}
}
