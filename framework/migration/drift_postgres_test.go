package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// What Atlas does not know of PostgreSQL drifts as well: who may see which rows,
// rules, indexes of materialized views, when a constraint is checked, and
// whether it ever was for the rows that are there.
//
// Covers: H35.
func TestDriftOfWhatAtlasDoesNotKnow(t *testing.T) {
	t.Parallel()
	const setUp = "CREATE TABLE users (id int PRIMARY KEY, boss int, CONSTRAINT boss FOREIGN KEY (boss) REFERENCES users DEFERRABLE INITIALLY DEFERRED);\n" +
		"CREATE MATERIALIZED VIEW m AS SELECT id FROM users;\nCREATE INDEX m_id ON m (id);\nCREATE TYPE pair AS (a int, b text);\n" +
		"CREATE POLICY mine ON users FOR SELECT TO public USING (id = 1);\nALTER TABLE users ENABLE ROW LEVEL SECURITY;\nALTER TABLE users FORCE ROW LEVEL SECURITY;\n" +
		"CREATE RULE quiet AS ON DELETE TO users DO INSTEAD NOTHING;\n"
	for statement, want := range map[string]string{
		"":                          "",
		"DROP POLICY mine ON users": "policy users.mine is missing",
		"ALTER TABLE users DISABLE ROW LEVEL SECURITY":                           "row level security users is missing",
		"ALTER TABLE users NO FORCE ROW LEVEL SECURITY":                          "forced row level security users is missing",
		"ALTER POLICY mine ON users USING (true)":                                "policy users.mine is different",
		"DROP RULE quiet ON users":                                               "rule users.quiet is missing",
		"DROP INDEX m_id":                                                        "index m_id is missing",
		"DROP TYPE pair":                                                         "type pair is missing",
		"ALTER TABLE users ALTER CONSTRAINT boss NOT DEFERRABLE":                 "deferral of the constraint users.boss is missing",
		"ALTER TABLE users ALTER CONSTRAINT boss DEFERRABLE INITIALLY IMMEDIATE": "deferral of the constraint users.boss is different",
		"ALTER TABLE users DROP CONSTRAINT boss, ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES users DEFERRABLE INITIALLY DEFERRED NOT VALID": "unvalidated constraint users.boss is there and should not be",
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			db, cfg := open(t, config.Postgres)
			dir := folder(t, first, setUp)
			_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			run(t, db, statement)
			list, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
			require.NoError(t, err)
			if want == "" {
				require.Empty(t, list)
				return
			}
			require.Len(t, list, 1)
			require.Equal(t, want, list[0].String())
		})
	}
	t.Run("down", func(t *testing.T) {
		t.Parallel()
		_, cfg := open(t, config.Postgres)
		for _, c := range [][2]string{
			{setUp, "DROP POLICY mine ON users;\nALTER TABLE users DISABLE ROW LEVEL SECURITY;\nDROP RULE quiet ON users;\nDROP INDEX m_id;\n"},
			{"CREATE TABLE old (id int);\n", setUp},
		} {
			dir := folder(t, first, c[0], second, c[1])
			p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, v2)
			require.NoError(t, err)
			require.Empty(t, p.Irreversible, "%s", p.DownContent)
		}
		dir := folder(t, first, setUp, second, "ALTER TABLE users ALTER CONSTRAINT boss NOT DEFERRABLE;\n")
		p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, v2)
		require.NoError(t, err)
		require.Contains(t, p.Irreversible, `deferral of the constraint "boss"`)
	})
}
