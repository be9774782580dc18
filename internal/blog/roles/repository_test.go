package roles_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/roles"
)

// The repositories of roles and of their assignments have what all have, and say
// who holds what.
//
// Covers: D59.
func TestHeldRepositories(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob, editor, reader := newUser(t, app, "ada"), newUser(t, app, "bob"), newRole(t, app, "editor"), newRole(t, app, "reader")
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		service := roles.New(app.Client).WithClock(func() time.Time { return now })
		for _, a := range []struct {
			user, role int64
			until      time.Time
		}{{ada.ID, editor.ID, time.Time{}}, {ada.ID, reader.ID, now.Add(time.Hour)}, {bob.ID, reader.ID, time.Time{}}} {
			_, err := service.Assign(ctx, a.user, a.role, roles.Terms{Until: a.until})
			require.NoError(t, err)
		}
		repo, assignments := roles.NewRepository(app.Client), roles.NewAssignments(app.Client)
		found, err := repo.FindByName(ctx, "Editor")
		require.NoError(t, err)
		require.Equal(t, editor.ID, found.ID)
		_, err = repo.FindByName(ctx, "edit%")
		require.ErrorIs(t, err, entity.ErrNotFound)
		all, err := repo.FindBy(ctx, nil, repository.OrderBy(repository.Desc("name")))
		require.NoError(t, err)
		require.Len(t, all, 2)
		n, err := assignments.Count(ctx, repository.Criteria{"user_id": ada.ID})
		require.NoError(t, err)
		require.Equal(t, 2, n)

		of := func(user int64, at time.Time) (names []string) {
			held, err := assignments.Of(ctx, user, at)
			require.NoError(t, err)
			for _, a := range held {
				names = append(names, a.Edges.Role.Name)
			}
			return names
		}
		require.Equal(t, []string{"editor", "reader"}, of(ada.ID, now))
		require.Equal(t, []string{"editor"}, of(ada.ID, now.Add(time.Hour)))
		_, err = service.Revoke(ctx, ada.ID, editor.ID, 0)
		require.NoError(t, err)
		require.Equal(t, []string{"reader"}, of(ada.ID, now))
		require.Equal(t, []string{"reader"}, of(bob.ID, now))
	})
}
