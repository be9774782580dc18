package analytics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/analytics"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// present is when all tests take place: a Sunday at noon.
var present = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

const hour, day = time.Hour, 24 * time.Hour

// ago is that long before the present.
func ago(d time.Duration) time.Time { return present.Add(-d) }

func at(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
}

func clock() time.Time { return present }

// world plants rows.
type world struct {
	*testing.T
	app     *blog.App
	reports *analytics.Repository
	n       int
}

func eachWorld(t *testing.T, fn func(w *world)) {
	t.Helper()
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		fn(&world{T: t, app: app, reports: analytics.New(app.Client, analytics.Options{Now: clock})})
	})
}

func (w *world) next() int { w.n++; return w.n }

func (w *world) user(name string, registered time.Time, lastLogin *time.Time) *ent.User {
	w.Helper()
	u, err := w.app.Client.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable).
		SetCreatedAt(registered).SetNillableLastLogin(lastLogin).Save(w.Context())
	require.NoError(w, err)
	return u
}

// post plants a published one.
func (w *world) post(by *ent.User, published time.Time, views int64, change ...func(*ent.PostCreate)) *ent.Post {
	w.Helper()
	n := w.next()
	c := w.app.Client.Post.Create().SetAuthor(by).SetTitle(fmt.Sprintf("Post %d", n)).SetSlug(fmt.Sprintf("post-%d", n)).
		SetStatus(post.StatusPublished).SetPublishedAt(published).SetCreatedAt(published).SetViewCount(views)
	for _, f := range change {
		f(c)
	}
	p, err := c.Save(w.Context())
	require.NoError(w, err)
	return p
}

func (w *world) viewed(p *ent.Post, counts ...int64) {
	w.Helper()
	for i, n := range counts {
		w.app.Client.PostView.Create().SetPost(p).SetViewDate(at(2026, 1, 1+i, 0, 0)).SetViewCount(n).ExecX(w.Context())
	}
}

func (w *world) comment(p *ent.Post, by *ent.User) *ent.Comment {
	w.Helper()
	return w.app.Client.Comment.Create().SetPost(p).SetUser(by).SetContent("Hm.").SetCreatedAt(ago(hour)).SaveX(w.Context())
}

func (w *world) like(p *ent.Post, by ...*ent.User) {
	w.Helper()
	for _, u := range by {
		w.app.Client.PostLike.Create().SetPost(p).SetUser(u).SetCreatedAt(ago(hour)).ExecX(w.Context())
	}
}

func (w *world) rate(p *ent.Post, by *ent.User, rating int32) {
	w.Helper()
	w.app.Client.PostRating.Create().SetPost(p).SetUser(by).SetRating(rating).ExecX(w.Context())
}

func (w *world) share(p *ent.Post) {
	w.Helper()
	w.app.Client.PostShare.Create().SetPost(p).SetCreatedAt(ago(hour)).ExecX(w.Context())
}

func (w *world) exec(text string, args ...any) {
	w.Helper()
	_, err := query.Exec(w.Context(), w.app.Client, text, args...)
	require.NoError(w, err)
}

// naive is what a statement says that counts wrongly: with it a test shows that
// its rows tell the difference.
func (w *world) naive(text string) float64 {
	w.Helper()
	f, err := query.One[float64](w.Context(), w.app.Client, text)
	require.NoError(w, err)
	return f
}
