package blog_test

import (
	"context"
	"errors"
	"testing"

	"entgo.io/ent"
	"github.com/stretchr/testify/require"

	entblog "github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// The framework's hook comes after those of the application: what they set is
// normalised, validated and sealed like what callers set.
//
// Covers: B42, B43, B50.
func TestHooksOfTheApplicationAreCheckedToo(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		name := "  Ada \t"
		app.Client.User.Use(func(next entblog.Mutator) entblog.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				user := m.(*entblog.UserMutation)
				user.SetPassword("set by a hook")
				user.SetUsername(name)
				return next.Mutate(ctx, m)
			})
		})
		u := app.Client.User.Create().SetEmail("ada@example.org").SaveX(t.Context())
		require.Equal(t, "ada", u.Username)
		ok, _, err := password.Verify(u.Password, "set by a hook")
		require.NoError(t, err)
		require.True(t, ok)
		name = "x"
		_, err = app.Client.User.Create().SetEmail("bob@example.org").Save(t.Context())
		require.ErrorAs(t, err, new(*entity.ValidationError))
	})
}

// A delete that soft delete turns into an update still runs the hooks of
// deletes, which may refuse it.
//
// Covers: B34, T11.
func TestHooksOfSoftDeletesRun(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		refusal := errors.New("not today")
		u := newUser(t, app, "ada")
		runs := 0
		app.Client.User.Use(func(next entblog.Mutator) entblog.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				if m.Op().Is(ent.OpDelete | ent.OpDeleteOne) {
					runs++
					return nil, refusal
				}
				return next.Mutate(ctx, m)
			})
		})
		require.ErrorIs(t, app.Client.User.DeleteOne(u).Exec(t.Context()), refusal)
		require.Equal(t, 1, runs)
		require.Equal(t, 1, app.Client.User.Query().CountX(t.Context()))
	})
}

// An update that sets nothing does not raise the version, although it touches
// the time of the last change.
//
// Covers: B61.
func TestUpdateOfNothingKeepsTheVersion(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		u := newUser(t, app, "ada")
		require.Equal(t, u.Version, app.Client.User.UpdateOne(u).SaveX(t.Context()).Version)
		require.Equal(t, u.Version+1, app.Client.User.UpdateOne(u).SetBio("x").SaveX(t.Context()).Version)
	})
}
