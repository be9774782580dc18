package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Scratch databases of killed processes go when they are more than a day old, and
// no other database does.
//
// Covers: G39, X08.
func TestClearMetadataDropsScratchDatabases(t *testing.T) {
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.MySQL} {
		t.Run(string(engine), func(t *testing.T) {
			cfg := testkit.Create(t, engine)
			fresh := database.ScratchName()
			random := fresh[strings.LastIndex(fresh, "_")+1:]
			old := database.ScratchPrefix + "20240603152345_" + random
			databases := map[string]bool{ // and whether they stay
				old: false, fresh: true, old + "_old": true, "x" + old: true,
				database.ScratchPrefix + random: true, database.ScratchPrefix + "20249903152345_" + random: true,
			}
			for name := range databases {
				scratch := cfg
				scratch.URL.Database = name
				_, err := database.Create(t.Context(), scratch)
				require.NoError(t, err)
				t.Cleanup(func() {
					_, err := database.Drop(context.Background(), scratch)
					require.NoError(t, err)
				})
			}
			t.Chdir(t.TempDir())
			t.Setenv("TMPDIR", t.TempDir())
			t.Setenv("DATABASE_URL", cfg.URL.Reveal())
			t.Setenv("FRAMEFOX_ENV", config.Development)
			run := func(flags ...string) string {
				var out, messages bytes.Buffer
				code := cli.Run(t.Context(), cli.App{}, append([]string{"database", "clear-metadata"}, flags...), strings.NewReader(""), &out, &messages)
				require.Zero(t, code, messages.String())
				return out.String()
			}
			there := func(name string) bool {
				scratch := cfg
				scratch.URL.Database = name
				found, err := database.Exists(t.Context(), scratch)
				require.NoError(t, err)
				return found
			}
			require.Contains(t, run("--dry-run"), "Would drop the scratch database "+old+"\n")
			require.True(t, there(old))
			require.Contains(t, run(), "[ok] Scratch database "+old+" dropped\n")
			for name, stays := range databases {
				require.Equal(t, stays, there(name), name)
			}
			require.Contains(t, run("--json"), `"databases": []`)
		})
	}
}
