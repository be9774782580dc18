package tracker_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// A restore brings back what one delete took, and nothing else.
//
// Covers: C42.
func TestRestoreIsExact(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		trash := entity.WithTrashed(ctx)
		one := newContract(ctx, c, "one")
		top := newClause(ctx, c, one, 1, nil)
		part := newClause(ctx, c, one, 2, top)
		early := newClause(ctx, c, one, 3, top)
		below := newClause(ctx, c, one, 4, early)
		c.Cover.Create().SetColor("red").SetContract(one).ExecX(ctx)
		r := c.Remark.Create().SetContract(one).SaveX(ctx)
		require.NoError(t, c.Clause.DeleteOne(early).Exec(ctx))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))

		back, err := c.Contract.Restore(ctx, one.ID)
		require.NoError(t, err)
		require.Nil(t, back.DeletedAt)
		require.Equal(t, one.Version+2, back.Version)
		require.True(t, back.UpdatedAt.After(one.UpdatedAt))
		require.Equal(t, []int64{top.ID, part.ID}, c.Clause.Query().IDsX(ctx))
		require.Equal(t, part.Version+2, c.Clause.GetX(ctx, part.ID).Version)
		require.Equal(t, 1, back.QueryCover().CountX(ctx), "the row that comes back can be used")
		require.Nil(t, c.Remark.GetX(ctx, r.ID).ContractID, "what was detached stays so")

		_, err = c.Clause.Restore(ctx, early.ID)
		require.NoError(t, err)
		require.Equal(t, 4, c.Clause.Query().CountX(ctx))
		require.Nil(t, c.Clause.GetX(trash, below.ID).DeletedAt)
		_, err = c.Clause.Restore(ctx, early.ID)
		require.True(t, ent.IsNotFound(err), "it lives")
	})
}

// A delete never has the time of an earlier one among what hangs on it, or a
// restore could not tell them apart. The clocks of servers differ, so such a
// time may lie ahead.
//
// Covers: C42.
func TestTimesOfDeletesDiffer(t *testing.T) {
	t.Parallel()
	const width = 5000 // microseconds in which each instant is taken
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		for try := range 10 {
			one := newContract(ctx, c, strconv.Itoa(try))
			part := newClause(ctx, c, one, 1, nil)
			from := time.Now().UTC().Truncate(time.Microsecond).Add(time.Second)
			c.Clause.MapCreateBulk(make([]int, width), func(b *ent.ClauseCreate, i int) {
				b.SetContract(one).SetPosition(int64(10 + i)).SetDeletedAt(from.Add(time.Duration(i) * time.Microsecond))
			}).ExecX(ctx)
			<-time.After(time.Until(from))
			require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
			at := *c.Contract.GetX(entity.WithTrashed(ctx), one.ID).DeletedAt
			_, err := c.Contract.Restore(ctx, one.ID)
			require.NoError(t, err)
			require.Equal(t, []int64{part.ID}, one.QueryClauses().IDsX(ctx))
			if end := from.Add(width * time.Microsecond); at.Equal(end) {
				return // the first instant that is free
			}
		}
		t.Skip("this machine never came to delete in time")
	})
}

// A row does not come back to a parent that is gone, nor do the rows below it.
//
// Covers: C42.
func TestRestoreNeedsParents(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one, other := newContract(ctx, c, "one"), newContract(ctx, c, "other")
		top := newClause(ctx, c, one, 1, nil)
		part := newClause(ctx, c, other, 2, top)
		invoice := c.Invoice.Create().SetContract(other).SaveX(ctx)
		require.NoError(t, c.Invoice.DeleteOne(invoice).Exec(ctx))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx)) // and both clauses
		require.NoError(t, c.Contract.DeleteOne(other).Exec(ctx))

		_, err := c.Clause.Restore(ctx, top.ID)
		got := conflictOf(t, err, entity.ParentDeleted)
		require.Equal(t, "Clause", got.Entity)
		require.Equal(t, []string{"contract_id"}, got.Fields)
		require.Equal(t, []entity.Blocker{{Entity: "Contract", Edge: "contract", Of: "Clause", Count: 2, Keys: []any{one.ID, other.ID}}}, got.Blockers)
		require.EqualError(t, err, "Clause cannot be restored before what it belongs to: 2 Contract (Clause.contract); restore that first")

		_, err = c.Contract.Restore(ctx, one.ID)
		got = conflictOf(t, err, entity.ParentDeleted)
		require.Equal(t, []any{other.ID}, got.Blockers[0].Keys, "of the clause below")
		require.Zero(t, c.Contract.Query().CountX(ctx)+c.Clause.Query().CountX(ctx), "all or nothing")

		_, err = c.Invoice.Restore(ctx, invoice.ID)
		require.NotNil(t, conflictOf(t, err, entity.ParentDeleted))
		_, err = c.Contract.Restore(ctx, other.ID)
		require.NoError(t, err)
		require.Zero(t, c.Clause.Query().CountX(ctx), "it went with the other contract")
		_, err = c.Contract.Restore(ctx, one.ID)
		require.NoError(t, err)
		require.Equal(t, []int64{top.ID, part.ID}, c.Clause.Query().IDsX(ctx))
	})
}

// What a delete would have detached from a deleted row comes back detached;
// what it would have kept, comes back as it was.
func TestRestoreDetaches(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one, other := newContract(ctx, c, "one"), newContract(ctx, c, "other")
		r := c.Remark.Create().SetContract(one).SetAbout(other).SaveX(ctx)
		require.NoError(t, c.Remark.DeleteOne(r).Exec(ctx))
		_, err := c.Contract.Delete().Exec(ctx)
		require.NoError(t, err)
		back, err := c.Remark.Restore(ctx, r.ID)
		require.NoError(t, err)
		require.Nil(t, back.ContractID)
		require.Equal(t, &other.ID, back.AboutID)
		require.Equal(t, r.Version+2, back.Version)
	})
}

// A unique value that was taken meanwhile is named, with the rows.
//
// Covers: T11, T18.
func TestRestoreMeetsTakenValues(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		old := c.Contract.Create().SetNumber("1").SetTitle("same").SaveX(ctx)
		clause := newClause(ctx, c, old, 1, nil)
		require.NoError(t, c.Contract.DeleteOne(old).Exec(ctx))
		taker := c.Contract.Create().SetNumber("2").SetTitle("same").SaveX(ctx)

		_, err := c.Contract.Restore(ctx, old.ID)
		got := conflictOf(t, err, entity.Unique)
		require.Equal(t, "Contract", got.Entity)
		require.Equal(t, []string{"title"}, got.Fields)
		require.Equal(t, old.ID, got.Key)
		require.Equal(t, []any{taker.ID}, got.Blockers[0].Keys)
		require.Zero(t, c.Clause.Query().CountX(ctx))

		// The way out, in one step: another value.
		_, err = c.Contract.UpdateOneID(old.ID).ClearDeletedAt().SetTitle("new").Save(entity.WithTrashed(ctx))
		require.NoError(t, err)
		require.Equal(t, []int64{clause.ID}, c.Clause.Query().IDsX(ctx))

		// A row further down is at fault.
		require.NoError(t, c.Clause.DeleteOne(clause).Exec(ctx))
		_, err = c.Clause.Restore(ctx, clause.ID)
		require.NoError(t, err)
		cover := c.Cover.Create().SetColor("red").SetContract(old).SaveX(ctx)
		require.NoError(t, c.Contract.DeleteOneID(old.ID).Exec(ctx))
		c.Cover.Create().SetColor("blue").SetContract(old).ExecX(ctx)
		_, err = c.Contract.Restore(ctx, old.ID)
		got = conflictOf(t, err, entity.Unique)
		require.Equal(t, "Cover", got.Entity)
		require.Equal(t, []string{"contract_id"}, got.Fields)
		require.Equal(t, cover.ID, got.Key)
	})
}

// Over the API, a delete and a restore say what is in the way, in its terms.
//
// Covers: C42, T18.
func TestDeleteOverTheAPI(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c, api := t.Context(), app.Client, trackertest.Serve(t, app)
		one := newContract(ctx, c, "one")
		clause := newClause(ctx, c, one, 1, nil)
		invoice := c.Invoice.Create().SetClause(clause).SaveX(ctx)
		id := map[string]any{"id": one.GlobalID()}

		fault := api.Fail("CONFLICT", `mutation($id: ID!) { deleteContract(id: $id) }`, id)
		require.Equal(t, "RESTRICTED", fault.Extensions["reason"])
		require.Equal(t, []any{map[string]any{"entity": "Invoice", "of": "Clause", "edge": "invoices", "count": 1.0}}, fault.Extensions["blockers"])

		require.NoError(t, c.Invoice.DeleteOne(invoice).Exec(ctx))
		api.Must(`mutation($id: ID!) { deleteContract(id: $id) }`, id)
		require.Zero(t, c.Clause.Query().CountX(ctx))

		fault = api.Fail("CONFLICT", `mutation($id: ID!) { restoreClause(id: $id) { id } }`, map[string]any{"id": clause.GlobalID()})
		require.Equal(t, "PARENT_DELETED", fault.Extensions["reason"])
		require.Equal(t, []any{"contractID"}, fault.Extensions["fields"])
		require.Equal(t, []any{map[string]any{"entity": "Contract", "of": "Clause", "edge": "contract", "count": 1.0}}, fault.Extensions["blockers"])

		data := api.Must(`mutation($id: ID!) { restoreContract(id: $id) { version clauses { totalCount } } }`, id)
		require.EqualValues(t, 1, apitest.Get(data, "restoreContract", "clauses", "totalCount"))

		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		c.Contract.Create().SetNumber("two").SetTitle(one.Title).ExecX(ctx)
		fault = api.Fail("CONFLICT", `mutation($id: ID!) { restoreContract(id: $id) { id } }`, id)
		require.Equal(t, "UNIQUE", fault.Extensions["reason"])
		require.Equal(t, []any{"title"}, fault.Extensions["fields"])
		require.Equal(t, relay.EncodeID(one.EntityType(), one.ID), fault.Extensions["id"])
	})
}

// A page of rows whose parent is deleted is whole, over every shape of edge.
//
// Covers: T11.
func TestDeletedParentsDamageNoPage(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c, api := t.Context(), app.Client, trackertest.Serve(t, app)
		p := c.Person.Create().SetEmail("a@example.org").SetName("Ada").SaveX(ctx)
		c.Badge.Create().SetNumber(7).SetPerson(p).ExecX(ctx)
		one := newContract(ctx, c, "one")
		c.Remark.Create().SetAbout(one).ExecX(ctx)
		require.NoError(t, c.Person.DeleteOne(p).Exec(ctx))
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		// Past the framework, a row may come to refer to a deleted one over a
		// required edge.
		newClause(ctx, c, one, 1, nil)
		c.Cover.Create().SetColor("red").SetContract(one).ExecX(ctx)

		data := api.Must(`{
			badges { edges { node { number person { name } } } }
			remarks { edges { node { about { title } } } }
			clauses { edges { node { position contract { title clauses { edges { node { contract { id } } } } } } } }
			covers { edges { node { color contract { id } } } }
		}`, nil)
		for list, edge := range map[string]string{"badges": "person", "remarks": "about", "clauses": "contract", "covers": "contract"} {
			require.Nil(t, apitest.Get(data, list, "edges", 0, "node", edge), list)
			require.NotNil(t, apitest.Get(data, list, "edges", 0, "node"), list)
		}
	})
}
