package roles_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Roles and their assignments have repositories like all entities, with finders
// by their unique keys.
//
// Covers: D59.
func TestRepositories(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		ada := c.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword(password.Unusable).SaveX(ctx)
		roles, assignments := ent.NewRoleRepository(c), ent.NewUserRoleRepository(c)
		editor, err := roles.Create(ctx, func(r *ent.RoleCreate) { r.SetName("editor") })
		require.NoError(t, err)
		found, err := roles.FindByName(ctx, "editor")
		require.NoError(t, err)
		require.Equal(t, editor.ID, found.ID)
		made, err := assignments.Create(ctx, func(a *ent.UserRoleCreate) { a.SetUserID(ada.ID).SetRoleID(editor.ID) })
		require.NoError(t, err)
		same, err := assignments.FindOnlyBy(ctx, repository.Criteria{"user_id": ada.ID, "role_id": editor.ID}, repository.With("user", "role"))
		require.NoError(t, err)
		require.Equal(t, made.ID, same.ID)
		require.Equal(t, "editor", same.Edges.Role.Name)
		n, err := assignments.Count(ctx, repository.Criteria{"user_id": ada.ID})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = assignments.FindOnlyBy(ctx, repository.Criteria{"user_id": ada.ID, "role_id": editor.ID + 1})
		require.ErrorIs(t, err, entity.ErrNotFound)
	})
}
