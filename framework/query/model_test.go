package query_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/query"
)

type holds = func(*ent.Task) bool

// condition draws a condition and what it means. NULL is neither true nor false:
// what compares it does not hold.
func condition(r *rapid.T) (column string, op query.Op, value any, model holds) {
	compare := func(c int) bool { return false }
	op = rapid.SampledFrom([]query.Op{"=", "<>", "<", "<=", ">", ">=", query.In, query.NotIn, query.IsNull, query.NotNull}).Draw(r, "op")
	switch op {
	case "=":
		compare = func(c int) bool { return c == 0 }
	case "<>":
		compare = func(c int) bool { return c != 0 }
	case "<":
		compare = func(c int) bool { return c < 0 }
	case "<=":
		compare = func(c int) bool { return c <= 0 }
	case ">":
		compare = func(c int) bool { return c > 0 }
	case ">=":
		compare = func(c int) bool { return c >= 0 }
	default:
	}
	n := rapid.IntRange(0, 5).Draw(r, "n")
	list := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 3).Draw(r, "list")
	switch op {
	case query.In, query.NotIn:
		value = list
	case query.IsNull, query.NotNull:
	default:
		value = n
	}
	return task.FieldRank, op, value, func(row *ent.Task) bool {
		switch {
		case op == query.IsNull:
			return row.Rank == nil
		case op == query.NotNull:
			return row.Rank != nil
		case row.Rank == nil:
			return op == query.NotIn && len(list) == 0
		case op == query.In:
			return slices.Contains(list, int(*row.Rank))
		case op == query.NotIn:
			return !slices.Contains(list, int(*row.Rank))
		}
		return compare(cmp.Compare(int(*row.Rank), n))
	}
}

// fill draws the conditions of a group and what they mean together.
func fill(r *rapid.T, g *query.Group, depth int) holds {
	var all [][]holds
	for range rapid.IntRange(0, 3).Draw(r, "conditions") {
		var h holds
		or := rapid.Bool().Draw(r, "or") && len(all) > 0
		if or {
			g.Or()
		}
		if depth > 0 && rapid.Bool().Draw(r, "nest") {
			empty := true
			g.WhereGroup(func(inner *query.Group) {
				inner.Where(task.FieldPoints, ">=", 2)
				model := fill(r, inner, depth-1)
				h, empty = func(row *ent.Task) bool { return row.Points >= 2 && model(row) }, false
			})
			require.False(r, empty)
		} else {
			column, op, value, model := condition(r)
			g.Where(column, op, value)
			h = model
		}
		if or {
			all[len(all)-1] = append(all[len(all)-1], h)
		} else {
			all = append(all, []holds{h})
		}
	}
	return func(row *ent.Task) bool {
		for _, some := range all {
			if !slices.ContainsFunc(some, func(h holds) bool { return h(row) }) {
				return false
			}
		}
		return true
	}
}

func compareRanks(a, b *int32, d query.Direction) int {
	sign := 1
	if strings.HasPrefix(string(d), "DESC") {
		sign = -1
	}
	nulls := 1
	if strings.HasSuffix(string(d), "FIRST") {
		nulls = -1
	}
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return nulls
	case b == nil:
		return -nulls
	}
	return sign * cmp.Compare(*a, *b)
}

// Whatever is asked for, the rows are those of a model in Go, in its order, on
// every dialect.
//
// Covers: E02, E04, E05, E06, E14, E17.
func TestBuilderAgainstAModel(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		home := app.Client.Project.Create().SetName("P").SetCode("P").SaveX(ctx)
		builders := make([]*ent.TaskCreate, 30)
		for i := range builders {
			builders[i] = app.Client.Task.Create().SetTitle("t").SetProject(home).SetPoints(int64(i % 4))
			if i%5 != 0 {
				builders[i].SetRank(int32(i % 6))
			}
		}
		rows := app.Client.Task.CreateBulk(builders...).SaveX(ctx)
		app.Client.Task.Delete().Where(task.IDIn(rows[7].ID, rows[8].ID)).ExecX(ctx)
		rows = slices.Delete(rows, 7, 9)

		rapid.Check(t, func(r *rapid.T) {
			var model holds
			d := rapid.SampledFrom([]query.Direction{query.Asc, query.Desc, query.AscNullsFirst, query.DescNullsFirst}).Draw(r, "direction")
			b := query.From[*ent.Task](app.Client).
				WhereGroup(func(g *query.Group) { model = fill(r, g, 2) }).
				OrderBy(task.FieldRank, d).OrderBy(task.FieldID, query.Asc)
			var want []int64
			matching := slices.DeleteFunc(slices.Clone(rows), func(row *ent.Task) bool { return !model(row) })
			slices.SortStableFunc(matching, func(x, y *ent.Task) int { return compareRanks(x.Rank, y.Rank, d) })
			from := rapid.IntRange(0, 40).Draw(r, "offset")
			b = b.Offset(from)
			to := len(matching)
			if rapid.Bool().Draw(r, "limited") {
				n := rapid.IntRange(1, 10).Draw(r, "limit")
				b, to = b.Limit(n), min(to, from+n)
			}
			for i := from; i < to; i++ {
				want = append(want, matching[i].ID)
			}
			var got []int64
			entities, err := b.Get(ctx)
			require.NoError(r, err)
			for _, row := range entities {
				got = append(got, row.ID)
			}
			require.Equal(r, want, got)
			ids, err := query.GetAs[int64](ctx, b.Select(task.FieldID))
			require.NoError(r, err)
			require.Equal(r, append([]int64{}, want...), ids)
			n, err := b.Count(ctx)
			require.NoError(r, err)
			require.Equal(r, len(want), n)
		})
	})
}

// Whatever a caller gives as a name, it is known or an error, and never SQL.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"title", "tasks.title", "id; DROP", `"title"`, "title--", "labels.name", "x.y.z", "`", "assignee.name", ""} {
		f.Add(seed)
	}
	known := map[string]bool{"": true, "tasks.": true, "assignee.": true}
	f.Fuzz(func(t *testing.T, name string) {
		b := query.From[*ent.Task](offline{}).Join("assignee").OrderBy(name, query.Asc).Select(task.FieldID)
		text, args, err := b.ToSQL(t.Context())
		if err != nil {
			return
		}
		prefix := name[:strings.LastIndexByte(name, '.')+1]
		require.True(t, known[prefix], name)
		require.Regexp(t, `^[a-z_]+$`, name[len(prefix):])
		require.Empty(t, args)
		require.NotContains(t, text, ";")
	})
}
