package accounts_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// each runs fn on every dialect, with a service for which it is noon.
func each(t *testing.T, fn func(t *testing.T, app *blog.App, service *accounts.Service)) {
	t.Helper()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		fn(t, app, accounts.New(app.Client).WithClock(clock))
	})
}

func newUser(t *testing.T, c *ent.Client, name string) *ent.User {
	t.Helper()
	return c.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable).SaveX(t.Context())
}

func newPost(t *testing.T, c *ent.Client, author *ent.User, slug string) *ent.Post {
	t.Helper()
	return c.Post.Create().SetAuthor(author).SetTitle(slug).SetSlug(slug).
		SetStatus(post.StatusPublished).SetPublishedAt(noon).SetUpdatedAt(noon.AddDate(0, 0, -1)).SaveX(t.Context())
}

// count counts rows past the framework.
func count(t *testing.T, app *blog.App, from string) int {
	t.Helper()
	var n int
	require.NoError(t, app.DB.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+from).Scan(&n), from)
	return n
}

// counts counts the rows of several tables.
func counts(t *testing.T, app *blog.App, from ...string) []int {
	t.Helper()
	list := make([]int, len(from))
	for i, f := range from {
		list[i] = count(t, app, f)
	}
	return list
}

// allOrNothing lets each statement of do fail, one after the other, and looks at
// what is left: what was before, unless do reports success, and the transaction
// does not stay open. begin puts everything back.
func allOrNothing(t *testing.T, app *blog.App, begin func(), do func() error, tables ...string) {
	t.Helper()
	faults := testkit.InjectFaults(t, app.DB)
	failed := 0
	for _, fault := range []testkit.Fault{testkit.Refused, testkit.FailedLate} {
		for n := 1; ; n++ {
			begin()
			before := counts(t, app, tables...)
			faults.FailAt(n, fault)
			err := do()
			statement := faults.Fired()
			faults.Off()
			if statement == "" {
				require.NoError(t, err)
				require.NotEqual(t, before, counts(t, app, tables...), "nothing was done")
				break
			}
			failed++
			require.ErrorIs(t, err, testkit.ErrInjected, "%s at %d: %s", fault, n, statement)
			if statement != "COMMIT" || fault != testkit.FailedLate {
				require.Equal(t, before, counts(t, app, tables...), "%s at %d: %s", fault, n, statement)
			}
			require.Zero(t, app.DB.SQL().Stats().InUse, "%s at %d: a transaction stays open", fault, n)
		}
	}
	require.GreaterOrEqual(t, failed, 8)
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
