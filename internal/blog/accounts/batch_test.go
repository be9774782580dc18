package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
)

// several makes n accounts, each with a profile and a role.
func several(n int, role int64) []accounts.Account {
	list := make([]accounts.Account, n)
	for i := range list {
		name := fmt.Sprintf("user%03d", i)
		list[i] = accounts.Account{
			User:    accounts.NewUser{Username: name, Email: name + "@example.org", Password: password.Unusable},
			Profile: &accounts.NewProfile{}, Roles: []int64{role},
		}
	}
	return list
}

// Accounts are made in chunks of a hundred, each with a few statements, in their
// order and with what belongs to them.
//
// Covers: F41, F42, F46.
func TestBatchCreate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		role, second := c.Role.Create().SetName("reader").SaveX(ctx), c.Role.Create().SetName("writer").SaveX(ctx)
		list := several(250, role.ID)
		list[0].Profile.Bio, list[0].Roles = "First.", []int64{role.ID, second.ID}
		list[1].Profile, list[1].Roles = nil, nil
		counter := testkit.Count(t, app.DB)
		done, err := service.BatchCreate(ctx, list, 0)
		require.NoError(t, err)
		inserts := 0
		for _, text := range counter.Texts() {
			if strings.HasPrefix(text, "INSERT INTO") && strings.Contains(text, "users") {
				inserts++
			}
		}
		require.Equal(t, 3, inserts)
		require.LessOrEqual(t, counter.Statements(), 40)
		require.Equal(t, [2]int{250, 250}, [2]int{done.Created, done.Done})
		require.Empty(t, done.Errors)
		require.Len(t, done.CreatedIDs, 250)
		require.Equal(t, []int{250, 249, 250}, counts(t, app, "users", "user_profiles", "user_roles"))
		for i, at := range []int{0, 1, 99, 100, 249} {
			row := c.User.GetX(ctx, done.CreatedIDs[at])
			require.Equal(t, list[at].User.Username, row.Username)
			require.Len(t, c.UserRole.Query().Where().AllX(ctx), 250)
			require.Equal(t, []int{2, 0, 1, 1, 1}[i], count(t, app, "user_roles WHERE user_id = "+id(row.ID)))
		}
		require.Equal(t, 1, count(t, app, "user_profiles WHERE bio = 'First.' AND user_id = "+id(done.CreatedIDs[0])))

		counter.Reset()
		done, err = service.BatchCreate(ctx, nil, 7)
		require.NoError(t, err)
		require.Equal(t, accounts.Batch{}, done)
		require.Empty(t, counter.Texts())
		var bad *relay.ArgumentError
		_, err = service.BatchCreate(ctx, list, -1)
		require.ErrorAs(t, err, &bad)

		hashed, err := service.BatchCreate(ctx, []accounts.Account{{User: ada()}}, 1)
		require.NoError(t, err)
		require.Contains(t, c.User.GetX(ctx, hashed.CreatedIDs[0]).Password, "$argon2id$")
	})
}

// An account that fails, in whichever of its rows, is left out as a whole and
// named by its number; the others of its chunk are made.
//
// Covers: F42, F43, F46.
func TestBatchCreateLeavesOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		role := c.Role.Create().SetName("reader").SaveX(ctx)
		newUser(t, c, "user003")
		list := several(24, role.ID)
		list[5].User.Email = "nonsense"
		list[7].User.Username = ""
		list[12].Roles = []int64{role.ID, 999}
		list[13].Profile.Website = "nonsense"
		list[23].User.Username = list[22].User.Username
		done, err := service.BatchCreate(ctx, list, 10)
		require.NoError(t, err)
		require.Equal(t, [2]int{18, 24}, [2]int{done.Created, done.Done})
		var rows []int
		byRow := map[int]error{}
		for _, e := range done.Errors {
			rows, byRow[e.Index] = append(rows, e.Index), e.Err
		}
		require.Equal(t, []int{3, 5, 7, 12, 13, 23}, rows)
		_ = conflict(t, byRow[3])
		require.Equal(t, []string{"email"}, fields(t, byRow[5]))
		require.Equal(t, []string{"username"}, fields(t, byRow[7]))
		var missing *entity.ConflictError
		require.ErrorAs(t, byRow[12], &missing)
		require.Equal(t, entity.ForeignKey, missing.Code)
		require.Equal(t, []string{"website"}, fields(t, byRow[13]))
		_ = conflict(t, byRow[23])
		require.Equal(t, []int{19, 18, 18}, counts(t, app, "users", "user_profiles", "user_roles"))
		for _, created := range done.CreatedIDs {
			require.Equal(t, 1, count(t, app, "users WHERE id = "+id(created)))
		}
	})
}

// A chunk is durable once it is committed. Where a later one fails as a whole,
// the batch tells where to go on, names no user who is not there, and the error
// is returned. To run again what was committed makes nothing twice.
//
// Covers: F18, F44, F45, S11, S12.
func TestBatchCreateGoesOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		role := c.Role.Create().SetName("reader").SaveX(ctx)
		list := several(9, role.ID)
		faults := testkit.InjectFaults(t, app.DB)
		failed := map[int]bool{}
		for n := 1; ; n++ {
			_, err := app.DB.SQL().ExecContext(ctx, "DELETE FROM users") // and what belongs to them
			require.NoError(t, err)
			faults.FailAt(n, testkit.FailedLate)
			done, err := service.BatchCreate(ctx, list, 3)
			statement := faults.Fired()
			faults.Off()
			if statement == "" {
				require.NoError(t, err)
				break
			}
			require.ErrorIs(t, err, testkit.ErrInjected)
			require.ErrorContains(t, err, "accounts: cannot create accounts")
			require.Zero(t, done.Done%3)
			require.Len(t, done.CreatedIDs, done.Created)
			failed[done.Done] = true
			if statement == "COMMIT" { // which has worked
				require.Equal(t, done.Done+3, count(t, app, "users"))
			} else {
				n := done.Done
				require.Equal(t, []int{n, n, n}, counts(t, app, "users", "user_profiles", "user_roles"), statement)
				require.Equal(t, n, done.Created)
				for _, created := range done.CreatedIDs {
					require.Equal(t, 1, count(t, app, "users WHERE id = "+id(created)))
				}
			}
			rest, err := service.BatchCreate(ctx, list[done.Done:], 3)
			require.NoError(t, err)
			require.Equal(t, 9, done.Created+rest.Created+len(rest.Errors))
			for _, e := range rest.Errors {
				require.Equal(t, "COMMIT", statement)
				_ = conflict(t, e)
			}
			require.Equal(t, []int{9, 9, 9}, counts(t, app, "users", "user_profiles", "user_roles"))
		}
		require.Equal(t, map[int]bool{0: true, 3: true, 6: true}, failed)
	})
}

// A user comes with the relations that are named, and no other is read.
//
// Covers: C26, F47, L36.
func TestFind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		role, old := c.Role.Create().SetName("reader").SaveX(ctx), c.Role.Create().SetName("old").SaveX(ctx)
		done, err := service.BatchCreate(ctx, several(1, role.ID), 1)
		require.NoError(t, err)
		user := done.CreatedIDs[0]
		c.UserRole.Create().SetUserID(user).SetRoleID(old.ID).SetAssignedAt(noon.AddDate(0, 0, -2)).SetExpiresAt(noon).ExecX(ctx)
		newPost(t, c, c.User.GetX(ctx, user), "a")

		find := func(statements int, relations ...string) *ent.User {
			var row *ent.User
			testkit.MaxStatements(t, app.DB, statements, func() { row, err = service.Find(ctx, user, relations...) })
			require.NoError(t, err)
			return row
		}
		loaded := func(row *ent.User) [3]bool {
			_, posts := row.Edges.PostsOrErr()
			_, profile := row.Edges.ProfileOrErr()
			_, roles := row.Edges.RoleAssignmentsOrErr()
			return [3]bool{posts == nil, profile == nil, roles == nil}
		}
		require.Equal(t, [3]bool{}, loaded(find(1)))
		require.Equal(t, [3]bool{true, false, false}, loaded(find(2, "posts")))
		require.Equal(t, [3]bool{false, true, true}, loaded(find(4, "profile", "roles")))
		row := find(5, "posts", "profile", "roles")
		require.Equal(t, "a", row.Edges.Posts[0].Slug)
		require.Equal(t, user, row.Edges.Profile.UserID)
		require.Len(t, row.Edges.RoleAssignments, 1)
		require.Equal(t, "reader", row.Edges.RoleAssignments[0].Edges.Role.Name)

		var unknown *entity.UnknownEdgeError
		for _, name := range []string{"", "Posts", "password", "post"} {
			_, err = service.Find(ctx, user, "posts", name)
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, []string{"posts", "profile", "roles"}, unknown.Known)
		}
		_, err = service.Find(ctx, user+1, "posts")
		require.ErrorIs(t, err, entity.ErrNotFound)
	})
}
