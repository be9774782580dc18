package migration_test

import (
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// The stock atlas command line, where it is installed, works on the same folder
// and history: what is half applied here it completes there, and the reverse.
//
// Covers: H11, H34.
func TestStockAtlas(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("atlas")
	if err != nil {
		t.Skip("atlas is not installed")
	}
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", richTables()[2:4])
		plan(t, cfg, dir, "more", richTables())
		m := migrator(t, db, dir)
		list, err := dir.Migrations()
		require.NoError(t, err)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: list[0].Version})
		require.NoError(t, err)

		atlas := func(args ...string) string {
			out, err := exec.CommandContext(t.Context(), program, append([]string{"migrate"}, args...)...).CombinedOutput()
			require.NoError(t, err, "%s", out)
			return string(out)
		}
		at := []string{"--dir", "file://" + dir.Path(), "--url", atlasURL(cfg.URL)}
		atlas("validate", at[0], at[1])
		require.Contains(t, atlas(append([]string{"status"}, at...)...), "Migration Status: PENDING")
		atlas(append([]string{"apply"}, at...)...)
		require.Contains(t, atlas(append([]string{"status"}, at...)...), "Migration Status: OK")

		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, list[1].Version, status.Current)
		require.Empty(t, status.Pending())

		_, err = db.SQL().ExecContext(t.Context(), "DELETE FROM atlas_schema_revisions WHERE version = '"+list[1].Version+"'")
		require.NoError(t, err)
		require.Contains(t, atlas(append([]string{"status"}, at...)...), "Migration Status: PENDING")
	})
}

func atlasURL(u config.URL) string {
	switch u.Dialect {
	case config.SQLite:
		return "sqlite://" + u.Database
	case config.Postgres:
		p, err := url.Parse(u.Reveal())
		if err != nil {
			panic(err)
		}
		q := p.Query()
		q.Set("search_path", "public")
		p.RawQuery = q.Encode()
		return p.String()
	default:
		return strings.Replace(u.Reveal(), "mariadb://", "mysql://", 1)
	}
}
