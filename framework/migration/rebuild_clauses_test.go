package migration_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// The rebuild of a SQLite table keeps how its columns and indexes compare text,
// and that a foreign key is checked at the commit. What cannot be kept makes the
// migration irreversible, with the reason.
//
// Covers: H10, H31.
func TestRebuildKeepsCollationsAndDeferral(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.SQLite)
	dir := folder(t, first, "CREATE TABLE users (id integer PRIMARY KEY, -- COLLATE BINARY\n \"e mail\" text COLLATE NOCASE DEFAULT 'a, COLLATE x' UNIQUE, "+
		"price decimal(10,2) NOT NULL CHECK (price > (1 - 1)), boss int REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, name text, tenant int, "+
		"FOREIGN KEY (tenant) REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);\n"+
		"CREATE UNIQUE INDEX by_name ON users (name COLLATE NOCASE);\n",
		second, "ALTER TABLE users ADD COLUMN age int;\n")
	p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, v2)
	require.NoError(t, err)
	require.Empty(t, p.Irreversible, "%s", p.DownContent)
	_, err = p.Write()
	require.NoError(t, err)
	m := migrator(t, db, dir)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
	require.NoError(t, err)

	run(t, db, `INSERT INTO users ("e mail", price, name) VALUES ('Ann', 1, 'Ann')`)
	require.Equal(t, 1, count(t, db, `SELECT count(*) FROM users WHERE "e mail" = 'ANN'`))
	for _, wrong := range []string{`INSERT INTO users ("e mail", price) VALUES ('ANN', 1)`, `INSERT INTO users (name, price) VALUES ('ANN', 1)`} {
		_, err = db.SQL().ExecContext(t.Context(), wrong)
		require.ErrorContains(t, err, "UNIQUE")
	}
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), `INSERT INTO users (id, price, boss, tenant) VALUES (5, 1, 6, 6)`)
	require.NoError(t, err, "%s", p.DownContent)
	require.NoError(t, tx.Rollback())

	lost := folder(t, first, "CREATE TABLE users (id integer PRIMARY KEY, name text UNIQUE ON CONFLICT IGNORE);\n", second, "ALTER TABLE users ADD COLUMN age int;\n")
	p, err = migration.PlanDown(t.Context(), migration.PlanConfig{Dir: lost, Server: cfg}, v2)
	require.NoError(t, err)
	require.Contains(t, p.Irreversible, `ON CONFLICT clause "name"`)
}

// A column that is declared UNIQUE has an index that SQLite names. It is no
// drift, and it survives the way up and down.
//
// Covers: G51, H35.
func TestUniqueColumnIsNoDrift(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := folder(t, first, "CREATE TABLE users (id int NOT NULL PRIMARY KEY, email varchar(50) NOT NULL UNIQUE, a int, b int, UNIQUE (a, b));\n",
			second, "ALTER TABLE users ADD COLUMN age int;\n")
		for _, version := range []string{v1, v2} {
			p, err := migration.PlanDown(t.Context(), migration.PlanConfig{Dir: dir, Server: cfg}, version)
			require.NoError(t, err)
			_, err = p.Write()
			require.NoError(t, err)
		}
		m := migrator(t, db, dir)
		same := func() {
			list, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
			require.NoError(t, err)
			require.Empty(t, list)
		}
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		same()
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		same()
	})
}

// A rebuild that was written elsewhere, as by the stock atlas, may leave them
// out. That is warned of.
//
// Covers: G45, H31.
func TestCheckWarnsOfALostCollation(t *testing.T) {
	t.Parallel()
	const rebuild = "PRAGMA foreign_keys = off;\nCREATE TABLE new_users (email text %s);\nINSERT INTO new_users SELECT email FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n"
	for clause, want := range map[string]bool{"": true, "COLLATE NOCASE": false} {
		dir := folder(t, first, "CREATE TABLE users (email text COLLATE NOCASE, age int);\n", second, fmt.Sprintf(rebuild, clause))
		report, err := migration.Check(t.Context(), migration.CheckConfig{Dir: dir, Server: server(t, config.SQLite)})
		require.NoError(t, err)
		found := slices.ContainsFunc(report.Findings, func(f migration.Finding) bool {
			return f.Code == migration.CodeLostClause && f.File == second && f.Severity == migration.SeverityWarning
		})
		require.Equal(t, want, found, "%q: %v", clause, report.Findings)
	}
}
