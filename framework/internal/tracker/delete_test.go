package tracker_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/clause"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/contract"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/cover"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/note"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/remark"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// conflictOf returns the conflict that the error is.
func conflictOf(t *testing.T, err error, code string) *entity.ConflictError {
	t.Helper()
	var conflict *entity.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, code, conflict.Code, err)
	return conflict
}

func newContract(ctx context.Context, c *ent.Client, number string) *ent.Contract {
	return c.Contract.Create().SetNumber(number).SetTitle("title of " + number).SaveX(ctx)
}

func newClause(ctx context.Context, c *ent.Client, of *ent.Contract, position int64, parent *ent.Clause) *ent.Clause {
	b := c.Clause.Create().SetContract(of).SetPosition(position)
	if parent != nil {
		b.SetParent(parent)
	}
	return b.SaveX(ctx)
}

// Each edge has its policy, for the client and for a bulk delete.
//
// Covers: C41, C42, T11.
func TestDeletePolicies(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		trash := entity.WithTrashed(ctx)
		one, other := newContract(ctx, c, "one"), newContract(ctx, c, "other")
		top := newClause(ctx, c, one, 1, nil)
		part := newClause(ctx, c, one, 2, top)
		spared := newClause(ctx, c, other, 1, nil)
		sheet := c.Cover.Create().SetColor("red").SetContract(one).SaveX(ctx)
		r := c.Remark.Create().SetContract(one).SetAbout(one).SaveX(ctx)
		before := c.Remark.GetX(ctx, r.ID)

		n, err := c.Contract.Delete().Where(contract.Number("one")).Exec(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n, "what goes along is not counted")

		gone := c.Contract.GetX(trash, one.ID)
		require.NotNil(t, gone.DeletedAt)
		require.Equal(t, one.Version+1, gone.Version)
		require.Equal(t, *gone.DeletedAt, gone.UpdatedAt)
		for _, clause := range []*ent.Clause{top, part} { // cascade
			got := c.Clause.GetX(trash, clause.ID)
			require.Equal(t, gone.DeletedAt, got.DeletedAt, "one time for all")
			require.Equal(t, clause.Version+1, got.Version)
		}
		require.Equal(t, gone.DeletedAt, c.Cover.GetX(trash, sheet.ID).DeletedAt)
		require.Nil(t, c.Clause.GetX(ctx, spared.ID).DeletedAt)
		require.Equal(t, spared.Version, c.Clause.GetX(ctx, spared.ID).Version)

		after := c.Remark.GetX(ctx, r.ID)
		require.Nil(t, after.ContractID, "detach")
		require.Equal(t, &one.ID, after.AboutID, "keep")
		require.Equal(t, before.Version+1, after.Version)
		require.Equal(t, *gone.DeletedAt, after.UpdatedAt)
	})
}

// Children without soft delete are lost by nothing but a purge.
//
// Covers: C22, C41.
func TestCascadeLosesNothing(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		p := c.Person.Create().SetEmail("a@example.org").SetName("Ada").SaveX(ctx)
		badge := c.Badge.Create().SetNumber(7).SetPerson(p).SaveX(ctx)
		require.NoError(t, c.Person.DeleteOne(p).Exec(ctx))
		require.Equal(t, p.ID, c.Badge.GetX(ctx, badge.ID).PersonID)
		_, err := c.Person.Restore(ctx, p.ID)
		require.NoError(t, err)
		require.Equal(t, badge.ID, p.QueryBadge().OnlyIDX(ctx))
		require.NoError(t, c.Person.DeleteOne(p).Exec(entity.WithPurge(ctx)))
		require.Zero(t, c.Badge.Query().CountX(ctx))
	})
}

// Rows in the way refuse a delete as a whole, however deep they are, and are
// named. Inside a transaction of the caller nothing is half done either.
//
// Covers: C41, C45.
func TestRestrict(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one, other := newContract(ctx, c, "one"), newContract(ctx, c, "other")
		top := newClause(ctx, c, one, 1, nil)
		part := newClause(ctx, c, one, 2, top)
		r := c.Remark.Create().SetContract(one).SaveX(ctx)
		invoice := c.Invoice.Create().SetClause(part).SaveX(ctx)
		second := c.Invoice.Create().SetClause(part).SaveX(ctx)

		refused := func(err error) {
			t.Helper()
			got := conflictOf(t, err, entity.Restricted)
			require.Equal(t, "Contract", got.Entity)
			require.Equal(t, []entity.Blocker{{Entity: "Invoice", Edge: "invoices", Of: "Clause", Count: 2, Keys: []any{invoice.ID, second.ID}}}, got.Blockers)
			require.EqualError(t, err, "Contract is still in use: 2 Invoice (Clause.invoices)")
			require.Equal(t, 2, c.Contract.Query().CountX(ctx))
			require.Equal(t, 2, c.Clause.Query().Where(clause.Version(1)).CountX(ctx))
			require.NotNil(t, c.Remark.GetX(ctx, r.ID).ContractID)
		}
		refused(c.Contract.DeleteOne(one).Exec(ctx))
		_, err := c.Contract.Delete().Exec(ctx)
		refused(err)

		tx, err := c.Tx(ctx)
		require.NoError(t, err)
		require.NotNil(t, conflictOf(t, tx.Contract.DeleteOne(one).Exec(ctx), entity.Restricted))
		require.NoError(t, tx.Contract.DeleteOne(other).Exec(ctx), "the transaction is still good")
		require.NoError(t, tx.Rollback())
		refused(c.Contract.DeleteOne(one).Exec(ctx))

		// Deleted rows are in nobody's way, nor are rows that go along.
		require.NoError(t, c.Invoice.DeleteOne(invoice).Exec(ctx))
		require.NoError(t, c.Invoice.DeleteOne(second).Exec(ctx))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
	})
}

// A row that goes along is in nobody's way, whichever edge led to it.
//
// Covers: C31, C41.
func TestRestrictedRowsThatGoAlong(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one := newContract(ctx, c, "one")
		part := newClause(ctx, c, one, 1, nil)
		c.Cover.Create().SetColor("red").SetContract(one).SetClause(part).ExecX(ctx)
		require.NotNil(t, conflictOf(t, c.Clause.DeleteOne(part).Exec(ctx), entity.Restricted))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		_, err := c.Contract.Restore(ctx, one.ID)
		require.NoError(t, err)
		require.Equal(t, 1, c.Cover.Query().Where(cover.HasClause()).CountX(ctx))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(entity.WithPurge(ctx)))
		require.Zero(t, c.Cover.Query().CountX(entity.WithTrashed(ctx)))
	})
}

// More rows in the way than anyone wants to read are not all read.
func TestRestrictCounts(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one := newContract(ctx, c, "one")
		c.Invoice.MapCreateBulk(make([]int, 150), func(b *ent.InvoiceCreate, _ int) { b.SetContract(one) }).ExecX(ctx)
		got := conflictOf(t, c.Contract.DeleteOne(one).Exec(ctx), entity.Restricted)
		require.Equal(t, 100, got.Blockers[0].Count)
		require.Len(t, got.Blockers[0].Keys, 5)
		require.ErrorContains(t, got, "100 or more Invoice (Contract.invoices)")
	})
}

// What was deleted before keeps its time, and trees with cycles end.
//
// Covers: C42.
func TestCascadeOfTrees(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		trash := entity.WithTrashed(ctx)
		one := newContract(ctx, c, "one")
		a := newClause(ctx, c, one, 1, nil)
		b := newClause(ctx, c, one, 2, a)
		early := newClause(ctx, c, one, 3, b)
		self := newClause(ctx, c, one, 4, b)
		a.Update().SetParent(b).ExecX(ctx)
		self.Update().SetParent(self).ExecX(ctx)
		require.NoError(t, c.Clause.DeleteOne(early).Exec(ctx))
		was := c.Clause.GetX(trash, early.ID)

		require.NoError(t, c.Clause.DeleteOne(b).Exec(ctx))
		require.Equal(t, []int64{self.ID}, c.Clause.Query().IDsX(ctx), "it left the tree")
		require.Equal(t, was.String(), c.Clause.GetX(trash, early.ID).String())
		require.Equal(t, c.Clause.GetX(trash, a.ID).DeletedAt, c.Clause.GetX(trash, b.ID).DeletedAt)

		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		require.Equal(t, was.DeletedAt, c.Clause.GetX(trash, early.ID).DeletedAt)
		require.Zero(t, c.Clause.Query().CountX(ctx))
	})
}

// Hooks run once for each delete, whatever goes along.
//
// Covers: T11.
func TestHooksOfDeletesRunOnce(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		var ran []string
		c.Use(func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				ran = append(ran, m.Type()+" "+m.Op().String())
				return next.Mutate(ctx, m)
			})
		})
		one := newContract(ctx, c, "one")
		newClause(ctx, c, one, 1, nil)
		ran = nil
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		_, err := c.Contract.Restore(ctx, one.ID)
		require.NoError(t, err)
		_, err = c.Contract.Delete().Exec(ctx)
		require.NoError(t, err)
		require.NoError(t, c.Contract.DeleteOne(one).Exec(entity.WithPurge(ctx)))
		require.Equal(t, []string{"Contract OpDeleteOne", "Contract OpUpdateOne", "Contract OpDelete", "Contract OpDeleteOne"}, ran)
	})
}

// counted is a client that notes its statements.
func counted(app *trackertest.App) (*ent.Client, func() int) {
	var (
		mu         sync.Mutex
		statements []string
	)
	driver := dialect.DebugWithContext(app.DB.Driver(), func(_ context.Context, v ...any) {
		for _, line := range v {
			if text, ok := line.(string); ok && (strings.Contains(text, "Query") || strings.Contains(text, "Exec")) {
				mu.Lock()
				statements = append(statements, text)
				mu.Unlock()
			}
		}
	})
	return ent.NewClient(ent.Driver(driver)), func() int {
		mu.Lock()
		defer mu.Unlock()
		n := len(statements)
		statements = nil
		return n
	}
}

// What a delete costs depends on the edges and the depth, not on the rows.
//
// Covers: C42.
func TestStatementsOfDelete(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c, count := counted(app)
		cost := map[int][2]int{}
		for _, rows := range []int{1, 200} {
			one := newContract(ctx, c, "number "+string(rune('a'+rows%26)))
			c.Clause.MapCreateBulk(make([]int, rows), func(b *ent.ClauseCreate, i int) { b.SetContract(one).SetPosition(int64(i)) }).ExecX(ctx)
			count()
			require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
			deleted := count()
			_, err := c.Contract.Restore(ctx, one.ID)
			require.NoError(t, err)
			cost[rows] = [2]int{deleted, count()}
		}
		require.Equal(t, cost[1], cost[200])
		require.Less(t, cost[1][0], 20)

		r := c.Remark.Create().SaveX(ctx)
		count()
		require.NoError(t, c.Remark.DeleteOne(r).Exec(ctx))
		require.Equal(t, 1, count(), "nothing hangs on it")
	})
}

// A row that comes to refer to one that is being deleted either goes along,
// stops the delete, or finds its parent gone; nothing is left in between while
// it waits.
//
// Covers: C41.
func TestDeleteWaitsForWhoRefers(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		if app.DB.Driver().Dialect() == dialect.SQLite {
			t.Skip("one writer at a time")
		}
		ctx, c := t.Context(), app.Client
		one := newContract(ctx, c, "one")
		tx, err := c.Tx(ctx)
		require.NoError(t, err)
		tx.Clause.Create().SetContract(one).SetPosition(1).ExecX(ctx)
		tx.Invoice.Create().SetContract(one).ExecX(ctx)
		done := make(chan error, 1)
		go func() { done <- c.Contract.DeleteOne(one).Exec(ctx) }()
		select {
		case err := <-done:
			t.Fatalf("did not wait: %v", err)
		case <-time.After(200 * time.Millisecond):
		}
		require.NoError(t, tx.Commit())
		require.NotNil(t, conflictOf(t, <-done, entity.Restricted))
	})
}

// The number of rows is no matter of parameters.
func TestDeleteOfMany(t *testing.T) {
	t.Parallel()
	const rows = 12_000
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one := newContract(ctx, c, "one")
		for part := range slices.Chunk(make([]int, rows), 2000) {
			c.Remark.MapCreateBulk(part, func(b *ent.RemarkCreate, _ int) { b.SetContract(one) }).ExecX(ctx)
			newContract(ctx, c, "c"+time.Now().String())
		}
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		require.Zero(t, c.Remark.Query().Where(remark.ContractIDNotNil()).CountX(ctx))
		n, err := c.Remark.Delete().Exec(ctx)
		require.NoError(t, err)
		require.Equal(t, rows, n)
	})
}

// A delete without a match is no error in bulk and NotFound for one.
func TestDeleteOfNothing(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		require.True(t, ent.IsNotFound(c.Contract.DeleteOneID(99).Exec(ctx)))
		n, err := c.Contract.Delete().Exec(ctx)
		require.NoError(t, err)
		require.Zero(t, n)
		_, err = c.Contract.Restore(ctx, 99)
		require.True(t, ent.IsNotFound(err))
		n, err = c.Note.Delete().Where(note.HasTask()).Exec(ctx)
		require.NoError(t, err)
		require.Zero(t, n)

		stopped, cancel := context.WithCancel(ctx)
		cancel()
		one := newContract(ctx, c, "one")
		require.ErrorIs(t, c.Contract.DeleteOne(one).Exec(stopped), context.Canceled)
		require.Equal(t, 1, c.Contract.Query().CountX(ctx))
	})
}
