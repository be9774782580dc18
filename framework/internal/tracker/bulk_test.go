package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// labels prepares n labels, the names of which begin with the prefix.
func labels(c *ent.Client, prefix string, n int) []*ent.LabelCreate {
	builders := make([]*ent.LabelCreate, n)
	for i := range builders {
		builders[i] = c.Label.Create().SetName(fmt.Sprintf("%s%06d", prefix, i))
		if i%3 == 0 {
			builders[i].SetColor("red")
		}
	}
	return builders
}

// large is how many rows a test of the dialect takes that should not wait long.
func large(app *trackertest.App, n, others int) int {
	if app.DB.Dialect() == config.SQLite {
		return n
	}
	return others
}

// All rows of a bulk are saved, whatever their number, each under the id that
// its node has.
//
// Covers: T12, T13.
func TestCreateBulkSizes(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		total := 0
		for _, n := range []int{0, 1, 2, 499, 500, 501, 1000, 1001, large(app, 100_000, 20_000)} {
			rows, err := app.Client.Label.CreateBulk(labels(app.Client, fmt.Sprintf("n%d-", n), n)...).Save(ctx)
			require.NoError(t, err)
			require.Len(t, rows, n)
			total += n
			byID := map[int64]string{}
			for i, row := range rows {
				require.Equal(t, fmt.Sprintf("n%d-%06d", n, i), row.Name)
				byID[row.ID] = row.Name
			}
			require.Len(t, byID, n, "no id twice")
			found, err := app.Client.Label.Query().Where(label.NameHasPrefix(fmt.Sprintf("n%d-", n))).All(ctx)
			require.NoError(t, err)
			require.Len(t, found, n)
			for _, row := range found {
				require.Equal(t, byID[row.ID], row.Name)
				require.Equal(t, row.Color != nil, row.Name[len(row.Name)-6:] == "000000" || *pointer(row.Color) == "red")
			}
		}
		require.Equal(t, total, app.Client.Label.Query().CountX(ctx))
		// The database counts on behind the ids that it was given.
		next := app.Client.Label.Create().SetName("one more").SaveX(ctx)
		require.Equal(t, total+1, app.Client.Label.Query().CountX(ctx))
		require.Greater(t, next.ID, int64(total-1))
	})
}

func pointer(s *string) *string {
	if s == nil {
		return new(string)
	}
	return s
}

// MySQL's ids are right for any step between them.
//
// Covers: T12.
func TestCreateBulkIncrement(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		tx, err := app.Client.Tx(ctx)
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		if app.DB.Dialect() == config.MySQL {
			_, err = tx.ExecContext(ctx, "SET SESSION auto_increment_increment = 7, SESSION auto_increment_offset = 3")
			require.NoError(t, err)
			defer func() {
				_, _ = tx.ExecContext(ctx, "SET SESSION auto_increment_increment = 1, SESSION auto_increment_offset = 1")
			}()
		}
		rows, err := tx.Label.CreateBulk(labels(tx.Client(), "l", 1203)...).Save(ctx)
		require.NoError(t, err)
		for _, row := range rows {
			require.Equal(t, row.Name, tx.Label.GetX(ctx, row.ID).Name)
		}
		if app.DB.Dialect() == config.MySQL {
			require.Equal(t, int64(7), rows[1].ID-rows[0].ID)
		}
	})
}

// Rows with and without an id of their own go together, also where one refers
// to the other.
func TestCreateBulkMixedIDs(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		p := c.Project.Create().SetName("p").SetCode("p").SaveX(ctx)
		rows, err := c.Task.CreateBulk(
			c.Task.Create().SetTitle("a").SetProject(p),
			c.Task.Create().SetTitle("b").SetProject(p).SetID(5000),
			c.Task.Create().SetTitle("c").SetProject(p).SetParentID(5000),
			c.Task.Create().SetTitle("d").SetProject(p).SetState(task.StateDone).SetRank(3),
		).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, int64(5000), rows[1].ID)
		for i, row := range rows {
			got := c.Task.GetX(ctx, row.ID)
			require.Equal(t, []string{"a", "b", "c", "d"}[i], got.Title)
			require.Equal(t, row.State, got.State)
			require.Equal(t, row.Rank, got.Rank)
		}
		next := c.Task.Create().SetTitle("e").SetProject(p).SaveX(ctx)
		require.NotContains(t, []int64{rows[0].ID, 5000, rows[2].ID, rows[3].ID}, next.ID)
	})
}

// Edges of new rows are linked to them, and each row passes its hooks once.
//
// Covers: C29.
func TestCreateBulkEdgesAndHooks(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		p := c.Project.Create().SetName("p").SetCode("p").SaveX(ctx)
		some := c.Label.CreateBulk(labels(c, "l", 3)...).SaveX(ctx)
		orphan := c.Task.Create().SetTitle("orphan").SetProject(p).SaveX(ctx)
		var before, after atomic.Int64
		c.Task.Use(func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				before.Add(1)
				v, err := next.Mutate(ctx, m)
				if n, ok := v.(*ent.Task); ok && n.ID > 0 && m.(*ent.TaskMutation).Client() != nil {
					if id, ok := m.(*ent.TaskMutation).ID(); ok && id == n.ID {
						after.Add(1)
					}
				}
				return v, err
			})
		})
		const n = 1201
		builders := make([]*ent.TaskCreate, n)
		for i := range builders {
			builders[i] = c.Task.Create().SetTitle(fmt.Sprintf(" t%d ", i)).SetProject(p).AddLabels(some[i%3], some[(i+1)%3])
		}
		builders[7].AddChildren(orphan)
		rows, err := c.Task.CreateBulk(builders...).Save(ctx)
		require.NoError(t, err)
		require.EqualValues(t, n, before.Load())
		require.EqualValues(t, n, after.Load(), "hooks see the row with its id")
		require.Equal(t, rows[7].ID, *c.Task.GetX(ctx, orphan.ID).ParentID)
		for i, row := range c.Task.Query().Where(task.IDNEQ(orphan.ID)).WithLabels().Order(task.ByID()).AllX(ctx) {
			require.Equal(t, fmt.Sprintf("t%d", i), row.Title, "rules normalise")
			require.Len(t, row.Edges.Labels, 2)
			require.Equal(t, rows[i].ID, row.ID)
		}
		// A row that was saved in bulk is of use outside of the transaction.
		require.Len(t, rows[0].QueryLabels().AllX(ctx), 2)
	})
}

// One bad row leaves nothing behind, and is named.
func TestCreateBulkAllOrNothing(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		c.Label.Create().SetName("taken").SaveX(ctx)
		bad := map[string]func([]*ent.LabelCreate){
			"rule":   func(b []*ent.LabelCreate) { b[777].SetName("") },
			"unique": func(b []*ent.LabelCreate) { b[777].SetName("Taken") },
			"twice":  func(b []*ent.LabelCreate) { b[777].SetName("x000003") },
			"edge":   func(b []*ent.LabelCreate) { b[777].AddTaskIDs(99) },
		}
		for name, spoil := range bad {
			builders := labels(c, "x", 1000)
			spoil(builders)
			_, err := c.Label.CreateBulk(builders...).Save(ctx)
			var row *entity.RowError
			require.ErrorAs(t, err, &row, name)
			require.Equal(t, 777, row.Index, name)
			if name == "rule" {
				var invalid *entity.ValidationError
				require.ErrorAs(t, err, &invalid)
			} else {
				var conflict *entity.ConflictError
				require.ErrorAs(t, err, &conflict, name)
				require.True(t, ent.IsConstraintError(err), name)
			}
			require.Equal(t, 1, c.Label.Query().CountX(ctx), name)
		}
		// Within a transaction of the caller's, what was before stays.
		tx, err := c.Tx(ctx)
		require.NoError(t, err)
		tx.Label.Create().SetName("before").SaveX(ctx)
		builders := labels(tx.Client(), "x", 600)
		builders[599].SetName("taken")
		var row *entity.RowError
		require.ErrorAs(t, tx.Label.CreateBulk(builders...).Exec(ctx), &row)
		require.Equal(t, 599, row.Index)
		require.NoError(t, tx.Label.CreateBulk(labels(tx.Client(), "y", 2)...).Exec(ctx))
		require.NoError(t, tx.Commit())
		require.Equal(t, 4, c.Label.Query().CountX(ctx))
	})
}

// On request the good rows are saved, and each bad one has its error.
func TestCreateBulkErrorsPerRow(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		c.Label.Create().SetName("taken").SaveX(ctx)
		builders := labels(c, "x", 1100)
		builders[3].SetName("")
		builders[600].SetName("taken")
		builders[601].SetName("x000000")
		builders[1099].AddTaskIDs(1234)
		rows, err := c.Label.CreateBulk(builders...).ErrorsPerRow().Save(ctx)
		var bad entity.RowErrors
		require.ErrorAs(t, err, &bad)
		var at []int
		for _, row := range bad {
			at = append(at, row.Index)
			require.Nil(t, rows[row.Index])
		}
		require.Equal(t, []int{3, 600, 601, 1099}, at)
		var invalid *entity.ValidationError
		require.ErrorAs(t, err, &invalid)
		var conflict *entity.ConflictError
		require.ErrorAs(t, bad[1], &conflict)
		require.Equal(t, entity.Unique, conflict.Code)
		require.Equal(t, 1+1096, c.Label.Query().CountX(ctx))
		for i, row := range rows {
			if row != nil {
				require.Equal(t, fmt.Sprintf("x%06d", i), c.Label.GetX(ctx, row.ID).Name)
			}
		}
	})
}

// Lists of 70,000 keys work wherever lists of keys do.
//
// Covers: T13.
func TestLongLists(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("70,000 rows on each engine")
	}
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		const n = 70_000
		p := c.Project.Create().SetName("p").SetCode("p").SaveX(ctx)
		tag := c.Label.Create().SetName("tag").SaveX(ctx)
		lead := c.Person.Create().SetName("lead").SetEmail("lead@example.org").SaveX(ctx)
		fill(t, app, n, p, tag, lead)
		ids := c.Task.Query().IDsX(ctx)
		require.Len(t, ids, n)

		require.Equal(t, n, c.Task.Query().Where(task.IDIn(ids...)).CountX(ctx))
		require.Zero(t, c.Task.Query().Where(task.IDNotIn(ids...)).CountX(ctx))
		all := c.Task.Query().Where(task.IDIn(ids...)).WithProject().WithChildren().WithLabels().WithAssignee().AllX(ctx)
		require.Len(t, all, n)
		for _, row := range all {
			require.Equal(t, p.ID, row.Edges.Project.ID)
			require.Len(t, row.Edges.Labels, 1)
			require.Empty(t, row.Edges.Children)
		}
		require.Equal(t, n, c.Task.Update().Where(task.IDIn(ids...)).SetPoints(5).SaveX(ctx))
		require.Equal(t, n-1, c.Task.Delete().Where(task.IDIn(ids[1:]...)).ExecX(ctx))
		require.Equal(t, 1, c.Task.Query().CountX(ctx))
		require.Equal(t, n-2, c.Task.Delete().Where(task.IDIn(ids[2:]...)).ExecX(entity.WithPurge(ctx)))
	})
}

// fill makes n tasks with plain SQL, each with one label.
func fill(t *testing.T, app *trackertest.App, n int, p *ent.Project, tag *ent.Label, lead *ent.Person) {
	t.Helper()
	builders := make([]*ent.TaskCreate, 0, n)
	for i := range n {
		builders = append(builders, app.Client.Task.Create().SetTitle(strconv.Itoa(i)).SetProject(p).AddLabels(tag).SetAssignee(lead))
	}
	require.NoError(t, app.Client.Task.CreateBulk(builders...).Exec(t.Context()))
}

// Rows that are too heavy for one packet go in several statements.
//
// Covers: T13.
func TestCreateBulkHeavy(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		p := c.Project.Create().SetName("p").SetCode("p").SaveX(ctx)
		task := c.Task.Create().SetTitle("t").SetProject(p).SaveX(ctx)
		author := c.Person.Create().SetName("Ann").SetEmail("ann@example.org").SaveX(ctx)
		body := strings.Repeat("it's\\\n", 200_000)
		var builders []*ent.NoteCreate
		for i := range 20 {
			builders = append(builders, c.Note.Create().SetTask(task).SetAuthor(author).SetText(body+strconv.Itoa(i)))
		}
		rows := c.Note.CreateBulk(builders...).SaveX(ctx)
		var changes []*ent.NoteUpdateOne
		for i, row := range rows {
			changes = append(changes, c.Note.UpdateOne(row).SetText(strconv.Itoa(i)+body))
		}
		require.NoError(t, c.Note.UpdateBulk(changes...).Exec(ctx))
		for i, row := range rows {
			got := c.Note.GetX(ctx, row.ID).Text
			require.Len(t, got, len(body)+len(strconv.Itoa(i)))
			require.True(t, strings.HasPrefix(got, strconv.Itoa(i)))
		}
	})
}

// Hooks may stop a row, fail behind it, and save rows in bulk themselves.
func TestCreateBulkHooks(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		broken := errors.New("broken")
		c.Label.Use(func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				name, _ := m.(*ent.LabelMutation).Name()
				if strings.HasPrefix(name, "before") {
					return nil, broken
				}
				if strings.HasPrefix(name, "nest") {
					inner := m.(*ent.LabelMutation).Client()
					if err := inner.Label.CreateBulk(labels(inner, "inner-"+name, 3)...).Exec(ctx); err != nil {
						return nil, err
					}
				}
				v, err := next.Mutate(ctx, m)
				if strings.HasPrefix(name, "after") {
					return nil, broken
				}
				return v, err
			})
		})
		create := func(names ...string) *ent.LabelCreateBulk {
			return c.Label.MapCreateBulk(names, func(b *ent.LabelCreate, i int) { b.SetName(names[i]) })
		}
		for _, names := range [][]string{{"a", "before", "b"}, {"a2", "after", "b2"}, {"nest1", "before"}} {
			had := c.Label.Query().CountX(ctx)
			_, err := create(names...).Save(ctx)
			require.ErrorIs(t, err, broken)
			require.Equal(t, had, c.Label.Query().CountX(ctx), "%v", names)
			_, err = create(names...).ErrorsPerRow().Save(ctx)
			require.ErrorIs(t, err, broken)
		}
		// The row whose hook fails behind it takes the others with it.
		require.Equal(t, 2+4, c.Label.Query().CountX(ctx))
		require.NoError(t, create("nest2", "x", "nest3").Exec(ctx))
		require.Equal(t, 6+3+6, c.Label.Query().CountX(ctx))
	})
}
