package advice_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/advice"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Covers: J34, J35, J36, J37, J38, J39, J40.
func TestSuggests(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		suggest := func(table string) map[string]advice.Suggestion {
			t.Helper()
			list, err := advice.Suggest(t.Context(), db, table)
			require.NoError(t, err)
			got := map[string]advice.Suggestion{}
			for _, s := range list {
				got[string(s.Type)+" "+strings.Join(s.Columns, " ")] = s
			}
			return got
		}
		posts, users := suggest("posts"), suggest("users")
		if db.Dialect() != config.MySQL { // InnoDB makes one for the key
			require.Equal(t, "Foreign key column author_id likely used in joins", posts["foreign_key_index author_id"].Reason)
		} else {
			require.NotContains(t, posts, "foreign_key_index author_id")
		}
		require.NotContains(t, posts, "foreign_key_index external_id", "it is no foreign key")
		require.NotContains(t, users, "foreign_key_index session_id", "it is no foreign key")
		require.Equal(t, "Column email likely used for unique lookups", users["unique_lookup_index email"].Reason)
		require.NotContains(t, users, "unique_lookup_index username", "it has one")
		require.Equal(t, "Date column published_at likely used in range queries", posts["date_range_index published_at"].Reason)
		require.Equal(t, "Common pattern: filter by status and sort by published date", posts["composite_index status published_at"].Reason)
		require.Equal(t, "Common pattern: filter active users and sort by registration date", users["composite_index is_active created_at"].Reason)

		run(t, db, "CREATE INDEX a ON posts (status, published_at, id)")
		run(t, db, "CREATE INDEX b ON posts (published_at, title)")
		posts = suggest("posts")
		require.NotContains(t, posts, "composite_index status published_at", "the beginning of an index serves")
		require.NotContains(t, posts, "date_range_index published_at")

		_, err := advice.Suggest(t.Context(), db, "post")
		var unknown *advice.UnknownTableError
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, []string{"posts"}, unknown.Near)
		_, err = advice.Suggest(t.Context(), db, "posts; DROP TABLE users")
		require.ErrorAs(t, err, &unknown)
	})
}
