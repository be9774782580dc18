package blog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/userprofile"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// created_at is set once; updated_at moves with every update, single and bulk.
//
// Covers: B16, B17.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		long := time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC)
		for _, name := range []string{"ada", "bob", "eve"} {
			_, err := app.Client.User.UpdateOne(newUser(t, app, name)).SetUpdatedAt(long).Save(ctx)
			require.NoError(t, err)
		}
		ada := app.Client.User.Query().Where(user.Username("ada")).OnlyX(ctx)
		require.Equal(t, long, ada.UpdatedAt)

		before := time.Now().Truncate(time.Microsecond)
		change := app.Client.User.UpdateOne(ada).SetBio("x")
		change.Mutation().SetCreatedAt(long)
		_, err := change.Save(ctx)
		require.NoError(t, err)
		after := app.Client.User.GetX(ctx, ada.ID)
		require.Equal(t, ada.CreatedAt, after.CreatedAt)
		require.WithinRange(t, after.UpdatedAt, before, time.Now())

		n, err := app.Client.User.Update().Where(user.UsernameNEQ("ada")).SetIsVerified(true).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		for _, u := range app.Client.User.Query().AllX(ctx) {
			require.WithinRange(t, u.UpdatedAt, before, time.Now(), u.Username)
		}
	})
}

// A time may come in any zone and precision; it is stored as UTC in
// microseconds, and compared as an instant.
//
// Covers: B30, T07, S23.
func TestTimesAreUTC(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		east := time.FixedZone("east", 5*3600+1800)
		west := time.FixedZone("west", -11*3600)
		at := time.Date(2024, 3, 31, 2, 30, 0, 123456789, east)
		u, err := app.Client.User.UpdateOne(newUser(t, app, "ada")).SetLastLogin(at).Save(ctx)
		require.NoError(t, err)
		want := time.Date(2024, 3, 30, 21, 0, 0, 123456000, time.UTC)
		require.Equal(t, want, *u.LastLogin, "in the answer of the write")
		require.Equal(t, want, *app.Client.User.GetX(ctx, u.ID).LastLogin, "when read again")

		for name, found := range map[string]bool{
			"same":   app.Client.User.Query().Where(user.LastLoginEQ(want.In(west))).ExistX(ctx),
			"later":  app.Client.User.Query().Where(user.LastLoginLT(want.Add(time.Microsecond).In(west))).ExistX(ctx),
			"before": app.Client.User.Query().Where(user.LastLoginGT(want.Add(-time.Microsecond).In(east))).ExistX(ctx),
			"in":     app.Client.User.Query().Where(user.LastLoginIn(want.In(east))).ExistX(ctx),
		} {
			require.True(t, found, name)
		}
		require.False(t, app.Client.User.Query().Where(user.LastLoginGT(want.In(east))).ExistX(ctx))
		for _, at := range []time.Time{time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1900, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)} {
			u = app.Client.User.UpdateOne(u).SetLastLogin(at).SaveX(ctx)
			require.Equal(t, at, *app.Client.User.GetX(ctx, u.ID).LastLogin)
		}
	})
}

// A date is that of the caller's zone, and no zone changes it after.
//
// Covers: B29.
func TestDates(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		profile := app.Client.UserProfile.Create().SetUser(newUser(t, app, "ada")).SaveX(ctx)
		require.Nil(t, profile.DateOfBirth)
		for _, born := range []time.Time{
			time.Date(1990, 5, 17, 23, 59, 59, 999, time.FixedZone("behind", -11*3600)),
			time.Date(1990, 5, 17, 0, 0, 0, 0, time.FixedZone("ahead", 14*3600)),
			time.Date(1990, 5, 17, 12, 0, 0, 0, time.UTC),
			time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC),
			time.Date(1900, 1, 1, 1, 0, 0, 0, time.UTC),
			time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC),
		} {
			want := time.Date(born.Year(), born.Month(), born.Day(), 0, 0, 0, 0, time.UTC)
			saved := app.Client.UserProfile.UpdateOne(profile).SetDateOfBirth(born).SaveX(ctx)
			require.Equal(t, want, *saved.DateOfBirth)
			require.Equal(t, want, *app.Client.UserProfile.GetX(ctx, profile.ID).DateOfBirth)
			require.True(t, app.Client.UserProfile.Query().Where(userprofile.DateOfBirth(want)).ExistX(ctx))
		}
	})
}

// The column holds a date for other programs too, not an instant.
//
// Covers: B29.
func TestDateColumns(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		u := newUser(t, app, "ada")
		born := time.Date(1990, 5, 17, 0, 0, 0, 0, time.UTC)
		app.Client.UserProfile.Create().SetUser(u).SetDateOfBirth(born).ExecX(t.Context())
		require.Equal(t, 1, count(t, app, "user_profiles WHERE DATE(date_of_birth) = '1990-05-17'"))
		require.NoError(t, exec(t, app, "UPDATE user_profiles SET date_of_birth = '2000-02-29'"))
		profile := u.QueryProfile().OnlyX(t.Context())
		require.Equal(t, time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC), *profile.DateOfBirth)
	})
}
