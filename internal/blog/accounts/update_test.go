package accounts_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
)

// Each change is made as a whole or counted as failed, and never both; those
// after a failure go on in the same transaction.
//
// Covers: F26, F27, F28, F29, F30, F31, F32, F64, S10, S16.
func TestUpdateMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		ada, bob, eve := newUser(t, c, "ada"), newUser(t, c, "bob"), newUser(t, c, "eve")
		stale := eve.Version
		eve = eve.Update().SetBio("Newer.").SaveX(ctx)
		changes := []accounts.Change{
			0:  {ID: &ada.ID, Values: repository.Values{"first_name": "Ada", "email": "ADA@new.example.org"}},
			1:  {Values: repository.Values{"first_name": "Nobody"}},
			2:  {ID: new(int64), Values: repository.Values{"first_name": "Zero"}},
			3:  {ID: new(int64(999)), Values: repository.Values{"first_name": "Nobody"}},
			4:  {ID: &bob.ID, Values: repository.Values{"email": "nonsense", "first_name": "Changed"}},
			5:  {ID: &bob.ID, Values: repository.Values{"email": "eve@example.org", "last_name": "Changed"}}, // taken
			6:  {ID: &bob.ID, Values: repository.Values{"is_admin": true, "first_name": "Changed"}},
			7:  {ID: &bob.ID, Values: repository.Values{"password": secret}},
			8:  {ID: &bob.ID, Values: repository.Values{"id": 1}},
			9:  {ID: &bob.ID, Values: repository.Values{"is_active": false}},
			10: {ID: &bob.ID, Values: repository.Values{"nonsense": 1}},
			11: {ID: &eve.ID, Version: &stale, Values: repository.Values{"bio": "Older."}},
			12: {ID: &eve.ID, Version: &eve.Version, Values: repository.Values{"last_name": "Eve"}},
			13: {ID: &bob.ID, Values: repository.Values{"bio": "Last."}},
		}
		done, err := service.UpdateMany(ctx, changes)
		require.NoError(t, err)
		require.Equal(t, [2]int{3, 11}, [2]int{done.Successful, done.Failed})
		require.Len(t, done.Errors, 11)
		byRow := map[int]error{}
		for _, e := range done.Errors {
			byRow[e.Index] = e.Err
		}
		require.ErrorIs(t, byRow[1], accounts.ErrNoID)
		require.ErrorIs(t, byRow[2], entity.ErrNotFound)
		require.ErrorIs(t, byRow[3], entity.ErrNotFound)
		require.ErrorContains(t, byRow[3], "999")
		require.Equal(t, []string{"email"}, fields(t, byRow[4]))
		require.ErrorContains(t, byRow[4], id(bob.ID))
		require.Equal(t, []string{"email"}, conflict(t, byRow[5]).Fields)
		for row, field := range map[int]string{6: "is_admin", 7: "password", 8: "id", 9: "is_active", 10: "nonsense"} {
			require.Equal(t, []string{field}, fields(t, byRow[row]))
		}
		var newer *entity.StaleError
		require.ErrorAs(t, byRow[11], &newer)

		row := c.User.GetX(ctx, ada.ID)
		require.Equal(t, [2]string{"Ada", "ada@new.example.org"}, [2]string{*row.FirstName, row.Email})
		row = c.User.GetX(ctx, bob.ID)
		require.Nil(t, row.FirstName)
		require.Nil(t, row.LastName)
		require.Equal(t, [3]any{"bob@example.org", "Last.", false}, [3]any{row.Email, *row.Bio, row.IsAdmin})
		require.Equal(t, bob.Password, row.Password)
		require.True(t, row.IsActive)
		row = c.User.GetX(ctx, eve.ID)
		require.Equal(t, [2]string{"Newer.", "Eve"}, [2]string{*row.Bio, *row.LastName})

		// Where none succeeds, nothing is written, and that is no error.
		counter := testkit.Count(t, app.DB)
		done, err = service.UpdateMany(ctx, changes[1:4])
		require.NoError(t, err)
		require.Equal(t, [2]int{0, 3}, [2]int{done.Successful, done.Failed})
		for _, text := range counter.Texts() {
			require.NotContains(t, text, "UPDATE")
		}
	})
}

// Where the transaction as a whole fails, nothing was changed and nothing counts
// as changed, and the error says why.
//
// Covers: F18, F32, F33, S11.
func TestUpdateManyFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		c := app.Client
		ada, bob := newUser(t, c, "ada"), newUser(t, c, "bob")
		begin := func() { c.User.Update().ClearBio().ExecX(t.Context()) }
		allOrNothing(t, app, begin, func() error {
			done, err := service.UpdateMany(t.Context(), []accounts.Change{
				{ID: &ada.ID, Values: repository.Values{"bio": "A."}},
				{Values: repository.Values{"bio": "Nobody."}},
				{ID: &bob.ID, Values: repository.Values{"bio": "B."}},
			})
			if err != nil {
				require.ErrorContains(t, err, "accounts: cannot update users")
				require.Equal(t, accounts.Summary{Failed: 3}, done)
			} else {
				require.Equal(t, [2]int{2, 1}, [2]int{done.Successful, done.Failed})
			}
			return err
		}, "users WHERE bio IS NOT NULL")
	})
}

// All of an account ends together: published posts are archived, not deleted,
// and open sessions closed, with one statement each and one log. What is others',
// and what is over already, stays.
//
// Covers: F34, F35, F36, F37, F38, S12, S13, X34.
func TestDeactivate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		ada, bob := newUser(t, c, "ada"), newUser(t, c, "bob")
		session := func(u *ent.User, token string, active bool) {
			c.UserSession.Create().SetUser(u).SetTokenHash(token).SetIsActive(active).SetExpiresAt(noon).ExecX(ctx)
		}
		for _, s := range []string{"1", "2", "3", "4"} {
			newPost(t, c, ada, "a"+s)
			session(ada, "a"+s, s != "4")
		}
		draft := newPost(t, c, ada, "draft").Update().SetStatus("draft").SetUpdatedAt(noon.AddDate(0, 0, -1)).SaveX(ctx)
		newPost(t, c, bob, "b1")
		session(bob, "b1", true)

		var changed bool
		var err error
		statements := testkit.Count(t, app.DB).Of(func() { changed, err = service.Deactivate(ctx, ada.ID) })
		require.LessOrEqual(t, len(statements), 6)
		require.NotContains(t, strings.Join(statements, "\n"), "password")
		require.NoError(t, err)
		require.True(t, changed)
		row := c.User.GetX(ctx, ada.ID)
		require.False(t, row.IsActive)
		require.True(t, noon.Equal(row.UpdatedAt))
		mine := " AND user_id = " + id(ada.ID)
		require.Equal(t, []int{4, 1, 0, 4, 1, 1, 6},
			counts(t, app, "posts WHERE status = 'archived'"+mine, "posts WHERE status = 'draft'"+mine, "user_sessions WHERE is_active"+mine,
				"user_sessions WHERE NOT is_active"+mine, "posts WHERE status = 'published'", "user_sessions WHERE is_active", "posts WHERE deleted_at IS NULL"))
		for _, p := range c.Post.Query().AllX(ctx) {
			require.Equal(t, p.Status == "archived", noon.Equal(p.UpdatedAt), p.Slug)
		}
		require.False(t, noon.Equal(c.Post.GetX(ctx, draft.ID).UpdatedAt))
		log := c.UserLog.Query().OnlyX(ctx)
		require.Equal(t, [3]any{ada.ID, "deactivated", "User deactivated with cascade operations"}, [3]any{*log.UserID, log.Action, *log.Details})
		require.True(t, noon.Equal(log.Timestamp))

		// A second time there is nothing to do, and no transaction stays open.
		newPost(t, c, ada, "later")
		counter := testkit.Count(t, app.DB)
		changed, err = service.Deactivate(ctx, ada.ID)
		require.NoError(t, err)
		require.False(t, changed)
		require.Len(t, counter.Texts(), 1)
		require.Zero(t, app.DB.SQL().Stats().InUse)
		require.Equal(t, []int{1, 1}, counts(t, app, "user_logs", "posts WHERE status = 'published'"+mine))
		for _, none := range []int64{0, -1, 999} {
			_, err = service.Deactivate(ctx, none)
			require.ErrorIs(t, err, entity.ErrNotFound)
			require.ErrorContains(t, err, "accounts: cannot deactivate user")
			require.Zero(t, app.DB.SQL().Stats().InUse)
		}
	})
}

// Whichever statement fails, the account is as it was.
//
// Covers: F18, F34.
func TestDeactivateFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx, c := t.Context(), app.Client
		ada := newUser(t, c, "ada")
		newPost(t, c, ada, "a")
		c.UserSession.Create().SetUser(ada).SetTokenHash("a").SetExpiresAt(noon).ExecX(ctx)
		begin := func() {
			ctx := context.WithoutCancel(ctx)
			c.User.Update().SetIsActive(true).ExecX(ctx)
			c.Post.Update().SetStatus("published").ExecX(ctx)
			c.UserSession.Update().SetIsActive(true).ExecX(ctx)
			c.UserLog.Delete().ExecX(ctx)
		}
		allOrNothing(t, app, begin, func() error {
			_, err := service.Deactivate(ctx, ada.ID)
			return err
		}, "users WHERE is_active", "posts WHERE status = 'published'", "user_sessions WHERE is_active", "user_logs")
	})
}
