package tracker_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// crowd is tasks that overlapping filters find in different orders: those of
// the first person have the higher ids, and so stand before the others in the
// index of the foreign key, and behind them in the table.
type crowd struct {
	app    *trackertest.App
	api    *apitest.API
	people [2]*ent.Person
	rows   []*ent.Task
}

// filters reach all rows of the crowd, each on a way of its own.
func (c *crowd) filters() []any {
	ids := list()
	for i := range c.rows {
		ids = append(ids, c.rows[len(c.rows)-1-i].GlobalID())
	}
	return list(
		vars{"assigneeIDIn": list(c.people[0].GlobalID(), c.people[1].GlobalID())},
		vars{"titleNEQ": "someone else's"},
		vars{"idIn": ids},
		vars{"hasAssigneeWith": list(vars{"nameIn": list("0", "1")})},
	)
}

// eachCrowd runs fn on the servers, where nothing is run again: a deadlock is
// an error.
func eachCrowd(t *testing.T, fn func(t *testing.T, c *crowd)) {
	t.Helper()
	testkitEach(t, func(t *testing.T, app *trackertest.App) {
		if app.DB.Dialect() == config.SQLite {
			t.Skip("has one writer")
		}
		ctx, c := t.Context(), &crowd{app: app, api: trackertest.Serve(t, app)}
		for i, name := range []string{"0", "1"} {
			c.people[i] = app.Client.Person.Create().SetName(name).SetEmail(name + "@example.org").SaveX(ctx)
		}
		p := newProject(t, app, "P")
		app.Client.Task.MapCreateBulk(make([]int, 2000), func(b *ent.TaskCreate, _ int) { b.SetTitle("someone else's").SetProject(p) }).ExecX(ctx)
		c.rows = app.Client.Task.MapCreateBulk(make([]int, 100), func(b *ent.TaskCreate, i int) {
			b.SetTitle("t").SetProject(p).SetAssignee(c.people[1-i/50])
		}).SaveX(ctx)
		require.NoError(t, app.DB.Analyze(ctx))
		fn(t, c)
	}, relay.Settings{Retries: -1})
}

// together runs a mutation with each of the filters at the same time, and adds
// up the rows that they changed.
func (c *crowd) together(t *testing.T, query string, input vars) int {
	t.Helper()
	var sum atomic.Int64
	var group sync.WaitGroup
	start := make(chan struct{})
	for _, where := range c.filters() {
		v := vars{"w": where}
		if input != nil {
			v["i"] = input
		}
		group.Go(func() {
			<-start
			out := c.api.Do(query, v)
			if len(out.Errors) > 0 {
				t.Errorf("%v: %s", where, out.Raw)
				return
			}
			for _, result := range out.Data {
				sum.Add(int64(apitest.Get(result, "count").(float64)))
			}
		})
	}
	close(start)
	group.Wait()
	return int(sum.Load())
}

// Updates of overlapping rows wait for each other, whatever way finds the rows,
// and each takes effect on all of its rows.
//
// Covers: T20.
func TestUpdatesOfOverlappingRows(t *testing.T) {
	t.Parallel()
	eachCrowd(t, func(t *testing.T, c *crowd) {
		const rounds = 6
		for round := range rounds {
			require.Equal(t, 4*len(c.rows), c.together(t, updateTasks, vars{"points": round}))
		}
		for _, row := range c.app.Client.Task.Query().Where(task.Title("t")).AllX(t.Context()) {
			require.EqualValues(t, 1+4*rounds, row.Version)
		}
	})
}

// A row that no longer matches when its turn comes is neither changed nor
// counted: of those who claim rows, one gets each.
//
// Covers: T20.
func TestClaimsOfOverlappingRows(t *testing.T) {
	t.Parallel()
	eachCrowd(t, func(t *testing.T, c *crowd) {
		const claim = `mutation($w: TaskWhereInput!, $i: UpdateTasksInput!) { updateTasks(where: {and: [$w, {state: open}]}, input: $i) { count } }`
		for round := range 5 {
			require.Equal(t, len(c.rows), c.together(t, claim, vars{"state": "doing"}))
			for _, row := range c.app.Client.Task.Query().Where(task.Title("t")).AllX(t.Context()) {
				require.EqualValues(t, 2+2*round, row.Version)
			}
			c.api.Must(updateTasks, vars{"w": vars{"title": "t"}, "i": vars{"state": "open"}})
		}
	})
}

// Deletes of overlapping rows delete each row once, with what hangs on it.
//
// Covers: T11, T20.
func TestDeletesOfOverlappingRows(t *testing.T) {
	t.Parallel()
	eachCrowd(t, func(t *testing.T, c *crowd) {
		ctx, client := t.Context(), c.app.Client
		client.Note.MapCreateBulk(c.rows, func(b *ent.NoteCreate, i int) {
			b.SetText("n").SetTask(c.rows[i]).SetAuthor(c.people[0])
		}).ExecX(ctx)
		for range 3 {
			require.Equal(t, len(c.rows), c.together(t, deleteTasks, nil))
			require.Zero(t, client.Task.Query().Where(task.Title("t")).CountX(ctx))
			require.Zero(t, client.Note.Query().CountX(ctx))
			for _, row := range c.rows {
				_, err := client.Task.Restore(ctx, row.ID)
				require.NoError(t, err)
			}
			require.Equal(t, len(c.rows), client.Note.Query().CountX(entity.WithTrashed(ctx)))
			require.Equal(t, len(c.rows), client.Note.Query().CountX(ctx), "each came back with its task")
		}
	})
}
