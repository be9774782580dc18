package repositorytest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/project"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/goods"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A row is found by its key with the edges that are named, and a key without a
// row, whatever it is, is an error that says so.
//
// Covers: D01, D02, D11, D13, D61.
func TestFind(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		people := ent.NewPersonRepository(c)
		require.Equal(t, "Person", people.Entity().Name)
		ann := c.Person.Create().SetName("Ann").SetEmail("ann@example.org").SaveX(ctx)
		c.Badge.Create().SetNumber(7).SetPerson(ann).ExecX(ctx)
		found, err := people.Find(ctx, ann.ID, repository.With("badge"))
		require.NoError(t, err)
		require.Equal(t, "Ann", found.Name)
		require.EqualValues(t, 7, found.Edges.Badge.Number)
		c.Person.DeleteOne(c.Person.Create().SetName("Gone").SetEmail("gone@example.org").SaveX(ctx)).ExecX(ctx)
		for _, id := range []int64{0, -1, ann.ID + 1, ann.ID + 99, -1 << 63} {
			row, err := people.Find(ctx, id)
			require.Nil(t, row)
			require.ErrorIs(t, err, entity.ErrNotFound)
			_, found, err := repository.Maybe(people.Find(ctx, id))
			require.NoError(t, err)
			require.False(t, found)
		}
		row, ok, err := repository.Maybe(people.Find(ctx, ann.ID))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, ann.ID, row.ID)

		_, err = ent.NewProjectRepository(c).Find(ctx, uuid.Nil)
		require.ErrorIs(t, err, entity.ErrNotFound)
		_, err = ent.NewMakerRepository(c).Find(ctx, "nobody")
		require.EqualError(t, err, "Maker nobody not found")

		var unknown *entity.UnknownEdgeError
		_, err = people.Find(ctx, ann.ID, repository.With("badge", "bagde"))
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, "bagde", unknown.Name)
		isBad(t, "Limit", func() error { _, err := people.Find(ctx, 1, repository.Limit(1)); return err })
	})
}

// isBad requires an *relay.ArgumentError about the argument.
func isBad(t *testing.T, path string, try func() error) {
	t.Helper()
	var bad *relay.ArgumentError
	require.ErrorAs(t, try(), &bad)
	require.Equal(t, path, bad.Path, bad.Error())
}

// world is tasks with values of every kind.
func world(t *testing.T, c *ent.Client) (tasks []*ent.Task) {
	t.Helper()
	ctx := t.Context()
	moon := c.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
	mars := c.Project.Create().SetName("Mars").SetCode("MARS").SaveX(ctx)
	start := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	for i, title := range []string{"Fly", "Land", "Walk", "Flag", "Return"} {
		create := c.Task.Create().SetTitle(title).SetProject(moon).SetPoints(int64(i % 3))
		switch i {
		case 0:
			create.SetRank(3).SetStartedAt(start).SetEstimate(1.5)
		case 1:
			create.SetRank(1).SetState(task.StateDone).SetDue(start)
		case 2:
			create.SetRank(2).SetProject(mars).SetUrgent(true)
		}
		tasks = append(tasks, create.SaveX(ctx))
	}
	return tasks
}

func titles(rows []*ent.Task) string {
	var list []string
	for _, r := range rows {
		list = append(list, r.Title)
	}
	return strings.Join(list, " ")
}

// Criteria are values of all kinds, of Go or of JSON: a value is equal, nil is
// NULL and a slice is one of several. Orders, limits and offsets hold.
//
// Covers: D03, D04, D05.
func TestFindBy(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		all := world(t, c)
		tasks := ent.NewTaskRepository(c)
		moon := c.Project.Query().Where(project.Code("MOON")).OnlyX(ctx)
		start := *all[0].StartedAt
		for _, test := range []struct {
			want     string
			criteria repository.Criteria
			opts     []repository.Option
		}{
			{"Fly Land Walk Flag Return", nil, nil},
			{"Land", repository.Criteria{"title": "Land"}, nil},
			{"Land", repository.Criteria{"state": task.StateDone}, nil},
			{"Land", repository.Criteria{"state": "done", "rank": 1}, nil},
			{"", repository.Criteria{"state": "done", "rank": 2}, nil},
			{"Flag Return", repository.Criteria{"rank": nil}, nil},
			{"Fly Flag Return", repository.Criteria{"rank": []any{nil, 3.0, json.Number("77")}}, nil},
			{"Land Walk", repository.Criteria{"rank": []int32{1, 2}}, nil},
			{"", repository.Criteria{"rank": []int32{}}, nil},
			{"Land Return", repository.Criteria{"points": "1"}, nil},
			{"Walk", repository.Criteria{"urgent": true}, nil},
			{"Fly Land Walk Flag Return", repository.Criteria{"urgent": []bool{true, false}}, nil},
			{"Fly Land Flag Return", repository.Criteria{"project_id": moon.ID}, nil},
			{"Fly Land Flag Return", repository.Criteria{"project_id": moon.ID.String()}, nil},
			{"Fly", repository.Criteria{"started_at": start.Add(300 * time.Nanosecond).In(time.FixedZone("", 3600))}, nil},
			{"Fly", repository.Criteria{"started_at": start.Format(time.RFC3339Nano)}, nil},
			{"Land", repository.Criteria{"due": start}, nil},
			{"Land", repository.Criteria{"due": "2026-03-01"}, nil},
			{"Fly", repository.Criteria{"estimate": 1.5}, nil},
			{"Fly Walk", repository.Criteria{"id": []int64{all[2].ID, all[0].ID}}, nil},
			{"Flag Fly Land Return Walk", nil, []repository.Option{repository.OrderBy(repository.Desc("project.code"), repository.Asc("title")), repository.Limit(9)}},
			{"Flag Return Land Walk Fly", nil, []repository.Option{repository.OrderBy(repository.Asc("rank"))}},
			{"Fly Walk Land Return Flag", nil, []repository.Option{repository.OrderBy(repository.Order{Field: "rank", Direction: "DESC"})}},
			{"Walk Land", nil, []repository.Option{repository.OrderBy(repository.Desc("rank")), repository.Limit(2), repository.Offset(1)}},
			{"Walk Land", nil, []repository.Option{repository.OrderBy(repository.Desc("points"), repository.Asc("title")), repository.Limit(2)}},
			{"Return", nil, []repository.Option{repository.Offset(4)}},
			{"", nil, []repository.Option{repository.Offset(5)}},
		} {
			rows, err := tasks.FindBy(ctx, test.criteria, test.opts...)
			require.NoError(t, err, "%v", test.criteria)
			require.Equal(t, test.want, titles(rows), "%v %d", test.criteria, len(test.opts))
			n, err := tasks.Count(ctx, test.criteria)
			require.NoError(t, err)
			found, err := tasks.Exists(ctx, test.criteria)
			require.NoError(t, err)
			require.Equal(t, n > 0, found)
			if test.opts == nil {
				require.Len(t, rows, n)
			}
		}
		rows, err := tasks.FindAll(ctx, repository.With("project.lead", "labels"))
		require.NoError(t, err)
		require.Equal(t, "Moon", rows[0].Edges.Project.Name)
		require.NotNil(t, rows[0].Edges.Labels)
	})
}

// A long list of values is one parameter where the dialect has a way, and finds
// what a short one does.
//
// Covers: D04.
func TestFindByLongList(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		c.Label.Create().SetName("here").ExecX(ctx)
		names := make([]string, 40_000)
		for i := range names {
			names[i] = uuid.NewString()
		}
		names[777] = " HERE "
		rows, err := ent.NewLabelRepository(c).FindBy(ctx, repository.Criteria{"name": names})
		require.NoError(t, err)
		require.Len(t, rows, 1)
	})
}

// What is no field, no value of it, no order and no bound is a typed error that
// names it, before any statement.
//
// Covers: D04, D05, S04, S24.
func TestFindByRefuses(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		tasks := ent.NewTaskRepository(c)
		statements := testkit.Count(t, app.DB)
		var unknown *entity.UnknownFieldError
		for _, name := range []string{"titel", "", "project", "title; DROP TABLE tasks", "projectID"} {
			_, err := tasks.FindBy(ctx, repository.Criteria{name: 1})
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, name, unknown.Name)
			require.Contains(t, unknown.Known, "project_id")
			_, err = tasks.FindBy(ctx, nil, repository.OrderBy(repository.Asc(name)))
			require.ErrorAs(t, err, &unknown)
		}
		for name, values := range map[string][]any{
			"title":      {1, true, "a\x00b", "\xff", []any{"a", 1}},
			"rank":       {"one", 1.5, 1 << 40, true},
			"points":     {"", 1.5, struct{}{}},
			"state":      {"closed", 1},
			"urgent":     {"true", 1},
			"project_id": {"1", 1},
			"started_at": {"today", 1, time.Date(12, 1, 1, 0, 0, 0, 0, time.UTC)},
			"due":        {"2026-13-01"},
			"watchers":   {"ann", []string{"ann"}},
			"meta":       {map[string]any{}},
		} {
			for _, value := range values {
				isBad(t, "criteria."+name, func() error { _, err := tasks.Count(ctx, repository.Criteria{name: value}); return err })
			}
		}
		order := func(o repository.Order) func() error {
			return func() error { _, err := tasks.FindAll(ctx, repository.OrderBy(o)); return err }
		}
		isBad(t, "orderBy[0]", order(repository.Order{Field: "title", Direction: "up"}))
		isBad(t, "orderBy[0]", order(repository.Order{Field: "title", Direction: "desc; DROP TABLE tasks"}))
		isBad(t, "orderBy[0]", order(repository.Asc("body")))
		isBad(t, "orderBy[0]", order(repository.Asc("meta")))
		isBad(t, "orderBy[0]", order(repository.Asc("labels.name")))
		var noEdge *entity.UnknownEdgeError
		require.ErrorAs(t, order(repository.Asc("nothing.name"))(), &noEdge)
		for name, opt := range map[string]repository.Option{
			"Limit": repository.Limit(0), "Offset": repository.Offset(-1), "Batch": repository.Batch(1), "In": repository.In("title"),
		} {
			isBad(t, name, func() error { _, err := tasks.FindAll(ctx, opt); return err })
		}
		isBad(t, "Limit", func() error { _, err := tasks.FindAll(ctx, repository.Limit(repository.MaxRows+1)); return err })
		require.Zero(t, statements.Statements())
	})
}

// A list that is longer than the cap is an error, not a part of it.
//
// Covers: D03, S24.
func TestFindAllIsCapped(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		binders := ent.NewBinderRepository(c)
		_, err := binders.CreateMany(ctx, repository.MaxRows, func(_ int, b *ent.BinderCreate) { b.SetName("b") })
		require.NoError(t, err)
		rows, err := binders.FindAll(ctx)
		require.NoError(t, err)
		require.Len(t, rows, repository.MaxRows)
		for i := 1; i < len(rows); i++ {
			require.Less(t, rows[i-1].ID, rows[i].ID)
		}
		c.Binder.Create().SetName("one more").ExecX(ctx)
		isBad(t, "FindBy", func() error { _, err := binders.FindAll(ctx); return err })
		rows, err = binders.FindAll(ctx, repository.Limit(repository.MaxRows))
		require.NoError(t, err)
		require.Len(t, rows, repository.MaxRows)
	})
}

// One row is the first in the order, the same each time; where it has to be the
// only one, two are an error.
//
// Covers: D06.
func TestFindOneBy(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		all := world(t, c)
		tasks := ent.NewTaskRepository(c)
		first, err := tasks.FindOneBy(ctx, repository.Criteria{"state": "open"})
		require.NoError(t, err)
		require.Equal(t, all[0].ID, first.ID)
		first, err = tasks.FindOneBy(ctx, nil, repository.OrderBy(repository.Desc("points")))
		require.NoError(t, err)
		require.Equal(t, "Walk", first.Title)
		_, err = tasks.FindOneBy(ctx, repository.Criteria{"title": "Sleep"})
		require.ErrorIs(t, err, entity.ErrNotFound)
		_, err = tasks.FindOnlyBy(ctx, repository.Criteria{"title": "Sleep"})
		require.ErrorIs(t, err, entity.ErrNotFound)
		only, err := tasks.FindOnlyBy(ctx, repository.Criteria{"state": "done"}, repository.With("project"))
		require.NoError(t, err)
		require.Equal(t, "Moon", only.Edges.Project.Name)
		var several *entity.NotUniqueError
		_, err = tasks.FindOnlyBy(ctx, repository.Criteria{"state": "open"})
		require.ErrorAs(t, err, &several)
	})
}

// There is a finder for each unique key, of one field or several. Values are
// found in the form in which rules store them.
//
// Covers: D14, D15.
func TestUniqueFinders(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		ann := c.Person.Create().SetName("Ann").SetEmail("Ann@Example.org").SaveX(ctx)
		c.Badge.Create().SetNumber(7).SetPerson(ann).ExecX(ctx)
		people := ent.NewPersonRepository(c)
		for _, email := range []string{"ann@example.org", "ANN@example.ORG", " Ann@example.org "} {
			found, err := people.FindByEmail(ctx, email, repository.With("badge"))
			require.NoError(t, err, email)
			require.Equal(t, ann.ID, found.ID)
			require.EqualValues(t, 7, found.Edges.Badge.Number)
		}
		for _, email := range []string{"an", "ann@example.or", "ann_example.org", "%", ""} {
			_, err := people.FindByEmail(ctx, email)
			require.ErrorIs(t, err, entity.ErrNotFound, email)
		}
		badge, err := ent.NewBadgeRepository(c).FindByPersonID(ctx, ann.ID)
		require.NoError(t, err)
		require.EqualValues(t, 7, badge.Number)

		one := c.Contract.Create().SetNumber("1").SetTitle("one").SaveX(ctx)
		clause := c.Clause.Create().SetContract(one).SetPosition(2).SaveX(ctx)
		clauses := ent.NewClauseRepository(c)
		found, err := clauses.FindByContractIDPosition(ctx, one.ID, 2)
		require.NoError(t, err)
		require.Equal(t, clause.ID, found.ID)
		_, err = clauses.FindByContractIDPosition(ctx, one.ID, 3)
		require.ErrorIs(t, err, entity.ErrNotFound)
		c.Clause.DeleteOne(clause).ExecX(ctx)
		_, err = clauses.FindByContractIDPosition(ctx, one.ID, 2)
		require.ErrorIs(t, err, entity.ErrNotFound) // it is among the deleted

		made := c.Product.Create().SetSku("ABC").SetPrice(100).SaveX(ctx)
		same, err := ent.NewProductRepository(c).FindBySku(ctx, goods.SKU("ABC"))
		require.NoError(t, err)
		require.Equal(t, made.ID, same.ID)
		price, err := ent.NewProductRepository(c).Count(ctx, repository.Criteria{"price": goods.Cents(100), "size": goods.Small, "discount": nil})
		require.NoError(t, err)
		require.Equal(t, 1, price)
	})
}
