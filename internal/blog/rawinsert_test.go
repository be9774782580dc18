package blog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// The database holds the rules for what is written past the framework, under
// the names that the framework knows.
//
// Covers: B07, B10, B11, B32, B36, B37, C37.
func TestChecksHoldWithoutTheFramework(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		u := newUser(t, app, "ada")
		p := newPost(t, app, u, "one")
		account := func(name, email string) string {
			return "INSERT INTO users (username, email, password, role_names) VALUES ('" + name + "', '" + email + "', 'x', '[]')"
		}
		item := func(column, value string) string {
			return "INSERT INTO products (name, slug, price, metadata, specifications, external_id, " + column + ") VALUES ('x', 'x', 1, '{}', '[]', '01890a5d-ac96-774b-bcce-b302099a8057', " + value + ")"
		}
		for query, constraint := range map[string]string{
			account("bob", "no address"):       "ck_users_email_format",
			account("ab", "ab@example.org"):    "ck_users_username_length",
			account("éé", "ee@example.org"):    "ck_users_username_length", // four bytes
			"UPDATE users SET username = 'ab'": "ck_users_username_length",
			item("weight", "0"):                "ck_products_weight_range",
			item("stock", "-1"):                "ck_products_stock_range",
			"INSERT INTO products (name, slug, price, metadata, specifications, external_id) VALUES ('x', 'x', 0, '{}', '[]', '01890a5d-ac96-774b-bcce-b302099a8057')": "ck_products_price_range",
			"UPDATE posts SET status = 'gone'": "ck_posts_status_values",
			"INSERT INTO post_ratings (post_id, user_id, rating) VALUES (" + id(p.ID) + ", " + id(u.ID) + ", 6)": "ck_post_ratings_rating_range",
			"INSERT INTO post_ratings (post_id, user_id, rating) VALUES (" + id(p.ID) + ", " + id(u.ID) + ", 0)": "ck_post_ratings_rating_range",
		} {
			broken, ok := database.AsConstraint(exec(t, app, query))
			require.True(t, ok, query)
			require.Equal(t, database.Check, broken.Kind, query)
			require.Equal(t, constraint, broken.Constraint, query)
		}
		require.NoError(t, exec(t, app, account("éàü", "eau@example.org")))
		require.NoError(t, exec(t, app, item("stock", "0")))
		for query, kind := range map[string]database.ConstraintKind{
			account("ada", "new@example.org"):                            database.Unique,
			account("new", "ada@example.org"):                            database.Unique,
			"UPDATE users SET email = NULL":                              database.NotNull,
			"INSERT INTO user_profiles (user_id) VALUES (4711)":          database.ForeignKey,
			"INSERT INTO post_tags (post_id, tag_id) VALUES (4711, 815)": database.ForeignKey,
		} {
			broken, ok := database.AsConstraint(exec(t, app, query))
			require.True(t, ok, query)
			require.Equal(t, kind, broken.Kind, query)
		}
	})
}

// Rows that are inserted past the framework have the same defaults.
//
// Covers: B14, B17, B24, B30, B58.
func TestDefaultsHoldWithoutTheFramework(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		require.NoError(t, exec(t, app, "INSERT INTO users (username, email, password, role_names) VALUES ('raw', 'raw@example.org', 'x', '[]')"))
		mine := newUser(t, app, "mine")
		raw := app.Client.User.Query().Where(user.Username("raw")).OnlyX(ctx)
		require.True(t, raw.IsActive)
		require.False(t, raw.IsAdmin || raw.IsVerified)
		require.EqualValues(t, 1, raw.Version)
		require.WithinDuration(t, mine.CreatedAt, raw.CreatedAt, 60e9, "UTC, whatever the server's zone")
		require.WithinDuration(t, mine.UpdatedAt, raw.UpdatedAt, 60e9)
		require.Equal(t, 2, count(t, app, "users WHERE is_active AND NOT is_admin"))

		require.NoError(t, exec(t, app, "INSERT INTO posts (user_id, title, slug) VALUES ("+id(raw.ID)+", 'x', 'x')"))
		p := raw.QueryPosts().OnlyX(ctx)
		require.EqualValues(t, "draft", p.Status)
		require.Zero(t, p.ViewCount)

		require.NoError(t, exec(t, app, "INSERT INTO products (name, slug, price, metadata, specifications, external_id) VALUES ('x', 'x', 1, '{}', '[]', '01890a5d-ac96-774b-bcce-b302099a8057')"))
		item := app.Client.Product.Query().Where(product.Slug("x")).OnlyX(ctx)
		require.Zero(t, item.Stock)
		require.False(t, item.IsDigital || item.IsFeatured)

		require.NoError(t, exec(t, app, "INSERT INTO user_profiles (user_id) VALUES ("+id(raw.ID)+")"))
		profile := raw.QueryProfile().OnlyX(ctx)
		require.Equal(t, "UTC", profile.Timezone)
		require.Equal(t, "en", profile.Language)
		require.True(t, profile.EmailNotifications)
	})
}
