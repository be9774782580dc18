package roles_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/roles"
)

func newUser(t *testing.T, app *blog.App, name string) *ent.User {
	t.Helper()
	return app.Client.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable).SaveX(t.Context())
}

func newRole(t *testing.T, app *blog.App, name string, permissions ...string) *ent.Role {
	t.Helper()
	return app.Client.Role.Create().SetName(name).SetPermissions(permissions).SaveX(t.Context())
}

// Assigning is idempotent, renews what has expired, works again after a
// revocation, and keeps the past.
//
// Covers: C18, C19, C20, C21.
func TestAssign(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, boss, editor := newUser(t, app, "ada"), newUser(t, app, "boss"), newRole(t, app, "editor")
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		service := roles.New(app.Client).WithClock(func() time.Time { return now })

		first, err := service.Assign(ctx, ada.ID, editor.ID, roles.Terms{By: boss.ID, Until: now.Add(time.Hour)})
		require.NoError(t, err)
		require.Equal(t, boss.ID, *first.AssignedBy)
		require.Equal(t, now, first.AssignedAt)
		again, err := service.Assign(ctx, ada.ID, editor.ID, roles.Terms{})
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		require.Equal(t, first.ExpiresAt, again.ExpiresAt)
		has, err := service.Has(ctx, ada.ID, "editor")
		require.NoError(t, err)
		require.True(t, has)

		now = now.Add(time.Hour) // the moment from which it no longer counts
		has, err = service.Has(ctx, ada.ID, "editor")
		require.NoError(t, err)
		require.False(t, has)
		renewed, err := service.Assign(ctx, ada.ID, editor.ID, roles.Terms{})
		require.NoError(t, err)
		require.NotEqual(t, first.ID, renewed.ID)
		require.Nil(t, renewed.ExpiresAt)
		require.False(t, app.Client.UserRole.GetX(ctx, first.ID).IsActive)

		for range 3 {
			revoked, err := service.Revoke(ctx, ada.ID, editor.ID, ada.ID)
			require.NoError(t, err)
			require.True(t, revoked)
			last := ada.QueryRoleAssignments().Order(ent.Desc(userrole.FieldID)).FirstX(ctx)
			require.Equal(t, &ada.ID, last.RevokedBy)
			require.NotNil(t, last.RevokedAt)
			revoked, err = service.Revoke(ctx, ada.ID, editor.ID, 0)
			require.NoError(t, err)
			require.False(t, revoked)
			has, err = service.Has(ctx, ada.ID, "editor")
			require.NoError(t, err)
			require.False(t, has)
			_, err = service.Assign(ctx, ada.ID, editor.ID, roles.Terms{})
			require.NoError(t, err)
		}
		require.Equal(t, 5, ada.QueryRoleAssignments().CountX(ctx))

		_, err = service.Assign(ctx, ada.ID, editor.ID, roles.Terms{Until: now})
		var invalid *entity.ValidationError
		require.ErrorAs(t, err, &invalid)
		_, err = service.Assign(ctx, ada.ID, 4711, roles.Terms{})
		var missing *entity.ConflictError
		require.ErrorAs(t, err, &missing)
		require.Equal(t, entity.ForeignKey, missing.Code)
	})
}

// However many assign a role at the same moment, expired or not, there is one
// assignment, and all of them get it.
//
// Covers: C18, C20.
func TestAssignTogether(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, editor := newUser(t, app, "ada"), newRole(t, app, "editor")
		expired := time.Now().Add(-time.Hour)
		app.Client.UserRole.Create().SetUser(ada).SetRole(editor).SetExpiresAt(expired).ExecX(ctx)
		const givers = 6
		ids, errs := make([]int64, givers), make([]error, givers)
		var group sync.WaitGroup
		for i := range givers {
			group.Go(func() {
				a, err := roles.New(app.Client).Assign(ctx, ada.ID, editor.ID, roles.Terms{})
				if errs[i] = err; err == nil {
					ids[i] = a.ID
				}
			})
		}
		group.Wait()
		for i := range givers {
			require.NoError(t, errs[i])
			require.Equal(t, ids[0], ids[i])
		}
		require.Equal(t, 2, ada.QueryRoleAssignments().CountX(ctx))
	})
}

// A permission is one of a role's permissions, exactly; the name of a column
// is none.
//
// Covers: C15, C16, C17, C21, S19.
func TestPermissions(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		editor, guest := newRole(t, app, "editor", "posts.edit", "posts.publish"), newRole(t, app, "guest")
		service := roles.New(app.Client)
		for _, r := range []*ent.Role{guest, editor} {
			_, err := service.Assign(ctx, ada.ID, r.ID, roles.Terms{})
			require.NoError(t, err)
		}
		for permission, want := range map[string]bool{
			"posts.edit": true, "posts.publish": true,
			"posts": false, "posts.EDIT": false, "posts.edit\u00a0": false, "%": false, "": false, "name": false, "id": false, "permissions": false,
		} {
			may, err := service.Allows(ctx, ada.ID, permission)
			require.NoError(t, err)
			require.Equal(t, want, may, permission)
		}
		may, err := service.Allows(ctx, bob.ID, "posts.edit")
		require.NoError(t, err)
		require.False(t, may)
		for name, want := range map[string]bool{"editor": true, "guest": true, "edit": false, "EDITOR": false} {
			has, err := service.Has(ctx, ada.ID, name)
			require.NoError(t, err)
			require.Equal(t, want, has, name)
		}
		held, err := service.Of(ctx, ada.ID, bob.ID)
		require.NoError(t, err)
		require.Len(t, held[ada.ID], 2)
		require.Equal(t, "editor", held[ada.ID][0].Name)
		require.Empty(t, held[bob.ID])

		_, err = service.Revoke(ctx, ada.ID, editor.ID, 0)
		require.NoError(t, err)
		may, err = service.Allows(ctx, ada.ID, "posts.edit")
		require.NoError(t, err)
		require.False(t, may)
	})
}
