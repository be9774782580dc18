package accounts_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
)

// A user is marked as deleted with the relations that are named and what hangs on
// them; what is deleted already keeps its date, and what is others' stays.
//
// Covers: F52, S12, S13, X34.
func TestDelete(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		ada, bob := newUser(t, c, "ada"), newUser(t, c, "bob")
		say := func(p *ent.Post, u *ent.User, text string) *ent.Comment {
			return c.Comment.Create().SetPost(p).SetUser(u).SetContent(text).SaveX(ctx)
		}
		mine, foreign := newPost(t, c, ada, "mine"), newPost(t, c, bob, "foreign")
		earlier := newPost(t, c, ada, "earlier")
		c.Post.DeleteOne(earlier).ExecX(ctx)
		_, err := app.DB.SQL().ExecContext(ctx, "UPDATE posts SET deleted_at = published_at WHERE slug = 'earlier'")
		require.NoError(t, err)
		all := entity.WithTrashed(ctx)
		before := c.Post.GetX(all, earlier.ID).DeletedAt
		say(mine, bob, "by bob on mine")
		say(foreign, ada, "by ada on foreign")
		say(foreign, bob, "by bob on foreign")

		// What is left out stands in the way, and a name that is none is an error.
		for _, relations := range [][]string{nil, {"posts"}, {"comments"}} {
			_, err := service.Delete(ctx, ada.ID, relations...)
			var inUse *entity.ConflictError
			require.ErrorAs(t, err, &inUse, "%v", relations)
			require.ErrorContains(t, err, "accounts: cannot delete user")
		}
		var unknown *entity.UnknownEdgeError
		_, err = service.Delete(ctx, ada.ID, "posts", "likes")
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, []int{1, 0, 0}, counts(t, app, "posts WHERE deleted_at IS NOT NULL", "comments WHERE deleted_at IS NOT NULL", "users WHERE deleted_at IS NOT NULL"))

		deleted, err := service.Delete(ctx, ada.ID, "posts", "comments")
		require.NoError(t, err)
		require.True(t, deleted)
		require.NotNil(t, c.User.GetX(all, ada.ID).DeletedAt)
		require.NotNil(t, c.Post.GetX(all, mine.ID).DeletedAt)
		require.Equal(t, before, c.Post.GetX(all, earlier.ID).DeletedAt)
		require.Equal(t, "by bob on foreign", c.Comment.Query().OnlyX(ctx).Content)
		require.Equal(t, 2, c.Comment.Query().Where(comment.DeletedAtNotNil()).CountX(all))
		require.Equal(t, []int{3, 2}, counts(t, app, "posts", "users")) // all rows are there

		for _, id := range []int64{ada.ID, 999} {
			deleted, err = service.Delete(ctx, id, "posts", "comments")
			require.NoError(t, err)
			require.False(t, deleted)
			require.Zero(t, app.DB.SQL().Stats().InUse)
		}
	})
}

// Whichever statement fails, nothing is deleted.
//
// Covers: F18, F52.
func TestDeleteFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		ada := newUser(t, c, "ada")
		p := newPost(t, c, ada, "a")
		c.Comment.Create().SetPost(p).SetUser(ada).SetContent("Yes.").ExecX(ctx)
		begin := func() {
			for _, table := range []string{"users", "posts", "comments"} {
				_, err := app.DB.SQL().ExecContext(context.WithoutCancel(ctx), "UPDATE "+table+" SET deleted_at = NULL")
				require.NoError(t, err)
			}
		}
		allOrNothing(t, app, begin, func() error {
			_, err := service.Delete(ctx, ada.ID, "posts", "comments")
			return err
		}, "users WHERE deleted_at IS NULL", "posts WHERE deleted_at IS NULL", "comments WHERE deleted_at IS NULL")
	})
}
