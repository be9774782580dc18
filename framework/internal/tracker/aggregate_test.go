package tracker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

func TestSmoke(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		p := app.Client.Project.Create().SetName("a").SetCode("a").SetBudget(1.5).SaveX(t.Context())
		app.Client.Project.Create().SetName("b").SetCode("b").SaveX(t.Context())
		for i := range 4 {
			app.Client.Task.Create().SetTitle(fmt.Sprint(i)).SetPoints(9223372036854775800).SetRank(int32(i)).SetProject(p).SaveX(t.Context())
		}
		out := api.Do(`{ projects { aggregate { __typename count countDistinct { code budget } sum { budget } avg { budget } max { budget createdAt name } }
		   groups(by: [ARCHIVED, CREATED_AT_WEEK, LEAD_ID]) { key { archived createdAtWeek w: createdAtWeek leadID } count min { name } }
		   edges { node { name tasks { aggregate { count sum { points rank } avg { points rank } max { due startedAt points } countDistinct { title } }
		     groups(by: [STATE, PROJECT_ID, TITLE], first: 2, orderBy: [{field: COUNT, direction: DESC}, {field: SUM_POINTS}, {field: AVG_RANK, direction: DESC}]) { key { state projectID title } count } } } } } }`, nil)
		t.Log(out.Raw)
		require.Empty(t, out.Errors)
	})
}
