package tracker_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// meet is a hook of updates in which the first two wait for each other.
func meet() ent.Hook {
	var here sync.WaitGroup
	var count atomic.Int32
	here.Add(2)
	return func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			v, err := next.Mutate(ctx, m)
			if count.Add(1) <= 2 {
				here.Done()
				here.Wait()
			}
			return v, err
		})
	}
}

// Mutations of different requests run at the same time: no lock is around
// them.
//
// Covers: T20.
func TestMutationsRunConcurrently(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		if app.DB.Dialect() == config.SQLite {
			t.Skip("has one writer")
		}
		app.Client.Label.Use(meet())
		api := trackertest.Serve(t, app)
		var group sync.WaitGroup
		for _, name := range []string{"a", "b"} {
			group.Go(func() {
				if out := api.Do(`mutation($n: String!) { createLabel(input: {name: $n}) { id } }`, vars{"n": name}); len(out.Errors) > 0 {
					t.Error(out.Raw)
				}
			})
		}
		group.Wait()
	})
}

// A mutation that loses a deadlock is run again, whole, and both take effect.
//
// Covers: T20.
func TestDeadlockedMutationRunsAgain(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		if app.DB.Dialect() == config.SQLite {
			t.Skip("has one writer, which nobody can block")
		}
		ctx, c := t.Context(), app.Client
		a, b := c.Label.Create().SetName("a").SaveX(ctx), c.Label.Create().SetName("b").SaveX(ctx)
		p := newProject(t, app, "P")
		c.Label.Use(meet())
		var tries atomic.Int32
		var group sync.WaitGroup
		for i, order := range [][2]*ent.Label{{a, b}, {b, a}} {
			group.Go(func() {
				_, err := ent.Transact(ctx, ent.NewGraphQL(c), func(ctx context.Context, tx *ent.Client) (*ent.Task, error) {
					tries.Add(1)
					for _, l := range order {
						if err := tx.Label.UpdateOne(l).SetColor(string(rune('x' + i))).Exec(ctx); err != nil {
							return nil, err
						}
					}
					return tx.Task.Create().SetTitle("done").SetProject(p).Save(ctx)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Equal(t, int32(3), tries.Load())
		require.Equal(t, 2, c.Task.Query().CountX(ctx), "what the loser did first is undone")
	})
}

// With an isolation that says so, mutations that read what others write are
// run again rather than lose an update.
//
// Covers: T20.
func TestIsolationOfMutations(t *testing.T) {
	t.Parallel()
	testkitEach(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		p := newProject(t, app, "P")
		row := app.Client.Task.Create().SetTitle("t").SetProject(p).SaveX(ctx)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				_, err := ent.Transact(ctx, ent.NewGraphQL(app.Client), func(ctx context.Context, tx *ent.Client) (int64, error) {
					now, err := tx.Task.Get(ctx, row.ID)
					if err != nil {
						return 0, err
					}
					<-time.After(5 * time.Millisecond) // so that they overlap
					return now.Points, tx.Task.UpdateOneID(row.ID).SetPoints(now.Points + 1).Exec(ctx)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.EqualValues(t, 4, app.Client.Task.GetX(ctx, row.ID).Points)
	}, relay.Settings{Isolation: sql.LevelSerializable, Retries: 50})
}

func testkitEach(t *testing.T, fn func(*testing.T, *trackertest.App), settings relay.Settings) {
	t.Helper()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		fn(t, &trackertest.App{DB: app.DB, Client: ent.NewClient(ent.Driver(app.DB.Driver()), ent.GraphQLSettings(settings))})
	})
}

// connectOrCreate of the same row by many at once makes it once.
//
// Covers: T20.
func TestConnectOrCreateRace(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		p := newProject(t, app, "P")
		input := vars{"title": "t", "projectID": p.GlobalID(), "labels": vars{"connectOrCreate": list(vars{"where": vars{"name": "l"}, "create": vars{"name": "l"}})}}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if out := api.Do(createTask, vars{"i": input}); len(out.Errors) > 0 {
					t.Error(out.Raw)
				}
			})
		}
		group.Wait()
		l := app.Client.Label.Query().OnlyX(t.Context())
		require.Equal(t, 8, l.QueryTasks().CountX(t.Context()))
	})
}

// One connection is enough for a mutation whose payload reads, and for a
// mutation of the application's own. Its rows have left the transaction.
//
// Covers: T20.
func TestTransactWithOneConnection(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		p := newProject(t, app, "P")
		rows, err := ent.Transact(ctx, ent.NewGraphQL(app.Client), func(ctx context.Context, tx *ent.Client) ([]*ent.Task, error) {
			return tx.Task.CreateBulk(tx.Task.Create().SetTitle("a").SetProject(p), tx.Task.Create().SetTitle("b").SetProject(p)).Save(ctx)
		})
		require.NoError(t, err)
		for _, row := range rows {
			require.Equal(t, "P", row.QueryProject().OnlyX(ctx).Code)
		}
		refusal := errors.New("no")
		none, err := ent.Transact(ctx, ent.NewGraphQL(app.Client), func(ctx context.Context, tx *ent.Client) (*ent.Task, error) {
			tx.Task.Create().SetTitle("c").SetProject(p).ExecX(ctx)
			return nil, refusal
		})
		require.ErrorIs(t, err, refusal)
		require.Nil(t, none)
		require.Panics(t, func() {
			_, _ = ent.Transact(ctx, ent.NewGraphQL(app.Client), func(ctx context.Context, tx *ent.Client) (*ent.Task, error) {
				tx.Task.Create().SetTitle("d").SetProject(p).ExecX(ctx)
				panic("oh")
			})
		})
		require.Equal(t, 2, app.Client.Task.Query().CountX(ctx))
		data := trackertest.Serve(t, app).Must(`mutation($i: CreateTaskInput!) { createTask(input: $i) { project { code } } }`, vars{"i": vars{"title": "e", "projectID": p.GlobalID()}})
		require.Equal(t, "P", apitest.Get(data, "createTask", "project", "code"))
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 5 * time.Second}))
}

// A connection that is lost during COMMIT leaves the outcome open. The client
// is told so, and the mutation is not run a second time.
//
// Covers: T20.
func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		testkit.InjectFaults(t, app.DB).FailWhen(func(query string) bool { return query == "COMMIT" }, testkit.DisconnectedLate)
		e := api.Fail("OUTCOME_UNKNOWN", `mutation { createLabel(input: {name: "a"}) { id } }`, nil)
		require.NotContains(t, e.Message, "reset")
		require.Equal(t, 1, app.Client.Label.Query().CountX(t.Context()))
	})
}
