package query_test

import (
	"database/sql"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/query"
)

// Covers: E03, E06.
func TestNullInLists(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app) // rank is NULL for t2 and t4
		all := query.From[*ent.Task](app.Client).OrderBy(task.FieldTitle, query.Asc)
		got := func(b builder, want ...string) {
			t.Helper()
			require.Equal(t, want, titles(t.Context(), t, b))
		}
		got(all.WhereIn(task.FieldRank, []any{1, nil}), "t1", "t2", "t4")
		got(all.WhereIn(task.FieldRank, []*int{nil, new(3)}), "t2", "t3", "t4")
		got(all.WhereIn(task.FieldRank, []any{nil}), "t2", "t4")
		got(all.WhereNotIn(task.FieldRank, []any{1, nil}), "t3", "t5")
		got(all.WhereNotIn(task.FieldRank, []any{nil}), "t1", "t3", "t5")
		got(all.Where(task.FieldTitle, "=", "t3").OrWhere(task.FieldRank, query.In, []any{1, nil}).Where(task.FieldPoints, ">", 1), "t2", "t3", "t4")
		many := make([]any, 600)
		for i := range many[1:] {
			many[i+1] = i + 1
		}
		got(all.WhereIn(task.FieldRank, many), "t1", "t2", "t3", "t4", "t5")

		for _, list := range []any{[]any{1, nil}, []*int{nil}, []sql.NullInt64{{}}, many} {
			for _, text := range []string{"SELECT id FROM tasks WHERE rank IN (?)", "SELECT id FROM tasks WHERE rank NOT IN (?)"} {
				_, err := query.All[int](t.Context(), app.DB, named2(app.DB, text), list)
				require.ErrorContains(t, err, "a list with a NULL")
			}
		}

		for message, b := range map[string]builder{
			"= takes one value, not a []int":       all.WhereExpr(query.Raw("points + 1"), "=", []int{1}),
			"= takes one value, not a []string":    all.Where(task.FieldTitle, "=", []string{"t1"}),
			"watchers holds a document, which not": all.Where(task.FieldWatchers, "=", []string{"ada"}),
		} {
			_, err := b.Get(t.Context())
			require.ErrorContains(t, err, message)
		}
	})
}

// named2 quotes the column whose name is a keyword on MySQL.
func named2(db *database.DB, text string) string {
	if db.Dialect() == config.MySQL {
		return "SELECT id FROM tasks WHERE `rank`" + text[len("SELECT id FROM tasks WHERE rank"):]
	}
	return text
}

// Covers: E18.
func TestAllRowsAreNeverMeantByLeavingSomethingOut(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		world(t, app)
		all := query.From[*ent.Task](app.Client)
		all.Where(task.FieldTitle, "=", "t1") // which changes nothing
		for _, b := range []builder{all, all.Join("labels"), all.WhereGroup(func(*query.Group) {}), all.OrderBy(task.FieldID, query.Asc)} {
			_, err := b.Delete(ctx)
			require.ErrorIs(t, err, query.ErrNoCondition)
			_, err = b.Update(ctx, query.Set{task.FieldTitle: "x"})
			require.ErrorIs(t, err, query.ErrNoCondition)
		}
		n, err := all.Everything().Update(ctx, query.Set{task.FieldTitle: "x"})
		require.NoError(t, err)
		require.Equal(t, 5, n)
		n, err = all.Limit(1).Delete(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		n, err = all.Everything().Delete(ctx)
		require.NoError(t, err)
		require.Equal(t, 4, n)
	})
}

// What a field has no room for is an error on every dialect, and changes nothing.
//
// Covers: E18.
func TestNumbersThatDoNotFit(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		tasks := world(t, app)
		one := query.From[*ent.Task](app.Client).Where(task.FieldTitle, "=", "t1")
		for _, set := range []query.Set{
			{task.FieldRank: uint64(4_294_967_301)},
			{task.FieldRank: uint32(math.MaxUint32)},
			{task.FieldRank: int64(math.MinInt64)},
			{task.FieldPoints: uint64(math.MaxUint64)},
			{task.FieldPoints: uint(math.MaxInt64 + 1)},
			{task.FieldRank: query.Increment(1 << 40)},
		} {
			_, err := one.Update(ctx, set)
			require.ErrorContains(t, err, "does not fit into")
		}
		_, err := one.Update(ctx, query.Set{task.FieldPoints: uint64(7), task.FieldRank: uint8(9)})
		require.NoError(t, err)

		var conflict *entity.ConflictError
		for _, set := range []query.Set{{task.FieldPoints: query.Increment(math.MaxInt64)}, {task.FieldRank: query.Increment(math.MaxInt32)}} {
			for _, b := range []builder{one, one.Limit(3), one.Join("labels")} {
				_, err = b.Update(ctx, set)
				require.ErrorAs(t, err, &conflict)
				require.Equal(t, entity.OutOfRange, conflict.Code)
			}
		}
		n, err := query.From[*ent.Task](app.Client).Where(task.FieldTitle, "=", "t2").Update(ctx, query.Set{task.FieldPoints: query.Increment(math.MaxInt64 - 2), task.FieldRank: query.Increment(math.MaxInt32)})
		require.NoError(t, err) // just so, and NULL counts as 0
		require.Equal(t, 1, n)
		row := app.Client.Task.GetX(ctx, tasks["t1"].ID)
		require.EqualValues(t, 7, row.Points)
		require.EqualValues(t, 9, *row.Rank)
	})
}

// Covers: D10, E37.
func TestSQLByHandReadsEntities(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		tasks := world(t, app)
		rows, err := query.All[*ent.Task](ctx, app.Client, "SELECT * FROM tasks WHERE deleted_at IS NULL ORDER BY id")
		require.NoError(t, err)
		require.Len(t, rows, 5)
		for i, want := range app.Client.Task.Query().Order(task.ByID()).AllX(ctx) {
			got := rows[i]
			require.True(t, want.CreatedAt.Equal(got.CreatedAt))
			require.Equal(t, want.Watchers, got.Watchers)
			require.Equal(t, want.ProjectID, got.ProjectID)
			require.Equal(t, want.Rank, got.Rank)
			require.Equal(t, want.Body, got.Body)
			require.Equal(t, want.State, got.State)
			require.Equal(t, want.Title, got.Title)
			require.Equal(t, want.Version, got.Version)
		}
		one, err := query.One[ent.Task](ctx, app.DB, "SELECT * FROM tasks WHERE id = ?", tasks["t2"].ID)
		require.NoError(t, err)
		require.Equal(t, "t2", one.Title)
		require.Nil(t, one.Rank)
		var unknown *query.UnknownNameError // a part of a row is no entity
		_, err = query.All[*ent.Task](ctx, app.DB, "SELECT id, title FROM tasks")
		require.ErrorAs(t, err, &unknown)
		products, err := query.All[*ent.Product](ctx, app.DB, "SELECT * FROM products")
		require.NoError(t, err)
		require.Empty(t, products)
	})
}

// Covers: D10.
func TestConflictsOfSQLByHand(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		tasks := world(t, app)
		is := func(err error, code, table string) {
			t.Helper()
			var conflict *entity.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, code, conflict.Code)
			require.Equal(t, table, conflict.Entity)
			_, ok := database.AsConstraint(err)
			require.True(t, ok)
		}
		_, err := query.Exec(ctx, app.Client, "INSERT INTO labels (name) VALUES (?)", "red")
		is(err, entity.Unique, "labels")
		if app.DB.Dialect() != config.MySQL {
			_, err = query.All[int](ctx, app.Client, "INSERT INTO labels (name) VALUES (?) RETURNING id", "red")
			is(err, entity.Unique, "labels")
		}
		_, err = query.Exec(ctx, app.Client, "UPDATE tasks SET title = NULL WHERE id = ?", tasks["t1"].ID)
		is(err, entity.NotNull, "tasks")
		_, err = query.Exec(ctx, app.Client, "UPDATE tasks SET assignee_id = 999 WHERE id = ?", tasks["t1"].ID)
		is(err, entity.ForeignKey, "tasks")
		_, err = query.Exec(ctx, app.Client, "DELETE FROM people WHERE name = ?", "Ada")
		is(err, entity.Restricted, "people")
		_, err = query.Exec(ctx, app.Client, "UPDATE tasks SET titel = 1")
		var conflict *entity.ConflictError
		require.Error(t, err)
		require.NotErrorAs(t, err, &conflict)
	})
}
