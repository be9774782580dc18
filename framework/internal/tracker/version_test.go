package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

func requireStale(t testing.TB, err error, entityName string, expected, current int64) {
	t.Helper()
	var stale *entity.StaleError
	require.ErrorAs(t, err, &stale)
	require.Equal(t, entityName, stale.Entity)
	require.Equal(t, []int64{expected, current}, []int64{stale.Expected, stale.Current})
}

// A write that expects a version does nothing to a row that has another, says
// so with both versions, again and again, and works once the row is read
// again. A row that is gone is another error. Keys may be of any type.
//
// Covers: T16.
func TestExpectVersion(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		p := newProject(t, app, "P") // its key is a UUID
		read := c.Task.Create().SetTitle("one").SetProject(p).SaveX(ctx)
		c.Task.UpdateOne(read).SetTitle("two").ExpectVersion(read.Version).ExecX(ctx)
		for range 2 {
			_, err := c.Task.UpdateOne(read).SetTitle("lost").ExpectVersion(read.Version).Save(ctx)
			requireStale(t, err, "Task", 1, 2)
			requireStale(t, c.Task.DeleteOne(read).ExpectVersion(read.Version).Exec(ctx), "Task", 1, 2)
			requireStale(t, c.Task.UpdateOneID(read.ID).ExpectVersion(7).Exec(ctx), "Task", 7, 2) // sets nothing
		}
		read = c.Task.GetX(ctx, read.ID)
		require.Equal(t, "two", read.Title)
		// The values that are there already are a change too; MySQL would count
		// no row for them.
		read = c.Task.UpdateOne(read).SetTitle("two").ExpectVersion(read.Version).SaveX(ctx)
		require.EqualValues(t, 3, read.Version)
		require.EqualValues(t, 3, c.Task.UpdateOne(read).ExpectVersion(3).SaveX(ctx).Version, "an update of nothing")

		old := p.Version
		p = c.Project.UpdateOne(p).SetName("Q").SaveX(ctx)
		_, err := c.Project.UpdateOneID(p.ID).SetName("R").ExpectVersion(old).Save(ctx)
		requireStale(t, err, "Project", 1, 2)
		require.ErrorContains(t, err, p.ID.String())

		require.NoError(t, c.Task.DeleteOne(read).ExpectVersion(3).Exec(ctx))
		_, err = c.Task.UpdateOne(read).SetTitle("x").ExpectVersion(3).Save(ctx)
		require.True(t, ent.IsNotFound(err), err)
		require.NotErrorAs(t, err, new(*entity.StaleError))
		require.True(t, ent.IsNotFound(c.Task.DeleteOneID(read.ID).ExpectVersion(3).Exec(ctx)))

		// Deleted and brought back, it is not the row that was read.
		c.Task.UpdateOneID(read.ID).ClearDeletedAt().ExecX(entity.WithTrashed(ctx))
		_, err = c.Task.UpdateOne(read).SetTitle("x").ExpectVersion(3).Save(ctx)
		requireStale(t, err, "Task", 3, 5)
		// Removed and made again, it is another row.
		c.Task.DeleteOneID(read.ID).ExecX(entity.WithPurge(ctx))
		again := c.Task.Create().SetTitle("one").SetProject(p).SaveX(ctx)
		require.NotEqual(t, read.ID, again.ID)
		require.True(t, ent.IsNotFound(c.Task.UpdateOne(read).SetTitle("x").ExpectVersion(1).Exec(ctx)))
	})
}

// A column without a version counts as version 0.
//
// Covers: T16.
func TestExpectVersionOfNull(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		row := c.Sheet.Create().SetTitle("one").SaveX(ctx)
		require.Nil(t, row.Revision)
		_, err := c.Sheet.UpdateOne(row).SetTitle("x").ExpectVersion(1).Save(ctx)
		requireStale(t, err, "Sheet", 1, 0)
		row = c.Sheet.UpdateOne(row).SetTitle("two").ExpectVersion(0).SaveX(ctx)
		require.EqualValues(t, 1, *row.Revision)
		_, err = c.Sheet.UpdateOne(row).SetTitle("x").ExpectVersion(0).Save(ctx)
		requireStale(t, err, "Sheet", 0, 1)
		api := trackertest.Serve(t, app)
		const update = `mutation($id: ID!, $v: BigInt) { updateSheet(id: $id, input: {title: "t"}, expectedVersion: $v) { revision } }`
		api.Must(update, vars{"id": row.GlobalID(), "v": 1})
		e := api.Fail("CONFLICT", update, vars{"id": row.GlobalID(), "v": 1})
		require.Equal(t, "2", e.Extensions["currentVersion"])
	})
}

// Bulk updates and deletes count, rollbacks leave nothing, and what a
// transaction did not commit is in no row of the caller.
//
// Covers: T16.
func TestVersionsInTransactions(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		row := c.Task.Create().SetTitle("one").SetProject(newProject(t, app, "P")).SaveX(ctx)
		tx, err := c.Tx(ctx)
		require.NoError(t, err)
		inside := tx.Task.UpdateOneID(row.ID).SetTitle("two").ExpectVersion(1).SaveX(ctx)
		require.EqualValues(t, 2, inside.Version)
		_, err = tx.Task.UpdateOneID(row.ID).SetTitle("x").ExpectVersion(1).Save(ctx)
		requireStale(t, err, "Task", 1, 2)
		require.NoError(t, tx.Rollback())
		require.EqualValues(t, 1, row.Version)
		row = c.Task.UpdateOne(row).SetTitle("three").ExpectVersion(1).SaveX(ctx)
		require.EqualValues(t, 2, row.Version)
		require.Equal(t, 1, c.Task.Update().Where(task.Title("three")).SetUrgent(true).SaveX(ctx))
		_, err = c.Task.UpdateOne(row).SetTitle("x").ExpectVersion(2).Save(ctx)
		requireStale(t, err, "Task", 2, 3)
	})
}

// The API has the same promises: for updates, also such as write only at
// edges, for deletes and after a restore.
//
// Covers: T16.
func TestExpectedVersionInTheAPI(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api, ctx, c := trackertest.Serve(t, app), t.Context(), app.Client
		row := c.Task.Create().SetTitle("one").SetProject(newProject(t, app, "P")).SaveX(ctx)
		id := row.GlobalID()
		const (
			remove  = `mutation($id: ID!, $v: BigInt) { deleteTask(id: $id, expectedVersion: $v) }`
			restore = `mutation($id: ID!) { restoreTask(id: $id) { version } }`
		)
		api.Must(updateTask, vars{"id": id, "i": vars{"title": "two"}, "v": 1})
		stale := func(query string, v vars) {
			t.Helper()
			e := api.Fail("CONFLICT", query, v)
			require.Equal(t, "STALE", e.Extensions["reason"])
			require.Equal(t, "Task", e.Extensions["entity"])
			require.Equal(t, "1", e.Extensions["expectedVersion"])
			require.Equal(t, "2", e.Extensions["currentVersion"])
			require.Contains(t, e.Message, id)
		}
		note := vars{"notes": vars{"create": list(vars{"text": "n", "author": vars{"create": vars{"name": "a", "email": "a@example.org"}}})}}
		stale(updateTask, vars{"id": id, "i": vars{"title": "x"}, "v": 1})
		stale(updateTask, vars{"id": id, "i": vars{}, "v": 1})
		stale(updateTask, vars{"id": id, "i": note, "v": 1})
		stale(remove, vars{"id": id, "v": 1})
		require.Zero(t, c.Note.Query().CountX(ctx)+c.Person.Query().CountX(ctx))
		api.Must(updateTask, vars{"id": id, "i": note, "v": 2})
		require.Equal(t, 1, c.Note.Query().CountX(ctx))
		api.Must(remove, vars{"id": id, "v": 2})
		api.Fail("NOT_FOUND", remove, vars{"id": id, "v": 2})
		api.Fail("NOT_FOUND", updateTask, vars{"id": id, "i": vars{"title": "x"}, "v": 2})
		require.Equal(t, vars{"restoreTask": vars{"version": "4"}}, api.Must(restore, vars{"id": id}))
		require.Equal(t, "4", api.Fail("CONFLICT", remove, vars{"id": id, "v": 2}).Extensions["currentVersion"])
		require.NotContains(t, api.Do(`{ __type(name: "UpdateTaskInput") { inputFields { name } } }`, nil).Raw, `"version"`)
	})
}
