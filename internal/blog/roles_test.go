package blog_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// The junction knows who assigned, when, and until when.
//
// Covers: B33, C06, C07, C08, C12, L20.
func TestRoleAssignments(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, boss, role := newUser(t, app, "ada"), newUser(t, app, "boss"), newRole(t, app, "editor")
		before := time.Now().Truncate(time.Microsecond)
		expires := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		a := app.Client.UserRole.Create().SetUser(ada).SetRole(role).SetAssigner(boss).SetExpiresAt(expires).SaveX(ctx)
		a = app.Client.UserRole.GetX(ctx, a.ID)
		require.True(t, a.IsActive)
		require.WithinRange(t, a.AssignedAt, before, time.Now())
		require.Equal(t, boss.ID, *a.AssignedBy)
		require.Equal(t, expires, *a.ExpiresAt)
		require.Nil(t, a.RevokedAt)

		require.Equal(t, "editor", ada.QueryRoleAssignments().QueryRole().OnlyX(ctx).Name)
		require.Equal(t, ada.ID, boss.QueryAssignedRoles().QueryUser().OnlyX(ctx).ID)
		require.Equal(t, ada.ID, role.QueryAssignments().QueryUser().OnlyX(ctx).ID)
		require.Equal(t, "ada", app.Client.User.Query().Where(user.HasRoleAssignmentsWith(userrole.IsActive(true), userrole.ExpiresAtGT(before))).OnlyX(ctx).Username)

		_, err := app.Client.UserRole.Create().SetUser(ada).SetRoleID(4711).Save(ctx)
		require.Equal(t, entity.ForeignKey, conflict(t, err).Code)
	})
}

// A role can be given, revoked and given again for ever, and is active once
// however many give it at the same time. Revoked rows stay as history.
//
// Covers: C08, C20.
func TestReassignRoles(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		const rounds, givers = 5, 6
		ada, role := newUser(t, app, "ada"), newRole(t, app, "editor")
		for range rounds {
			var given atomic.Int32
			errs := make([]error, givers)
			var group sync.WaitGroup
			for i := range givers {
				group.Go(func() {
					if errs[i] = app.Client.UserRole.Create().SetUser(ada).SetRole(role).Exec(ctx); errs[i] == nil {
						given.Add(1)
					}
				})
			}
			group.Wait()
			require.EqualValues(t, 1, given.Load())
			for _, err := range errs {
				if err != nil {
					require.Equal(t, entity.Unique, conflict(t, err).Code)
				}
			}
			n, err := app.Client.UserRole.Update().Where(userrole.UserID(ada.ID), userrole.RoleID(role.ID), userrole.IsActive(true)).
				SetIsActive(false).ClearActiveKey().SetRevokedAt(time.Now()).Save(ctx)
			require.NoError(t, err)
			require.Equal(t, 1, n)
		}
		require.Equal(t, rounds, ada.QueryRoleAssignments().CountX(ctx))
		require.Zero(t, ada.QueryRoleAssignments().Where(userrole.IsActive(true)).CountX(ctx))

		a := app.Client.UserRole.Create().SetUser(ada).SetRole(role).SaveX(ctx)
		half := conflict(t, app.Client.UserRole.UpdateOne(a).SetIsActive(false).Exec(ctx))
		require.Equal(t, entity.Check, half.Code, "a revoked row cannot keep the place of an active one")
		require.Equal(t, "ck_user_roles_active_key", half.Constraint)
	})
}
