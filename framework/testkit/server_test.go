package testkit

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

func TestThrowawayServers(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func() (*process, error){"postgres": startPostgres, "mysql": startMySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := start()
			if err != nil {
				t.Skip("cannot be started here: ", err)
			}
			cfg := config.Database{URL: p.url}
			cfg.URL.Database = newName()
			created, err := database.Create(t.Context(), cfg)
			require.NoError(t, err)
			require.True(t, created)
			require.NoError(t, p.stop())
			require.NoDirExists(t, p.dir)
			_, err = database.Exists(t.Context(), cfg)
			require.Error(t, err)
		})
	}
}

// A server that starts removes temporary tables from its folder, which must not
// be that of a server that runs.
func TestThrowawayServerLeavesTemporaryTablesOfOthers(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(os.TempDir(), "#sql-temptable-*.MAI")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.Remove(file.Name()) })
	require.NoError(t, file.Close())
	owner, err := accountFor(mysqlAccounts())
	if err != nil {
		t.Skip("no server can be started here: ", err)
	}
	require.NoError(t, owner.own(file.Name()))
	p, err := startMySQL()
	if err != nil {
		t.Skip("cannot be started here: ", err)
	}
	require.NoError(t, p.stop())
	require.FileExists(t, file.Name())
}

func TestSweepDropsWhatDeadRunsLeft(t *testing.T) {
	t.Parallel()
	for _, engine := range []Engine{Postgres, MySQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			young, old := Create(t, engine), Reserve(t, engine)
			old.URL.Database = fmt.Sprintf("%s%d_1_%s", prefix, time.Now().Add(-2*leftover).Unix(), newName()[len(prefix):])
			t.Cleanup(func() { _, _ = database.Drop(context.Background(), old) })
			_, err := database.Create(t.Context(), old)
			require.NoError(t, err)
			require.NoError(t, sweep(young.URL))
			exists, err := database.Exists(t.Context(), old)
			require.NoError(t, err)
			require.False(t, exists)
			exists, err = database.Exists(t.Context(), young)
			require.NoError(t, err)
			require.True(t, exists)
		})
	}
	for name, want := range map[string]bool{"": false, "shop": false, prefix: false, prefix + "x_1_a": false, prefix + "1_1_a": true, newName(): false} {
		require.Equal(t, want, abandoned(name), name)
	}
}
