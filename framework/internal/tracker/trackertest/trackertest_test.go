package trackertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// The tracker is on its feet on every dialect.
func TestTracker(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		api.Must(`mutation { createProject(input: {name: "Moon", code: "MOON"}) { id } }`, nil)
		data := api.Must(`{ projects { totalCount edges { node { name } } } }`, nil)
		require.EqualValues(t, 1, apitest.Get(data, "projects", "totalCount"))
	})
}
