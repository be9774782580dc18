package tracker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// stale requires that the error names the entity and both versions.
func stale(t *testing.T, err error, name string, expected, current int64) {
	t.Helper()
	s, ok := errors.AsType[*entity.StaleError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, name, s.Entity)
	require.Equal(t, []int64{expected, current}, []int64{s.Expected, s.Current})
	require.NotEmpty(t, s.ID)
}

// What somebody else has changed is neither changed nor deleted, however often it
// is tried, until it is read again.
//
// Covers: F03, F04, F12, F13.
func TestUnitStale(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		ann := &ent.Person{Email: "ann@example.org", Name: "Ann"}
		require.NoError(t, em.Persist(ann))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, int64(1), ann.Version)

		app.Client.Person.UpdateOneID(ann.ID).SetNickname("a").ExecX(ctx)
		for _, name := range []string{"Anna", "Annie"} { // failing twice stays failing
			require.NoError(t, em.Attach(ann))
			ann.Name = name
			stale(t, em.Commit(ctx), "Person", 1, 2)
			require.Equal(t, int64(1), ann.Version)
			require.NoError(t, em.Remove(ann))
			stale(t, em.Commit(ctx), "Person", 1, 2)
		}
		require.NoError(t, em.Attach(ann))
		require.NoError(t, em.Refresh(ctx, ann))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, int64(2), ann.Version, "nothing has changed: no version")
		ann.Name = " Ann "
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, int64(2), ann.Version, "the rules make it what it was")
		ann.Name = "Anna"
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, int64(3), ann.Version)
		require.Equal(t, "a", *ann.Nickname)

		ann.Version = 1 // what a client of the program has seen
		ann.Name = "Annie"
		stale(t, em.Commit(ctx), "Person", 1, 3)

		// Gone is not stale. A row that was made again under the key has another version.
		require.NoError(t, em.Attach(ann))
		require.NoError(t, em.Refresh(ctx, ann))
		app.Client.Person.DeleteOneID(ann.ID).ExecX(ctx)
		ann.Name = "Anna B."
		require.ErrorIs(t, em.Commit(ctx), entity.ErrNotFound)
	})
}

// Keys of any type, a version in a column of another name that may be NULL, and a
// key that was deleted and made again.
//
// Covers: F03, F07.
func TestUnitVersionsOfAnyKind(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		project, sheet := &ent.Project{Name: "P", Code: "P"}, app.Client.Sheet.Create().SetTitle("s").SaveX(ctx)
		require.Nil(t, sheet.Revision)
		require.NoError(t, em.Persist(project))
		require.NoError(t, em.Attach(sheet))
		require.NoError(t, em.Commit(ctx))
		sheet.Title, project.Name = "t", "Q"
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, int64(2), project.Version)

		app.Client.Project.UpdateOneID(project.ID).SetName("R").ExecX(ctx)
		project.Name = "S"
		stale(t, em.Commit(ctx), "Project", 2, 3)
		require.NoError(t, em.Refresh(ctx, project))

		maker := &ent.Maker{ID: "acme", Name: "Acme"}
		require.NoError(t, em.Persist(maker))
		require.NoError(t, em.Commit(ctx))
		require.NoError(t, em.Remove(maker))
		require.NoError(t, em.Commit(ctx))
		require.NoError(t, em.Persist(maker), "again")
		require.NoError(t, em.Commit(ctx))
		require.True(t, em.Contains(maker))
		require.Equal(t, "Acme", app.Client.Maker.GetX(ctx, "acme").Name)
	})
}

// A rollback, to a savepoint or of all, leaves no version that was never stored.
//
// Covers: F06.
func TestUnitVersionsRollBack(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		ann := &ent.Person{Email: "ann@example.org", Name: "Ann"}
		require.NoError(t, em.Persist(ann))
		require.NoError(t, em.Commit(ctx))
		err := em.Transact(ctx, func(ctx context.Context) error {
			ann.Name = "B"
			require.NoError(t, em.Flush(ctx))
			require.Equal(t, int64(2), ann.Version)
			require.ErrorIs(t, em.Transact(ctx, func(ctx context.Context) error {
				ann.Name = "C"
				require.NoError(t, em.Flush(ctx))
				require.Equal(t, int64(3), ann.Version)
				return errNo
			}), errNo)
			require.Equal(t, int64(2), ann.Version)
			require.Equal(t, "B", ann.Name)
			ann.Name = "D"
			require.NoError(t, em.Flush(ctx), "the version is that of the row")
			return errNo
		})
		require.ErrorIs(t, err, errNo)
		require.Equal(t, int64(1), ann.Version)
		require.Equal(t, "Ann", ann.Name)
		require.Equal(t, int64(1), app.Client.Person.GetX(ctx, ann.ID).Version)
	})
}
