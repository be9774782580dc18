package advice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/advice"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

func advise(t *testing.T, db *database.DB, workload ...advice.Statement) *advice.Report {
	t.Helper()
	report, err := advice.Advise(t.Context(), db, workload, advice.Options{})
	require.NoError(t, err)
	return report
}

func columns(a advice.Advice) string {
	return strings.Join(a.Names(), " ") + " " + a.Where
}

// What a workload lacks is known: a look-up, and a filter with an order. The
// foreign key and the unique name are served.
//
// Covers: J41.
func TestAdvisesWhatAWorkloadLacks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		run(t, db, "CREATE INDEX post_author_id ON posts (author_id)")
		feed := mark(db, "SELECT id, author_id, title, status, external_id, published_at FROM posts WHERE status = ? ORDER BY published_at DESC, id DESC LIMIT 20")
		report := advise(t, db,
			advice.Statement{SQL: mark(db, "SELECT * FROM users WHERE email = ?"), Args: []any{"e77"}, Count: 500, Total: time.Second},
			advice.Statement{SQL: feed, Args: []any{"live"}, Count: 300, Total: 2 * time.Second},
			advice.Statement{SQL: mark(db, "SELECT * FROM users WHERE username = ?"), Args: []any{"n5"}, Count: 900},
			advice.Statement{SQL: mark(db, "SELECT * FROM posts WHERE author_id = ?"), Args: []any{5}, Count: 900},
		)
		require.Empty(t, report.Skipped)
		got := map[string]advice.Advice{}
		for _, a := range report.Advice {
			t.Log(columns(a), a.Before, a.After, a.Code)
			got[a.Table] = a
			require.Less(t, a.After, a.Before)
			require.NotEmpty(t, a.Statements)
		}
		require.Len(t, report.Advice, 2)
		require.Equal(t, "email ", columns(got["users"]))
		require.Equal(t, `index.Fields("email")`, got["users"].Code)
		require.Equal(t, "CREATE INDEX `user_email` ON `users` (`email`)", got["users"].Migrations["mysql"])
		require.Equal(t, `CREATE INDEX "user_email" ON "users" ("email")`, got["users"].Migrations["postgres"])
		require.Equal(t, []string{"status", "published_at"}, got["posts"].Names()[:2])
		require.Equal(t, feed, got["posts"].Statements[0].SQL)
		require.Less(t, report.After, report.Before/2)
		still, err := advice.Inspect(t.Context(), db, "users")
		require.NoError(t, err)
		require.Len(t, still.Indexes, 1, "the database itself is as it was")
	})
}

// An index for the rows that are not deleted, where the dialect has it; the values
// of arguments that were not recorded are found in the table.
//
// Covers: J41.
func TestAdvisesPartialIndexes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		report := advise(t, db, advice.Statement{SQL: "SELECT * FROM posts WHERE title >= ? AND deleted_at IS NULL ORDER BY title LIMIT ?", Count: 9})
		require.NotEmpty(t, report.Advice)
		best := report.Advice[0]
		t.Log(columns(best), best.Before, best.After)
		if db.Dialect() == config.MySQL {
			require.Empty(t, best.Where)
			return
		}
		require.Equal(t, "deleted_at IS NULL", best.Where)
		require.Contains(t, best.Code, `entsql.IndexWhere("deleted_at IS NULL")`)
		require.NotContains(t, best.Migrations["mysql"], "WHERE")
	})
}

// Covers: J41.
func TestAdvisesJoinsAndCovering(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == config.MySQL { // InnoDB has one for each foreign key
			t.Skip("the foreign key has its index")
		}
		report := advise(t, db, advice.Statement{
			SQL:  mark(db, "SELECT u.username, p.title FROM users u JOIN posts p ON p.author_id = u.id WHERE u.username = ?"),
			Args: []any{"n77"}, Count: 100,
		})
		require.NotEmpty(t, report.Advice)
		require.Equal(t, "author_id", report.Advice[0].Names()[0], report.Advice[0].Code)
	})
}

// Covers: J41.
func TestSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		report := advise(t, db,
			advice.Statement{SQL: "SELECT * FROM users WHERE email = 'a' OR lower(username) = 'b'"},
			advice.Statement{SQL: "SELECT 'open"},
			advice.Statement{SQL: "SELECT nothing FROM users WHERE email = 'a'"},
		)
		require.Len(t, report.Skipped, 3)
		require.Contains(t, report.Skipped[1].Reason, "not closed")
	})
}

// Covers: J41.
func TestFindsRedundantAndUnusedIndexes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		run(t, db, "CREATE INDEX post_status ON posts (status)")
		run(t, db, "CREATE INDEX post_status_title ON posts (status, title)")
		run(t, db, "CREATE INDEX user_name_again ON users (username)")
		run(t, db, "CREATE INDEX user_session ON users (session_id)")
		report := advise(t, db, advice.Statement{SQL: "SELECT id FROM posts WHERE status = 'live' AND title = 't20'", Count: 3})
		by := map[string]string{}
		for _, r := range report.Redundant {
			by[r.Index] = r.By
		}
		require.Equal(t, "post_status_title", by["post_status"])
		require.NotEmpty(t, by["user_name_again"])
		require.Len(t, by, 2)
		var unused []string
		for _, u := range report.Unused {
			unused = append(unused, u.Index)
		}
		require.Contains(t, unused, "user_session")
	})
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		_, err := advice.Advise(t.Context(), db, nil, advice.Options{MaxBytes: 1})
		require.ErrorIs(t, err, advice.ErrTooLarge)
	})
}

// A database in memory is copied too, and statements as ent writes them are read:
// tables and columns quoted, keys in subqueries.
//
// Covers: J41.
func TestReadsWhatEntWrites(t *testing.T) {
	t.Parallel()
	url, err := config.ParseURL("sqlite:///:memory:", "")
	require.NoError(t, err)
	db, err := database.Open(t.Context(), config.Database{URL: url})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	blog(t, db)
	report := advise(t, db, advice.Statement{
		SQL: "SELECT `users`.`id`, `users`.`email` FROM `users` WHERE `users`.`id` IN (SELECT `posts`.`author_id` FROM `posts` " +
			"WHERE `posts`.`title` = ? AND `posts`.`deleted_at` IS NULL) AND `users`.`is_active` ORDER BY `users`.`email` LIMIT 10",
		Args: []any{"t50"}, Count: 10,
	})
	require.Empty(t, report.Skipped)
	require.NotEmpty(t, report.Advice)
	require.Equal(t, "posts", report.Advice[0].Table)
	require.Equal(t, "title", report.Advice[0].Names()[0])
	t.Log(report.Advice[0].Code, report.Before, report.After)
}
