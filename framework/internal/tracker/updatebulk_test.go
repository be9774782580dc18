package tracker_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// tasks makes a project with n tasks.
func tasks(ctx context.Context, c *ent.Client, n int) []*ent.Task {
	p := c.Project.Create().SetName("p").SetCode("p").SaveX(ctx)
	builders := make([]*ent.TaskCreate, n)
	for i := range builders {
		builders[i] = c.Task.Create().SetTitle(fmt.Sprintf("t%d", i)).SetProject(p)
	}
	return c.Task.CreateBulk(builders...).SaveX(ctx)
}

// Each row gets its own values, its version is raised, and it comes back as it
// is now.
//
// Covers: T12.
func TestUpdateBulk(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		const n = 1100
		rows := tasks(ctx, c, n)
		tag := c.Label.Create().SetName("tag").SaveX(ctx)
		hooks := 0
		c.Task.Use(func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				hooks++
				return next.Mutate(ctx, m)
			})
		})
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		builders := make([]*ent.TaskUpdateOne, n)
		for i := range builders {
			b := c.Task.UpdateOne(rows[n-1-i]).SetTitle(fmt.Sprintf(" new%d ", i)).SetRank(int32(i)).SetEstimate(float64(i) / 3)
			switch i % 4 {
			case 0:
				b.SetBody(fmt.Sprintf("body \\'%d😀", i)).SetMeta(map[string]any{"n": float64(i)}).SetDue(day.AddDate(0, 0, i))
			case 1:
				b.SetWatchers([]string{strconv.Itoa(i)}).SetUrgent(true).SetState(task.StateDone).SetStartedAt(day.Add(time.Duration(i)))
			case 2:
				b.AddPoints(int64(i)).SetParentID(rows[0].ID)
			case 3:
				b.AddLabels(tag).AppendWatchers([]string{"more"})
			}
			builders[i] = b
		}
		updated, err := c.Task.UpdateBulk(builders...).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, n, hooks)
		require.Len(t, updated, n)
		for i, row := range updated {
			require.Equal(t, rows[n-1-i].ID, row.ID)
			got := c.Task.GetX(ctx, row.ID)
			require.Equal(t, got.Title, row.Title)
			require.Equal(t, fmt.Sprintf("new%d", i), got.Title)
			require.Equal(t, int64(2), got.Version)
			require.Equal(t, got.Version, row.Version)
			require.Equal(t, int32(i), *got.Rank)
			require.InDelta(t, float64(i)/3, *got.Estimate, 0)
			require.False(t, got.UpdatedAt.Before(rows[n-1-i].UpdatedAt))
			switch i % 4 {
			case 0:
				require.Equal(t, fmt.Sprintf("body \\'%d😀", i), *got.Body)
				require.Equal(t, map[string]any{"n": float64(i)}, got.Meta)
				require.Equal(t, day.AddDate(0, 0, i), *got.Due)
			case 1:
				require.Equal(t, []string{strconv.Itoa(i)}, got.Watchers)
				require.True(t, got.Urgent)
				require.Equal(t, task.StateDone, got.State)
			case 2:
				require.Equal(t, int64(i), got.Points)
				require.Equal(t, rows[0].ID, *got.ParentID)
			case 3:
				require.Equal(t, []string{"more"}, got.Watchers)
			}
		}
		require.Equal(t, n/4, tag.QueryTasks().CountX(ctx))
		// A row that comes twice is changed twice.
		again, err := c.Task.UpdateBulk(c.Task.UpdateOne(rows[0]).SetTitle("a"), c.Task.UpdateOne(rows[1]).SetTitle("b"), c.Task.UpdateOne(rows[0]).SetTitle("c")).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, "c", c.Task.GetX(ctx, rows[0].ID).Title)
		require.Equal(t, int64(4), again[2].Version)
	})
}

// A row that is gone, deleted, or was changed meanwhile is named, and nothing
// is changed; on request the others are.
//
// Covers: T11, T16.
func TestUpdateBulkMissing(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		rows := tasks(ctx, c, 6)
		c.Task.DeleteOne(rows[1]).ExecX(ctx)
		c.Task.UpdateOne(rows[2]).SetTitle("meanwhile").ExecX(ctx)
		c.Task.DeleteOne(rows[3]).ExecX(entity.WithPurge(ctx))
		change := func(which ...int) *ent.TaskUpdateBulk {
			var builders []*ent.TaskUpdateOne
			for _, i := range which {
				builders = append(builders, c.Task.UpdateOneID(rows[i].ID).Where(task.Version(1)).SetTitle("changed"))
			}
			return c.Task.UpdateBulk(builders...)
		}
		for _, i := range []int{1, 3} {
			_, err := change(0, i, 4).Save(ctx)
			var row *entity.RowError
			require.ErrorAs(t, err, &row)
			require.Equal(t, 1, row.Index)
			require.True(t, ent.IsNotFound(err))
		}
		_, err := change(0, 4, 2).Save(ctx)
		var stale *entity.StaleError
		require.ErrorAs(t, err, &stale)
		require.Equal(t, int64(1), stale.Expected)
		require.Equal(t, int64(2), stale.Current)
		require.Zero(t, c.Task.Query().Where(task.Title("changed")).CountX(ctx))

		saved, err := change(0, 1, 2, 3, 4, 5).ErrorsPerRow().Save(ctx)
		var bad entity.RowErrors
		require.ErrorAs(t, err, &bad)
		require.Len(t, bad, 3)
		require.Equal(t, []int{1, 2, 3}, []int{bad[0].Index, bad[1].Index, bad[2].Index})
		require.Equal(t, 3, c.Task.Query().Where(task.Title("changed")).CountX(ctx))
		require.Equal(t, "changed", saved[5].Title)
	})
}

// Random operations in bulk leave the database as the same ones do one by one.
func TestBulkIsOneByOne(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		p := c.Project.Create().SetName("p").SetCode("p").SaveX(ctx)
		tags := c.Label.CreateBulk(labels(c, "l", 3)...).SaveX(ctx)
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			n := rapid.IntRange(1, 12).Draw(rt, "rows")
			seed := make([]func(*ent.TaskMutation), n)
			for i := range seed {
				seed[i] = randomTask(rt, tags)
			}
			create := func(mark string) []*ent.TaskCreate {
				builders := make([]*ent.TaskCreate, n)
				for i := range builders {
					builders[i] = c.Task.Create().SetTitle(mark + strconv.Itoa(i)).SetProject(p)
					seed[i](builders[i].Mutation())
				}
				return builders
			}
			a, b := fmt.Sprintf("a%d-", round), fmt.Sprintf("b%d-", round)
			bulk := c.Task.CreateBulk(create(a)...).SaveX(ctx)
			single := make([]*ent.Task, n)
			for i, builder := range create(b) {
				single[i] = builder.SaveX(ctx)
			}
			compare(ctx, rt, c, bulk, single)

			which := rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 10).Draw(rt, "which")
			changes := make([]func(*ent.TaskMutation), len(which))
			for i := range changes {
				changes[i] = randomTask(rt, tags)
			}
			var builders []*ent.TaskUpdateOne
			for i, at := range which {
				u := c.Task.UpdateOneID(bulk[at].ID)
				changes[i](u.Mutation())
				builders = append(builders, u)
				u = c.Task.UpdateOneID(single[at].ID)
				changes[i](u.Mutation())
				u.SaveX(ctx)
			}
			if err := c.Task.UpdateBulk(builders...).Exec(ctx); err != nil {
				rt.Fatal(err)
			}
			compare(ctx, rt, c, bulk, single)
		})
	})
}

// randomTask sets some fields.
func randomTask(rt *rapid.T, tags []*ent.Label) func(*ent.TaskMutation) {
	var sets []func(*ent.TaskMutation)
	maybe := func(name string, set func(*ent.TaskMutation)) {
		if rapid.Bool().Draw(rt, name) {
			sets = append(sets, set)
		}
	}
	text, number := rapid.SampledFrom([]string{"", "x", "é'\\", "😀"}).Draw(rt, "text"), rapid.Int32().Draw(rt, "number")
	maybe("body", func(m *ent.TaskMutation) { m.SetBody(text) })
	maybe("rank", func(m *ent.TaskMutation) { m.SetRank(number) })
	maybe("estimate", func(m *ent.TaskMutation) { m.SetEstimate(float64(number) / 8) })
	maybe("state", func(m *ent.TaskMutation) { m.SetState(task.StateDoing) })
	maybe("urgent", func(m *ent.TaskMutation) { m.SetUrgent(number > 0) })
	maybe("meta", func(m *ent.TaskMutation) { m.SetMeta(map[string]any{"k": text}) })
	maybe("watchers", func(m *ent.TaskMutation) { m.SetWatchers([]string{text}) })
	maybe("labels", func(m *ent.TaskMutation) { m.AddLabelIDs(tags[uint32(number)%3].ID) })
	maybe("clear", func(m *ent.TaskMutation) {
		if m.Op().Is(ent.OpUpdateOne) {
			m.ClearDue()
			m.ClearStartedAt()
		}
	})
	maybe("points", func(m *ent.TaskMutation) {
		if m.Op().Is(ent.OpUpdateOne) {
			m.AddPoints(int64(number))
		}
	})
	return func(m *ent.TaskMutation) {
		for _, set := range sets {
			set(m)
		}
	}
}

func compare(ctx context.Context, rt *rapid.T, c *ent.Client, bulk, single []*ent.Task) {
	for i := range bulk {
		a := c.Task.Query().Where(task.ID(bulk[i].ID)).WithLabels().OnlyX(ctx)
		b := c.Task.Query().Where(task.ID(single[i].ID)).WithLabels().OnlyX(ctx)
		show := func(t *ent.Task) string {
			names := []string{}
			for _, l := range t.Edges.Labels {
				names = append(names, l.Name)
			}
			return fmt.Sprintf("%v %v %v %v %v %v %v %v %v %q", t.State, text(t.Body), number(t.Rank), t.Points, t.Urgent, t.Meta, t.Watchers, t.Version, t.Estimate == nil || *t.Estimate*8 == float64(int64(*t.Estimate*8)), names)
		}
		if show(a) != show(b) {
			rt.Fatalf("row %d: in bulk %s, alone %s", i, show(a), show(b))
		}
	}
}

func text(s *string) string {
	if s == nil {
		return "NULL"
	}
	return fmt.Sprintf("%q", *s)
}

func number(n *int32) string {
	if n == nil {
		return "NULL"
	}
	return strconv.Itoa(int(*n))
}

// Conditions of their own for many rows, and keys that are UUIDs.
func TestUpdateBulkConditions(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		rows := tasks(ctx, c, 1000)
		var builders []*ent.TaskUpdateOne
		for i, row := range rows {
			builders = append(builders, c.Task.UpdateOne(row).Where(task.Title(fmt.Sprintf("t%d", i))).SetTitle(fmt.Sprint("n", i)))
		}
		require.NoError(t, c.Task.UpdateBulk(builders...).Exec(ctx))
		require.Equal(t, 1000, c.Task.Query().Where(task.TitleHasPrefix("n"), task.Version(2)).CountX(ctx))

		var projects []*ent.ProjectCreate
		for i := range 600 {
			projects = append(projects, c.Project.Create().SetName("x").SetCode(fmt.Sprint("c", i)))
		}
		var changes []*ent.ProjectUpdateOne
		for i, p := range c.Project.CreateBulk(projects...).SaveX(ctx) {
			changes = append(changes, c.Project.UpdateOne(p).SetName(fmt.Sprint("n", i)).SetBudget(float64(i)).ClearLeadID())
		}
		updated, err := c.Project.UpdateBulk(changes...).Save(ctx)
		require.NoError(t, err)
		for i, p := range updated {
			require.Equal(t, fmt.Sprint("n", i), p.Name)
			require.InDelta(t, float64(i), *c.Project.GetX(ctx, p.ID).Budget, 0)
		}
	})
}
