package blog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// A deleted row stays in its table and is seen by nothing.
//
// Covers: B34, T11.
func TestSoftDelete(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		kept, gone := newPost(t, app, u, "kept"), newPost(t, app, u, "gone")
		c := app.Client.Comment.Create().SetPost(gone).SetUser(u).SetContent("hm").SaveX(ctx)
		before := time.Now().Truncate(time.Microsecond)
		require.NoError(t, app.Client.Post.DeleteOne(gone).Exec(ctx))
		require.Equal(t, 2, count(t, app, "posts"))

		require.Equal(t, []int64{kept.ID}, app.Client.Post.Query().IDsX(ctx))
		require.Equal(t, 1, app.Client.Post.Query().CountX(ctx))
		require.False(t, app.Client.Post.Query().Where(post.Slug("gone")).ExistX(ctx))
		_, err := app.Client.Post.Get(ctx, gone.ID)
		require.True(t, ent.IsNotFound(err))
		require.Len(t, u.QueryPosts().AllX(ctx), 1, "over an edge")
		loaded := app.Client.User.Query().WithPosts().OnlyX(ctx)
		require.Len(t, loaded.Edges.Posts, 1, "loaded with the owner")
		_, err = c.QueryPost().Only(ctx)
		require.True(t, ent.IsNotFound(err))
		require.Equal(t, 1, app.Client.Post.Query().Aggregate(ent.Count()).IntX(ctx))

		trash := entity.WithTrashed(ctx)
		found := app.Client.Post.GetX(trash, gone.ID)
		require.WithinRange(t, *found.DeletedAt, before, time.Now())
		require.Greater(t, found.Version, gone.Version)
		require.Equal(t, []int64{gone.ID}, app.Client.Post.Query().Where(post.DeletedAtNotNil()).IDsX(trash), "only the deleted ones")
	})
}

// Predicates across edges do not see deleted rows either.
//
// Covers: B34, T11.
func TestSoftDeleteInPredicates(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		p := newPost(t, app, u, "gone")
		app.Client.Comment.Create().SetPost(p).SetUser(u).SetContent("hm").ExecX(ctx)
		require.NoError(t, app.Client.Post.DeleteOne(p).Exec(ctx))
		require.Zero(t, app.Client.User.Query().Where(user.HasPosts()).CountX(ctx))
		require.Zero(t, app.Client.User.Query().Where(user.HasPostsWith(post.Slug("gone"))).CountX(ctx))
		require.Zero(t, app.Client.Comment.Query().Where(comment.HasPost()).CountX(ctx))
		require.Zero(t, app.Client.Comment.Query().Where(comment.HasPostWith(post.Slug("gone"))).CountX(ctx))
		require.Equal(t, 1, app.Client.User.Query().Where(user.HasPosts()).CountX(entity.WithTrashed(ctx)))
	})
}

// What is deleted cannot be changed or deleted again, only restored.
//
// Covers: B34, T11.
func TestTombstonesAreLeftAlone(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		trash := entity.WithTrashed(ctx)
		p := newPost(t, app, newUser(t, app, "ada"), "gone")
		require.NoError(t, app.Client.Post.DeleteOne(p).Exec(ctx))
		deleted := app.Client.Post.GetX(trash, p.ID)

		_, err := app.Client.Post.UpdateOneID(p.ID).SetTitle("changed").Save(ctx)
		require.True(t, ent.IsNotFound(err), err)
		n, err := app.Client.Post.Update().SetTitle("changed").Save(ctx)
		require.NoError(t, err)
		require.Zero(t, n)
		require.True(t, ent.IsNotFound(app.Client.Post.DeleteOneID(p.ID).Exec(ctx)))
		n, err = app.Client.Post.Delete().Exec(ctx)
		require.NoError(t, err)
		require.Zero(t, n)
		after := app.Client.Post.GetX(trash, p.ID)
		require.Equal(t, deleted.Title, after.Title)
		require.Equal(t, deleted.DeletedAt, after.DeletedAt, "the first deletion counts")
		require.Equal(t, deleted.Version, after.Version)

		restored, err := app.Client.Post.Restore(ctx, p.ID)
		require.NoError(t, err)
		require.Nil(t, restored.DeletedAt)
		require.Greater(t, restored.Version, deleted.Version)
		require.Equal(t, p.Title, app.Client.Post.GetX(ctx, p.ID).Title)
	})
}

// A bulk delete marks what its predicates match; a purge removes for good.
//
// Covers: B34.
func TestBulkDeleteAndPurge(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		for _, slug := range []string{"a1", "a2", "b1"} {
			newPost(t, app, u, slug)
		}
		n, err := app.Client.Post.Delete().Where(post.SlugHasPrefix("a")).Exec(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Equal(t, 1, app.Client.Post.Query().CountX(ctx))
		require.Equal(t, 3, count(t, app, "posts"))
		at := app.Client.Post.Query().Where(post.DeletedAtNotNil()).AllX(entity.WithTrashed(ctx))
		require.Equal(t, at[0].DeletedAt, at[1].DeletedAt, "one time for all")

		newPost(t, app, u, "a1") // a deleted row sets its unique values free
		_, err = app.Client.Post.Restore(ctx, at[0].ID)
		require.Equal(t, []string{"slug"}, conflict(t, err).Fields)

		n, err = app.Client.Post.Delete().Where(post.Slug("a1")).Exec(entity.WithPurge(ctx))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Equal(t, 2, count(t, app, "posts"))
	})
}
