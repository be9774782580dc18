package graph_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// A user's roles are those held now: expired and revoked assignments, and
// those of other users, do not show.
//
// Covers: C15, C21.
func TestRolesHeldNow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, now := t.Context(), time.Now()
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		role := func(name string) int64 {
			return f.app.Client.Role.Create().SetName(name).SetPermissions([]string{}).SaveX(ctx).ID
		}
		assign := f.app.Client.UserRole
		assign.Create().SetUserID(ann.ID).SetRoleID(role("lasting")).ExecX(ctx)
		assign.Create().SetUserID(ann.ID).SetRoleID(role("limited")).SetExpiresAt(now.Add(time.Hour)).ExecX(ctx)
		assign.Create().SetUserID(ann.ID).SetRoleID(role("expired")).SetExpiresAt(now.Add(-time.Hour)).ExecX(ctx)
		revoked := assign.Create().SetUserID(ann.ID).SetRoleID(role("revoked")).SaveX(ctx)
		revoked.Update().SetIsActive(false).ClearActiveKey().SetRevokedAt(now).ExecX(ctx)
		assign.Create().SetUserID(bob.ID).SetRoleID(role("other")).ExecX(ctx)
		data := f.Must(`{ userByUsername(username: "ann") { roles { name } } }`, nil)
		require.Equal(t, []any{map[string]any{"name": "lasting"}, map[string]any{"name": "limited"}},
			apitest.Get(data, "userByUsername", "roles"))
	})
}
