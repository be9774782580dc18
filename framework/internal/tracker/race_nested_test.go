package tracker_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// atOnce runs n workers, each of which sends rounds mutations, and returns the
// errors.
func atOnce(api *apitest.API, n, rounds int, query string, input func(r *rand.Rand) vars) []string {
	var mu sync.Mutex
	var group sync.WaitGroup
	var failures []string
	for worker := range n {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(worker), 7))
			for range rounds {
				if out := api.Do(query, input(r)); len(out.Errors) > 0 {
					mu.Lock()
					failures = append(failures, out.Raw)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	return failures
}

// some picks n ids of the rows.
func some[T interface{ GlobalID() string }](r *rand.Rand, rows []T, n int) []any {
	var ids []any
	for _, i := range r.Perm(len(rows))[:n] {
		ids = append(ids, rows[i].GlobalID())
	}
	return ids
}

// whole is what the sets of these tests pick from.
func whole(t *testing.T, app *trackertest.App) []*ent.Task {
	t.Helper()
	if app.DB.Dialect() == config.SQLite {
		t.Skip("has one writer")
	}
	p := newProject(t, app, "P")
	return app.Client.Task.MapCreateBulk(make([]int, 12), func(b *ent.TaskCreate, _ int) { b.SetTitle("t").SetProject(p) }).SaveX(t.Context())
}

// Mutations that say which rows are at an edge wait for each other, whoever had
// the rows before, and none of them has to be run again.
//
// Covers: T20.
func TestSetsOfOverlappingRows(t *testing.T) {
	t.Parallel()
	testkitEach(t, func(t *testing.T, app *trackertest.App) {
		api, rows := trackertest.Serve(t, app), whole(t, app)
		people := []*ent.Person{newPerson(t, app, "a"), newPerson(t, app, "b"), newPerson(t, app, "c")}
		require.Empty(t, atOnce(api, 8, 10, updatePerson, func(r *rand.Rand) vars {
			return vars{"id": some(r, people, 1)[0], "i": vars{"tasks": vars{"set": some(r, rows, 5)}}}
		}))
		require.Empty(t, atOnce(api, 8, 10, updateTask, func(r *rand.Rand) vars {
			ids := some(r, rows, 4)
			return vars{"id": ids[0], "i": vars{"children": vars{"connect": ids[1:3], "disconnect": ids[3:]}}}
		}))
	}, relay.Settings{Retries: -1})
}

// In a tree the owners are rows at edges too. A row that came to an edge while
// the others were waited for may not be free; the mutation is run again then,
// and not stopped by a deadlock, which PostgreSQL notices after a second only.
//
// Covers: T20.
func TestSetsInATree(t *testing.T) {
	t.Parallel()
	testkitEach(t, func(t *testing.T, app *trackertest.App) {
		api, rows := trackertest.Serve(t, app), whole(t, app)
		require.Empty(t, atOnce(api, 8, 10, updateTask, func(r *rand.Rand) vars {
			ids := some(r, rows, 5)
			return vars{"id": ids[0], "i": vars{"children": vars{"set": ids[1:]}}}
		}))
	}, relay.Settings{Retries: 8})
}

// A row is made under one that is being deleted, or is not: it is never left
// alive below a tombstone.
//
// Covers: T11, T20.
func TestCreatesUnderADeletedRow(t *testing.T) {
	t.Parallel()
	testkitEach(t, func(t *testing.T, app *trackertest.App) {
		ctx, api, rows := t.Context(), trackertest.Serve(t, app), whole(t, app)
		author := newPerson(t, app, "a")
		for _, row := range rows {
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					for range 3 {
						out := api.Do(`mutation($i: CreateNoteInput!) { createNote(input: $i) { id } }`,
							vars{"i": vars{"text": "n", "taskID": row.GlobalID(), "authorID": author.GlobalID()}})
						if len(out.Errors) > 0 && !strings.Contains(out.Raw, "FOREIGN_KEY") {
							t.Error(out.Raw)
						}
					}
				})
			}
			group.Go(func() { api.Must(`mutation($id: ID!) { deleteTask(id: $id) }`, vars{"id": row.GlobalID()}) })
			group.Wait()
		}
		require.Zero(t, app.Client.Note.Query().CountX(ctx))
	}, relay.Settings{Retries: -1})
}
