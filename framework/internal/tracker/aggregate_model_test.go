package tracker_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
)

// modelTask is a task as plain values: nil is NULL.
type modelTask struct {
	title, state      string
	rank, estimate    any // int64, float64
	points            int64
	urgent            bool
	due, started      any // time.Time
	assignee          any // int64
	labels            []string
	deleted, orphaned bool // the task, or the person who does it, is deleted
}

// one is nil three times in ten, and else one of the values.
func one[V any](r *rand.Rand, values ...V) any {
	if r.IntN(10) < 3 {
		return nil
	}
	return values[r.IntN(len(values))]
}

func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

func aRandomTask(r *rand.Rand, people []*ent.Person) modelTask {
	m := modelTask{
		title: pick(r, "a", "A", "é", "e", "z", "日本", "😀", "a b"), state: pick(r, "open", "doing", "done"),
		rank:     one(r, int64(0), 1, 1, -1, math.MaxInt32, math.MinInt32, r.Int64N(5)),
		estimate: one(r, 0.0, 0.1, 0.1, -2.5, 1e300, 1e-200, r.NormFloat64()),
		points:   pick(r, 0, 1, 2, -1, math.MaxInt64, math.MinInt64, math.MaxInt64-1, 1<<32, -1<<32, r.Int64()),
		urgent:   r.IntN(2) == 0,
		due:      one(r, instant("2024-02-29T00:00:00Z"), instant("2024-12-31T00:00:00Z"), instant("2025-01-01T00:00:00Z"), instant("1000-01-06T00:00:00Z"), instant("9999-12-31T00:00:00Z")),
		started: one(r, instant("2024-12-29T23:59:59.999999Z"), instant("2024-12-30T00:00:00Z"), instant("2025-01-01T00:00:00+14:00"),
			instant("2025-01-05T12:00:00Z"), instant("2024-03-01T00:00:00-12:00"), instant("1969-12-31T23:59:59.5Z"), instant("1999-06-01T00:00:00.000001Z")),
		deleted: r.IntN(8) == 0,
	}
	if i := r.IntN(len(people) + 1); i < len(people) {
		m.assignee, m.orphaned = people[i].ID, i == 0
	}
	for _, label := range []string{"red", "green", "blue"} {
		if r.IntN(3) == 0 {
			m.labels = append(m.labels, label)
		}
	}
	return m
}

func pick[V any](r *rand.Rand, values ...V) V { return values[r.IntN(len(values))] }

// plantTasks makes random tasks and returns them; the first person is deleted.
func plantTasks(t *testing.T, c *ent.Client, r *rand.Rand) []modelTask {
	t.Helper()
	ctx := t.Context()
	var people []*ent.Person
	for i := range 3 {
		people = append(people, c.Person.Create().SetName("N").SetEmail(fmt.Sprintf("p%d-%d@example.org", r.Uint32(), i)).SaveX(ctx))
	}
	labels := map[string]*ent.Label{}
	for _, name := range []string{"red", "green", "blue"} {
		labels[name] = c.Label.Create().SetName(name).SaveX(ctx)
	}
	project := c.Project.Create().SetName("P").SetCode("P").SaveX(ctx)
	rows := make([]modelTask, 60)
	for i := range rows {
		m := aRandomTask(r, people)
		rows[i] = m
		create := c.Task.Create().SetTitle(m.title).SetState(task.State(m.state)).SetPoints(m.points).SetUrgent(m.urgent).SetProject(project)
		if m.rank != nil {
			create.SetRank(int32(m.rank.(int64)))
		}
		if m.estimate != nil {
			create.SetEstimate(m.estimate.(float64))
		}
		if m.due != nil {
			create.SetDue(m.due.(time.Time))
		}
		if m.started != nil {
			create.SetStartedAt(m.started.(time.Time))
		}
		if m.assignee != nil {
			create.SetAssigneeID(m.assignee.(int64))
		}
		for _, name := range m.labels {
			create.AddLabels(labels[name])
		}
		made := create.SaveX(ctx)
		if m.deleted {
			c.Task.DeleteOne(made).ExecX(ctx)
		}
	}
	c.Person.UpdateOne(people[0]).SetDeletedAt(time.Now()).ExecX(ctx) // what hangs on it stays
	return rows
}

// condition is a filter, and what it means.
type condition struct {
	where relay.Where
	holds func(modelTask) bool
}

func conditions() []condition {
	has := func(m modelTask, names ...string) bool {
		return slices.ContainsFunc(m.labels, func(l string) bool { return slices.Contains(names, l) })
	}
	return []condition{
		{nil, func(modelTask) bool { return true }},
		{relay.Where{"state": "open"}, func(m modelTask) bool { return m.state == "open" }},
		{relay.Where{"rankIsNil": true}, func(m modelTask) bool { return m.rank == nil }},
		{relay.Where{"rankNEQ": int64(1)}, func(m modelTask) bool { return m.rank != nil && m.rank != int64(1) }},
		{relay.Where{"pointsGT": int64(0)}, func(m modelTask) bool { return m.points > 0 }},
		{relay.Where{"pointsIn": []any{}}, func(modelTask) bool { return false }},
		{relay.Where{"hasLabels": true}, func(m modelTask) bool { return len(m.labels) > 0 }},
		{relay.Where{"hasLabels": false}, func(m modelTask) bool { return len(m.labels) == 0 }},
		{relay.Where{"hasLabelsWith": map[string]any{"nameIn": []any{"red", "blue"}}}, func(m modelTask) bool { return has(m, "red", "blue") }},
		{relay.Where{"not": map[string]any{"hasLabelsWith": map[string]any{"name": "red"}}}, func(m modelTask) bool { return !has(m, "red") }},
		{relay.Where{"hasAssigneeWith": map[string]any{"name": "N"}}, func(m modelTask) bool { return m.assignee != nil && !m.orphaned }},
		{relay.Where{"hasAssignee": false}, func(m modelTask) bool { return m.assignee == nil || m.orphaned }},
		{
			relay.Where{"or": []any{map[string]any{"urgent": true}, map[string]any{"titleEqualFold": "A"}}},
			func(m modelTask) bool { return m.urgent || strings.EqualFold(m.title, "a") },
		},
	}
}

// parts are what tasks are grouped by, and what each gives.
func parts() map[string]func(modelTask) any {
	cut := func(v any, first func(time.Time) time.Time) any {
		if v == nil {
			return nil
		}
		y, m, d := first(v.(time.Time)).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	day := func(t time.Time) time.Time { return t }
	week := func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }
	month := func(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }
	year := func(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.YearDay()) }
	return map[string]func(modelTask) any{
		"TITLE":            func(m modelTask) any { return m.title },
		"STATE":            func(m modelTask) any { return m.state },
		"RANK":             func(m modelTask) any { return m.rank },
		"POINTS":           func(m modelTask) any { return m.points },
		"URGENT":           func(m modelTask) any { return m.urgent },
		"ASSIGNEE_ID":      func(m modelTask) any { return m.assignee },
		"DUE":              func(m modelTask) any { return m.due },
		"DUE_WEEK":         func(m modelTask) any { return cut(m.due, week) },
		"DUE_MONTH":        func(m modelTask) any { return cut(m.due, month) },
		"DUE_YEAR":         func(m modelTask) any { return cut(m.due, year) },
		"STARTED_AT_DAY":   func(m modelTask) any { return cut(m.started, day) },
		"STARTED_AT_WEEK":  func(m modelTask) any { return cut(m.started, week) },
		"STARTED_AT_MONTH": func(m modelTask) any { return cut(m.started, month) },
		"STARTED_AT_YEAR":  func(m modelTask) any { return cut(m.started, year) },
	}
}

// values are the fields that measures are of.
func values() map[string]func(modelTask) any {
	return map[string]func(modelTask) any{
		"title":     func(m modelTask) any { return m.title },
		"rank":      func(m modelTask) any { return m.rank },
		"estimate":  func(m modelTask) any { return m.estimate },
		"points":    func(m modelTask) any { return m.points },
		"due":       func(m modelTask) any { return m.due },
		"startedAt": func(m modelTask) any { return m.started },
	}
}

// order compares two values of one kind; nil is the smallest.
func order(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(boolInt(a != nil), boolInt(b != nil))
	}
	switch a := a.(type) {
	case string:
		return cmp.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	case int:
		return cmp.Compare(a, b.(int))
	case float64:
		return cmp.Compare(a, b.(float64))
	case bool:
		return cmp.Compare(boolInt(a), boolInt(b.(bool)))
	case time.Time:
		return a.Compare(b.(time.Time))
	case *big.Int:
		return a.Cmp(b.(*big.Int))
	}
	panic(fmt.Sprintf("no order of %T", a))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compute is the model of a measure.
func compute(rows []modelTask, fn relay.Function, of func(modelTask) any) any {
	var list []any
	distinct := map[any]bool{}
	for _, m := range rows {
		if v := of(m); v != nil {
			list = append(list, v)
			distinct[v] = true
		}
	}
	if fn == relay.CountDistinct {
		return len(distinct)
	}
	if len(list) == 0 {
		return nil
	}
	switch fn {
	case relay.Min:
		return slices.MinFunc(list, order)
	case relay.Max:
		return slices.MaxFunc(list, order)
	case relay.CountDistinct, relay.Sum, relay.Avg:
	}
	sum, whole := new(big.Rat), new(big.Int)
	for _, v := range list {
		switch n := v.(type) {
		case int64:
			sum.Add(sum, new(big.Rat).SetInt64(n))
			whole.Add(whole, big.NewInt(n))
		case float64:
			sum.Add(sum, new(big.Rat).SetFloat64(n))
		}
	}
	if _, float := list[0].(float64); fn == relay.Sum && !float {
		return whole
	}
	if fn == relay.Avg {
		sum.Quo(sum, new(big.Rat).SetInt64(int64(len(list))))
	}
	f, _ := sum.Float64()
	return f
}

// sortable is what groups are ordered by: the quotient of rounded numbers for
// averages, as databases compute it.
func sortable(rows []modelTask, fn relay.Function, of func(modelTask) any) any {
	if fn != relay.Avg {
		return compute(rows, fn, of)
	}
	sum, _ := compute(rows, relay.Sum, of).(*big.Int)
	if sum == nil {
		return nil
	}
	count := 0
	for _, m := range rows {
		if of(m) != nil {
			count++
		}
	}
	f, _ := new(big.Float).SetInt(sum).Float64()
	return f / float64(count)
}

// modelled is what relay.Aggregate has to answer.
func modelled(rows []modelTask, c condition, spec relay.AggregateSpec) []relay.AggregateResult {
	type group struct {
		key  []any
		rows []modelTask
	}
	groups := map[string]*group{}
	if len(spec.By) == 0 {
		groups[""] = &group{}
	}
	for _, m := range rows {
		if m.deleted || !c.holds(m) {
			continue
		}
		key := []any{}
		for _, name := range spec.By {
			key = append(key, parts()[name](m))
		}
		text := fmt.Sprint(key...)
		if len(spec.By) == 0 {
			text = ""
		}
		if groups[text] == nil {
			groups[text] = &group{key: key}
		}
		groups[text].rows = append(groups[text].rows, m)
	}
	list := slices.DeleteFunc(slices.Collect(maps.Values(groups)), func(g *group) bool { return len(g.rows) < spec.MinCount })
	slices.SortFunc(list, func(a, b *group) int {
		for _, o := range spec.OrderBy {
			c := 0
			fn, field, measured := strings.Cut(string(o.Field), "_")
			at := slices.Index(spec.By, string(o.Field))
			switch {
			case o.Field == "COUNT":
				c = cmp.Compare(len(a.rows), len(b.rows))
			case at >= 0:
				c = order(a.key[at], b.key[at])
			case measured:
				fn, of := relay.Function(strings.ToLower(fn)), values()[apiName(field)]
				c = order(sortable(a.rows, fn, of), sortable(b.rows, fn, of))
			}
			if o.Direction == relay.Descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return slices.CompareFunc(a.key, b.key, order)
	})
	if len(spec.By) > 0 {
		list = list[:min(len(list), *spec.First)]
	}
	var results []relay.AggregateResult
	for _, g := range list {
		r := relay.AggregateResult{Key: g.key, Count: len(g.rows)}
		for _, m := range spec.Measures {
			r.Values = append(r.Values, compute(g.rows, m.Function, values()[m.Field]))
		}
		results = append(results, r)
	}
	return results
}

// draw makes a random request.
func draw(t *rapid.T) (condition, relay.AggregateSpec) {
	spec := relay.AggregateSpec{First: new(rapid.IntRange(0, 100).Draw(t, "first")), MinCount: rapid.IntRange(0, 3).Draw(t, "minCount")}
	spec.By = rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(parts()))), 0, 3, rapid.ID).Draw(t, "by")
	if len(spec.By) == 0 {
		spec.MinCount = 0
	}
	numbers := []string{"points", "rank", "estimate"}
	for range rapid.IntRange(0, 6).Draw(t, "measures") {
		m := relay.Measure{Function: rapid.SampledFrom(relay.Functions()).Draw(t, "function")}
		fields := []string{"points", "rank", "estimate", "title", "due", "startedAt"}
		if m.Function == relay.Sum || m.Function == relay.Avg {
			fields = numbers
		}
		m.Field = rapid.SampledFrom(fields).Draw(t, "field")
		spec.Measures = append(spec.Measures, m)
	}
	names := append([]string{"COUNT", "SUM_POINTS", "AVG_POINTS", "SUM_RANK", "AVG_RANK", "MIN_ESTIMATE", "MAX_TITLE", "MIN_DUE", "MAX_STARTED_AT"}, spec.By...)
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID).Draw(t, "orderBy") {
		d := rapid.SampledFrom([]relay.OrderDirection{relay.Ascending, relay.Descending}).Draw(t, "direction")
		spec.OrderBy = append(spec.OrderBy, &relay.Order{Field: relay.OrderField(name), Direction: d})
	}
	return rapid.SampledFrom(conditions()).Draw(t, "where"), spec
}

// Every database gives the answer of plain Go code, for any rows, filter,
// measures, groups and order.
//
// Covers: S18.
func TestAggregateModel(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		seed := rand.Uint64()
		t.Logf("seed of the rows: %d", seed)
		rows := plantTasks(t, app.Client, rand.New(rand.NewPCG(seed, 1)))
		src := app.Client.Project.Query().OnlyX(t.Context()).GraphSource()
		rapid.Check(t, func(rt *rapid.T) {
			c, spec := draw(rt)
			got, err := relay.Aggregate(t.Context(), src, "Task", c.where, spec)
			require.NoError(rt, err)
			want := modelled(rows, c, spec)
			require.Len(rt, got, len(want))
			for i := range want {
				same(rt, want[i], got[i])
			}
		})
	})
}

// same compares results; sums of floats depend on the order of their rows.
func same(t require.TestingT, want, got relay.AggregateResult) {
	require.Equal(t, want.Count, got.Count)
	require.Len(t, got.Key, len(want.Key))
	for i := range want.Key {
		require.Equal(t, want.Key[i], got.Key[i], "key %d", i)
	}
	require.Len(t, got.Values, len(want.Values))
	for i, w := range want.Values {
		switch w := w.(type) {
		case float64:
			require.IsType(t, w, got.Values[i])
			require.InEpsilon(t, 1+math.Abs(w), 1+math.Abs(w-got.Values[i].(float64))+math.Abs(w), 1e-9, "value %d: %v is not %v", i, got.Values[i], w)
		case *big.Int:
			require.Equal(t, w.String(), fmt.Sprint(got.Values[i]), "value %d", i)
		default:
			require.Equal(t, w, got.Values[i], "value %d", i)
		}
	}
}

func apiName(field string) string {
	if field == "STARTED_AT" {
		return "startedAt"
	}
	return strings.ToLower(field)
}
