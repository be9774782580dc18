package pagetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

func total(value int, precision, text string) map[string]any {
	return map[string]any{"value": float64(value), "precision": precision, "text": text}
}

const totalFields = ` { value precision text }`

func (f *fixture) tasks(t *testing.T, project *ent.Project, n int) {
	t.Helper()
	creates := make([]*ent.TaskCreate, n)
	for i := range creates {
		creates[i] = f.Client.Task.Create().SetTitle(fmt.Sprint("t", i)).SetProject(project).SetPoints(int64(i))
	}
	f.Client.Task.CreateBulk(creates...).ExecX(t.Context())
}

// Each total of a request has its own limit and answer, at the root and at
// edges, in one statement for all rows; hidden rows do not count.
//
// Covers: T02, T14, D46.
func TestTotal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.Client
		full := c.Project.Create().SetName("full").SetCode("A").SaveX(ctx)
		few := c.Project.Create().SetName("few").SetCode("B").SaveX(ctx)
		c.Project.Create().SetName("none").SetCode("C").ExecX(ctx)
		f.tasks(t, full, 6)
		f.tasks(t, few, 2)
		c.Task.DeleteOneID(c.Task.Query().FirstIDX(ctx)).ExecX(ctx) // 5 are left in full

		var got map[string]any
		ran := f.ran.Of(func() {
			got = f.Must(`{ tasks(first: 1) { totalCount all: total`+totalFields+` some: total(upTo: 3)`+totalFields+`
				just: total(upTo: 7)`+totalFields+` more: total(upTo: 6)`+totalFields+` guess: total(estimate: true)`+totalFields+` } }`, nil)["tasks"].(map[string]any)
		})
		require.Equal(t, map[string]any{
			"totalCount": 7.0, "all": total(7, "EXACT", "7"), "some": total(3, "AT_LEAST", "3+"),
			"just": total(7, "EXACT", "7"), "more": total(6, "AT_LEAST", "6+"), "guess": total(7, "EXACT", "7"),
		}, got)
		require.Len(t, ran, 6, "no page is read")
		limited := 0
		for _, s := range ran {
			limited += strings.Count(s, "LIMIT")
		}
		require.Equal(t, 4, limited, "counting stops: %s", ran)

		ran = f.ran.Of(func() {
			got = f.Must(`{ projects(orderBy: [{field: CODE}]) { edges { node {
				tasks(first: 1, where: {pointsGTE: 1}) { all: total`+totalFields+` some: total(upTo: 3)`+totalFields+` edges { node { title } } } } } } }`, nil)
		})
		require.Len(t, ran, 4, "%s", ran)
		for i, want := range []map[string]any{
			{"all": total(5, "EXACT", "5"), "some": total(3, "AT_LEAST", "3+")},
			{"all": total(1, "EXACT", "1"), "some": total(1, "EXACT", "1")},
			{"all": total(0, "EXACT", "0"), "some": total(0, "EXACT", "0")},
		} {
			page := apitest.Get(got, "projects", "edges", i, "node", "tasks").(map[string]any)
			delete(page, "edges")
			require.Equal(t, want, page)
		}

		ran = f.ran.Of(func() {
			got = f.Must(`query($id: ID!) { node(id: $id) { ... on Project { tasks { total(upTo: 2, estimate: true)`+totalFields+` } } } }`, vars{"id": full.GlobalID()})
		})
		require.Equal(t, total(2, "AT_LEAST", "2+"), apitest.Get(got, "node", "tasks", "total"))
		require.Contains(t, ran[1], "LIMIT", "the count of one row's edge stops too")

		for _, n := range []int{0, -1} {
			require.Equal(t, "upTo", f.Fail("BAD_USER_INPUT", fmt.Sprintf(`{ tasks { total(upTo: %d) { value } } }`, n), nil).Extensions["argument"])
		}
	})
}

// What is beyond a limit is estimated by the planner of the database, and
// counted where it has no estimate, or where its statistics would tell of rows
// that a row filter hides.
//
// Covers: T01, T11.
func TestTotalByEstimate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		var labels []*ent.LabelCreate
		for i := range 3000 {
			labels = append(labels, f.Client.Label.Create().SetName(fmt.Sprint("l", i)).SetColor([]string{"red", "blue"}[i%2]))
		}
		f.Client.Label.CreateBulk(labels...).ExecX(t.Context())
		require.NoError(t, f.DB.Analyze(t.Context()))
		for _, where := range []string{"", `(where: {color: "red"})`} {
			var got map[string]any
			ran := f.ran.Of(func() {
				got = f.Must(`{ labels`+where+` { total(upTo: 100, estimate: true)`+totalFields+` } }`, nil)["labels"].(map[string]any)["total"].(map[string]any)
			})
			if testkit.Engine(f.DB.Dialect()) == testkit.SQLite {
				require.Equal(t, total(100, "AT_LEAST", "100+"), got)
				continue
			}
			n := got["value"].(float64)
			require.Equal(t, total(int(n), "ESTIMATED", fmt.Sprint("~", int(n))), got)
			require.Greater(t, n, 100.0)
			require.Less(t, n, 6000.0)
			require.Len(t, ran, 2)
			require.Contains(t, ran[1], "EXPLAIN")
		}
		behind := f.Must(`{ labels(where: {hasTasks: false}) { total(upTo: 100, estimate: true)`+totalFields+` } }`, nil)
		require.Equal(t, total(100, "AT_LEAST", "100+"), behind["labels"].(map[string]any)["total"], "tasks may be hidden")
		got := f.Must(`{ labels { total(estimate: true)`+totalFields+` } }`, nil)["labels"].(map[string]any)["total"].(map[string]any)
		if testkit.Engine(f.DB.Dialect()) == testkit.SQLite {
			require.Equal(t, total(3000, "EXACT", "3000"), got)
		} else {
			require.Equal(t, "ESTIMATED", got["precision"])
			require.InDelta(t, 3000, got["value"], 1500)
		}
	})
}

// The server's own limit holds for total, whatever a client asks for;
// totalCount stays exact.
func TestCountLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.tasks(t, f.Client.Project.Create().SetName("P").SetCode("P").SaveX(t.Context()), 4)
		got := f.Must(`{ tasks { totalCount total`+totalFields+` more: total(upTo: 100)`+totalFields+` less: total(upTo: 1)`+totalFields+` }
			projects { edges { node { tasks { totalCount total`+totalFields+` } } } } }`, nil)
		require.Equal(t, map[string]any{
			"totalCount": 4.0, "total": total(2, "AT_LEAST", "2+"), "more": total(2, "AT_LEAST", "2+"), "less": total(1, "AT_LEAST", "1+"),
		}, got["tasks"])
		require.Equal(t, map[string]any{"totalCount": 4.0, "total": total(2, "AT_LEAST", "2+")}, apitest.Get(got, "projects", "edges", 0, "node", "tasks"))
	}, ent.GraphQLSettings(relay.Settings{CountLimit: 2}))
}
