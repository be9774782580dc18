package tracker_test

import (
	"context"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/unitofwork"
)

// Deletes follow the policies of the schema, and the manager gives up what went
// along.
//
// Covers: F12, C31.
func TestUnitDeletes(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		contract := &ent.Contract{Number: "1", Title: "t"}
		clause := &ent.Clause{Position: 1, Edges: ent.ClauseEdges{Contract: contract}}
		remark := &ent.Remark{Edges: ent.RemarkEdges{Contract: contract}}
		require.NoError(t, em.Persist(clause, remark))
		require.NoError(t, em.Commit(ctx))
		require.NoError(t, em.Remove(contract))
		require.NoError(t, em.Commit(ctx))
		require.False(t, em.Contains(clause), "deleted along")
		require.True(t, em.Contains(remark))
		require.Nil(t, remark.ContractID, "detached")
		require.Equal(t, int64(2), remark.Version)
		require.Zero(t, app.Client.Clause.Query().CountX(ctx))

		// Children and parents at once, whatever the order.
		account := &ent.Person{Email: "a@example.org", Name: "a"}
		badge := &ent.Badge{Number: 1, Edges: ent.BadgeEdges{Person: account}}
		require.NoError(t, em.Persist(badge))
		require.NoError(t, em.Commit(ctx))
		require.NoError(t, em.Remove(account, badge))
		require.NoError(t, em.Commit(ctx))
		require.Zero(t, app.Client.Badge.Query().CountX(ctx))
	})
}

// An edge from many to many is compared with what was loaded: what is added is
// linked, what is taken out is not any more.
//
// Covers: F40.
func TestUnitLinks(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		red, blue := &ent.Label{Name: "red"}, &ent.Label{Name: "blue"}
		task := &ent.Task{Title: "t", Edges: ent.TaskEdges{Labels: []*ent.Label{red}, Project: &ent.Project{Name: "P", Code: "P"}}}
		red.Edges.Tasks = []*ent.Task{task} // both sides say so
		require.NoError(t, em.Persist(task))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, []int64{red.ID}, app.Client.Task.QueryLabels(task).IDsX(ctx))

		task.Edges.Labels = []*ent.Label{blue}
		require.Len(t, changes(t, em, task, "labels"), 1)
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, []int64{blue.ID}, app.Client.Task.QueryLabels(task).IDsX(ctx))
		require.Empty(t, changes(t, em, task, "labels"))
	})
}

// New entities that need each other are inserted and then joined.
//
// Covers: C31.
func TestUnitCircle(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		contract := &ent.Contract{Number: "1", Title: "t"}
		a := &ent.Clause{Position: 1, Edges: ent.ClauseEdges{Contract: contract}}
		b := &ent.Clause{Position: 2, Edges: ent.ClauseEdges{Contract: contract, Parent: a}}
		a.Edges.Parent = b
		require.NoError(t, em.Persist(a))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, b.ID, *app.Client.Clause.GetX(ctx, a.ID).ParentID)
		require.Equal(t, a.ID, *app.Client.Clause.GetX(ctx, b.ID).ParentID)
	})
}

// Without autoflush a query does not see what is pending; with it it does. With
// autocommit a flush is a transaction of its own.
//
// Covers: A30, F08.
func TestUnitAutoflush(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		count := func(em *ent.EntityManager) (n int) {
			rows := &sql.Rows{}
			require.NoError(t, em.Driver().Query(ctx, "SELECT COUNT(*) FROM labels", []any{}, rows))
			require.True(t, rows.Next())
			require.NoError(t, rows.Scan(&n))
			require.NoError(t, rows.Close())
			return n
		}
		for _, on := range []bool{false, true} {
			em := ent.NewEntityManager(app.Client, unitofwork.Autoflush(on))
			require.NoError(t, em.Persist(&ent.Label{Name: "red"}))
			want := 0
			if on {
				want = 1
			}
			require.Equal(t, want, count(em))
			found, err := em.Label.All(ctx, app.Client.Label.Query())
			require.NoError(t, err)
			require.Len(t, found, want)
			require.NoError(t, em.Flush(ctx))
			require.Equal(t, 1, count(em), "it runs in the transaction of the manager")
			require.NoError(t, em.Close())
			require.Zero(t, app.Client.Label.Query().CountX(ctx), "it was not committed")
		}
		em := ent.NewEntityManager(app.Client, unitofwork.Autocommit(true))
		require.NoError(t, em.Persist(&ent.Label{Name: "red"}))
		require.NoError(t, em.Flush(ctx))
		require.NoError(t, em.Close())
		require.Equal(t, 1, app.Client.Label.Query().CountX(ctx))
	})
}

// An audit trail is written with the changes that it tells of, or not at all.
//
// Covers: F65.
func TestUnitAudit(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		var seen []unitofwork.Record
		em := ent.NewEntityManager(app.Client, unitofwork.Audit(func(_ context.Context, r unitofwork.Record) any {
			seen = append(seen, r)
			return &ent.Maker{ID: string(r.Op), Name: r.Entity}
		}))
		defer func() { _ = em.Close() }()
		red := &ent.Label{Name: "red"}
		require.NoError(t, em.Persist(red))
		require.NoError(t, em.Commit(ctx))
		red.Color = new("#f00")
		require.NoError(t, em.Commit(ctx))
		require.NoError(t, em.Remove(red))
		require.NoError(t, em.Flush(ctx))
		require.NoError(t, em.Rollback())
		require.Equal(t, []string{"insert", "update"}, app.Client.Maker.Query().Order(ent.Asc("id")).IDsX(ctx))
		require.Equal(t, unitofwork.Changes{"color": {From: nil, To: "#f00"}}, seen[1].Changes)
		require.Equal(t, red.ID, seen[1].Key)
	})
}

// A struct from New has the defaults, and its zero values count.
//
// Covers: F03.
func TestUnitNew(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, em := t.Context(), ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		product, err := em.Product.New()
		require.NoError(t, err)
		require.NotEmpty(t, product.Size)
		product.Sku = "a"
		require.NoError(t, em.Persist(product))
		require.NoError(t, em.Commit(ctx))
		require.Equal(t, product.Size, app.Client.Product.Query().OnlyX(ctx).Size)
	})
}

// A rollback also undoes the key that a flush took from an edge of the other
// side.
//
// Covers: F06.
func TestUnitRollbackOfAKeyFromTheOtherSide(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		contract := newContract(ctx, app.Client, "one")
		em := ent.NewEntityManager(app.Client)
		defer func() { _ = em.Close() }()
		parent := &ent.Clause{Position: 1, ContractID: contract.ID}
		require.NoError(t, em.Persist(parent))
		require.NoError(t, em.Commit(ctx))
		part := &ent.Clause{Position: 2, ContractID: contract.ID}
		parent.Edges.Parts = append(parent.Edges.Parts, part)
		require.NoError(t, em.Flush(ctx))
		require.Equal(t, &parent.ID, part.ParentID)
		require.NoError(t, em.Rollback())
		require.Nil(t, part.ParentID)
		require.Zero(t, part.ID)
	})
}
