package migration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// squashable is a folder of four migrations, with a view and, between the
// second and the third, room for a checkpoint.
func squashable(t *testing.T) *migration.Dir {
	t.Helper()
	dir := folder(t,
		"20260101000001_a.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);\nCREATE TABLE gone (id int NOT NULL PRIMARY KEY);\n",
		"20260102000001_b.sql", "DROP TABLE gone;\nALTER TABLE a ADD COLUMN n int NULL;\nCREATE INDEX ix_n ON a (n);\n",
		"20260103000001_c.sql", "CREATE VIEW v AS SELECT name FROM a;\n",
		"20260104000001_d.sql", "CREATE TABLE d (id int NOT NULL PRIMARY KEY);\n",
	)
	addDowns(t, dir, "20260102000001_b.down.sql", "ALTER TABLE a DROP COLUMN n;\nCREATE TABLE gone (id int);\n", "20260104000001_d.down.sql", "DROP TABLE d;\n")
	return dir
}

func squash(t *testing.T, cfg migration.SquashConfig) string {
	t.Helper()
	q, err := migration.Squash(t.Context(), cfg)
	require.NoError(t, err)
	path, err := q.Write()
	require.NoError(t, err)
	return filepath.Base(path)
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

// After a squash a new database and one that was there before come out the
// same, and agree that they are up to date.
func TestSquash(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		for to, want := range map[string][]string{
			"20260102000001": {"20260102000001_checkpoint.sql", "20260103000001_c.sql", "20260104000001_d.sql", "atlas.sum", "down"},
			"20260103000001": {"20260103000001_checkpoint.sql", "20260104000001_d.sql", "atlas.sum", "down"},
			"":               {"20260104000001_checkpoint.sql", "atlas.sum", "down"},
		} {
			t.Run(to, func(t *testing.T) {
				t.Parallel()
				old, cfg := open(t, d)
				dir := squashable(t)
				_, err := migrator(t, old, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
				require.NoError(t, err)
				name := squash(t, migration.SquashConfig{Dir: dir, To: to, Server: cfg})
				require.Equal(t, want, files(t, dir.Path()))
				text, err := os.ReadFile(filepath.Join(dir.Path(), name))
				require.NoError(t, err)
				require.True(t, strings.HasPrefix(string(text), "-- atlas:checkpoint\n"), string(text))
				require.NotContains(t, string(text), "gone")

				fresh, freshCfg := open(t, d)
				_, err = migrator(t, fresh, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
				require.NoError(t, err)
				for db, cfg := range map[*migration.Migrator]migration.CheckConfig{
					migrator(t, old, dir):   {DB: old, Server: cfg},
					migrator(t, fresh, dir): {DB: fresh, Server: freshCfg},
				} {
					status, err := db.Status(t.Context())
					require.NoError(t, err)
					require.NoError(t, status.Problem)
					require.Empty(t, status.Pending())
					done, err := db.Upgrade(t.Context(), migration.UpgradeOptions{})
					require.NoError(t, err)
					require.Empty(t, done.Steps)
					cfg.Dir = dir
					lines, _ := check(t, cfg)
					require.Empty(t, lines)
				}
				_, err = migration.Squash(t.Context(), migration.SquashConfig{Dir: dir, To: strings.TrimSuffix(name, "_checkpoint.sql"), Server: cfg})
				require.ErrorIs(t, err, migration.ErrNothingToSquash)

				// What comes after the checkpoint can be undone, and no more.
				if to != "" {
					_, err = migrator(t, fresh, dir).Downgrade(t.Context(), migration.DowngradeOptions{Steps: 1})
					require.NoError(t, err)
					_, err = migrator(t, fresh, dir).Downgrade(t.Context(), migration.DowngradeOptions{Base: true})
					var stuck *migration.IrreversibleError
					require.ErrorAs(t, err, &stuck)
				}
			})
		}
	})
}

// A database that lacks a part of what was squashed is refused, not broken.
func TestSquashLeavesNoDatabaseHalfWay(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := squashable(t)
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000001"})
		require.NoError(t, err)
		squash(t, migration.SquashConfig{Dir: dir, To: "20260103000001", Server: cfg})
		_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		var half *migration.SquashedError
		require.ErrorAs(t, err, &half)
		require.Equal(t, migration.SquashedError{Current: "20260101000001", Needs: "20260103000001"}, *half)
		lines, _ := check(t, migration.CheckConfig{Dir: dir, DB: db, Server: cfg})
		require.Contains(t, lines, "error history")
	})
}

// What a killed squash leaves is named, with the way out.
func TestSquashInterrupted(t *testing.T) {
	t.Parallel()
	dir := squashable(t)
	before := files(t, dir.Path())
	kept := t.TempDir()
	require.NoError(t, os.CopyFS(kept, os.DirFS(dir.Path())))
	checkpoint := squash(t, migration.SquashConfig{Dir: dir, Server: server(t, config.SQLite)})
	for _, name := range before {
		if text, err := os.ReadFile(filepath.Join(kept, name)); err == nil && name != "atlas.sum" {
			require.NoError(t, os.WriteFile(filepath.Join(dir.Path(), name), text, 0o600))
		}
	}

	var twice *migration.DuplicateVersionError
	require.ErrorAs(t, dir.Verify(), &twice)
	require.Equal(t, checkpoint, twice.Checkpoint)
	require.ErrorContains(t, twice, "delete "+checkpoint+", run framefox database rehash --yes, and squash again")
	require.NoError(t, os.Remove(filepath.Join(dir.Path(), checkpoint)))
	_, err := dir.Rehash()
	require.NoError(t, err)
	require.Equal(t, checkpoint, squash(t, migration.SquashConfig{Dir: dir, Server: server(t, config.SQLite)}))
}

func TestSquashOfData(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		fresh := func() *migration.Dir {
			return folder(t,
				"20260101000001_a.sql", "CREATE TABLE roles (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);\nINSERT INTO roles VALUES (1, 'a;b'), (2, 'it''s');\n",
				"20260102000001_b.sql", "ALTER TABLE roles ADD COLUMN label varchar(20) NULL;\nUPDATE roles SET label = name;\n")
		}
		_, cfg := open(t, d)
		_, err := migration.Squash(t.Context(), migration.SquashConfig{Dir: fresh(), Server: cfg})
		var data *migration.SquashDataError
		require.ErrorAs(t, err, &data)
		require.Equal(t, []string{"roles (2 rows)"}, data.Tables)
		for keep, want := range map[bool]int{true: 2, false: 0} {
			db, cfg := open(t, d)
			dir := fresh()
			squash(t, migration.SquashConfig{Dir: dir, Server: cfg, KeepData: keep, DropData: !keep})
			_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Equal(t, want, count(t, db, "SELECT count(*) FROM roles WHERE label = name"))
		}
	})
}

// Triggers and functions, with semicolons in them, survive both ways of
// squashing.
func TestSquashKeepsTriggers(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		trigger := map[config.Dialect]string{
			config.SQLite:   "CREATE TRIGGER tr AFTER INSERT ON a BEGIN\n  UPDATE a SET n = 1 WHERE id = NEW.id;\n  UPDATE a SET n = n + 1 WHERE id = NEW.id;\nEND;\n",
			config.Postgres: "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := 1; NEW.n := NEW.n + 1; RETURN NEW; END $$;\nCREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();\n",
			config.MySQL:    "-- atlas:delimiter \\n\\n\n\nCREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.n = 1; SET NEW.n = NEW.n + 1; END\n\n",
		}[d]
		for _, keep := range []bool{false, true} {
			db, cfg := open(t, d)
			dir := folder(t, "20260101000001_a.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY, n int NULL);\nINSERT INTO a VALUES (7, 7);\n", "20260102000001_b.sql", trigger)
			squash(t, migration.SquashConfig{Dir: dir, Server: cfg, KeepData: keep, DropData: !keep})
			_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			run(t, db, "INSERT INTO a (id) VALUES (1)")
			require.Equal(t, 2, count(t, db, "SELECT n FROM a WHERE id = 1"))
		}
	})
}
