package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// A database of MySQL that somebody else made, with another collation than the
// framework's, has not drifted.
//
// Covers: H35.
func TestInheritedCollationIsNoDrift(t *testing.T) {
	t.Parallel()
	db, cfg := open(t, config.MySQL)
	run(t, db, "ALTER DATABASE `"+cfg.URL.Database+"` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
	dir := folder(t, first, "CREATE TABLE users (id int PRIMARY KEY, name varchar(50), kind ENUM('a', 'b'));\n")
	_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	drift := func() []migration.Difference {
		list, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
		require.NoError(t, err)
		return list
	}
	require.Empty(t, drift())
	run(t, db, "ALTER TABLE users MODIFY name varchar(50) COLLATE utf8mb4_bin")
	require.Len(t, drift(), 1)
}
