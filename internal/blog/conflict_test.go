package blog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// A value that is taken names the entity and the field, on create, update and
// bulk create.
//
// Covers: B07, B59, C10.
func TestUniqueConflicts(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		newPost(t, app, ada, "taken")
		app.Client.UserProfile.Create().SetUser(ada).SaveX(ctx)
		newUser := app.Client.User.Create

		for name, c := range map[string]struct {
			err    error
			entity string
			field  string
		}{
			"create":   {newUser().SetUsername("ADA ").SetEmail("x@example.org").SetPassword(password.Unusable).Exec(ctx), "User", "username"},
			"email":    {newUser().SetUsername("new").SetEmail("Ada@EXAMPLE.org").SetPassword(password.Unusable).Exec(ctx), "User", "email"},
			"update":   {app.Client.User.UpdateOne(bob).SetUsername("ada").Exec(ctx), "User", "username"},
			"bulk":     {app.Client.User.Update().Where(user.Username("bob")).SetEmail("ada@example.org").Exec(ctx), "User", "email"},
			"slug":     {app.Client.Post.Create().SetAuthor(bob).SetTitle("x").SetSlug("Taken").Exec(ctx), "Post", "slug"},
			"one each": {app.Client.UserProfile.Create().SetUser(ada).Exec(ctx), "UserProfile", "user_id"},
			"two": {app.Client.User.CreateBulk(
				newUser().SetUsername("one").SetEmail("one@example.org").SetPassword(password.Unusable),
				newUser().SetUsername("two").SetEmail("ONE@example.org").SetPassword(password.Unusable),
			).Exec(ctx), "User", "email"},
		} {
			got := conflict(t, c.err)
			require.Equal(t, entity.Unique, got.Code, name)
			require.Equal(t, c.entity, got.Entity, name)
			require.Equal(t, []string{c.field}, got.Fields, name)
			require.ErrorContains(t, c.err, c.field+" is already taken", name)
		}
		require.Equal(t, 2, count(t, app, "users"), "nothing of a failed write stays")
	})
}
