package tracker_test

import (
	"bytes"
	"context"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// The rows of a page are marshalled by one goroutine: none waits for what the
// first of them loads for all. (gqlgen's own marshaller has one for each.)
//
// Covers: T27.
func TestRowsTakeNoGoroutines(t *testing.T) {
	t.Parallel()
	app := trackertest.New(t, testkit.Open(t, testkit.SQLite))
	ctx, client := t.Context(), app.Client
	project := client.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
	const rows = 90
	var creates []*ent.TaskCreate
	for i := range rows {
		creates = append(creates, client.Task.Create().SetTitle("t"+strconv.Itoa(i)).SetProject(project))
	}
	client.Task.CreateBulk(creates...).ExecX(ctx)

	var most atomic.Int64
	client.Note.Intercept(ent.InterceptFunc(func(next ent.Querier) ent.Querier {
		return ent.QuerierFunc(func(ctx context.Context, q ent.Query) (ent.Value, error) {
			stacks := make([]byte, 1<<22)
			stacks = stacks[:runtime.Stack(stacks, true)]
			most.Store(max(most.Load(), int64(bytes.Count(stacks, []byte("relay.Edges(")))))
			return next.Query(ctx, q)
		})
	}))
	data := trackertest.Serve(t, app).Must(`{ tasks(first: 90) { edges { node { notes { edges { node { text } } } } } } }`, nil)
	require.Len(t, apitest.Get(data, "tasks", "edges"), rows)
	require.Positive(t, most.Load())
	require.Less(t, most.Load(), int64(rows/3))
}
