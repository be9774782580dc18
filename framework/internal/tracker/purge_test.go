package tracker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/clause"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// A purge follows the foreign keys, deleted rows included.
//
// Covers: C22, C23, C31, C41.
func TestPurgePolicies(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		trash, purge := entity.WithTrashed(ctx), entity.WithPurge(ctx)
		one := newContract(ctx, c, "one")
		top := newClause(ctx, c, one, 1, nil)
		newClause(ctx, c, one, 2, top)
		c.Cover.Create().SetColor("red").SetContract(one).ExecX(ctx)
		r := c.Remark.Create().SetContract(one).SetAbout(one).SaveX(ctx)
		gone := c.Remark.Create().SetContract(one).SetAbout(one).SaveX(ctx)
		invoice := c.Invoice.Create().SetClause(top).SaveX(ctx)
		require.NoError(t, c.Remark.DeleteOne(gone).Exec(ctx))
		require.NoError(t, c.Invoice.DeleteOne(invoice).Exec(ctx))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))

		err := c.Contract.DeleteOne(one).Exec(purge)
		got := conflictOf(t, err, entity.Restricted)
		require.Equal(t, []entity.Blocker{{Entity: "Invoice", Edge: "invoices", Of: "Clause", Count: 1, Dead: 1, Keys: []any{invoice.ID}}}, got.Blockers)
		require.EqualError(t, err, "Contract is still in use: 1 Invoice (Clause.invoices), of which 1 deleted and not purged")
		require.Equal(t, 2, c.Clause.Query().CountX(trash), "nothing is removed")

		require.NoError(t, c.Invoice.DeleteOne(invoice).Exec(purge))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(purge))
		require.Zero(t, c.Contract.Query().CountX(trash)+c.Clause.Query().CountX(trash)+c.Cover.Query().CountX(trash))
		after := c.Remark.GetX(ctx, r.ID)
		require.Nil(t, after.ContractID)
		require.Nil(t, after.AboutID, "a key cannot lead to nothing")
		require.Nil(t, c.Remark.GetX(trash, gone.ID).AboutID)
		require.Greater(t, after.Version, r.Version)
	})
}

// Trees go whole, deeper than any database cascades by itself, and so do
// cycles.
//
// Covers: C31, C41.
func TestPurgeOfTrees(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one := newContract(ctx, c, "one")
		root := newClause(ctx, c, one, 0, nil)
		last := root
		for i := range 40 {
			last = newClause(ctx, c, one, int64(i+1), last)
		}
		a := newClause(ctx, c, one, 100, nil)
		b := newClause(ctx, c, one, 101, a)
		a.Update().SetParent(b).ExecX(ctx)
		n, err := c.Clause.Delete().Where(clause.IDIn(root.ID, b.ID)).Exec(entity.WithPurge(ctx))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Zero(t, c.Clause.Query().CountX(entity.WithTrashed(ctx)))
		require.Equal(t, 1, c.Contract.Query().CountX(ctx))
	})
}

// Entities without soft delete follow the same rules.
//
// Covers: C41, C45.
func TestRemovalForGood(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		project := c.Project.Create().SetName("Moon").SetCode("M").SaveX(ctx)
		label := c.Label.Create().SetName("red").SaveX(ctx)
		task := c.Task.Create().SetTitle("fly").SetProject(project).AddLabels(label).SaveX(ctx)
		p := c.Person.Create().SetEmail("a@example.org").SetName("Ada").AddTasks(task).AddMemberships(project).SaveX(ctx)
		task = c.Task.GetX(ctx, task.ID)
		require.NoError(t, c.Label.DeleteOne(label).Exec(ctx))
		require.Zero(t, task.QueryLabels().CountX(ctx), "links go along")
		require.NoError(t, c.Person.DeleteOne(p).Exec(entity.WithPurge(ctx)))
		after := c.Task.GetX(ctx, task.ID)
		require.Nil(t, after.AssigneeID)
		require.Equal(t, task.Version+1, after.Version, "a row that loses its reference is another one")
		require.Zero(t, project.QueryMembers().CountX(ctx))
	})
}

// A retention job removes what has been deleted for long enough, and what
// cannot go yet is left for the next time.
//
// Covers: C31.
func TestPurgeBefore(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		trash := entity.WithTrashed(ctx)
		free, held, young := newContract(ctx, c, "free"), newContract(ctx, c, "held"), newContract(ctx, c, "young")
		newContract(ctx, c, "alive")
		newClause(ctx, c, free, 1, nil)
		part := newClause(ctx, c, held, 1, nil)
		c.Remark.MapCreateBulk(make([]int, 600), func(b *ent.RemarkCreate, _ int) { b.SetAbout(free) }).ExecX(ctx)
		_, err := c.Remark.Delete().Exec(ctx)
		require.NoError(t, err)
		require.NoError(t, c.Contract.DeleteOne(free).Exec(ctx))
		require.NoError(t, c.Contract.DeleteOne(held).Exec(ctx))
		c.Invoice.Create().SetClause(part).ExecX(ctx) // past the framework
		before := time.Now()
		<-time.After(time.Millisecond)
		require.NoError(t, c.Contract.DeleteOne(young).Exec(ctx))

		got, err := c.PurgeBefore(ctx, before)
		require.NoError(t, err)
		require.Equal(t, entity.Purged{Removed: 602, Kept: 2}, got) // 600 remarks, a clause, a contract
		require.Equal(t, []int64{held.ID, young.ID, young.ID + 1}, c.Contract.Query().Order(ent.Asc("id")).IDsX(trash))
		require.Equal(t, 1, c.Clause.Query().CountX(trash))

		require.NoError(t, c.Invoice.Update().ClearClause().Exec(ctx))
		got, err = c.PurgeBefore(ctx, time.Now().Add(time.Minute))
		require.NoError(t, err)
		require.Equal(t, entity.Purged{Removed: 3}, got)
		require.Equal(t, 1, c.Contract.Query().CountX(trash))
	})
}
