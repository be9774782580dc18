package migration_test

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// stockAtlas runs the migrate commands of the stock atlas on a folder. It is
// looked for in PATH and where scripts/install-atlas.sh puts it. Without it a
// test is skipped, but not in CI.
type stockAtlas struct {
	program, dir, url string
	dialect           config.Dialect
}

func newStockAtlas(t *testing.T, dir *migration.Dir, cfg config.Database) stockAtlas {
	t.Helper()
	program, err := exec.LookPath("atlas")
	if err != nil {
		program, err = filepath.Abs("../../.tools/atlas")
		require.NoError(t, err)
	}
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the stock atlas is not installed: sh scripts/install-atlas.sh")
		}
		t.Skip("the stock atlas is not installed: sh scripts/install-atlas.sh")
	}
	return stockAtlas{program: program, dir: "file://" + dir.Path(), url: atlasURL(cfg.URL), dialect: cfg.URL.Dialect}
}

// dev is an empty database for the atlas to try files on. It cleans up behind
// itself, but does not know views.
func (a stockAtlas) dev(t *testing.T) string {
	t.Helper()
	if a.dialect == config.SQLite {
		return "sqlite://dev?mode=memory"
	}
	_, scratch := open(t, a.dialect)
	return atlasURL(scratch.URL)
}

func (a stockAtlas) run(t *testing.T, command string, args ...string) string {
	t.Helper()
	args = append([]string{"migrate", command, "--dir", a.dir}, args...)
	cmd := exec.CommandContext(t.Context(), a.program, args...)
	cmd.Env = append(os.Environ(), "ATLAS_NO_UPDATE_NOTIFIER=1", "ATLAS_NO_ANON_TELEMETRY=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "atlas %s: %s", strings.Join(args, " "), out)
	return string(out)
}

func (a stockAtlas) status(t *testing.T) string {
	t.Helper()
	_, after, _ := strings.Cut(a.run(t, "status", "--url", a.url), "Migration Status: ")
	state, _, _ := strings.Cut(after, "\n")
	return state
}

func (a stockAtlas) apply(t *testing.T) { t.Helper(); a.run(t, "apply", "--url", a.url) }

// inspectFolder runs the commands that look at the files alone. That hash has
// nothing to write shows that the checksums are those of the stock atlas.
func (a stockAtlas) inspectFolder(t *testing.T) {
	t.Helper()
	sum := filepath.Join(strings.TrimPrefix(a.dir, "file://"), "atlas.sum")
	before, err := os.ReadFile(sum)
	require.NoError(t, err)
	a.run(t, "validate", "--dev-url", a.dev(t))
	a.run(t, "lint", "--dev-url", a.dev(t), "--latest", "1")
	a.run(t, "hash")
	after, err := os.ReadFile(sum)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}

// The stock atlas works on the same folder and history: what is half applied
// here it completes there, and the reverse.
//
// Covers: H11.
func TestStockAtlas(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", richTables()[2:4])
		plan(t, cfg, dir, "more", richTables())
		atlas := newStockAtlas(t, dir, cfg)
		atlas.inspectFolder(t)
		m := migrator(t, db, dir)
		list, err := dir.Migrations()
		require.NoError(t, err)

		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: list[0].Version})
		require.NoError(t, err)
		require.Equal(t, "PENDING", atlas.status(t))
		atlas.apply(t)
		require.Equal(t, "OK", atlas.status(t))
		isUpToDate(t, m, list[1].Version)

		// Down with ours and up with theirs; then a history that only they wrote.
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		require.Equal(t, "PENDING", atlas.status(t))
		atlas.apply(t)
		isUpToDate(t, m, list[1].Version)
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
		require.NoError(t, err)
		atlas.apply(t)
		isUpToDate(t, m, list[1].Version)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db, Tables: richTables()})
		require.Empty(t, lines)
		done, err := m.Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
		require.NoError(t, err)
		require.Len(t, done.Steps, 2)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, "OK", atlas.status(t))
		atlas.apply(t)
	})
}

func isUpToDate(t *testing.T, m *migration.Migrator, version string) {
	t.Helper()
	status, err := m.Status(t.Context())
	require.NoError(t, err)
	require.NoError(t, status.Problem)
	require.Equal(t, version, status.Current)
	require.Empty(t, status.Pending())
	done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Empty(t, done.Steps)
}

// The stock atlas begins a new database with a checkpoint of ours and passes it
// over on one that has the folded migrations, at whichever of the later ones.
func TestStockAtlasHonoursCheckpoints(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		dir := squashable(t)
		old, oldCfg := open(t, d)
		_, err := migrator(t, old, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		behind, behindCfg := open(t, d)
		_, err = migrator(t, behind, dir).Upgrade(t.Context(), migration.UpgradeOptions{To: "20260103000001"})
		require.NoError(t, err)
		fresh, freshCfg := open(t, d)
		squash(t, migration.SquashConfig{Dir: dir, To: "20260103000001", Server: oldCfg})

		atlas := newStockAtlas(t, dir, oldCfg)
		atlas.inspectFolder(t)
		require.Equal(t, "OK", atlas.status(t))
		atlas.apply(t)
		atlas.url = atlasURL(behindCfg.URL)
		require.Equal(t, "PENDING", atlas.status(t))
		atlas.apply(t)
		require.Equal(t, "OK", atlas.status(t))
		atlas.url = atlasURL(freshCfg.URL)
		require.Equal(t, "PENDING", atlas.status(t))
		atlas.apply(t)
		require.Equal(t, "OK", atlas.status(t))
		for _, cfg := range []migration.CheckConfig{{DB: old, Server: oldCfg}, {DB: behind, Server: behindCfg}, {DB: fresh, Server: freshCfg}} {
			isUpToDate(t, migrator(t, cfg.DB, dir), "20260104000001")
			cfg.Dir = dir
			lines, _ := check(t, cfg)
			require.Empty(t, lines)
		}
	})
}

// Neither the files of a merge nor the table of Go data migrations is in the
// way of the stock atlas.
//
// Covers: G49.
func TestStockAtlasBesideMergesAndData(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir, _, _ := branches(t, tableB, tableC)
		merged, err := migration.Merge(t.Context(), migration.MergeConfig{Dir: dir, Server: cfg})
		require.NoError(t, err)
		_, err = merged.Write()
		require.NoError(t, err)
		atlas := newStockAtlas(t, dir, cfg)
		atlas.inspectFolder(t)

		m, err := migration.Open(db, dir, migration.WithData(migration.DataMigration{
			Version: "20260101000002", Down: migration.NothingToUndo,
			Up: func(ctx context.Context, s *migration.DataStep) error {
				_, err := s.Insert(ctx, "b", []string{"id"}, slices.Values([][]any{{1}, {2}}))
				return err
			},
		}))
		require.NoError(t, err)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000002"})
		require.NoError(t, err)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM b"))
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM "+migration.DataTable))
		require.Equal(t, "PENDING", atlas.status(t))
		atlas.apply(t)
		require.Equal(t, "OK", atlas.status(t))
		isUpToDate(t, m, merged.Version)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, Server: cfg, DB: db})
		require.Empty(t, lines)
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
