package tracker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

// A commit that fails loses nothing: what it began itself leaves everything
// pending, to be mended and committed again; what Begin or a Flush began has to
// be given up in so many words.
//
// Covers: F04, F05.
func TestUnitCommitsAgain(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		app.Client.Label.Create().SetName("dup").ExecX(ctx)
		taken := func(err error) {
			t.Helper()
			_, ok := errors.AsType[*entity.ConflictError](err)
			require.True(t, ok, "%v", err)
		}
		stored := func(name string) bool { return app.Client.Label.Query().Where(label.Name(name)).ExistX(ctx) }

		em := ent.NewEntityManager(app.Client)
		red := &ent.Label{Name: "dup"}
		require.NoError(t, em.Persist(red))
		taken(em.Commit(ctx))
		require.Zero(t, red.ID)
		require.True(t, em.Contains(red))
		red.Name = "red"
		require.NoError(t, em.Commit(ctx))
		require.True(t, stored("red"))
		red.Name = "dup"
		taken(em.Commit(ctx))
		require.Equal(t, "dup", red.Name, "as it was before the commit")
		red.Name = "crimson"
		require.NoError(t, em.Commit(ctx))
		require.True(t, stored("crimson"))
		require.NoError(t, em.Close())

		faults := testkit.InjectFaults(t, app.DB)
		for how, begin := range map[string]func(em *ent.EntityManager) error{
			"Begin": func(em *ent.EntityManager) error { _, err := em.Begin(ctx); return err },
			"Flush": func(em *ent.EntityManager) error {
				return errors.Join(em.Persist(&ent.Label{Name: "first-row"}), em.Flush(ctx))
			},
		} {
			for _, atCommit := range []bool{false, true} {
				em := ent.NewEntityManager(app.Client)
				require.NoError(t, begin(em))
				blue := &ent.Label{Name: "dup"}
				if atCommit {
					blue.Name = "other"
					faults.FailWhen(func(q string) bool { return q == "COMMIT" }, testkit.Refused)
				}
				require.NoError(t, em.Persist(blue))
				require.Error(t, em.Commit(ctx))
				faults.Off()
				blue.Name = "blue"
				failed, ok := errors.AsType[*unitofwork.FailedError](em.Commit(ctx))
				require.True(t, ok, how)
				require.Error(t, failed.Err)
				require.ErrorAs(t, em.Persist(blue), &failed)
				require.NoError(t, em.Rollback())
				require.False(t, stored("blue"))
				require.NoError(t, em.Persist(blue))
				require.NoError(t, em.Commit(ctx))
				require.True(t, stored("blue"))
				require.NoError(t, errors.Join(em.Remove(blue), em.Commit(ctx)))
			}
		}
	})
}

// A closure that is rolled back leaves the manager as it was before, so that
// neither a second try nor a later commit leaves anything out.
//
// Covers: F06, F14, F51.
func TestUnitTransactRestores(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		red, pending := app.Client.Label.Create().SetName("red").SaveX(ctx), &ent.Label{Name: "pending"}
		require.NoError(t, em.Attach(red))
		require.NoError(t, em.Persist(pending))

		require.ErrorIs(t, em.Transact(ctx, func(context.Context) error {
			red.Name = "scarlet"
			return errNo
		}), errNo)
		require.Equal(t, "red", red.Name)
		require.True(t, em.Contains(red))
		require.True(t, em.Contains(pending))

		faults := testkit.InjectFaults(t, app.DB)
		faults.FailWhen(func(q string) bool { return q == "COMMIT" }, testkit.Collision)
		tries := 0
		require.NoError(t, em.Transact(ctx, func(context.Context) error {
			if tries++; tries == 2 {
				faults.Off()
			}
			red.Name = "crimson"
			return nil
		}, database.Retrying(database.RetryPolicy{})))
		require.Equal(t, 2, tries)
		require.Equal(t, []string{"crimson", "pending"}, app.Client.Label.Query().Order(label.ByID()).Select(label.FieldName).StringsX(ctx))
	})
}

// A stale row is read again and changed again, whatever the state of the manager.
//
// Covers: F13.
func TestUnitRefreshesStale(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		ann := app.Client.Person.Create().SetEmail("ann@example.org").SetName("Ann").SaveX(ctx)
		for i, rollback := range []bool{false, true} {
			em := ent.NewEntityManager(app.Client)
			mine, err := em.Person.Find(ctx, ann.ID)
			require.NoError(t, err)
			app.Client.Person.UpdateOneID(ann.ID).SetNickname(string(rune('a' + i))).ExecX(ctx)
			mine.Name = "Anna"
			if i == 1 {
				mine.Name = "Annie"
			}
			name := mine.Name
			stale(t, em.Commit(ctx), "Person", mine.Version, mine.Version+1)
			if rollback {
				require.NoError(t, em.Rollback())
			}
			require.NoError(t, em.Refresh(ctx, mine))
			require.NotEqual(t, name, mine.Name)
			mine.Name = name
			require.NoError(t, em.Commit(ctx))
			require.Equal(t, name, app.Client.Person.GetX(ctx, ann.ID).Name)
		}
		em := ent.NewEntityManager(app.Client)
		require.Error(t, em.Refresh(ctx, &ent.Person{ID: ann.ID}), "a literal is no row")
	})
}

// Work that was never flushed is an error of Close, and none of Rollback.
//
// Covers: F01.
func TestUnitForgottenFlush(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		require.NoError(t, app.Client.Transact(ctx, func(context.Context) error { return em.Persist(&ent.Label{Name: "red"}) }))
		require.ErrorIs(t, em.Close(), unitofwork.ErrNotFlushed)
		require.NoError(t, em.Rollback())
		require.NoError(t, em.Close())
	})
}

// Callbacks of a transaction that the manager itself ends may use the manager.
//
// Covers: F05.
func TestUnitInCallbacks(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		red := &ent.Label{Name: "red"}
		require.NoError(t, em.Persist(red))
		var told []error
		save := func(name string) func(context.Context) {
			return func(ctx context.Context) {
				found, err := em.Label.All(ctx, app.Client.Label.Query())
				told = append(told, err, em.Persist(&ent.Label{Name: name}), em.Commit(ctx))
				require.NotNil(t, found)
			}
		}
		require.NoError(t, em.AfterCommit(ctx, save("commit")))
		require.NoError(t, em.Commit(ctx))
		_, err := em.Begin(ctx)
		require.NoError(t, err)
		require.NoError(t, em.AfterRollback(ctx, save("rollback")))
		require.NoError(t, em.Rollback())
		require.Len(t, told, 6)
		require.NoError(t, errors.Join(told...))
		require.Equal(t, []string{"red", "commit", "rollback"}, app.Client.Label.Query().Order(label.ByID()).Select(label.FieldName).StringsX(ctx))
	})
}
