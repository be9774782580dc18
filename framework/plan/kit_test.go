package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// shop makes users (2000), posts (6000, ten of them live) and tags (20), of which
// users have a unique e-mail and posts an index of their authors.
func shop(t *testing.T, db *database.DB) {
	t.Helper()
	run := func(text string, args ...any) {
		t.Helper()
		_, err := db.SQL().ExecContext(t.Context(), text, args...)
		require.NoError(t, err, text)
	}
	run("CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), email varchar(90) UNIQUE, status varchar(10), deleted_at timestamp NULL)")
	run("CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint, title varchar(90), status varchar(10), published_at bigint)")
	run("CREATE TABLE tags (id bigint PRIMARY KEY, name varchar(50))")
	run("CREATE INDEX post_author_id ON posts (author_id)")
	fill(run, "users (id, name, email, status)", 2000, func(i int) string { return fmt.Sprintf("(%d, 'n%d', 'e%d', '%c')", i, i%700, i, 'a'+i%4) })
	fill(run, "posts (id, author_id, title, status, published_at)", 6000, func(i int) string {
		status := "draft"
		if i%600 == 0 {
			status = "live"
		}
		return fmt.Sprintf("(%d, %d, 't%d', '%s', %d)", i, i%2000+1, i%3000, status, 1_000_000-i)
	})
	fill(run, "tags (id, name)", 20, func(i int) string { return fmt.Sprintf("(%d, 't%d')", i, i) })
	require.NoError(t, db.Analyze(t.Context()))
}

func fill(run func(string, ...any), into string, n int, row func(i int) string) {
	for from := 1; from <= n; from += 500 {
		var rows []string
		for i := from; i < from+500 && i <= n; i++ {
			rows = append(rows, row(i))
		}
		run("INSERT INTO " + into + " VALUES " + strings.Join(rows, ", "))
	}
}

func each(t *testing.T, fn func(t *testing.T, db *database.DB)) {
	t.Helper()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		shop(t, db)
		fn(t, db)
	})
}

func isSQLite(db *database.DB) bool { return db.Dialect() == config.SQLite }
