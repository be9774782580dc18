package relay_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Rows of every kind of key are looked up together, one statement for each
// type, in the order of the ids; keys of 64 bits survive.
//
// Covers: T19, T24.
func TestLookupOfManyTypes(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		c, ctx := app.Client, t.Context()
		moon := project(t, app)
		var ids []string
		var want []any
		for i := range 3 {
			task := c.Task.Create().SetTitle("t").SetProject(moon).SaveX(ctx)
			label := c.Label.Create().SetName(fmt.Sprint("l", i)).SaveX(ctx)
			made := c.Maker.Create().SetID(fmt.Sprint("m", i)).SetName("m").SaveX(ctx)
			missing := relay.EncodeID(ent.Entities()["Task"], int64(math.MaxInt64))
			ids = append(ids, task.GlobalID(), moon.GlobalID(), label.GlobalID(), missing, made.GlobalID())
			want = append(want, task.GlobalID(), moon.GlobalID(), label.GlobalID(), nil, made.GlobalID())
		}
		var data map[string]any
		testkit.MaxStatements(t, app.DB, 4, func() {
			data = api.Must(`query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, vars{"ids": ids})
		})
		for i := range want {
			at := apitest.Get(data, "nodes", i)
			if want[i] == nil {
				require.Nil(t, at)
				continue
			}
			require.Equal(t, want[i], apitest.Get(at, "id"))
		}
		n := int64(math.MaxInt64)
		c.Badge.Create().SetNumber(n).SetPerson(c.Person.Create().SetName("p").SetEmail("p@example.org").SaveX(ctx)).ExecX(ctx)
		data = api.Must(`query($n: BigInt) { badges(where: {number: $n}) { edges { node { number } } } }`, vars{"n": "9223372036854775807"})
		require.Equal(t, "9223372036854775807", apitest.Get(data, "badges", "edges", 0, "node", "number"))
	})
}

// Whatever text stands for an id, the answer is a row, nothing, or an error of
// the client's.
//
// Covers: T19.
func FuzzID(f *testing.F) {
	for _, id := range []string{"", "x", "VGFzazox", "VGFzazotMQ", "UHJvamVjdDpub3BlCg", "TWFrZXI6AA", "VGFzazo5MjIzMzcyMDM2ODU0Nzc1ODA4", "////", "\x00", "😀"} {
		f.Add(id)
	}
	db := testkit.Open(f, testkit.SQLite)
	app := trackertest.New(f, db)
	f.Fuzz(func(t *testing.T, id string) {
		api := trackertest.Serve(t, app)
		for _, query := range []string{`query($id: ID!) { node(id: $id) { id } }`, `query($id: ID!) { nodes(ids: [$id]) { id } }`, `query($id: ID!) { tasks(where: {projectIDIn: [$id]}) { totalCount } }`} {
			out := api.Do(query, vars{"id": id})
			if len(out.Errors) > 0 {
				require.Equal(t, "BAD_USER_INPUT", out.Errors[0].Extensions["code"], out.Raw)
			}
		}
	})
}

// Whatever JSON stands for a filter, the answer is rows or an error of the
// client's: never a panic, never an internal error.
//
// Covers: T09, T18.
func FuzzWhereOverHTTP(f *testing.F) {
	for _, where := range []string{
		`{}`, `null`, `[]`, `{"title": null}`, `{"or": []}`, `{"metaPath": {"path": "a[\"", "equals": {"a": [1e400]}}}`,
		`{"metaPath": {"path": "a.b[0]", "contains": [1, "x", null, {}]}}`, `{"watchersHasEvery": ["\u0000"], "rankIn": [1e9, 99999999999]}`,
		`{"hasProjectWith": {"hasTasksWith": [{"and": [{"not": {"due": "2024-02-30"}}]}]}}`, `{"titleEqualFold": "\ud800"}`, `{"estimate": 1e308, "points": "-1"}`,
	} {
		f.Add(where)
	}
	app := trackertest.New(f, testkit.Open(f, testkit.SQLite))
	f.Fuzz(func(t *testing.T, text string) {
		where, ok := decoded(text)
		if !ok {
			return
		}
		out := trackertest.Serve(t, app).Do(`query($w: TaskWhereInput) { tasks(where: $w) { totalCount edges { node { id } } } }`, vars{"w": where})
		for _, e := range out.Errors {
			require.NotEqual(t, "INTERNAL", e.Extensions["code"], out.Raw)
			require.NotEmpty(t, e.Extensions["code"], out.Raw)
		}
	})
}
