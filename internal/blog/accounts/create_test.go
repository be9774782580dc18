package accounts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/userprofile"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/accounts"
)

const secret = "correct horse battery staple"

func ada() accounts.NewUser {
	return accounts.NewUser{Username: "ada", Email: "ada@example.org", Password: secret}
}

// fields are those that a ValidationError is about.
func fields(t *testing.T, err error) []string {
	t.Helper()
	var invalid *entity.ValidationError
	require.ErrorAs(t, err, &invalid)
	var list []string
	for _, v := range invalid.Violations {
		list = append(list, v.Field)
	}
	return list
}

func conflict(t *testing.T, err error) *entity.ConflictError {
	t.Helper()
	var c *entity.ConflictError
	require.ErrorAs(t, err, &c)
	require.Equal(t, entity.Unique, c.Code)
	return c
}

// A user and a profile are made together, with defaults, and the password is
// sealed by a slow hash with a salt.
//
// Covers: F19, F20, F39, S08, X25, X29.
func TestCreateWithProfile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx := t.Context()
		created, err := service.CreateWithProfile(ctx, ada(), accounts.NewProfile{})
		require.NoError(t, err)
		row := app.Client.User.Query().Where(user.ID(created.ID)).WithProfile().OnlyX(ctx)
		require.True(t, row.IsActive)
		require.Nil(t, row.FirstName)
		require.Equal(t, [2]string{"", "UTC"}, [2]string{*row.Edges.Profile.Bio, row.Edges.Profile.Timezone})
		require.Nil(t, row.Edges.Profile.Phone)
		require.Equal(t, row.Edges.Profile.ID, created.Edges.Profile.ID)
		require.Contains(t, row.Password, "$argon2id$")
		ok, _, err := password.Verify(row.Password, secret)
		require.NoError(t, err)
		require.True(t, ok)

		full, err := service.CreateWithProfile(ctx,
			accounts.NewUser{Username: "bob", Email: "bob@example.org", Password: secret, FirstName: "Bob", LastName: "Byte"},
			accounts.NewProfile{Bio: "Hi.", Phone: "123", Website: "https://example.org", Timezone: "Europe/Paris"})
		require.NoError(t, err)
		require.Equal(t, "Bob Byte", *full.FirstName+" "+*full.LastName)
		p := app.Client.UserProfile.Query().Where(userprofile.UserID(full.ID)).OnlyX(ctx)
		require.Equal(t, [4]string{"Hi.", "123", "https://example.org", "Europe/Paris"}, [4]string{*p.Bio, *p.Phone, *p.Website, p.Timezone})
		require.NotEqual(t, row.Password, app.Client.User.GetX(ctx, full.ID).Password) // by the salt

		_, err = service.CreateWithProfile(ctx, accounts.NewUser{}, accounts.NewProfile{})
		require.ErrorContains(t, err, "accounts: cannot create a user with a profile")
		require.ElementsMatch(t, []string{"username", "email", "password"}, fields(t, err))
		eve := accounts.NewUser{Username: "eve", Email: "eve@example.org", Password: secret}
		_, err = service.CreateWithProfile(ctx, eve, accounts.NewProfile{Website: "nonsense"})
		require.Equal(t, []string{"website"}, fields(t, err))
		_, err = service.CreateWithProfile(ctx, ada(), accounts.NewProfile{})
		_ = conflict(t, err)
		require.Equal(t, []int{2, 2}, counts(t, app, "users", "user_profiles"))
	})
}

// Whichever statement fails, neither the user nor the profile is left, and the
// error tells of the cause.
//
// Covers: F18, F20, S11, S12, S13, X34.
func TestCreateWithProfileFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		u := ada()
		u.Password = password.Unusable
		allOrNothing(t, app, func() {
			app.Client.UserProfile.Delete().ExecX(t.Context())
			_, err := app.DB.SQL().ExecContext(t.Context(), "DELETE FROM users")
			require.NoError(t, err)
		}, func() error {
			_, err := service.CreateWithProfile(t.Context(), u, accounts.NewProfile{})
			return err
		}, "users", "user_profiles")
	})
}

// Who registers gets to know all that is wrong at once, before a statement runs,
// and what is taken from the unique indexes.
//
// Covers: D24, D25, D26, D27, D28, D29, B53, B54, S08, S16, X29.
func TestRegister(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx := t.Context()
		counter := testkit.Count(t, app.DB)
		for _, test := range []struct {
			user accounts.NewUser
			want []string
		}{
			{accounts.NewUser{}, []string{"username", "email", "password"}},
			{accounts.NewUser{Username: "  ", Email: " ", Password: secret}, []string{"username", "email"}},
			{accounts.NewUser{Username: "ada", Email: "ada@example", Password: secret}, []string{"email"}},
			{accounts.NewUser{Username: "ada", Email: "ada.example.org", Password: secret}, []string{"email"}},
			{accounts.NewUser{Username: " éa ", Email: "ada@example.org", Password: secret}, []string{"username"}}, // 2 characters, 3 bytes
			{accounts.NewUser{Username: "ada", Email: "ada@example.org", Password: "short"}, []string{"password"}},
		} {
			_, err := service.Register(ctx, test.user)
			require.ElementsMatch(t, test.want, fields(t, err))
		}
		require.Empty(t, counter.Texts())

		u := ada()
		u.Username, u.Email = "  Ada ", " Ada@Example.org "
		created, err := service.Register(ctx, u)
		require.NoError(t, err)
		require.Equal(t, [2]string{"ada", "ada@example.org"}, [2]string{created.Username, created.Email})
		require.Contains(t, created.Password, "$argon2id$")
		require.False(t, created.IsAdmin)

		_, err = service.Register(ctx, accounts.NewUser{Username: "other", Email: "ADA@example.org", Password: secret})
		require.Equal(t, []string{"email"}, conflict(t, err).Fields)
		_, err = service.Register(ctx, accounts.NewUser{Username: "ADA", Email: "other@example.org", Password: secret})
		require.Equal(t, []string{"username"}, conflict(t, err).Fields)

		// Of many who register the same name at once, one gets it.
		errs := make(chan error)
		for range 4 {
			go func() {
				_, err := service.Register(ctx, accounts.NewUser{Username: "race", Email: "race@example.org", Password: password.Unusable})
				errs <- err
			}()
		}
		won := 0
		for range 4 {
			if err := <-errs; err == nil {
				won++
			} else {
				_ = conflict(t, err)
			}
		}
		require.Equal(t, 1, won)
		require.Equal(t, 1, count(t, app, "users WHERE username = 'race'"))
	})
}

// The public cannot tell from an answer whether an address has an account, not
// even with a username that is taken.
//
// Covers: D25, S25.
func TestSignUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, app *blog.App, service *accounts.Service) {
		ctx := t.Context()
		created, err := service.SignUp(ctx, ada())
		require.NoError(t, err)
		require.Equal(t, "ada", created.Username)
		var none *ent.User
		for _, address := range []string{"ada@example.org", " ADA@example.org"} {
			none, err = service.SignUp(ctx, accounts.NewUser{Username: "mallory", Email: address, Password: secret})
			require.NoError(t, err)
			require.Nil(t, none)
		}
		newUser(t, app.Client, "bob")
		var answers []*entity.ConflictError
		for _, address := range []string{"ada@example.org", "bob@example.org", "nobody@example.org"} {
			_, err = service.SignUp(ctx, accounts.NewUser{Username: " Ada", Email: address, Password: secret})
			answers = append(answers, conflict(t, err))
		}
		for _, answer := range answers {
			require.Equal(t, answers[0], answer)
			require.Equal(t, []string{"username"}, answer.Fields)
		}
		_, err = service.SignUp(ctx, accounts.NewUser{Username: "x", Email: "ada@example.org", Password: secret})
		require.Equal(t, []string{"username"}, fields(t, err))
		require.Equal(t, 2, count(t, app, "users"))
	})
}
