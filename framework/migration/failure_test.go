package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// A file that fails leaves a state that the error describes and from which the
// next upgrade goes on: none of the file where the engine can roll it back, and
// the statements before on MySQL.
//
// Covers: G22, H30.
func TestFailedFile(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		const broken = "CREATE TABLE a (id integer PRIMARY KEY);\nINSERT INTO a (id) VALUES (1);\n\nINSERT INTO a (id)\nVALUES (1);\n"
		dir := folder(t, first, "CREATE TABLE z (id integer PRIMARY KEY);\n", second, broken)
		m := migrator(t, db, dir)
		done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var failed *migration.StatementError
		require.ErrorAs(t, err, &failed)
		require.Len(t, done.Steps, 1)
		require.Equal(t, second, failed.File)
		require.Equal(t, 4, failed.Line)
		require.Equal(t, 3, failed.Number)
		require.Equal(t, 3, failed.Total)
		require.Equal(t, "INSERT INTO a (id)\nVALUES (1);", failed.Statement)
		require.ErrorContains(t, err, second)
		_, isUnique := database.AsConstraint(err)
		require.True(t, isUnique, "the cause stays visible")

		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, "20260101000001", status.Current)
		require.Len(t, status.Pending(), 1)
		if d == config.MySQL {
			require.True(t, status.Dirty())
			require.False(t, failed.RolledBack)
			require.Equal(t, 2, failed.Applied)
			require.Equal(t, 2, status.Migrations[1].Applied)
			require.NotEmpty(t, status.Migrations[1].Error)
			require.Equal(t, 1, count(t, db, "SELECT count(*) FROM a"))
		} else {
			require.False(t, status.Dirty())
			require.True(t, failed.RolledBack)
			require.Equal(t, 2, tables(t, db)-map[config.Dialect]int{config.SQLite: 1}[d]) // SQLite lists an index too
		}

		add(t, dir.Path(), second, "CREATE TABLE a (id integer PRIMARY KEY);\nINSERT INTO a (id) VALUES (1);\n\nINSERT INTO a (id)\nVALUES (2);\n")
		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, "20260101000002", done.Current)
		require.Equal(t, failed.Applied, done.Steps[0].Resumed)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM a"))
		status, err = m.Status(t.Context())
		require.NoError(t, err)
		require.False(t, status.Dirty())
	})
}

// A file of MySQL that only changes data is rolled back whole, and one whose
// first statement fails leaves no trace either.
//
// Covers: G22, H30.
func TestFailedFileOfMySQLIsCleanWhereItCan(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.MySQL)
	dir := folder(t, first, "CREATE TABLE a (id integer PRIMARY KEY);\n",
		second, "-- fill\nINSERT INTO a (id) VALUES (1);\nINSERT INTO a (id) VALUES (1);\n")
	m := migrator(t, db, dir)
	for _, text := range []string{"INSERT INTO a (id) VALUES (5);\nINSERT INTO a (id) VALUES (5);\n", "CREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\n"} {
		add(t, dir.Path(), second, text)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var failed *migration.StatementError
		require.ErrorAs(t, err, &failed)
		require.True(t, failed.RolledBack, text)
		require.Zero(t, count(t, db, "SELECT count(*) FROM a"))
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))
	}
}

// A file of which a part is applied may not be changed in that part, or become
// shorter.
//
// Covers: H34.
func TestResumeRefusesChangedFile(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.MySQL)
	dir := folder(t, first, "CREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\nCREATE TABLE a (id integer);\n")
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.Error(t, err)
	for _, text := range []string{"CREATE TABLE a (id integer);\n", "CREATE TABLE a (id bigint);\nCREATE TABLE b (id integer);\nCREATE TABLE c (id integer);\n"} {
		add(t, dir.Path(), first, text)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var changed *migration.FileChangedError
		require.ErrorAs(t, err, &changed)
		require.Equal(t, first, changed.File)
	}
}

// A file does not end the transaction that it runs in: what came before could
// not be rolled back. MySQL has none around a file.
//
// Covers: G22, H30.
func TestFileWithTransactionOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, d := range []config.Dialect{config.SQLite, config.Postgres} {
		for _, text := range []string{"COMMIT", "begin;\nCOMMIT", "-- so\nROLLBACK TRANSACTION", "END", "START TRANSACTION READ WRITE"} {
			t.Run(string(d)+" "+text, func(t *testing.T) {
				t.Parallel()
				db, _ := open(t, d)
				dir := folder(t, first, "CREATE TABLE a (id integer PRIMARY KEY);\n"+text+";\nSELECT nonsense;\n")
				_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
				var failed *migration.StatementError
				require.ErrorAs(t, err, &failed)
				require.Equal(t, 2, failed.Number)
				require.True(t, failed.RolledBack)
				require.ErrorContains(t, err, "atlas:txmode none")
				empty, err := migration.Empty(t.Context(), db)
				require.NoError(t, err)
				require.True(t, empty)
			})
		}
		t.Run(string(d)+" savepoint", func(t *testing.T) {
			t.Parallel()
			db, _ := open(t, d)
			dir := folder(t, first, "CREATE TABLE a (id integer PRIMARY KEY);\nSAVEPOINT x;\nDROP TABLE a;\nROLLBACK TO x;\nRELEASE x;\n")
			_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Zero(t, count(t, db, "SELECT count(*) FROM a"))
		})
	}
}
