package blog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// A counter that drifted from the rows it sums up is repaired; posts that are
// right are left alone.
//
// Covers: C28, X16.
func TestRecount(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada := newUser(t, app, "ada")
		right, wrong, unseen := newPost(t, app, ada, "right"), newPost(t, app, ada, "wrong"), newPost(t, app, ada, "unseen")
		for day := range 3 {
			on := time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC)
			app.Client.PostView.Create().SetPost(right).SetViewDate(on).SetViewCount(10).ExecX(ctx)
			app.Client.PostView.Create().SetPost(wrong).SetViewDate(on).SetViewCount(10).ExecX(ctx)
		}
		require.NoError(t, exec(t, app, "UPDATE posts SET view_count = 30 WHERE slug = 'right'"))
		require.NoError(t, exec(t, app, "UPDATE posts SET view_count = 7 WHERE slug <> 'right'"))

		n, err := blog.Recount(ctx, app.DB, true)
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		require.EqualValues(t, 7, app.Client.Post.GetX(ctx, wrong.ID).ViewCount)
		n, err = blog.Recount(ctx, app.DB, false)
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		require.EqualValues(t, 30, app.Client.Post.GetX(ctx, right.ID).ViewCount)
		require.EqualValues(t, 30, app.Client.Post.GetX(ctx, wrong.ID).ViewCount)
		require.Zero(t, app.Client.Post.GetX(ctx, unseen.ID).ViewCount)
		require.Equal(t, wrong.Version, app.Client.Post.GetX(ctx, wrong.ID).Version)
		n, err = blog.Recount(ctx, app.DB, false)
		require.NoError(t, err)
		require.Zero(t, n)
	})
}
