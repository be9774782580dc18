package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// Text that looks like the end of a statement, or like anything else that a
// checkpoint is divided by, comes through a squash as it was.
func TestSquashKeepsText(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		const text = "a;\n\n\n\nb\n \n\n-- c\n\n\n-- end of statement\n\nd"
		dir := folder(t, "20260101000001_a.sql", "CREATE TABLE notes (id int NOT NULL PRIMARY KEY, body varchar(90) NOT NULL);\n"+
			"INSERT INTO notes VALUES (1, '"+text+"');\n", "20260102000001_b.sql", "INSERT INTO notes VALUES (2, 'x');\n")
		squash(t, migration.SquashConfig{Dir: dir, Server: cfg, KeepData: true})
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		requireNotes(t, db, text)

		// The stock atlas divides the checkpoint in the same way.
		db, cfg = open(t, d)
		newStockAtlas(t, dir, cfg).apply(t)
		requireNotes(t, db, text)
	})
}

func requireNotes(t *testing.T, db *database.DB, text string) {
	t.Helper()
	var have string
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), "SELECT body FROM notes WHERE id = 1").Scan(&have))
	require.Equal(t, text, have)
	require.Equal(t, 2, count(t, db, "SELECT count(*) FROM notes"))
}
