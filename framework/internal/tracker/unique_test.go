package tracker_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
)

// What is unique is unique among the living, whether it is a field, an index or
// an edge from one to one, and a conflict names its fields.
//
// Covers: T11, T18.
func TestUniqueAmongTheLiving(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one := c.Contract.Create().SetNumber("1").SetTitle("same").SaveX(ctx)
		clause := newClause(ctx, c, one, 1, nil)
		cover := c.Cover.Create().SetColor("red").SetContract(one).SaveX(ctx)
		attempts := map[string]func() error{
			"title":                func() error { return c.Contract.Create().SetNumber("2").SetTitle("same").Exec(ctx) },
			"contract_id position": func() error { return c.Clause.Create().SetContract(one).SetPosition(1).Exec(ctx) },
			"contract_id":          func() error { return c.Cover.Create().SetColor("blue").SetContract(one).Exec(ctx) },
		}
		for name, try := range attempts {
			got := conflictOf(t, try(), entity.Unique)
			require.Equal(t, name, strings.Join(got.Fields, " "), name)
		}
		require.NoError(t, c.Clause.DeleteOne(clause).Exec(ctx))
		require.NoError(t, c.Cover.DeleteOne(cover).Exec(ctx))
		require.NoError(t, attempts["contract_id position"]())
		require.NoError(t, attempts["contract_id"]())
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		require.NoError(t, attempts["title"]())
		for _, number := range []string{"3", "4", "5"} { // any number of deleted rows may have had it
			_, err := c.Contract.Delete().Exec(ctx)
			require.NoError(t, err)
			c.Contract.Create().SetNumber(number).SetTitle("same").ExecX(ctx)
		}
	})
}

// A value that is never given twice stays taken by a deleted row.
//
// Covers: T11.
func TestUniqueForever(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		one := newContract(ctx, c, "one")
		require.NoError(t, c.Contract.DeleteOne(one).Exec(ctx))
		err := c.Contract.Create().SetNumber("one").SetTitle("x").Exec(ctx)
		require.Equal(t, []string{"number"}, conflictOf(t, err, entity.Unique).Fields)
		require.NoError(t, c.Contract.DeleteOne(one).Exec(entity.WithPurge(ctx)))
		newContract(ctx, c, "one")
	})
}

// The descriptions tell what is unique, for how long, and what an upsert does
// with a deleted row.
func TestKeysAreDescribed(t *testing.T) {
	t.Parallel()
	all := ent.Entities()
	require.Equal(t, []*entity.Key{{Fields: []string{"number"}}, {Fields: []string{"title"}, Living: true}}, all["Contract"].Keys)
	require.Equal(t, []*entity.Key{{Fields: []string{"contract_id", "position"}, Living: true, Index: "uq_clauses_contract_id_position"}}, all["Clause"].Keys)
	require.Equal(t, []*entity.Key{{Fields: []string{"contract_id"}, Living: true}}, all["Cover"].Keys)
	require.Equal(t, []*entity.Key{{Fields: []string{"number"}}, {Fields: []string{"person_id"}}}, all["Badge"].Keys)
	require.True(t, all["Cover"].Revive)
	require.False(t, all["Contract"].Revive)
}
