package pagetest

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const pagination = ` pagination { currentPage perPage total lastPage from to hasNext hasPrev }`

func place(page, perPage, total, lastPage, from, to int, next, prev bool) map[string]any {
	return map[string]any{
		"currentPage": float64(page), "perPage": float64(perPage), "total": float64(total), "lastPage": float64(lastPage),
		"from": float64(from), "to": float64(to), "hasNext": next, "hasPrev": prev,
	}
}

// A page by number says where it lies, also where it is empty, in one statement.
//
// Covers: D36, D37, D38, D43, D44, D45, D46, D47, D48, D49, D50, D51, D52.
func TestPageByNumber(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		const query = `query($page: Int, $perPage: Int, $where: TaskWhereInput) {
			tasksPage(page: $page, perPage: $perPage, where: $where, orderBy: [{field: URGENT}, {field: NOTES_COUNT}]) {
				data { title project { code } }` + pagination + ` filters } }`
		get := func(args vars) map[string]any { return f.Must(query, args)["tasksPage"].(map[string]any) }
		empty := get(nil)
		require.Equal(t, place(1, 20, 0, 0, 0, 0, false, false), empty["pagination"])
		require.Equal(t, []any{}, empty["data"])
		require.Equal(t, map[string]any{}, empty["filters"])

		f.tasks(t, f.Client.Project.Create().SetName("P").SetCode("P").SaveX(t.Context()), 25)
		f.Client.Task.DeleteOneID(f.Client.Task.Query().FirstIDX(t.Context())).ExecX(t.Context())
		for _, c := range []struct {
			args vars
			rows int
			want map[string]any
		}{
			{nil, 20, place(1, 20, 24, 2, 1, 20, true, false)},
			{vars{"page": nil, "perPage": nil}, 20, place(1, 20, 24, 2, 1, 20, true, false)},
			{vars{"page": 2}, 4, place(2, 20, 24, 2, 21, 24, false, true)},
			{vars{"page": 3}, 0, place(3, 20, 24, 2, 0, 0, false, true)},
			{vars{"page": 99}, 0, place(99, 20, 24, 2, 0, 0, false, true)},
			{vars{"page": 2, "perPage": 8}, 8, place(2, 8, 24, 3, 9, 16, true, true)},
			{vars{"page": 3, "perPage": 8}, 8, place(3, 8, 24, 3, 17, 24, false, true)},
			{vars{"page": 24, "perPage": 1}, 1, place(24, 1, 24, 24, 24, 24, false, true)},
			{vars{"perPage": 100}, 24, place(1, 100, 24, 1, 1, 24, false, false)},
			{vars{"perPage": 3, "where": vars{"pointsLT": 5}}, 3, place(1, 3, 4, 2, 1, 3, true, false)},
			{vars{"page": 5, "where": vars{"pointsIn": []any{}}}, 0, place(5, 20, 0, 0, 0, 0, false, true)},
		} {
			got := get(c.args)
			require.Len(t, got["data"], c.rows, "%v", c.args)
			require.Equal(t, c.want, got["pagination"], "%v", c.args)
			if c.args["where"] != nil {
				require.Contains(t, fmt.Sprint(got["filters"]), "points")
			}
		}
		for query, most := range map[string]int{
			`{ tasksPage { data { title }` + pagination + ` } }`:          1,
			`{ tasksPage { data { title project { code } } } }`:           2,
			`{ tasksPage(page: 9) { data { title }` + pagination + ` } }`: 2, // no row carries the total
			`{ tasksPage {` + pagination + ` } }`:                         1,
			`{ tasksPage { filters } }`:                                   0,
		} {
			require.Len(t, f.ran.Of(func() { f.Must(query, nil) }), most, query)
		}
		require.Equal(t, place(2, 20, 24, 2, 21, 24, false, true), apitest.Get(f.Must(`{ tasksPage(page: 2) {`+pagination+` } }`, nil), "tasksPage", "pagination"))
		require.NotContains(t, f.ran.Of(func() { f.Must(`{ tasksPage { data { title } } }`, nil) })[0], "COUNT(")
	})
}

// Numbers that make no page are refused by name, before anything is read.
//
// Covers: D36, D53.
func TestPagesThatAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, c := range []struct {
			page, perPage int
			argument      string
		}{
			{0, 10, "page"},
			{-1, 10, "page"},
			{1, 0, "perPage"},
			{1, -1, "perPage"},
			{1, 101, "perPage"},
			{52, 1, "page"},
			{7, 10, "page"},
			{math.MaxInt32, 100, "page"},
		} {
			ran := f.ran.Of(func() {
				err := f.Fail("BAD_USER_INPUT", `query($page: Int, $perPage: Int) { tasksPage(page: $page, perPage: $perPage) { data { id } } }`,
					vars{"page": c.page, "perPage": c.perPage})
				require.Equal(t, c.argument, err.Extensions["argument"], "%v", c)
				if c.page > 1 {
					require.Contains(t, err.Message, "50 rows")
					require.Contains(t, err.Message, "walk the connection")
				}
			})
			require.Empty(t, ran)
		}
		f.Must(`{ tasksPage(page: 51, perPage: 1) { data { id } } }`, nil)
		f.Must(`{ tasksPage(page: 6, perPage: 10) { data { id } } }`, nil)
	}, ent.GraphQLSettings(relay.Settings{MaxOffset: 50}))
}

// The pages of any order and size are the list, cut into pieces: each row once,
// in order, and the numbers fit.
//
// Covers: D43, D44, D46, D47, D48, D49, D50, D51.
func TestPagesAreTheList(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		w := newWorld(t, app, 17)
		for range 5 {
			w.change(t.Context())
		}
		all := w.model(t.Context(), t)
		checkFor(t, 4*time.Second, func(r *rapid.T) {
			order := drawOrder(r, slices.Concat(steady, moving))
			rows := slices.SortedFunc(slices.Values(all), func(a, b *row) int { return compare(order, a, b) })
			size := rapid.IntRange(1, len(rows)+2).Draw(r, "perPage")
			page := rapid.IntRange(1, len(rows)/size+2).Draw(r, "page")
			got := w.ask(r, `query($page: Int, $perPage: Int, $by: [TaskOrder!]) { tasksPage(page: $page, perPage: $perPage, orderBy: $by) { data { id }`+pagination+` } }`,
				vars{"page": page, "perPage": size, "by": inputs(order)})["tasksPage"]
			begin, end := min((page-1)*size, len(rows)), min(page*size, len(rows))
			ids := []string{}
			for _, id := range texts(apitest.Get(got, "data"), "id") {
				ids = append(ids, id.(string))
			}
			require.Equal(r, idsOf(rows[begin:end]), ids, "%v", order)
			from, to := 0, 0
			if begin < end {
				from, to = begin+1, end
			}
			require.Equal(r, place(page, size, len(rows), (len(rows)+size-1)/size, from, to, page*size < len(rows), page > 1), apitest.Get(got, "pagination"))
		})
	})
}
