package repositorytest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/task"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Rows are made by typed builders and from maps. From a map nobody sets the key,
// the version or what is read-only, and the error lists all that is wrong.
//
// Covers: D07, D61, S10.
func TestCreate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		tasks := ent.NewTaskRepository(c)
		moon := c.Project.Create().SetName("Moon").SetCode("MOON").SaveX(ctx)
		made, err := tasks.Create(ctx, func(b *ent.TaskCreate) { b.SetTitle(" Fly ").SetProject(moon) })
		require.NoError(t, err)
		require.Equal(t, "Fly", made.Title)
		require.NotZero(t, made.ID)
		require.Equal(t, task.StateOpen, made.State)

		made, err = tasks.CreateFrom(ctx, repository.Values{
			"title": "Land", "project_id": moon.ID.String(), "state": "doing", "rank": 3.0, "estimate": 2, "due": "2026-03-01",
			"watchers": []any{"ann"}, "meta": map[string]any{"a": 1}, "assignee_id": nil,
		})
		require.NoError(t, err)
		same := c.Task.GetX(ctx, made.ID)
		require.Equal(t, task.StateDoing, same.State)
		require.EqualValues(t, 3, *same.Rank)
		require.Equal(t, []string{"ann"}, same.Watchers)
		require.Nil(t, same.AssigneeID)

		var unknown *entity.UnknownFieldError
		_, err = tasks.CreateFrom(ctx, repository.Values{"title": "x", "is_admin": true})
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, "is_admin", unknown.Name)
		var invalid *entity.ValidationError
		_, err = tasks.CreateFrom(ctx, repository.Values{
			"id": 7, "version": 3, "deleted_at": nil, "created_at": "2026-01-01T00:00:00Z", "title": "x", "points": nil, "rank": "many", "project_id": moon.ID,
		})
		require.ErrorAs(t, err, &invalid)
		codes := map[string]string{}
		for _, v := range invalid.Violations {
			codes[v.Field] = v.Code
		}
		require.Equal(t, map[string]string{"id": "invalid", "version": "invalid", "deleted_at": "invalid", "created_at": "invalid", "points": "null", "rank": "type"}, codes)
		_, err = tasks.CreateFrom(ctx, repository.Values{"title": ""})
		require.ErrorAs(t, err, &invalid)
		require.Len(t, invalid.Violations, 2)
		_, err = ent.NewAccountRepository(c).CreateFrom(ctx, repository.Values{"tenant_id": "other", "name": "x"})
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, 2, c.Task.Query().CountX(ctx))

		var taken *entity.ConflictError
		_, err = ent.NewProjectRepository(c).CreateFrom(ctx, repository.Values{"name": "Other", "code": "MOON"})
		require.ErrorAs(t, err, &taken)
		require.Equal(t, []string{"code"}, taken.Fields)
		_, err = tasks.CreateFrom(ctx, repository.Values{"title": "x", "project_id": uuid.New()})
		require.ErrorAs(t, err, &taken)
		require.Equal(t, entity.ForeignKey, taken.Code)
	})
}

// An update writes what differs and nothing else, tells a row that is gone from
// one that stays the same, and goes by the version that the caller has.
//
// Covers: D08, S10.
func TestUpdate(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		all := world(t, c)
		tasks := ent.NewTaskRepository(c)
		fly := all[0]
		changed, err := tasks.Update(ctx, fly.ID, func(u *ent.TaskUpdateOne) {
			u.SetTitle(" Fly ").SetPoints(0).SetStartedAt(*fly.StartedAt).ClearBody().SetWatchers([]string{}).SetState(task.StateOpen)
		})
		require.NoError(t, err)
		require.False(t, changed)
		same := c.Task.GetX(ctx, fly.ID)
		require.Equal(t, fly.Version, same.Version)
		require.Equal(t, fly.UpdatedAt, same.UpdatedAt)

		changed, err = tasks.UpdateFrom(ctx, fly.ID, repository.Values{"title": "Fly", "rank": nil, "points": 5}, repository.ExpectVersion(same.Version))
		require.NoError(t, err)
		require.True(t, changed)
		now := c.Task.GetX(ctx, fly.ID)
		require.Nil(t, now.Rank)
		require.EqualValues(t, 5, now.Points)
		require.Equal(t, same.Version+1, now.Version)

		var stale *entity.StaleError
		for _, points := range []int{5, 6} { // also where nothing differs
			changed, err = tasks.UpdateFrom(ctx, fly.ID, repository.Values{"points": points}, repository.ExpectVersion(same.Version))
			require.ErrorAs(t, err, &stale)
			require.Equal(t, now.Version, stale.Current)
			require.False(t, changed)
		}
		var invalid *entity.ValidationError
		_, err = tasks.UpdateFrom(ctx, fly.ID, repository.Values{"id": 9, "version": 1})
		require.ErrorAs(t, err, &invalid)
		require.Len(t, invalid.Violations, 2)
		_, err = tasks.UpdateFrom(ctx, fly.ID, repository.Values{"title": ""})
		require.ErrorAs(t, err, &invalid)
		for _, id := range []int64{0, -1, 1 << 40} {
			changed, err = tasks.UpdateFrom(ctx, id, repository.Values{"points": 1})
			require.ErrorIs(t, err, entity.ErrNotFound)
			require.False(t, changed)
		}

		one := c.Contract.Create().SetNumber("1").SetTitle("one").SaveX(ctx)
		c.Clause.Create().SetContract(one).SetPosition(1).ExecX(ctx)
		c.Clause.Create().SetContract(one).SetPosition(2).ExecX(ctx)
		clauses := ent.NewClauseRepository(c)
		key := repository.Criteria{"contract_id": one.ID, "position": 2}
		third := func(u *ent.ClauseUpdateOne) { u.SetPosition(3) }
		changed, err = clauses.UpdateOnlyBy(ctx, key, third)
		require.NoError(t, err)
		require.True(t, changed)
		_, err = clauses.FindByContractIDPosition(ctx, one.ID, 3)
		require.NoError(t, err)
		_, err = clauses.UpdateOnlyBy(ctx, key, third)
		require.ErrorIs(t, err, entity.ErrNotFound)
		var several *entity.NotUniqueError
		_, err = clauses.UpdateOnlyBy(ctx, repository.Criteria{"contract_id": one.ID}, third)
		require.ErrorAs(t, err, &several)

		label := c.Label.Create().SetName("red").SaveX(ctx)
		changed, err = tasks.Update(ctx, fly.ID, func(u *ent.TaskUpdateOne) { u.AddLabels(label) })
		require.NoError(t, err)
		require.True(t, changed)
		product := c.Product.Create().SetSku("A").SetPrice(1).SaveX(ctx) // has no version
		products := ent.NewProductRepository(c)
		changed, err = products.Update(ctx, product.ID, func(u *ent.ProductUpdateOne) { u.AppendTags([]string{"new"}) })
		require.NoError(t, err)
		require.True(t, changed)
		require.Equal(t, []string{"new"}, c.Product.GetX(ctx, product.ID).Tags)
		isBad(t, "ExpectVersion", func() error {
			_, err := products.UpdateFrom(ctx, product.ID, repository.Values{"price": 2}, repository.ExpectVersion(1))
			return err
		})
	})
}

// A delete tells whether there was a row, marks it where the schema says so, and
// is undone by a restore.
//
// Covers: D09.
func TestDeleteAndRestore(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		all := world(t, c)
		tasks := ent.NewTaskRepository(c)
		var stale *entity.StaleError
		_, err := tasks.Delete(ctx, all[0].ID, repository.ExpectVersion(99))
		require.ErrorAs(t, err, &stale)
		deleted, err := tasks.Delete(ctx, all[0].ID, repository.ExpectVersion(all[0].Version))
		require.NoError(t, err)
		require.True(t, deleted)
		deleted, err = tasks.Delete(ctx, all[0].ID)
		require.NoError(t, err)
		require.False(t, deleted)
		_, err = tasks.Find(ctx, all[0].ID)
		require.ErrorIs(t, err, entity.ErrNotFound)
		marked, err := tasks.Find(entity.WithTrashed(ctx), all[0].ID)
		require.NoError(t, err)
		require.NotNil(t, marked.DeletedAt)
		back, err := tasks.Restore(ctx, all[0].ID)
		require.NoError(t, err)
		require.Equal(t, "Fly", back.Title)

		ann := c.Person.Create().SetName("Ann").SetEmail("ann@example.org").SaveX(ctx)
		c.Note.Create().SetText("x").SetTask(back).SetAuthor(ann).ExecX(ctx)
		var used *entity.ConflictError
		_, err = ent.NewPersonRepository(c).Delete(ctx, ann.ID)
		require.ErrorAs(t, err, &used)
		label := c.Label.Create().SetName("x").SaveX(ctx)
		deleted, err = ent.NewLabelRepository(c).Delete(ctx, label.ID)
		require.NoError(t, err)
		require.True(t, deleted)
		deleted, err = ent.NewLabelRepository(c).Delete(ctx, label.ID)
		require.NoError(t, err)
		require.False(t, deleted)
	})
}

// Many rows are written in few statements, all or none of them.
//
// Covers: D58.
func TestMany(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		labels := ent.NewLabelRepository(c)
		names := []string{"a", "b", "c", "d"}
		var ids []int64
		testkit.MaxStatements(t, app.DB, 4, func() {
			rows, err := labels.CreateMany(ctx, len(names), func(i int, b *ent.LabelCreate) { b.SetName(names[i]) })
			require.NoError(t, err)
			for i, row := range rows {
				require.Equal(t, names[i], row.Name)
				ids = append(ids, row.ID)
			}
		})
		var row *entity.RowError
		_, err := labels.CreateMany(ctx, 2, func(i int, b *ent.LabelCreate) { b.SetName([]string{"e", "a"}[i]) })
		require.ErrorAs(t, err, &row)
		require.Equal(t, 4, c.Label.Query().CountX(ctx))
		rows, err := labels.UpdateMany(ctx, ids[:2], func(id int64, u *ent.LabelUpdateOne) { u.SetColor(names[id-ids[0]]) })
		require.NoError(t, err)
		require.Equal(t, "b", *rows[1].Color)
		n, err := labels.UpdateBy(ctx, repository.Criteria{"color": nil}, repository.Values{"color": "none"})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		n, err = labels.DeleteBy(ctx, repository.Criteria{"color": "none"})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		isBad(t, "criteria", func() error { _, err := labels.DeleteBy(ctx, nil); return err })
		isBad(t, "criteria", func() error { _, err := labels.UpdateBy(ctx, nil, repository.Values{"color": "x"}); return err })
		require.Equal(t, 2, c.Label.Query().CountX(ctx))
	})
}

// Repositories take part in the transaction of their context: its rollback
// undoes what they wrote, and they see what it has not committed.
//
// Covers: D12.
func TestTransaction(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		all := world(t, c)
		stop := errors.New("stop")
		err := c.Transact(ctx, func(ctx context.Context) error {
			tasks := ent.NewTaskRepository(c) // made here or elsewhere
			made, err := tasks.CreateFrom(ctx, repository.Values{"title": "Inside", "project_id": all[0].ProjectID})
			require.NoError(t, err)
			_, err = tasks.UpdateFrom(ctx, all[1].ID, repository.Values{"points": 99})
			require.NoError(t, err)
			_, err = tasks.Delete(ctx, all[2].ID)
			require.NoError(t, err)
			_, err = tasks.UpdateBy(ctx, repository.Criteria{"state": "done"}, repository.Values{"urgent": true})
			require.NoError(t, err)
			_, err = tasks.CreateMany(ctx, 2, func(_ int, b *ent.TaskCreate) { b.SetTitle("Many").SetProjectID(all[0].ProjectID) })
			require.NoError(t, err)

			found, err := tasks.Find(ctx, made.ID)
			require.NoError(t, err)
			require.Equal(t, "Inside", found.Title)
			page, err := tasks.Paginate(ctx, 1, 10, nil)
			require.NoError(t, err)
			require.Equal(t, 7, page.Pagination.Total)
			n := 0
			for row, err := range tasks.Each(ctx, nil, repository.Batch(2)) {
				require.NoError(t, err)
				require.NotEqual(t, all[2].ID, row.ID)
				n++
			}
			require.Equal(t, 7, n)
			return stop
		})
		require.ErrorIs(t, err, stop)
		rows, err := ent.NewTaskRepository(c).FindAll(ctx)
		require.NoError(t, err)
		require.Equal(t, "Fly Land Walk Flag Return", titles(rows))
		require.EqualValues(t, 1, rows[1].Points)
		require.False(t, rows[1].Urgent)
	})
}

// A narrowed repository knows no other rows: it neither finds nor writes them.
// Specifications compose.
//
// Covers: D57, D60.
func TestWhere(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		all := world(t, c)
		tasks := ent.NewTaskRepository(c)
		ranked := task.RankNotNil()
		open := task.StateEQ(task.StateOpen)
		first := tasks.Where(task.And(ranked, task.Not(task.TitleContains("al"))))
		rows, err := first.FindBy(ctx, repository.Criteria{"state": []string{"open", "done"}})
		require.NoError(t, err)
		require.Equal(t, "Fly Land", titles(rows))
		rows, err = first.Where(open).FindAll(ctx)
		require.NoError(t, err)
		require.Equal(t, "Fly", titles(rows))
		rows, err = tasks.Query(task.Or(task.UrgentEQ(true), task.StateEQ(task.StateDone))).Order(task.ByID()).All(ctx)
		require.NoError(t, err)
		require.Equal(t, "Land Walk", titles(rows))

		outside := all[3].ID
		_, err = first.Find(ctx, outside)
		require.ErrorIs(t, err, entity.ErrNotFound)
		_, err = first.UpdateFrom(ctx, outside, repository.Values{"points": 9})
		require.ErrorIs(t, err, entity.ErrNotFound)
		deleted, err := first.Delete(ctx, outside)
		require.NoError(t, err)
		require.False(t, deleted)
		_, err = first.UpdateMany(ctx, []int64{outside}, func(_ int64, u *ent.TaskUpdateOne) { u.SetPoints(9) })
		require.ErrorIs(t, err, entity.ErrNotFound)
		n, err := first.UpdateBy(ctx, nil, repository.Values{"points": 7})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		n, err = tasks.Count(ctx, repository.Criteria{"points": 7})
		require.NoError(t, err)
		require.Equal(t, 2, n)

		loaded, err := tasks.With(func(q *ent.TaskQuery) { q.WithProject().WithLabels() }).Find(ctx, all[0].ID)
		require.NoError(t, err)
		require.Equal(t, "Moon", loaded.Edges.Project.Name)
		bare, err := tasks.FindAll(ctx)
		require.NoError(t, err)
		require.Nil(t, bare[0].Edges.Project)
		require.NoError(t, tasks.LoadMissing(ctx, bare, "project"))
		require.Equal(t, "Moon", bare[0].Edges.Project.Name)
	})
}

// Row filters hold: nobody sees or writes rows of another tenant.
//
// Covers: D57.
func TestTenant(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		one, two := entity.WithTenant(t.Context(), "one"), entity.WithTenant(t.Context(), "two")
		accounts := ent.NewAccountRepository(app.Client)
		mine, err := accounts.CreateFrom(one, repository.Values{"name": "a"})
		require.NoError(t, err)
		_, err = accounts.Find(two, mine.ID)
		require.ErrorIs(t, err, entity.ErrNotFound)
		_, err = accounts.UpdateFrom(two, mine.ID, repository.Values{"name": "b"})
		require.ErrorIs(t, err, entity.ErrNotFound)
		deleted, err := accounts.Delete(two, mine.ID)
		require.NoError(t, err)
		require.False(t, deleted)
		page, err := accounts.Paginate(two, 1, 10, nil)
		require.NoError(t, err)
		require.Zero(t, page.Pagination.Total)
		for _, err := range accounts.Each(two, nil) {
			t.Fatal("a row of another tenant, or an error: ", err)
		}
		n, err := accounts.Count(one, nil)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}
