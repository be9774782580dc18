package repositorytest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A page has its place in the list: all the numbers, under the same criteria, in
// one statement, also past the end and of an empty list.
//
// Covers: D36, D43, D44, D45, D46, D47, D48, D49, D50, D51, D52, S24.
func TestPaginate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		labels := ent.NewLabelRepository(c)
		_, err := labels.CreateMany(ctx, 30, func(i int, b *ent.LabelCreate) {
			b.SetName(fmt.Sprintf("l%02d", i))
			if i < 25 {
				b.SetColor("red")
			}
		})
		require.NoError(t, err)
		red := repository.Criteria{"color": "red"}
		p := func(page, perPage, total, last, from, to int, next, prev bool) relay.Pagination {
			return relay.Pagination{CurrentPage: page, PerPage: perPage, Total: total, LastPage: last, From: from, To: to, HasNext: next, HasPrev: prev}
		}
		for _, test := range []struct {
			page, perPage int
			criteria      repository.Criteria
			want          relay.Pagination
		}{
			{1, 10, red, p(1, 10, 25, 3, 1, 10, true, false)},
			{0, 0, red, p(1, 20, 25, 2, 1, 20, true, false)},
			{3, 10, red, p(3, 10, 25, 3, 21, 25, false, true)},
			{4, 10, red, p(4, 10, 25, 3, 0, 0, false, true)},
			{9, 10, red, p(9, 10, 25, 3, 0, 0, false, true)},
			{5, 5, red, p(5, 5, 25, 5, 21, 25, false, true)},
			{1, 10, repository.Criteria{"color": "blue"}, p(1, 10, 0, 0, 0, 0, false, false)},
			{2, 10, repository.Criteria{"color": "blue"}, p(2, 10, 0, 0, 0, 0, false, true)},
			{1, 100, nil, p(1, 100, 30, 1, 1, 30, false, false)},
		} {
			var page *repository.Page[ent.Label]
			testkit.MaxStatements(t, app.DB, 2, func() {
				page, err = labels.Paginate(ctx, test.page, test.perPage, test.criteria, repository.OrderBy(repository.Desc("color"), repository.Asc("name")))
			})
			require.NoError(t, err)
			require.Equal(t, test.want, page.Pagination)
			if page.Pagination.To > 0 {
				require.Len(t, page.Data, page.Pagination.To-page.Pagination.From+1)
				require.Equal(t, fmt.Sprintf("l%02d", page.Pagination.From-1), page.Data[0].Name)
			}
		}
		testkit.MaxStatements(t, app.DB, 1, func() { _, err = labels.Paginate(ctx, 2, 5, red) })
		require.NoError(t, err)

		// Ties are broken by the key: pages do not overlap.
		seen := map[int64]bool{}
		for n := 1; n <= 6; n++ {
			page, err := labels.Paginate(ctx, n, 5, nil, repository.OrderBy(repository.Desc("color")))
			require.NoError(t, err)
			for _, row := range page.Data {
				require.False(t, seen[row.ID])
				seen[row.ID] = true
			}
		}
		require.Len(t, seen, 30)

		page, err := labels.Paginate(ctx, 1, 1, repository.Criteria{"name": " L07 "})
		require.NoError(t, err)
		text, err := json.Marshal(page)
		require.NoError(t, err)
		var answer map[string]any
		require.NoError(t, json.Unmarshal(text, &answer))
		require.Equal(t, map[string]any{"name": "l07"}, answer["filters"])
		require.Equal(t, map[string]any{"current_page": 1.0, "per_page": 1.0, "total": 1.0, "last_page": 1.0, "from": 1.0, "to": 1.0, "has_next": false, "has_prev": false}, answer["pagination"])
		require.Len(t, answer["data"], 1)

		bad := func(page, perPage int) func() error {
			return func() error { _, err := labels.Paginate(ctx, page, perPage, nil); return err }
		}
		isBad(t, "page", bad(-1, 10))
		isBad(t, "perPage", bad(1, -1))
		isBad(t, "perPage", bad(1, 101))
		isBad(t, "page", bad(1<<62, 100))
		isBad(t, "Limit", func() error { _, err := labels.Paginate(ctx, 1, 1, nil, repository.Limit(3)); return err })
	})
}

// With a limit, no page counts further than that or its own end, and says so;
// whether there is a next one is known all the same.
//
// Covers: D46, D47, D50.
func TestPaginateCountsToLimit(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		app := trackertest.New(t, db, ent.GraphQLSettings(relay.Settings{CountLimit: 10}))
		ctx, labels := t.Context(), ent.NewLabelRepository(app.Client)
		_, err := labels.CreateMany(ctx, 25, func(i int, b *ent.LabelCreate) { b.SetName(fmt.Sprintf("l%02d", i)) })
		require.NoError(t, err)
		for _, want := range []relay.Pagination{
			{CurrentPage: 1, PerPage: 5, Total: 10, LastPage: 2, From: 1, To: 5, HasNext: true, TotalAtLeast: true},
			{CurrentPage: 2, PerPage: 5, Total: 10, LastPage: 2, From: 6, To: 10, HasNext: true, HasPrev: true, TotalAtLeast: true},
			{CurrentPage: 4, PerPage: 5, Total: 20, LastPage: 4, From: 16, To: 20, HasNext: true, HasPrev: true, TotalAtLeast: true},
			{CurrentPage: 5, PerPage: 5, Total: 25, LastPage: 5, From: 21, To: 25, HasPrev: true},
			{CurrentPage: 1, PerPage: 30, Total: 25, LastPage: 1, From: 1, To: 25},
			{CurrentPage: 9, PerPage: 5, Total: 25, LastPage: 5, HasPrev: true},
		} {
			for _, order := range []repository.Order{repository.Asc("name"), repository.Desc("color")} {
				page, err := labels.Paginate(ctx, want.CurrentPage, want.PerPage, nil, repository.OrderBy(order))
				require.NoError(t, err)
				require.Equal(t, want, page.Pagination)
				require.Len(t, page.Data, max(0, min(25-want.From+1, want.PerPage))*min(want.To, 1))
			}
		}
		few, err := labels.Paginate(ctx, 1, 5, repository.Criteria{"name": []string{"l01", "l02"}})
		require.NoError(t, err)
		require.Equal(t, relay.Pagination{CurrentPage: 1, PerPage: 5, Total: 2, LastPage: 1, From: 1, To: 2}, few.Pagination)
	})
}

// Cursors walk a list in any order to its end, and are refused where they are of
// another one.
//
// Covers: D53, S24.
func TestScroll(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		world(t, c)
		tasks := ent.NewTaskRepository(c)
		for _, order := range [][]repository.Order{
			nil,
			{repository.Asc("rank")},
			{repository.Desc("rank"), repository.Asc("title")},
			{repository.Asc("state"), repository.Desc("started_at")},
			{repository.Desc("project.name"), repository.Desc("labels_count"), repository.Asc("points")},
		} {
			want, err := tasks.FindAll(ctx, repository.OrderBy(order...))
			require.NoError(t, err)
			for limit := 1; limit <= 6; limit++ {
				var got []*ent.Task
				var after relay.Cursor
				for {
					slice, err := tasks.Scroll(ctx, after, nil, repository.OrderBy(order...), repository.Limit(limit))
					require.NoError(t, err)
					got = append(got, slice.Data...)
					if after = slice.Next; after == "" {
						break
					}
					require.Len(t, slice.Data, limit)
				}
				require.Equal(t, titles(want), titles(got), "%v", order)
			}
		}
		first, err := tasks.Scroll(ctx, "", repository.Criteria{"urgent": false}, repository.Limit(1))
		require.NoError(t, err)
		for _, try := range []func() error{
			func() error { _, err := tasks.Scroll(ctx, first.Next, nil); return err },
			func() error { _, err := tasks.Scroll(ctx, first.Next, repository.Criteria{"urgent": true}); return err },
			func() error {
				_, err := tasks.Scroll(ctx, first.Next, repository.Criteria{"urgent": false}, repository.OrderBy(repository.Asc("title")))
				return err
			},
			func() error {
				_, err := tasks.Scroll(ctx, "x"+first.Next, repository.Criteria{"urgent": false})
				return err
			},
		} {
			isBad(t, "after", try)
		}
		isBad(t, "Limit", func() error { _, err := tasks.Scroll(ctx, "", nil, repository.Limit(101)); return err })
	})
}

// A search takes the text as it is, in any case, and asks for two characters.
//
// Covers: D39, S07, S24.
func TestSearch(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		moon := c.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
		for _, title := range []string{"100% cotton", "1000 cotton", "a_b", "axb", `back\slash`, "Ärger", "née"} {
			c.Task.Create().SetTitle(title).SetProject(moon).ExecX(ctx)
		}
		c.Task.Create().SetTitle("Hidden").SetBody("in the BODY: 50%").SetProject(moon).ExecX(ctx)
		tasks := ent.NewTaskRepository(c)
		for text, want := range map[string]string{
			"0%": "100% cotton Hidden", "COTTON": "100% cotton 1000 cotton", "a_b": "a_b", "_b": "a_b", `k\s`: `back\slash`, `\%`: "", "%%": "",
			"än": "", "är": "Ärger", " body ": "Hidden", "née": "née", "nee": "", "'; DROP": "",
		} {
			rows, err := tasks.Search(ctx, text)
			require.NoError(t, err)
			require.Equal(t, want, titles(rows), text)
		}
		rows, err := tasks.Search(ctx, "o", repository.In("title"))
		require.Nil(t, rows)
		isBad(t, "text", func() error { return err })
		for _, text := range []string{"", "é", " é ", "日", "\xff\xff", "a\x00b", strings.Repeat("x", 10_001)} {
			isBad(t, "text", func() error { _, err := tasks.Search(ctx, text); return err })
		}
		_, err = tasks.Search(ctx, "日本")
		require.NoError(t, err)
		rows, err = tasks.Search(ctx, "0%", repository.In("title"), repository.Limit(1))
		require.NoError(t, err)
		require.Equal(t, "100% cotton", titles(rows))
		rows, err = tasks.Where(task.BodyNotNil()).Search(ctx, "0%")
		require.NoError(t, err)
		require.Equal(t, "Hidden", titles(rows))
		isBad(t, "In", func() error { _, err := tasks.Search(ctx, "xx", repository.In("points")); return err })
	})
}

// Criteria mean what they say, for any values of any fields.
//
// Covers: D04.
func TestCriteriaProperty(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		moon := c.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
		names := []string{"a", "b", "A", "a b", "%", "é"}
		tasks := ent.NewTaskRepository(c)
		all, err := tasks.CreateMany(ctx, 60, func(i int, b *ent.TaskCreate) {
			b.SetTitle(names[i%len(names)]).SetProject(moon).SetPoints(int64(i % 4)).SetUrgent(i%2 == 0)
			if i%3 > 0 {
				b.SetRank(int32(i % 3))
			}
		})
		require.NoError(t, err)
		fields := map[string]struct {
			value func(*ent.Task) any
			of    *rapid.Generator[any]
		}{
			"title": {func(r *ent.Task) any { return r.Title }, rapid.Map(rapid.SampledFrom(append(names, "none")), toAny)},
			"rank": {func(r *ent.Task) any {
				if r.Rank == nil {
					return nil
				}
				return int64(*r.Rank)
			}, rapid.OneOf(rapid.Map(rapid.Int64Range(0, 4), toAny), rapid.Just[any](nil))},
			"points": {func(r *ent.Task) any { return r.Points }, rapid.Map(rapid.Int64Range(0, 5), toAny)},
			"urgent": {func(r *ent.Task) any { return r.Urgent }, rapid.Map(rapid.Bool(), toAny)},
		}
		rapid.Check(t, func(rt *rapid.T) {
			criteria := repository.Criteria{}
			for _, name := range []string{"title", "rank", "points", "urgent"} {
				switch f := fields[name]; rapid.IntRange(0, 2).Draw(rt, name) {
				case 1:
					criteria[name] = f.of.Draw(rt, "value")
				case 2:
					criteria[name] = rapid.SliceOfN(f.of, 0, 4).Draw(rt, "values")
				}
			}
			var want []int64
			for _, row := range all {
				matches := true
				for name, v := range criteria {
					list, ok := v.([]any)
					if !ok {
						list = []any{v}
					}
					matches = matches && slices.Contains(list, fields[name].value(row))
				}
				if matches {
					want = append(want, row.ID)
				}
			}
			rows, err := tasks.FindBy(ctx, criteria)
			if err != nil {
				rt.Fatal(err)
			}
			var got []int64
			for _, row := range rows {
				got = append(got, row.ID)
			}
			if !slices.Equal(want, got) {
				rt.Fatalf("%v: found %v, not %v", criteria, got, want)
			}
		})
	})
}

func toAny[V any](v V) any { return v }

// A stream gives each row that is there all the time once, whatever is written
// between its batches, and none twice.
//
// Covers: D03, D58.
func TestEachProperty(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		projects := ent.NewProjectRepository(c) // its keys are random: rows are added everywhere
		code := 0
		rapid.Check(t, func(rt *rapid.T) {
			c.Project.Delete().ExecX(ctx)
			add := func(n int) (ids []uuid.UUID) {
				rows, err := projects.CreateMany(ctx, n, func(_ int, b *ent.ProjectCreate) {
					code++
					b.SetName("p").SetCode(strconv.Itoa(code)).SetArchived(code%3 == 0)
				})
				require.NoError(rt, err)
				for _, row := range rows {
					if !row.Archived {
						ids = append(ids, row.ID)
					}
				}
				return ids
			}
			stay := add(rapid.IntRange(1, 20).Draw(rt, "rows"))
			go5 := add(5)
			batch := rapid.IntRange(1, 7).Draw(rt, "batch")
			seen := map[uuid.UUID]int{}
			for row, err := range projects.Each(ctx, repository.Criteria{"archived": false}, repository.Batch(batch)) {
				require.NoError(rt, err)
				require.False(rt, row.Archived)
				seen[row.ID]++
				switch rapid.IntRange(0, 9).Draw(rt, "meanwhile") {
				case 0:
					if len(seen) < 60 {
						add(2)
					}
				case 1:
					if len(go5) > 0 {
						i := rand.IntN(len(go5))
						_, err := projects.Delete(ctx, go5[i])
						require.NoError(rt, err)
						go5 = slices.Delete(go5, i, i+1)
					}
				}
			}
			for _, id := range stay {
				require.Equal(rt, 1, seen[id])
			}
			for _, n := range seen {
				require.Equal(rt, 1, n)
			}
		})
	})
}

// A stream follows an order and a limit, loads edges by the batch, stops where
// the loop does, and gives an error once.
//
// Covers: D58.
func TestEach(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		world(t, c)
		tasks := ent.NewTaskRepository(c)
		collect := func(opts ...repository.Option) string {
			var rows []*ent.Task
			for row, err := range tasks.Each(ctx, nil, append(opts, repository.Batch(2))...) {
				require.NoError(t, err)
				rows = append(rows, row)
			}
			return titles(rows)
		}
		require.Equal(t, "Fly Land Walk Flag Return", collect())
		require.Equal(t, "Fly Land Walk", collect(repository.Limit(3)))
		require.Equal(t, "Flag Return Land Walk Fly", collect(repository.OrderBy(repository.Asc("rank"))))
		require.Equal(t, "Walk Flag Fly Land Return", collect(repository.OrderBy(repository.Asc("project.code"), repository.Asc("title"))))
		testkit.MaxStatements(t, app.DB, 6, func() { // three batches, with an edge each
			for row, err := range tasks.Each(ctx, nil, repository.With("project"), repository.Batch(2)) {
				require.NoError(t, err)
				require.NotEmpty(t, row.Edges.Project.Name)
			}
		})
		testkit.MaxStatements(t, app.DB, 1, func() {
			for _, err := range tasks.Each(ctx, nil, repository.Batch(2)) {
				require.NoError(t, err)
				break
			}
		})
		errs := 0
		for row, err := range tasks.Each(ctx, repository.Criteria{"nothing": 1}) {
			require.Error(t, err)
			require.Nil(t, row)
			errs++
		}
		require.Equal(t, 1, errs)
	})
}
