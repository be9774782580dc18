package tracker_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/person"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

var errNo = errors.New("no")

// A graph of new structs, joined by edges from either side and saved in no
// order, is inserted parents first, in one bulk for each entity; keys, defaults,
// and what rules made of values come back into the structs.
//
// Covers: F01, F03, F04, F05, C31.
func TestUnitInsertsGraph(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		lead := &ent.Person{Email: "Lead@Example.org", Name: " Lead "}
		project := &ent.Project{Name: "P", Code: "P", Edges: ent.ProjectEdges{Lead: lead}}
		parent := &ent.Task{Title: "parent", Edges: ent.TaskEdges{Project: project, Labels: []*ent.Label{{Name: "Red"}}}}
		child := &ent.Task{Title: "child", Edges: ent.TaskEdges{Parent: parent, Project: project}}
		parent.Edges.Notes = []*ent.Note{{Text: "hm", Edges: ent.NoteEdges{Author: lead}}}

		require.NoError(t, em.Persist(child))
		require.NoError(t, em.Persist(child, parent), "again, and what is reached anyway")
		require.Zero(t, app.Client.Task.Query().CountX(ctx), "nothing is written before the flush")

		ran := testkit.Count(t, app.DB).Of(func() { require.NoError(t, em.Commit(ctx)) })
		inserts := 0
		for _, s := range ran {
			if s[:6] == "INSERT" {
				inserts++
			}
		}
		require.LessOrEqual(t, inserts, 7, "people, projects, labels, 2 levels of tasks, notes, task_labels: %v", ran)

		require.NotZero(t, child.ID)
		require.Equal(t, "lead@example.org", lead.Email)
		require.Equal(t, "Lead", lead.Name)
		require.Equal(t, int64(1), parent.Version)
		require.Equal(t, task.StateOpen, child.State)
		require.NotZero(t, project.ID)
		require.False(t, child.CreatedAt.IsZero())
		require.Equal(t, parent.ID, *child.ParentID)
		require.Equal(t, project.ID, child.ProjectID)

		got := app.Client.Task.Query().Where(task.Title("parent")).WithLabels().WithNotes().WithChildren().OnlyX(ctx)
		require.Equal(t, parent.Title, got.Title)
		require.Len(t, got.Edges.Children, 1)
		require.Equal(t, "red", got.Edges.Labels[0].Name)
		require.Equal(t, lead.ID, got.Edges.Notes[0].AuthorID)
		require.Equal(t, lead.ID, child.QueryProject().QueryLead().OnlyIDX(ctx), "the structs are rows of the client now")
	})
}

// Many new and many changed rows take a handful of statements, and an update
// sends the fields that have changed alone.
//
// Covers: F04, F59.
func TestUnitWritesInBulk(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		var people []*ent.Person
		for i := range 200 {
			p := &ent.Person{Email: uuid.NewString() + "@example.org", Name: "n"}
			if i%2 == 0 {
				p.Nickname = new("nick")
			}
			people = append(people, p)
			require.NoError(t, em.Persist(p))
		}
		testkit.MaxStatements(t, app.DB, 8, func() { require.NoError(t, em.Commit(ctx)) })
		require.Equal(t, 200, app.Client.Person.Query().CountX(ctx))

		// Somebody else changes another column meanwhile: it stays.
		for i, p := range people {
			p.Name = "m" + string(rune('a'+i%26))
		}
		app.Client.Label.Create().SetName("other").SaveX(ctx)
		testkit.MaxStatements(t, app.DB, 6, func() { require.NoError(t, em.Commit(ctx)) })
		require.Equal(t, int64(2), people[0].Version)
		require.Equal(t, 100, app.Client.Person.Query().Where(person.Nickname("nick"), person.VersionEQ(2)).CountX(ctx))

		testkit.MaxStatements(t, app.DB, 0, func() { require.NoError(t, em.Commit(ctx), "nothing has changed") })
		stats := em.Stats()
		require.Equal(t, int64(200), stats.Inserts)
		require.Equal(t, int64(200), stats.Updates)
		require.Equal(t, 200, stats.Held)
		require.NoError(t, em.Clear())
		require.Zero(t, em.Stats().Held)
	})
}

// Find gives the same pointer again without asking, whatever the type of the key;
// not what was deleted, and not what a rollback took back.
//
// Covers: F06, F07, F12.
func TestUnitIdentity(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		maker, project := &ent.Maker{ID: "acme", Name: "Acme"}, &ent.Project{Name: "P", Code: "P"}
		red := &ent.Label{Name: "red"}
		require.NoError(t, em.Persist(maker, project, red))
		require.NoError(t, em.Commit(ctx))

		testkit.MaxStatements(t, app.DB, 0, func() {
			m, err := em.Maker.Find(ctx, "acme")
			require.NoError(t, err)
			require.Same(t, maker, m)
			p, err := em.Project.Find(ctx, project.ID)
			require.NoError(t, err)
			require.Same(t, project, p)
			l, err := unitofwork.Find[*ent.Label](ctx, em.Manager, red.ID)
			require.NoError(t, err)
			require.Same(t, red, l)
		})
		loaded, err := em.Label.All(ctx, app.Client.Label.Query())
		require.NoError(t, err)
		require.Same(t, red, loaded[0])

		require.NoError(t, em.Remove(red))
		_, err = em.Label.Find(ctx, red.ID)
		require.ErrorIs(t, err, entity.ErrNotFound, "removed")
		require.NoError(t, em.Commit(ctx))
		_, err = em.Label.Find(ctx, red.ID)
		require.ErrorIs(t, err, entity.ErrNotFound, "deleted")
		require.False(t, em.Contains(red))

		_, err = em.Begin(ctx)
		require.NoError(t, err)
		blue := &ent.Label{Name: "blue"}
		require.NoError(t, em.Persist(blue))
		require.NoError(t, em.Flush(ctx))
		id := blue.ID
		require.NotZero(t, id)
		require.NoError(t, em.Rollback())
		require.NoError(t, em.Rollback(), "twice")
		require.Zero(t, blue.ID)
		require.False(t, em.Contains(blue))
		_, err = em.Label.Find(ctx, id)
		require.ErrorIs(t, err, entity.ErrNotFound, "a phantom")
		require.NoError(t, em.Persist(blue))
		require.NoError(t, em.Commit(ctx), "it can be saved after all")
		require.NotZero(t, blue.ID)
	})
}

// A flush does not commit; a commit that fails says so, and its callbacks do not
// run.
//
// Covers: F02, F04, F05, F06.
func TestUnitTransactions(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		outside, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		ctx, err := em.Begin(outside)
		require.NoError(t, err)
		var told []string
		require.NoError(t, em.AfterCommit(ctx, func(context.Context) { told = append(told, "commit") }))
		require.NoError(t, em.AfterRollback(ctx, func(context.Context) { told = append(told, "rollback") }))
		red := &ent.Label{Name: "red"}
		require.NoError(t, em.Persist(red))
		require.NoError(t, em.Flush(outside), "the manager knows its transaction")
		require.Equal(t, 1, app.Client.Label.Query().CountX(ctx), "the client joins by the context")
		require.Empty(t, told)

		inside, err := em.Begin(ctx) // a savepoint
		require.NoError(t, err)
		blue := &ent.Label{Name: "blue"}
		red.Color = new("#f00")
		require.NoError(t, em.Persist(blue))
		require.NoError(t, em.Flush(inside))
		require.Equal(t, 2, app.Client.Label.Query().CountX(inside))
		require.NoError(t, em.Rollback())
		require.Nil(t, red.Color)
		require.True(t, em.Contains(red))
		require.False(t, em.Contains(blue))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, []string{"commit"}, told)
		require.Equal(t, []string{"red"}, app.Client.Label.Query().Select(label.FieldName).StringsX(outside))

		faults := testkit.InjectFaults(t, app.DB)
		faults.FailWhen(func(q string) bool { return q == "COMMIT" }, testkit.Refused)
		red.Color = new("#f00")
		told = nil
		require.NoError(t, em.AfterCommit(outside, func(context.Context) { told = append(told, "commit") }))
		require.NoError(t, em.AfterRollback(outside, func(context.Context) { told = append(told, "rollback") }))
		require.ErrorIs(t, em.Commit(outside), testkit.ErrInjected)
		require.Equal(t, []string{"rollback"}, told)
		require.Nil(t, app.Client.Label.Query().OnlyX(outside).Color)
	})
}

// After a flush that failed, nothing works but a rollback, and nothing of it can
// be committed, not even by a transaction around.
//
// Covers: F04.
func TestUnitFailedFlush(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		good, bad := &ent.Label{Name: "good"}, &ent.Person{Email: "none", Name: ""}
		require.NoError(t, em.Persist(good, bad))
		err := em.Flush(ctx)
		invalid, ok := errors.AsType[*entity.ValidationError](err)
		require.True(t, ok, err)
		require.Len(t, invalid.Violations, 2)
		blamed, ok := errors.AsType[*unitofwork.EntityError](err)
		require.True(t, ok)
		require.Same(t, bad, blamed.Object)

		var failed *unitofwork.FailedError
		require.ErrorAs(t, em.Persist(good), &failed)
		require.ErrorAs(t, em.Flush(ctx), &failed)
		_, err = em.Label.Find(ctx, 1)
		require.ErrorAs(t, err, &failed)
		require.NoError(t, em.Rollback())
		require.Zero(t, good.ID)
		require.NoError(t, em.Persist(good))
		require.NoError(t, em.Commit(ctx))
		require.NotZero(t, good.ID)

		err = app.Client.Transact(ctx, func(ctx context.Context) error {
			require.NoError(t, em.Persist(&ent.Label{Name: "other"}, bad))
			require.Error(t, em.Flush(ctx))
			return nil // forgotten
		})
		require.Error(t, err)
		require.Equal(t, 1, app.Client.Label.Query().CountX(ctx))
		require.NoError(t, em.Persist(&ent.Label{Name: "other"}), "the rollback of the other transaction has been noticed")
		require.NoError(t, em.Commit(ctx))
	})
}

// Changes lists what is pending: in depth, without secrets of others, nothing
// where nothing is.
//
// Covers: F40.
func TestUnitChanges(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		product := &ent.Product{Sku: "a", Tags: []string{"x"}, Spec: map[string]any{"n": map[string]any{"a": 1.0}}}
		require.NoError(t, em.Persist(product))
		require.NoError(t, em.Commit(ctx))
		require.Empty(t, changes(t, em, product))
		require.Empty(t, changes(t, em, &ent.Product{}), "not held")

		product.Tags[0] = "y"
		product.Spec["n"].(map[string]any)["a"] = 2.0
		require.Equal(t, unitofwork.Changes{
			"tags": {From: []string{"x"}, To: []string{"y"}},
			"spec": {From: map[string]any{"n": map[string]any{"a": 1.0}}, To: map[string]any{"n": map[string]any{"a": 2.0}}},
		}, changes(t, em, product))
		product.Sku = " a "
		require.Len(t, changes(t, em, product), 2, "the rules make it what it was")
		require.NoError(t, em.Commit(ctx))
		require.Empty(t, changes(t, em, product))
		require.Equal(t, []string{"y"}, app.Client.Product.Query().OnlyX(ctx).Tags)

		require.NoError(t, em.Refresh(ctx, product))
		product.Tags = nil
		require.NoError(t, em.Refresh(ctx, product))
		require.Empty(t, changes(t, em, product))
		require.Equal(t, []string{"y"}, product.Tags)
	})
}

func changes(t *testing.T, em *ent.EntityManager, e any, edges ...string) unitofwork.Changes {
	t.Helper()
	c, err := em.Changes(e, edges...)
	require.NoError(t, err)
	return c
}

// Clear, Detach, Refresh, Merge, and what is read elsewhere.
//
// Covers: F03, F10, F13.
func TestUnitDetached(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		ann := app.Client.Person.Create().SetEmail("ann@example.org").SetName("Ann").SaveX(ctx)
		ann.Name = "Anna"
		require.NoError(t, em.Persist(ann), "a row of somebody else, changed")
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, "Anna", app.Client.Person.GetX(ctx, ann.ID).Name)
		require.Equal(t, int64(2), ann.Version)

		ann.Name = "lost"
		require.NoError(t, em.Clear())
		require.NoError(t, em.Commit(ctx))
		require.NoError(t, em.Attach(ann))
		require.Empty(t, changes(t, em, ann))
		require.NoError(t, em.Detach(ann))
		ann.Name = "lost too"
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, "Anna", app.Client.Person.GetX(ctx, ann.ID).Name)

		merged, err := em.Person.Merge(ctx, &ent.Person{ID: ann.ID, Version: 2, Email: ann.Email, Name: "Annie"})
		require.NoError(t, err)
		require.NotSame(t, ann, merged)
		require.Equal(t, unitofwork.Changes{"name": {From: "Anna", To: "Annie"}}, changes(t, em, merged))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, int64(3), merged.Version)

		app.Client.Person.UpdateOneID(ann.ID).SetName("Else").ExecX(ctx)
		merged.Name = "discarded"
		require.NoError(t, em.Refresh(ctx, merged))
		require.Equal(t, "Else", merged.Name)

		require.Error(t, em.Persist(nil))
		require.Error(t, em.Persist((*ent.Person)(nil)))
		require.Error(t, em.Persist("x"))
		require.Error(t, em.Persist(app.Client.Person.GetX(ctx, ann.ID)), "a second struct of a row that is held")

		app.Client.Person.DeleteOneID(ann.ID).ExecX(ctx)
		require.ErrorIs(t, em.Refresh(ctx, merged), entity.ErrNotFound)
		require.False(t, em.Contains(merged))
	})
}

// A level holds for the next transaction alone; unknown ones are refused.
//
// Covers: F11.
func TestUnitIsolation(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		em := ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		require.Error(t, em.SetIsolation("chaos"))
		normal := app.DB.Isolation(0)
		for _, name := range []string{"REPEATABLE_READ", "repeatable read"} {
			require.NoError(t, em.SetIsolation(name))
			ctx, err := em.Begin(t.Context())
			require.NoError(t, err)
			require.NotEqual(t, "Read Committed", database.TransactionOf(ctx).Isolation().String())
			require.NoError(t, em.Rollback())
			require.NoError(t, em.Transact(t.Context(), func(ctx context.Context) error {
				require.Equal(t, normal, database.TransactionOf(ctx).Isolation())
				return nil
			}))
		}
	})
}

// Two goroutines in one manager are told so, and nothing races.
//
// Covers: F01.
func TestUnitOneGoroutine(t *testing.T) {
	t.Parallel()
	app := trackertest.New(t, testkit.Open(t, testkit.SQLite))
	em := ent.NewEntityManager(app.Client)
	defer func() { _ = em.Close() }()
	held, release := make(chan struct{}), make(chan struct{})
	app.Client.Label.Use(func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			close(held)
			<-release
			return next.Mutate(ctx, m)
		})
	})
	require.NoError(t, em.Persist(&ent.Label{Name: "a"}))
	var group sync.WaitGroup
	group.Go(func() {
		if err := em.Commit(t.Context()); err != nil {
			t.Error(err)
		}
	})
	<-held
	require.ErrorIs(t, em.Persist(&ent.Label{Name: "b"}), unitofwork.ErrConcurrent)
	_, err := em.Label.Find(t.Context(), 1)
	require.ErrorIs(t, err, unitofwork.ErrConcurrent)
	require.ErrorIs(t, em.Rollback(), unitofwork.ErrConcurrent)
	require.False(t, em.Contains(&ent.Label{}))
	close(release)
	group.Wait()
	require.Equal(t, 1, em.Stats().Held)
}
