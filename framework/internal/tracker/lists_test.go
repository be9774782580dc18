package tracker_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/predicate"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// longer makes the list so long that it is bound in one parameter, without a
// further value.
func longer[T any](list []T, other T) []T {
	return append(slices.Clone(list), slices.Repeat([]T{other}, 600)...)
}

// A long list finds the rows that a short one finds, for values of each kind.
//
// Covers: T13.
func TestLongListsOfAllKinds(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		texts := []string{
			"plain", "Plain", "PLAIN", "a b", `a"b`, `a\b`, `\\"`, "a'b", "{a,b}", "null", "NULL", "é", "e\u0301", "😀", "😁",
			"a,b", "%", "_", "[1]", "a\u2028b", "tab\there", "<&>", "trail", "line\nbreak", "x\u200b",
		}
		projects := make([]*ent.Project, len(texts))
		for i := range projects {
			projects[i] = c.Project.Create().SetName("p").SetCode(strconv.Itoa(i)).SaveX(ctx)
		}
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		states := []task.State{task.StateOpen, task.StateDoing, task.StateDone}
		builders := make([]*ent.TaskCreate, len(texts))
		for i, text := range texts {
			b := c.Task.Create().SetTitle(text).SetProject(projects[i]).SetState(states[i%3]).SetPoints(int64(i-3) << 50)
			if i > 0 {
				b.SetBody(text).SetRank(int32(-i)).SetEstimate(float64(i) / 7).SetDue(day.AddDate(0, 0, i)).
					SetStartedAt(day.Add(time.Duration(i) * 1001 * time.Microsecond))
			}
			builders[i] = b
		}
		c.Task.CreateBulk(builders...).SaveX(ctx)

		titles := func(p predicate.Task) []string {
			list, err := c.Task.Query().Where(p).Order(task.ByID()).Select(task.FieldTitle).Strings(ctx)
			require.NoError(t, err)
			return list
		}
		east := time.FixedZone("east", 5*3600)
		rapid.Check(t, func(rt *rapid.T) {
			some := rapid.SliceOfNDistinct(rapid.IntRange(0, len(texts)-1), 1, 8, rapid.ID).Draw(rt, "rows")
			var (
				text  []string
				state []task.State
				rank  []int32
				est   []float64
				point []int64
				due   []time.Time
				start []time.Time
				ids   []uuid.UUID
			)
			for _, i := range some {
				text, state, point, ids = append(text, texts[i]), append(state, states[i%3]), append(point, int64(i-3)<<50), append(ids, projects[i].ID)
				rank, est = append(rank, int32(-i)), append(est, float64(i)/7)
				due = append(due, day.AddDate(0, 0, i))
				start = append(start, day.Add(time.Duration(i)*1001*time.Microsecond).In(east))
			}
			for name, pair := range map[string][2]predicate.Task{
				"text":         {task.TitleIn(text...), task.TitleIn(longer(text, "other")...)},
				"not text":     {task.TitleNotIn(text...), task.TitleNotIn(longer(text, "other")...)},
				"nullable":     {task.BodyIn(text...), task.BodyIn(longer(text, "other")...)},
				"not nullable": {task.BodyNotIn(text...), task.BodyNotIn(longer(text, "other")...)},
				"enum":         {task.StateIn(state...), task.StateIn(longer(state, state[0])...)},
				"int":          {task.RankIn(rank...), task.RankIn(longer(rank, 77)...)},
				"float":        {task.EstimateIn(est...), task.EstimateIn(longer(est, 1e300)...)},
				"big":          {task.PointsIn(point...), task.PointsIn(longer(point, 77)...)},
				"not big":      {task.PointsNotIn(point...), task.PointsNotIn(longer(point, 77)...)},
				"date":         {task.DueIn(due...), task.DueIn(longer(due, day.AddDate(9, 0, 0))...)},
				"time":         {task.StartedAtIn(start...), task.StartedAtIn(longer(start, day.AddDate(9, 0, 0))...)},
				"uuid":         {task.ProjectIDIn(ids...), task.ProjectIDIn(longer(ids, uuid.Nil)...)},
				"or":           {task.Or(task.TitleIn(text...), task.RankIn(rank...)), task.Or(task.TitleIn(longer(text, "other")...), task.RankIn(longer(rank, 77)...))},
				"negated":      {task.Not(task.ProjectIDIn(ids...)), task.Not(task.ProjectIDIn(longer(ids, uuid.Nil)...))},
			} {
				short, long := titles(pair[0]), titles(pair[1])
				if !slices.Equal(short, long) {
					rt.Fatalf("%s: short list %q, long list %q", name, short, long)
				}
				if len(short) == 0 && name != "nullable" && name != "int" && name != "float" && name != "date" && name != "time" {
					rt.Fatalf("%s: nothing found for %v", name, some)
				}
			}
		})
		// What no database takes is refused in a long list as in a short one.
		for _, list := range [][]string{{"a\x00b"}, longer([]string{"a\x00b"}, "x")} {
			_, err := c.Task.Query().Where(task.TitleIn(list...)).All(ctx)
			require.ErrorIs(t, err, database.ErrZeroByte)
		}
		require.Empty(t, titles(task.TitleIn()), "an empty list matches nothing")
		require.Len(t, titles(task.TitleNotIn()), len(texts))
	})
}
