package users_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/users"
)

// A user comes with the profile, or with the newest posts, and is an error
// when there is none.
//
// Covers: B47, C24, C27, D01, D14, D60.
func TestFindWith(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, client := t.Context(), app.Client
		ada := client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword(password.Unusable).SaveX(ctx)
		repository := users.NewRepository(client)
		found, err := repository.FindWithProfile(ctx, ada.ID)
		require.NoError(t, err)
		profile, err := found.Edges.ProfileOrErr()
		require.True(t, ent.IsNotFound(err), "loaded: there is none")
		require.Nil(t, profile)

		client.UserProfile.Create().SetUser(ada).SetBio("Counts.").ExecX(ctx)
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 5 {
			slug := "post-" + strconv.Itoa(i)
			client.Post.Create().SetAuthor(ada).SetTitle(slug).SetSlug(slug).SetCreatedAt(start.AddDate(0, 0, i)).ExecX(ctx)
		}
		found, err = repository.FindWithProfile(ctx, ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Counts.", *found.Edges.Profile.Bio)

		found, err = repository.FindWithPosts(ctx, ada.ID, 2)
		require.NoError(t, err)
		require.Len(t, found.Edges.Posts, 2)
		require.Equal(t, "post-4", found.Edges.Posts[0].Slug)
		require.Equal(t, "post-3", found.Edges.Posts[1].Slug)
		byName, err := repository.FindByUsername(ctx, " ADA ") // embedded: what is generated is there too
		require.NoError(t, err)
		require.Equal(t, ada.ID, byName.ID)
		_, err = repository.FindWithPosts(ctx, ada.ID, 0)
		require.Error(t, err)

		client.User.DeleteOne(client.User.Create().SetUsername("gone").SetEmail("gone@example.org").SetPassword(password.Unusable).SaveX(ctx)).ExecX(ctx)
		for _, id := range []int64{ada.ID + 1, 0, -1} {
			_, err = repository.FindWithProfile(ctx, id)
			var missing *entity.NotFoundError
			require.ErrorAs(t, err, &missing)
			require.Equal(t, strconv.FormatInt(id, 10), missing.ID)
		}
	})
}
