package blog_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
)

// newUser makes a user that cannot log in, which is quicker than hashing.
func newUser(t *testing.T, app *blog.App, name string) *ent.User {
	t.Helper()
	u, err := app.Client.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable).Save(t.Context())
	require.NoError(t, err)
	return u
}

func newPost(t *testing.T, app *blog.App, author *ent.User, slug string) *ent.Post {
	t.Helper()
	p, err := app.Client.Post.Create().SetAuthor(author).SetTitle("About " + slug).SetSlug(slug).Save(t.Context())
	require.NoError(t, err)
	return p
}

func newProduct(t *testing.T, app *blog.App, slug string) *ent.Product {
	t.Helper()
	p, err := app.Client.Product.Create().SetName(slug).SetSlug(slug).SetPrice(1).Save(t.Context())
	require.NoError(t, err)
	return p
}

func newRole(t *testing.T, app *blog.App, name string) *ent.Role {
	t.Helper()
	r, err := app.Client.Role.Create().SetName(name).Save(t.Context())
	require.NoError(t, err)
	return r
}

// violations returns "field code" of each violation of a ValidationError.
func violations(t *testing.T, err error) []string {
	t.Helper()
	var invalid *entity.ValidationError
	require.ErrorAs(t, err, &invalid)
	var list []string
	for _, v := range invalid.Violations {
		require.NotEmpty(t, v.Message)
		list = append(list, v.Field+" "+v.Code)
	}
	return list
}

// conflict returns the ConflictError in err, which must not be nil.
func conflict(t *testing.T, err error) *entity.ConflictError {
	t.Helper()
	var c *entity.ConflictError
	require.ErrorAs(t, err, &c)
	return c
}

// exec runs SQL past the framework.
func exec(t *testing.T, app *blog.App, query string) error {
	t.Helper()
	_, err := app.DB.SQL().ExecContext(t.Context(), query)
	return err
}

// count counts rows past the framework.
func count(t *testing.T, app *blog.App, from string) int {
	t.Helper()
	var n int
	require.NoError(t, app.DB.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+from).Scan(&n), from)
	return n
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
