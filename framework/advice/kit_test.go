package advice_test

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

func run(t *testing.T, db *database.DB, text string) {
	t.Helper()
	_, err := db.SQL().ExecContext(t.Context(), text)
	require.NoError(t, err, text)
}

// blog makes 2000 users and 8000 posts, of which 400 are live and 1 in 50 is not
// deleted.
func blog(t *testing.T, db *database.DB) {
	t.Helper()
	moment := "datetime"
	if db.Dialect() == config.Postgres {
		moment = "timestamp"
	}
	run(t, db, `CREATE TABLE users (id bigint PRIMARY KEY, email varchar(90), username varchar(50) NOT NULL UNIQUE, is_active int, created_at `+moment+`, session_id varchar(20))`)
	run(t, db, `CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint NOT NULL, title varchar(90), status varchar(10), external_id varchar(20),
		published_at `+moment+` NULL, deleted_at `+moment+` NULL, CONSTRAINT posts_author FOREIGN KEY (author_id) REFERENCES users (id))`)
	insert(t, db, "users (id, email, username, is_active, created_at)", 2000, func(i int) string {
		return fmt.Sprintf("(%d, 'e%d', 'n%d', %d, '2024-01-01 00:%02d:%02d')", i, i, i, i%2, i/60%60, i%60)
	})
	insert(t, db, "posts (id, author_id, title, status, published_at, deleted_at)", 8000, func(i int) string {
		status, deleted := "draft", "'2024-06-01 00:00:00'"
		if i%20 == 0 {
			status = "live"
		}
		if i%50 == 0 {
			deleted = "NULL"
		}
		return fmt.Sprintf("(%d, %d, 't%d', '%s', '2024-02-01 %02d:%02d:%02d', %s)", i, i%2000+1, i, status, i/3600, i/60%60, i%60, deleted)
	})
	require.NoError(t, db.Analyze(t.Context()))
}

func insert(t *testing.T, db *database.DB, into string, n int, row func(i int) string) {
	t.Helper()
	for from := 1; from <= n; from += 500 {
		var rows []string
		for i := from; i < from+500 && i <= n; i++ {
			rows = append(rows, row(i))
		}
		run(t, db, "INSERT INTO "+into+" VALUES "+strings.Join(rows, ", "))
	}
}

func each(t *testing.T, fn func(t *testing.T, db *database.DB)) {
	t.Helper()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		blog(t, db)
		fn(t, db)
	})
}

// mark is how the dialect writes its parameters.
func mark(db *database.DB, text string) string {
	if db.Dialect() != config.Postgres {
		return text
	}
	for n := 1; strings.Contains(text, "?"); n++ {
		text = strings.Replace(text, "?", fmt.Sprintf("$%d", n), 1)
	}
	return text
}
