package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// What a table is built on, such as a domain, a sequence or a function, is
// dropped after it, and a function that a trigger keeps using is replaced. A
// table that a module of SQLite keeps goes and comes back as one.
//
// Covers: H10.
func TestDownHandlesWhatTablesAreBuiltOn(t *testing.T) {
	t.Parallel()
	const touch = "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n = "
	for name, c := range map[string]struct {
		dialect     config.Dialect
		first, then string
	}{
		"new": {
			config.Postgres, "CREATE TABLE users (id int);\n",
			"CREATE DOMAIN positive AS int CHECK (VALUE > 0);\nCREATE SEQUENCE numbers;\n" +
				"CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';\n" +
				"CREATE TABLE things (n positive, m int DEFAULT nextval('numbers'), o int CHECK (o > one()));\n" +
				"ALTER TABLE users ADD COLUMN p positive;\n",
		},
		"replaced": {
			config.Postgres, "CREATE TABLE things (n int);\n" + touch + "1; RETURN NEW; END $$;\n" +
				"CREATE TRIGGER touched BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION touch();\n" +
				"CREATE VIEW a AS SELECT n FROM things;\nCREATE VIEW b AS SELECT n FROM a;\n",
			touch + "2; RETURN NEW; END $$;\nCREATE OR REPLACE VIEW a AS SELECT n + 0 AS n FROM things;\n",
		},
		"words":         {config.SQLite, "CREATE TABLE users (id int);\n", "CREATE VIRTUAL TABLE words USING fts4(body);\n"},
		"words dropped": {config.SQLite, "CREATE VIRTUAL TABLE words USING fts4(body);\n", "DROP TABLE words;\nCREATE TABLE users (id int);\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, cfg := open(t, c.dialect)
			dir := folder(t, first, c.first, second, c.then)
			p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, v2)
			require.NoError(t, err)
			require.Empty(t, p.Irreversible, "%s", p.DownContent)
			_, err = p.Write()
			require.NoError(t, err)
			m := migrator(t, db, dir)
			for range 2 {
				_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
				require.NoError(t, err)
				_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
				require.NoError(t, err, "%s", p.DownContent)
				list, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
				require.NoError(t, err)
				require.Empty(t, list)
			}
		})
	}
}
