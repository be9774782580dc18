package migration_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

func cycle(t *testing.T, cfg migration.CycleConfig) migration.CycleReport {
	t.Helper()
	report, err := migration.TestCycle(t.Context(), cfg)
	require.NoError(t, err)
	return report
}

// What was planned goes up, down and up again, with rows in every table. The
// configured database is not touched: it does not even exist.
//
// Covers: G51, H37.
func TestCycleOfPlans(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		cfg := server(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", richTables()[2:4])
		plan(t, cfg, dir, "more", richTables())
		var steps []string
		report := cycle(t, migration.CycleConfig{Dir: dir, Server: cfg, Progress: func(text string) { steps = append(steps, text) }})
		require.Equal(t, migration.CycleReport{Files: 2}, report)
		require.Len(t, steps, 6)
	})
}

// Covers: G51, H37.
func TestCycleFindsWhatDoesNotLeadBack(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		const table = "CREATE TABLE a (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);\n"
		for name, test := range map[string]struct {
			up, down string
			want     []string
		}{
			"good":          {up: "CREATE TABLE b (id int NOT NULL PRIMARY KEY);\n", down: "DROP TABLE b;\n"},
			"index left":    {up: "CREATE INDEX ix_a ON a (name);\n", down: "DELETE FROM a WHERE id = 0;\n", want: []string{"20260101000002_b.sql, down: index a.ix_a is there and should not be"}},
			"column left":   {up: "ALTER TABLE a ADD COLUMN n int NULL;\n", down: "DELETE FROM a WHERE id = 0;\n", want: []string{"20260101000002_b.sql, down: column a.n is there and should not be"}},
			"view left":     {up: "CREATE VIEW v AS SELECT id FROM a;\n", down: "DELETE FROM a WHERE id = 0;\n", want: []string{"20260101000002_b.sql, down: view v is there and should not be"}},
			"table missing": {up: "DROP TABLE a;\n", down: "CREATE TABLE x (id int NOT NULL PRIMARY KEY);\n", want: []string{"20260101000002_b.sql, down: table a is missing", "20260101000002_b.sql, down: table x is there and should not be"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				dir := folder(t, "20260101000001_a.sql", table, "20260101000002_b.sql", test.up)
				addDowns(t, dir, "20260101000001_a.down.sql", "DROP TABLE a;\n", "20260101000002_b.down.sql", test.down)
				var got []string
				for _, p := range cycle(t, migration.CycleConfig{Dir: dir, Server: server(t, d)}).Problems {
					got = append(got, p.String())
				}
				require.ElementsMatch(t, test.want, got)
			})
		}
	})
}

// A step that only works on empty tables is found by the round with rows, unless
// the file says so itself.
//
// Covers: G51.
func TestCycleWithRows(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		up := "CREATE TABLE new_a (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL, CONSTRAINT ck CHECK (name = 'no'));\n" +
			"INSERT INTO new_a SELECT id, name FROM a;\nDROP TABLE a;\nALTER TABLE new_a RENAME TO a;\n"
		down := "CREATE TABLE old_a (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);\n" +
			"INSERT INTO old_a SELECT id, name FROM a;\nDROP TABLE a;\nALTER TABLE old_a RENAME TO a;\n"
		if d == config.Postgres { // names of keys stay
			up += "ALTER TABLE a RENAME CONSTRAINT new_a_pkey TO a_pkey;\n"
			down += "ALTER TABLE a RENAME CONSTRAINT old_a_pkey TO a_pkey;\n"
		}
		dir := folder(t, "20260101000001_a.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);\n", "20260101000002_b.sql", up)
		addDowns(t, dir, "20260101000001_a.down.sql", "DROP TABLE a;\n", "20260101000002_b.down.sql", down)
		cfg := migration.CycleConfig{Dir: dir, Server: server(t, d)}
		cfg.NoRows = true
		require.Empty(t, cycle(t, cfg).Problems)
		cfg.NoRows = false
		problems := cycle(t, cfg).Problems
		require.Len(t, problems, 1)
		require.Equal(t, "20260101000002_b.sql", problems[0].File)
		require.Equal(t, "up", problems[0].Step)
		require.True(t, problems[0].Rows)
		require.NotEmpty(t, problems[0].Error)

		add(t, dir.Path(), "20260101000002_b.sql", "-- Risk: data-dependent: name has to be no\n\n"+up)
		report := cycle(t, cfg)
		require.Empty(t, report.Problems)
		require.Equal(t, []string{"20260101000002_b.sql"}, report.Expected)
	})
}

// Covers: G51.
func TestCycleReportsWhatItCannotDo(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		dir := folder(t,
			"20260101000001_a.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY, CONSTRAINT never CHECK (id <> id));\n",
			"20260101000002_b.sql", "CREATE TABLE b (id int NOT NULL PRIMARY KEY);\n",
			"20260101000003_c.sql", "CREATE TABLE c (id int NOT NULL PRIMARY KEY);\n",
		)
		addDowns(t, dir, "20260101000001_a.down.sql", "DROP TABLE a;\n",
			"20260101000002_b.down.sql", "-- Irreversible: for a reason\n", "20260101000003_c.down.sql", "DROP TABLE c;\n")
		report := cycle(t, migration.CycleConfig{Dir: dir, Server: server(t, d)})
		require.Empty(t, report.Problems)
		require.Equal(t, []string{"20260101000002_b.sql: for a reason"}, report.Irreversible)
		require.Len(t, report.Unfilled, 1)
		require.Contains(t, report.Unfilled[0], "a, before 20260101000003_c.sql: no row that it accepts was found")
	})
}

func TestCycleOfAnEmptyFolder(t *testing.T) {
	t.Parallel()
	report := cycle(t, migration.CycleConfig{Dir: migration.OpenDir(filepath.Join(t.TempDir(), "none")), Server: server(t, config.SQLite)})
	require.Zero(t, report.Files)
	_, err := migration.TestCycle(t.Context(), migration.CycleConfig{})
	require.ErrorContains(t, err, "Dir is required")
}
