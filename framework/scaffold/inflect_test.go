package scaffold_test

import (
	"testing"

	"entgo.io/ent/entc/gen"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/scaffold"
)

// The names of tables, Go types and GraphQL types agree, because all are
// formed as Ent forms them.
//
// Covers: K04.
func TestNamesAreThoseOfEnt(t *testing.T) {
	t.Parallel()
	snake := gen.Funcs["snake"].(func(string) string)
	pascal := gen.Funcs["pascal"].(func(string) string)
	plural := gen.Funcs["plural"].(func(string) string)
	for _, given := range []string{
		"User", "Person", "Category", "News", "Series", "Status", "Boss", "Bus", "Quiz", "Child", "Mouse", "Leaf", "Hero",
		"Photo", "Datum", "Analysis", "Address", "BlogPost", "SalesPerson", "BreakingNews", "APIKey", "OAuthToken", "HTTPServer",
		"UserID", "user", "blog_post", "api_key", "user_id", "postal_address", "url",
	} {
		names, err := scaffold.EntityName(given)
		require.NoError(t, err, given)
		require.Equal(t, snake(names.Go), names.Snake, given)
		require.Equal(t, pascal(snake(given)), pascal(names.Snake), given)
		if many := plural(names.Snake); many != names.Snake+"Slice" { // which Ent says where both are the same
			require.Equal(t, many, names.Table, given)
		} else {
			require.Equal(t, names.Snake, names.Table, given)
		}
	}
	for given, table := range map[string]string{
		"Person": "people", "SalesPerson": "sales_people", "Child": "children", "BreakingNews": "breaking_news", "Category": "categories", "News": "news", "BlogPost": "blog_posts", "Address": "addresses",
		"user_role": "user_roles",
	} {
		names, err := scaffold.EntityName(given)
		require.NoError(t, err)
		require.Equal(t, table, names.Table)
	}
}
