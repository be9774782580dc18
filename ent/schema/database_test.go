package schema_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	_ "github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"
)

// testDatabase lets a database say what the declarations are worth.
//
// Covers: B07, B33, B58, C10, C20, C22, C40, C41, C45, L20.
func testDatabase(t *testing.T, m model) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "schema.db")+"?_fk=1")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	create(t, entsql.OpenDB(dialect.SQLite, db), m.tables)
	exercise(t, db)
}

func create(t *testing.T, drv dialect.Driver, tables []*schema.Table) {
	t.Helper()
	migrate, err := schema.NewMigrate(drv)
	require.NoError(t, err)
	require.NoError(t, migrate.Create(context.Background(), tables...))
}

func exercise(t *testing.T, db *sql.DB) {
	t.Helper()
	try := func(query string) error {
		_, err := db.ExecContext(t.Context(), query)
		return err
	}
	run := func(query string) { t.Helper(); require.NoError(t, try(query), query) }
	fails := func(query string) { t.Helper(); require.Error(t, try(query), query) }
	count := func(query string) (n int) {
		t.Helper()
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+query).Scan(&n))
		return n
	}
	user := func(id, name string) {
		t.Helper()
		run("INSERT INTO users (id, username, email, password, role_names) VALUES (" + id + ", '" + name + "', '" + name + "@example.org', 'x', '[]')")
	}
	// Raw inserts get the defaults of the columns.
	user("1", "ada")
	user("2", "bob")
	user("3", "eve")
	require.Equal(t, 3, count("users WHERE is_active AND NOT is_admin AND NOT is_verified AND created_at IS NOT NULL AND updated_at IS NOT NULL AND version = 1"))

	fails("INSERT INTO users (username, email, password, role_names) VALUES ('ada', 'new@example.org', 'x', '[]')")
	fails("INSERT INTO users (username, email, password, role_names) VALUES ('new', 'ada@example.org', 'x', '[]')")
	fails("INSERT INTO posts (user_id, title, slug) VALUES (99, 'a', 'a')") // nobody

	run("INSERT INTO user_profiles (id, user_id) VALUES (1, 1)")
	fails("INSERT INTO user_profiles (id, user_id) VALUES (2, 1)")

	// A role can be given, revoked and given again, but not twice at a time.
	give := "INSERT INTO user_roles (user_id, role_id, assigned_by) VALUES (1, 1, 2)"
	revoke := "UPDATE user_roles SET is_active = false, active_key = NULL, revoked_at = CURRENT_TIMESTAMP WHERE user_id = 1 AND is_active"
	run("INSERT INTO roles (id, name, permissions) VALUES (1, 'editor', '[]')")
	for range 3 {
		run(give)
		fails(give)
		run(revoke)
	}
	run(give)
	require.Equal(t, 4, count("user_roles"))
	require.Equal(t, 1, count("user_roles WHERE is_active AND active_key = 1"))
	// Nobody can change one half of that state.
	fails("UPDATE user_roles SET is_active = false WHERE is_active")
	fails("UPDATE user_roles SET active_key = NULL WHERE is_active")
	fails("UPDATE user_roles SET active_key = 1 WHERE NOT is_active")
	fails("DELETE FROM roles")

	// Deletes, by the matrix.
	run("INSERT INTO user_sessions (user_id, token_hash, expires_at) VALUES (1, 'h', CURRENT_TIMESTAMP)")
	run("INSERT INTO transfer_logs (from_user_id, to_user_id, posts_transferred) VALUES (1, 2, 7)")
	run("INSERT INTO user_logs (user_id, action) VALUES (1, 'deactivated')")
	run("INSERT INTO posts (id, user_id, title, slug) VALUES (1, 1, 'a', 'a')")
	run("INSERT INTO tags (id, name) VALUES (1, 'go')")
	run("INSERT INTO post_tags (post_id, tag_id) VALUES (1, 1)")
	fails("INSERT INTO post_tags (post_id, tag_id) VALUES (1, 1)")
	run("INSERT INTO comments (post_id, user_id, content) VALUES (1, 3, 'hm')")
	run("INSERT INTO ownership_logs (from_user_id, to_user_id, post_id) VALUES (1, 2, 1)")
	fails("DELETE FROM users WHERE id = 1") // has a post
	fails("DELETE FROM users WHERE id = 3") // has a comment
	run("DELETE FROM posts")
	require.Zero(t, count("comments"))
	require.Zero(t, count("post_tags"))
	require.Equal(t, 1, count("tags"))
	require.Equal(t, 1, count("ownership_logs WHERE post_id IS NULL"))
	run("DELETE FROM users WHERE id = 2")
	require.Equal(t, 4, count("user_roles WHERE assigned_by IS NULL"))
	run("DELETE FROM users WHERE id = 1")
	require.Zero(t, count("user_profiles")+count("user_sessions")+count("user_roles"))
	require.Equal(t, 1, count("transfer_logs WHERE from_user_id IS NULL AND to_user_id IS NULL AND posts_transferred = 7"))
	require.Equal(t, 1, count("user_logs WHERE user_id IS NULL"))
	run("DELETE FROM roles")

	run("INSERT INTO organizations (id, name) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'x')")
	run("UPDATE users SET organization_id = '01890a5d-ac96-774b-bcce-b302099a8057'")
	run("DELETE FROM organizations")
	require.Equal(t, 1, count("users WHERE organization_id IS NULL"))
}
