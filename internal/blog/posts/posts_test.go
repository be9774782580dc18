package posts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/posts"
)

func newUser(t *testing.T, c *ent.Client, name string) *ent.User {
	t.Helper()
	return c.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable).SaveX(t.Context())
}

func slugs(rows []*ent.Post) string {
	var list []string
	for _, r := range rows {
		list = append(list, r.Slug)
	}
	return strings.Join(list, " ")
}

var march = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// write makes posts of March 2026, the n-th on day n at noon, one at the very
// end of its day, and some that readers may not see.
func write(t *testing.T, c *ent.Client) (ada, bob *ent.User) {
	t.Helper()
	ada, bob = newUser(t, c, "ada"), newUser(t, c, "bob")
	for day := 1; day <= 7; day++ {
		at := march.AddDate(0, 0, day-1).Add(12 * time.Hour)
		if day == 3 {
			at = march.AddDate(0, 0, 3).Add(-time.Microsecond)
		}
		create := c.Post.Create().SetAuthor(ada).SetTitle(fmt.Sprintf("Day %d", day)).SetSlug(fmt.Sprintf("day-%d", day)).
			SetStatus(post.StatusPublished).SetPublishedAt(at)
		switch {
		case day == 2:
			create.SetAuthor(bob).SetContent("about 100% FOXES")
		case day > 5:
			create.SetCategory("go")
		}
		create.ExecX(t.Context())
	}
	c.Post.Create().SetAuthor(ada).SetTitle("Draft").SetSlug("draft").SetCategory("go").SetPublishedAt(march).ExecX(t.Context())
	c.Post.Create().SetAuthor(ada).SetTitle("Coming").SetSlug("coming").SetCategory("go").SetStatus(post.StatusPublished).SetPublishedAt(time.Now().AddDate(1, 0, 0)).ExecX(t.Context())
	c.Post.Create().SetAuthor(ada).SetTitle("Undated").SetSlug("undated").SetStatus(post.StatusPublished).ExecX(t.Context())
	return ada, bob
}

// Pages of posts have what the filters say and readers may see, the newest first
// or in an order that is checked.
//
// Covers: D36, D37, D38, D39, D40, D41, D42, D43, D46, D52, S04.
func TestPaginate(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		_, bob := write(t, app.Client)
		repo := posts.NewRepository(app.Client)
		bound := func(text string) *posts.Bound {
			b, err := posts.ParseBound(text)
			require.NoError(t, err)
			return b
		}
		for _, test := range []struct {
			want    string
			filters posts.Filters
			order   []repository.Order
		}{
			{"day-7 day-6 day-5 day-4 day-3 day-2 day-1", posts.Filters{}, nil},
			{"day-2", posts.Filters{AuthorID: &bob.ID}, nil},
			{"", posts.Filters{AuthorID: new(int64)}, nil},
			{"day-7 day-6", posts.Filters{Category: new("go")}, nil},
			{"day-2", posts.Filters{Search: "100% fox"}, nil},
			{"", posts.Filters{Search: "1_0% fox"}, nil},
			{"day-7 day-6 day-5", posts.Filters{From: bound("2026-03-05")}, nil},
			{"day-7 day-6 day-5", posts.Filters{From: bound("2026-03-05T12:00:00Z")}, nil},
			{"day-7 day-6", posts.Filters{From: bound("2026-03-05T12:00:01Z")}, nil},
			{"day-3 day-2 day-1", posts.Filters{To: bound("2026-03-03")}, nil},
			{"day-2 day-1", posts.Filters{To: bound("2026-03-03T12:00:00+00:00")}, nil},
			{"day-3 day-2", posts.Filters{From: bound("2026-03-02"), To: bound("2026-03-03")}, nil},
			{"day-1 day-2 day-3", posts.Filters{To: bound("2026-03-03")}, []repository.Order{repository.Asc("title")}},
			{"day-2 day-1 day-3", posts.Filters{To: bound("2026-03-03")}, []repository.Order{repository.Desc("author.username"), repository.Asc("slug")}},
		} {
			page, err := repo.Paginate(ctx, 1, 10, test.filters, test.order...)
			require.NoError(t, err)
			require.Equal(t, test.want, slugs(page.Data))
			require.Equal(t, len(page.Data), page.Pagination.Total)
			require.Equal(t, test.filters, page.Filters)
			for _, row := range page.Data {
				require.NotEmpty(t, row.Edges.Author.Username)
			}
		}
		page, err := repo.Paginate(ctx, 2, 3, posts.Filters{})
		require.NoError(t, err)
		require.Equal(t, "day-4 day-3 day-2", slugs(page.Data))
		require.Equal(t, relay.Pagination{CurrentPage: 2, PerPage: 3, Total: 7, LastPage: 3, From: 4, To: 6, HasNext: true, HasPrev: true}, page.Pagination)
		testkit.MaxStatements(t, app.DB, 2, func() { _, err = repo.Paginate(ctx, 1, 5, posts.Filters{}) })
		require.NoError(t, err)

		var unknown *entity.UnknownFieldError
		_, err = repo.Paginate(ctx, 1, 10, posts.Filters{}, repository.Asc("password; --"))
		require.ErrorAs(t, err, &unknown)
		var bad *relay.ArgumentError
		for _, n := range [][2]int{{-1, 10}, {1, -10}, {1, 101}} {
			_, err = repo.Paginate(ctx, n[0], n[1], posts.Filters{})
			require.ErrorAs(t, err, &bad)
		}
		for _, text := range []string{"yesterday", "9999-12-31", "0000-01-01", "9999-12-31T12:00:00Z", "0001-01-01T00:00:00+14:00"} {
			_, err = posts.ParseBound(text)
			require.Error(t, err, text)
		}
		page, err = repo.Paginate(ctx, 1, 10, posts.Filters{From: bound("0001-01-01"), To: bound("9998-12-31")})
		require.NoError(t, err)
		require.Equal(t, 7, page.Pagination.Total)
	})
}

// The specification of what readers may see holds wherever it is used.
//
// Covers: D42, D60.
func TestPublished(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		_, bob := write(t, app.Client)
		repo := posts.NewRepository(app.Client)
		latest, err := repo.Latest(ctx, 2)
		require.NoError(t, err)
		require.Equal(t, "day-7 day-6", slugs(latest))
		found, err := repo.FindPublished(ctx, "Day-3")
		require.NoError(t, err)
		require.Equal(t, "Day 3", found.Title)
		for _, slug := range []string{"draft", "coming", "undated", "none"} {
			_, err := repo.FindPublished(ctx, slug)
			require.ErrorIs(t, err, entity.ErrNotFound)
		}
		hidden, err := repo.Where(post.Not(posts.Published(time.Now())), post.PublishedAtNotNil()).FindAll(ctx)
		require.NoError(t, err)
		require.Equal(t, "draft coming", slugs(hidden))
		n, err := repo.Where(post.Or(posts.ByAuthor(bob.ID), post.Not(post.StatusEQ(post.StatusPublished)))).Count(ctx, nil)
		require.NoError(t, err)
		require.Equal(t, 2, n)

		// The same in the API, whatever the client asks for.
		api := blogtest.Serve(t, app)
		data := api.Must(`{ publishedPosts(first: 3, orderBy: [{field: TITLE}], where: {or: [{category: "go"}, {titleContains: "Day 1"}, {status: draft}]}) {
			totalCount total { value } pageInfo { hasNextPage endCursor } edges { node { slug } } aggregate { count } } }`, nil)
		require.EqualValues(t, 3, apitest.Get(data, "publishedPosts", "totalCount"))
		require.EqualValues(t, 3, apitest.Get(data, "publishedPosts", "total", "value"))
		require.EqualValues(t, 3, apitest.Get(data, "publishedPosts", "aggregate", "count"))
		edges := fmt.Sprint(apitest.Get(data, "publishedPosts", "edges"))
		for _, slug := range []string{"day-1", "day-6", "day-7"} {
			require.Contains(t, edges, slug)
		}
		all := api.Must(`{ posts { totalCount } }`, nil)
		require.EqualValues(t, 10, apitest.Get(all, "posts", "totalCount"))
	})
}
