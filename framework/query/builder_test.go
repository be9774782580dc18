package query_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/memo"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/note"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/person"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/project"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/schema"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/query"
)

// world is a project with tasks t1 … t6: rank and body are NULL for the even ones,
// t6 is deleted; t1 and t2 have the label red, t1 blue too; t1 has three notes, one
// of them deleted.
func world(t *testing.T, app *trackertest.App) map[string]*ent.Task {
	t.Helper()
	ctx, c := t.Context(), app.Client
	moon := c.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
	ada := c.Person.Create().SetName("Ada").SetEmail("ada@example.org").SaveX(ctx)
	gone := c.Person.Create().SetName("Gone").SetEmail("gone@example.org").SaveX(ctx)
	c.Project.UpdateOne(moon).AddMembers(ada, gone).ExecX(ctx)
	red, blue := c.Label.Create().SetName("red").SaveX(ctx), c.Label.Create().SetName("blue").SaveX(ctx)
	tasks := map[string]*ent.Task{}
	for i := 1; i <= 6; i++ {
		b := c.Task.Create().SetTitle(fmt.Sprintf("t%d", i)).SetProject(moon).SetPoints(int64(i)).SetUrgent(i%3 == 0).
			SetStartedAt(time.Date(2024, 12, 25+2*i, 23, 0, 0, 0, time.UTC))
		if i%2 == 1 {
			b.SetRank(int32(i)).SetBody("100%_Body")
		}
		switch i {
		case 1:
			b.AddLabels(red, blue).SetAssignee(ada)
		case 2:
			b.AddLabels(red).SetAssignee(gone)
		}
		row := b.SaveX(ctx)
		tasks[row.Title] = row
	}
	for i := range 3 {
		n := c.Note.Create().SetText(fmt.Sprint("n", i)).SetTask(tasks["t1"]).SetAuthor(ada).SaveX(ctx)
		if i == 2 {
			c.Note.DeleteOne(n).ExecX(ctx)
		}
	}
	c.Task.DeleteOne(tasks["t6"]).ExecX(ctx)
	// A delete by the client would have cut the edge.
	exec(t, app.DB, "UPDATE people SET deleted_at = ? WHERE id = ?", time.Now(), gone.ID)
	return tasks
}

type builder = *query.Builder[*ent.Task]

func titles(ctx context.Context, t *testing.T, b builder) []string {
	t.Helper()
	rows, err := b.Get(ctx)
	require.NoError(t, err)
	list := make([]string, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.Title)
	}
	n, err := b.Count(ctx)
	require.NoError(t, err)
	require.Len(t, rows, n)
	return list
}

// Covers: E01, E02, E03, E04, E05, E06, E16, E17, E18, S07.
func TestConditions(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app)
		all := query.From[*ent.Task](app.Client).OrderBy(task.FieldTitle, query.Asc)
		is := func(b builder, want ...string) {
			t.Helper()
			require.ElementsMatch(t, want, titles(t.Context(), t, b))
		}
		is(all, "t1", "t2", "t3", "t4", "t5")
		is(all.Where(task.FieldPoints, "=", 2), "t2")
		is(all.Where(task.FieldPoints, "!=", 2).Where(task.FieldPoints, "<>", 3), "t1", "t4", "t5")
		is(all.Where(task.FieldPoints, query.Ge, 2).Where(task.FieldPoints, query.Lt, 4), "t2", "t3")
		is(all.Where(task.FieldPoints, query.Gt, 4).OrWhere(task.FieldPoints, query.Le, 1), "t1", "t5")
		is(all.Where(task.FieldTitle, "like", "t%").Where(task.FieldTitle, " not  Like ", "%3"), "t1", "t2", "t4", "t5")
		is(all.Where(task.FieldRank, query.Eq, nil), "t2", "t4")
		is(all.Where(task.FieldRank, "is not null", nil), "t1", "t3", "t5")
		is(all.WhereNull(task.FieldRank), "t2", "t4")
		is(all.WhereNotNull(task.FieldRank).WhereIn(task.FieldTitle, []string{"t1", "t2", "t6"}), "t1")
		is(all.WhereIn(task.FieldPoints, []int{}))
		is(all.WhereNotIn(task.FieldPoints, []int{}), "t1", "t2", "t3", "t4", "t5")
		is(all.WhereNotIn(task.FieldPoints, []int64{1, 2, 3}), "t4", "t5")
		is(all.WhereIn(task.FieldPoints, make([]int, 70_000)))
		is(all.Where(task.FieldState, query.Eq, task.StateOpen).Where(task.FieldUrgent, "=", true), "t3")
		is(all.WhereColumn(task.FieldPoints, query.Eq, task.FieldRank), "t1", "t3", "t5")
		is(all.WhereContains(task.FieldBody, "%_b"), "t1", "t3", "t5")
		is(all.WhereContains(task.FieldBody, "0_"))
		is(all.Where(task.FieldBody, query.Like, query.EscapeLike("100%_")+"%"), "t1", "t3", "t5")
		is(all.WhereRaw("points * ? IN (?)", 2, []int{2, 6}), "t1", "t3")
		is(all.Matching(task.TitleEQ("t2"), task.HasLabels()), "t2")

		// An alternative belongs to the condition before it, not to all of them.
		narrow := all.Where(task.FieldUrgent, "=", false)
		is(narrow.Where(task.FieldPoints, "=", 1).OrWhere(task.FieldPoints, "=", 3), "t1")
		is(narrow.WhereGroup(func(g *query.Group) {
			g.Where(task.FieldPoints, "=", 1).Or().WhereGroup(func(g *query.Group) {
				g.Where(task.FieldPoints, ">", 1).Where(task.FieldPoints, "<", 4)
			})
		}), "t1", "t2")
		is(narrow.WhereGroup(func(*query.Group) {}), "t1", "t2", "t4", "t5") // and narrow is what it was
		is(narrow.OrWhere(task.FieldPoints, "=", 6), "t1", "t2", "t4", "t5") // t6 is deleted

		require.Equal(t, []string{"t2", "t3"}, titles(t.Context(), t, all.Offset(1).Limit(2)))
		require.Equal(t, []string{"t5"}, titles(t.Context(), t, all.Offset(4)))
		first, err := all.First(t.Context())
		require.NoError(t, err)
		last, err := all.Last(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1 t5", first.Title+" "+last.Title)
		last, err = query.From[*ent.Task](app.Client).OrderBy(task.FieldRank, query.Asc).OrderBy(task.FieldTitle, query.Asc).Last(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t4", last.Title)
		_, err = all.Where(task.FieldPoints, "=", 9).First(t.Context())
		require.ErrorIs(t, err, entity.ErrNotFound)
		for n, want := range map[int]bool{5: true, 6: false} {
			is, err := all.Where(task.FieldPoints, "=", n).Exists(t.Context())
			require.NoError(t, err)
			require.Equal(t, want, is)
		}
	})
}

// Covers: E02, E13, E14, E16, E17, S04.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		all := query.From[*ent.Task](app.Client)
		var unknown *query.UnknownNameError
		for _, c := range []struct {
			b          builder
			kind, name string
		}{
			{all.Where("titel", "=", "x"), "column of Task", "titel"},
			{all.Where("title; DROP TABLE tasks", "=", "x"), "column of Task", "title; DROP TABLE tasks"},
			{all.Where("author.title", "=", "x"), "table or join", "author"},
			{all.Where("tasks.x", "=", "x"), "column of Task", "tasks.x"},
			{all.Where(task.FieldTitle, "= 1 OR", "x"), "operator", "= 1 OR"},
			{all.Where(task.FieldState, "=", "opne"), "value", "opne"},
			{all.Join("owner"), "edge of Task", "owner"},
			{all.JoinTable("users", "users.id", "=", "tasks.id"), "table", "users"},
			{all.OrderBy("title DESC", query.Asc), "column of Task", "title DESC"},
			{all.OrderBy(task.FieldTitle, "DESC, id"), "direction", "DESC, id"},
			{all.GroupBy("1"), "column of Task", "1"},
			{all.OrderByKey(map[string]query.Expr{"title": query.Col(task.FieldTitle)}, "points", "asc"), "order", "points"},
			{all.OrderByKey(map[string]query.Expr{"title": query.Col(task.FieldTitle)}, "title", "asc;"), "direction", "asc;"},
		} {
			_, err := c.b.Get(t.Context())
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, c.kind, unknown.Kind)
			require.Equal(t, c.name, unknown.Name)
			require.NotEmpty(t, unknown.Known)
		}
		for message, b := range map[string]builder{
			"limit 0 is not possible":        all.Limit(0),
			"offset -1 is not possible":      all.Offset(-1),
			"a string is no value of points": all.Where(task.FieldPoints, "=", "1"),
			"a int is no value of title":     all.WhereIn(task.FieldTitle, []int{1}),
			"IN takes a slice or a subquery": all.WhereIn(task.FieldTitle, "x"),
			"< takes a value, not NULL":      all.Where(task.FieldPoints, "<", nil),
			"several statements":             all.WhereRaw("1 = 1; DROP TABLE tasks"),
			"0 parameters, and there are 1":  all.WhereRaw("1 = 1", 2),
			"orders by what it reads only":   all.Distinct().Join("assignee").OrderBy("assignee.name", query.Asc),
			"is in the statement already":    all.JoinTable("tasks", "tasks.id", "=", "tasks.parent_id"),
			"As, Union and Select are for":   all.Select(task.FieldTitle),
			"is no name":                     all.As("x y"),
		} {
			_, err := b.Get(t.Context())
			require.ErrorContains(t, err, message)
		}
		_, err := query.From[*ent.Task](app.DB).Get(t.Context())
		require.ErrorContains(t, err, "generated client")

		sorted, err := all.OrderByKey(map[string]query.Expr{"points": query.Col(task.FieldPoints)}, "points", "Desc").Get(t.Context())
		require.NoError(t, err)
		require.Empty(t, sorted)
	})
}

// Covers: E07, E08, E09, E77.
func TestJoins(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app)
		all := query.From[*ent.Task](app.Client).OrderBy(task.FieldTitle, query.Asc)
		got := func(b builder) []string { return titles(t.Context(), t, b) }
		require.Equal(t, []string{"t1"}, got(all.Join("assignee"))) // t2's is deleted
		require.Equal(t, []string{"t1"}, got(all.Join("assignee").LeftJoin("assignee").Where("assignee.name", "=", "Ada")))
		require.Equal(t, []string{"t2", "t3", "t4", "t5"}, got(all.LeftJoin("assignee").WhereNull("assignee.id")))
		require.Equal(t, []string{"t1", "t1", "t2"}, got(all.Join("labels")))
		require.Equal(t, []string{"t1", "t2"}, got(all.Join("labels").GroupBy(task.FieldID)))
		require.Equal(t, []string{"t1"}, got(all.Join("labels").Join("labels").Where("labels.name", "=", "blue")))
		require.Equal(t, []string{"t1", "t1"}, got(all.Join("notes"))) // one is deleted
		require.Len(t, got(all.LeftJoin("notes")), 6)
		require.Equal(t, []string{"t1", "t1"}, got(all.Join("notes.author").Where("notes.author.name", "=", "Ada")))
		on := []string{"notes", "notes.task_id", "=", "tasks.id"}
		byTable := all.JoinTable(on[0], on[1], query.Op(on[2]), on[3])
		require.Equal(t, []string{"t1", "t1"}, got(byTable.JoinTable(on[0], on[1], query.Op(on[2]), on[3])))
		require.Len(t, got(all.JoinTable(on[0], on[1], query.Op(on[2]), on[3], query.Left)), 6)

		members := query.From[*ent.Project](app.Client).LeftJoin("members")
		n, err := members.Count(t.Context()) // a member that is deleted makes no row
		require.NoError(t, err)
		require.Equal(t, 1, n)

		people, err := query.From[*ent.Project](app.Client).Join("tasks.assignee").Where("tasks.assignee.name", "=", "Ada").Get(t.Context())
		require.NoError(t, err)
		require.Len(t, people, 1)

		// Deleted rows are there for those who ask for them.
		open := entity.WithTrashed(t.Context())
		require.Equal(t, []string{"t1", "t2"}, titles(open, t, all.Join("assignee")))
		require.Len(t, titles(open, t, all.Join("notes")), 3)
		require.Equal(t, []string{"t6"}, titles(entity.OnlyTrashed(t.Context()), t, all))
	})
}

type stat struct {
	Label  string
	Tasks  int
	Points int
}

// Covers: E10, E11, E12, E15, E40, E41, E42, E43, E44, E45, E75, E76, S18.
func TestStatistics(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		world(t, app)
		labels := query.From[*ent.Label](app.Client)
		perLabel := labels.Having(query.CountDistinct("tasks.id"), ">", 0).
			OrderBy("points", query.Desc).OrderBy(label.FieldName, query.Asc).
			SelectAs("label", query.Col(label.FieldName)).SelectAs("tasks", query.CountDistinct("tasks.id")).SelectAs("points", query.Sum("tasks.points")).
			LeftJoin("tasks").GroupBy(label.FieldName)
		got, err := query.GetAs[stat](ctx, perLabel)
		require.NoError(t, err)
		require.Equal(t, []stat{{"red", 2, 3}, {"blue", 1, 1}}, got)
		n, err := perLabel.HavingRaw("COUNT(*) >= ?", 2).Count(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n)

		// A subquery counts without repeating rows.
		tasks := query.From[*ent.Task](app.Client)
		notes := query.From[*ent.Note](app.Client)
		ofTask := notes.WhereColumn(note.FieldTaskID, "=", "tasks.id")
		require.Equal(t, []string{"t1"}, titles(ctx, t, tasks.WhereExists(ofTask)))
		require.Len(t, titles(ctx, t, tasks.WhereNotExists(ofTask)), 4)
		require.Equal(t, []string{"t1"}, titles(ctx, t, tasks.WhereIn(task.FieldID, notes.Select(note.FieldTaskID))))
		require.Equal(t, []string{"t1", "t2"}, titles(ctx, t, tasks.OrderBy(task.FieldTitle, query.Asc).Join("labels").GroupBy(task.FieldID).Having(query.CountAll(), ">=", 1)))
		above := query.From[*ent.Task](app.Client).As("others").SelectAs("mean", query.Avg("others.points"))
		require.Equal(t, []string{"t4", "t5"}, titles(ctx, t, tasks.Where(task.FieldPoints, ">", above).OrderBy(task.FieldTitle, query.Asc)))

		// Common table expressions.
		counted := tasks.
			With("counts", notes.SelectAs("task", query.Col(note.FieldTaskID)).SelectAs("n", query.CountAll()).GroupBy(note.FieldTaskID)).
			WithRaw("twice", "SELECT task, n * ? AS n FROM counts", 2).
			JoinTable("twice", "twice.task", "=", "tasks.id", query.Left).
			SelectAs("title", query.Col(task.FieldTitle)).SelectAs("n", query.Coalesce(query.Col("twice.n"), query.Raw("0"))).
			OrderBy("n", query.Desc).OrderBy(task.FieldTitle, query.Asc)
		type count struct {
			Title string
			N     int
		}
		counts, err := query.GetAs[count](ctx, counted.Limit(2))
		require.NoError(t, err)
		require.Equal(t, []count{{"t1", 4}, {"t2", 0}}, counts)
		one, err := query.FirstAs[count](ctx, counted)
		require.NoError(t, err)
		require.Equal(t, count{"t1", 4}, one)

		// Windows.
		type ranked struct {
			Title                 string
			Row, InGroup, Quarter int
			Before, After         *int
			Share                 float64
		}
		window := query.Window{OrderBy: []query.Order{{Column: task.FieldPoints, Direction: query.Desc}, {Column: task.FieldID, Direction: query.Asc}}}
		windows, err := query.GetAs[ranked](ctx, tasks.Select(task.FieldTitle).
			SelectAs("row", query.Over(query.RowNumber(), window)).
			SelectAs("in_group", query.Over(query.Rank(), query.Window{PartitionBy: []string{task.FieldUrgent}, OrderBy: window.OrderBy})).
			SelectAs("quarter", query.Over(query.Ntile(4), window)).
			SelectAs("before", query.Over(query.Lag(task.FieldPoints), window)).
			SelectAs("after", query.Over(query.Lead(task.FieldPoints), window)).
			SelectAs("share", query.Over(query.PercentRank(), window)).
			OrderBy("row", query.Asc).Limit(3))
		require.NoError(t, err)
		require.Equal(t, []ranked{
			{"t5", 1, 1, 1, nil, new(4), 0}, {"t4", 2, 2, 1, new(5), new(3), 0.25}, {"t3", 3, 1, 2, new(4), new(2), 0.5},
		}, windows)

		// Unions.
		low, high := tasks.Select(task.FieldTitle).Where(task.FieldPoints, "<=", 2), tasks.Select(task.FieldTitle).Where(task.FieldPoints, "<=", 3)
		names, err := query.GetAs[string](ctx, low.Union(high).OrderBy(task.FieldTitle, query.Desc).Limit(2))
		require.NoError(t, err)
		require.Equal(t, []string{"t3", "t2"}, names)
		n, err = low.UnionAll(high).Count(ctx)
		require.NoError(t, err)
		require.Equal(t, 5, n)

		// Helpers that are the same everywhere.
		full, err := query.GetAs[string](ctx, tasks.Where(task.FieldPoints, "<=", 2).OrderBy(task.FieldTitle, query.Asc).
			SelectAs("full", query.Concat(query.Col(task.FieldTitle), " ", query.Col(task.FieldBody))))
		require.NoError(t, err)
		require.Equal(t, []string{"t1 100%_Body", "t2 "}, full)
		states, err := query.GetAs[string](ctx, tasks.Distinct().Select(task.FieldState))
		require.NoError(t, err)
		require.Equal(t, []string{"open"}, states)
		raw, err := query.GetAs[int](ctx, tasks.SelectRaw("points + ? AS more", 10).OrderByRaw("points * ?", query.Desc, 1).Limit(1))
		require.NoError(t, err)
		require.Equal(t, []int{15}, raw)
		type record struct {
			Title  string
			Points int8
			Rank   *int
		}
		record1, err := query.FirstAs[record](ctx, query.From[*ent.Task](app.DB).OrderBy(task.FieldRank, query.Asc)) // NULL last
		require.NoError(t, err)
		require.Equal(t, record{"t1", 1, new(1)}, record1)
		nulls, err := query.GetAs[string](ctx, tasks.Select(task.FieldTitle).OrderBy(task.FieldRank, query.DescNullsFirst).OrderBy(task.FieldTitle, query.Asc))
		require.NoError(t, err)
		require.Equal(t, []string{"t2", "t4", "t5", "t3", "t1"}, nulls)
	})
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app) // started on 27, 29, 31 December and 2, 4 January
		for unit, want := range map[query.Unit][]string{
			query.Day:   {"2024-12-27", "2024-12-29", "2024-12-31", "2025-01-02", "2025-01-04"},
			query.Week:  {"2024-12-23", "2024-12-23", "2024-12-30", "2024-12-30", "2024-12-30"},
			query.Month: {"2024-12-01", "2024-12-01", "2024-12-01", "2025-01-01", "2025-01-01"},
		} {
			got, err := query.GetAs[string](t.Context(), query.From[*ent.Task](app.Client).OrderBy(task.FieldTitle, query.Asc).SelectAs("at", query.Bucket(task.FieldStartedAt, unit)))
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		weeks, err := query.GetAs[string](t.Context(), query.From[*ent.Task](app.Client).SelectAs("week", query.Bucket(task.FieldStartedAt, query.Week)).
			GroupBy("week").OrderBy("week", query.Desc))
		require.NoError(t, err)
		require.Equal(t, []string{"2024-12-30", "2024-12-23"}, weeks)
	})
}

// Covers: E18.
func TestUpdateAndDelete(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		tasks := world(t, app)
		all := query.From[*ent.Task](app.Client)
		read := func(name string) *ent.Task { return app.Client.Task.GetX(entity.WithTrashed(ctx), tasks[name].ID) }

		n, err := all.Where(task.FieldPoints, ">=", 4).Update(ctx, query.Set{task.FieldTitle: "  new  ", task.FieldRank: nil, task.FieldPoints: query.Increment(10)})
		require.NoError(t, err)
		require.Equal(t, 2, n) // t6 is deleted
		require.Equal(t, "new", read("t5").Title)
		require.Nil(t, read("t5").Rank)
		require.EqualValues(t, 15, read("t5").Points)
		require.Equal(t, tasks["t5"].Version+1, read("t5").Version)
		require.True(t, read("t5").UpdatedAt.After(tasks["t5"].UpdatedAt))
		require.Equal(t, "t6", read("t6").Title)

		n, err = all.Join("labels").Where("labels.name", "=", "red").Update(ctx, query.Set{task.FieldState: task.StateDone, task.FieldRank: 7})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.EqualValues(t, 7, *read("t2").Rank)
		n, err = all.OrderBy(task.FieldPoints, query.Desc).Limit(1).Update(ctx, query.Set{task.FieldTitle: "top"})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, "top", read("t5").Title)

		var invalid *entity.ValidationError
		_, err = all.Everything().Update(ctx, query.Set{task.FieldTitle: ""})
		require.ErrorAs(t, err, &invalid)
		var unknown *query.UnknownNameError
		_, err = all.Everything().Update(ctx, query.Set{"titel": "x"})
		require.ErrorAs(t, err, &unknown)
		for _, set := range []query.Set{{}, {task.FieldID: 1}, {task.FieldVersion: 1}, {task.FieldTitle: nil}, {task.FieldTitle: 1}, {task.FieldRank: int64(1) << 40}} {
			_, err = all.Everything().Update(ctx, set)
			require.Error(t, err)
		}
		_, err = all.Where("titel", "=", "x").Delete(ctx)
		require.ErrorAs(t, err, &unknown)

		n, err = all.WhereExists(query.From[*ent.Note](app.Client).WhereColumn(note.FieldTaskID, "=", "tasks.id")).Delete(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.NotNil(t, read("t1").DeletedAt)
		left, err := query.From[*ent.Note](app.Client).Count(ctx) // they went along
		require.NoError(t, err)
		require.Zero(t, left)
	})
}

// Covers: E18, E78, S06.
func TestToSQLAndExplain(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		b := query.From[*ent.Person](app.Client).Select(person.FieldName).Where(person.FieldEmail, "=", "x'; --").Limit(3)
		text, args, err := b.ToSQL(t.Context())
		require.NoError(t, err)
		require.Equal(t, []any{"x'; --"}, args)
		require.Contains(t, text, "LIMIT 3")
		require.NotContains(t, text, "--")
		plan, err := b.Explain(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, plan)
		whole, _, err := query.From[*ent.Person](app.Client).ToSQL(t.Context())
		require.NoError(t, err)
		require.NotContains(t, whole, "*")
	})
}

// Covers: E01, E83.
func TestRowFiltersHold(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ada, bob := schema.WithViewer(t.Context(), "ada"), schema.WithViewer(t.Context(), "bob")
		box := app.Client.Binder.Create().SetName("box").SaveX(ada)
		mine := app.Client.Memo.Create().SetText("mine").SetAuthor("ada").SetBinder(box).SaveX(ada)
		app.Client.Memo.Create().SetText("all").SetAuthor("ada").SetPublic(true).SetBinder(box).SetParent(mine).SaveX(ada)
		memos, binders := query.From[*ent.Memo](app.Client), query.From[*ent.Binder](app.Client)
		count := func(ctx context.Context, want int, counts ...func(context.Context) (int, error)) {
			t.Helper()
			for _, c := range counts {
				n, err := c(ctx)
				require.NoError(t, err)
				require.Equal(t, want, n)
			}
		}
		shapes := []func(context.Context) (int, error){
			memos.Count, binders.Join("memos").Count,
			binders.JoinTable("memos", "memos.binder_id", "=", "binders.id").Count,
			func(ctx context.Context) (int, error) { rows, err := memos.Get(ctx); return len(rows), err },
			func(ctx context.Context) (int, error) {
				rows, err := query.GetAs[string](ctx, memos.Select(memo.FieldText))
				return len(rows), err
			},
			memos.OrWhere(memo.FieldText, "=", "mine").OrWhere(memo.FieldText, "=", "all").Count,
			memos.WhereIn(memo.FieldID, memos.As("m").Select("m.id")).Count,
			func(ctx context.Context) (int, error) {
				rows, err := query.GetAs[int](ctx, binders.LeftJoin("memos").SelectAs("n", query.Count("memos.id")))
				return rows[0], err
			},
		}
		count(ada, 2, shapes...)
		count(bob, 1, shapes...)
		count(bob, 0, memos.Join("parent").Count, memos.Matching(memo.HasParent()).Count)
		n, err := memos.Everything().Update(bob, query.Set{memo.FieldText: "x"})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		n, err = memos.Limit(5).OrderBy(memo.FieldID, query.Asc).Delete(bob)
		require.NoError(t, err)
		require.Equal(t, 1, n)

		for _, c := range shapes[:4] {
			_, err := c(t.Context())
			require.ErrorIs(t, err, schema.ErrNoViewer)
		}
		_, err = memos.Matching(memo.HasParent()).Count(t.Context())
		require.ErrorIs(t, err, schema.ErrNoViewer)

		_, err = query.From[*ent.Memo](query.With(app.Client, query.MaxRows(1))).WithRaw("x", "SELECT 1").Get(ada)
		require.NoError(t, err)
		app.Client.Memo.Create().SetText("more").SetAuthor("ada").SaveX(ada)
		_, err = query.From[*ent.Memo](query.With(app.Client, query.MaxRows(1))).Get(ada)
		require.ErrorIs(t, err, query.ErrTooManyRows)
	})
}

// The specification is Ent's predicate, shared with the client.
func ready(of string) func(*sql.Selector) {
	return task.And(task.HasProjectWith(project.Code(of)), task.UrgentEQ(false))
}

// Covers: D10.
func TestSpecificationsAreShared(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		world(t, app)
		want := app.Client.Task.Query().Where(ready("MOON")).CountX(t.Context())
		got, err := query.From[*ent.Task](app.Client).Matching(ready("MOON")).Count(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, 4, got)
	})
}
