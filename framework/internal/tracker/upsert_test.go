package tracker_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/label"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/person"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// An upsert creates what is not there, changes only what is set of what is,
// and leaves alone what is the same. Ids are those of the rows.
//
// Covers: T12.
func TestUpsert(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		ada := c.Person.Create().SetEmail("ada@example.org").SetName("Ada").SetNickname("countess").SaveX(ctx)
		bob := c.Person.Create().SetEmail("bob@example.org").SetName("Bob").SaveX(ctx)
		ops := map[string]int{}
		c.Person.Use(func(next ent.Mutator) ent.Mutator {
			return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
				ops[m.Op().String()]++
				return next.Mutate(ctx, m)
			})
		})
		rows, err := c.Person.UpsertBulk([]*ent.PersonCreate{
			c.Person.Create().SetEmail("new1@example.org").SetName("New 1"),
			c.Person.Create().SetEmail(" Bob@Example.org").SetName(" Bob "),
			c.Person.Create().SetEmail("ada@example.org").SetName("Lovelace"),
			c.Person.Create().SetEmail("new2@example.org").SetName("New 2"),
		}, ent.PersonByEmail).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"OpCreate": 2, "OpUpdateOne": 1}, ops)
		require.Equal(t, []entity.Outcome{entity.Created, entity.Unchanged, entity.Updated, entity.Created},
			[]entity.Outcome{rows[0].Outcome, rows[1].Outcome, rows[2].Outcome, rows[3].Outcome})
		require.Equal(t, bob.ID, rows[1].Row.ID)
		require.Equal(t, ada.ID, rows[2].Row.ID)
		for i, email := range []string{"new1@example.org", "bob@example.org", "ada@example.org", "new2@example.org"} {
			got := c.Person.Query().Where(person.Email(email)).OnlyX(ctx)
			require.Equal(t, got.ID, rows[i].Row.ID)
			require.Equal(t, got.Name, rows[i].Row.Name)
			require.Equal(t, got.Version, rows[i].Row.Version)
		}
		got := c.Person.GetX(ctx, ada.ID)
		require.Equal(t, "Lovelace", got.Name)
		require.Equal(t, "countess", *got.Nickname, "what is not set stays")
		require.Equal(t, int64(2), got.Version)
		require.Equal(t, int64(1), c.Person.GetX(ctx, bob.ID).Version, "what is the same is not touched")

		// By the id, and one row.
		one, err := c.Person.Upsert(c.Person.Create().SetID(ada.ID).SetName("Ada"), ent.PersonByID).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, entity.Updated, one.Outcome)
		require.Equal(t, "ada@example.org", one.Row.Email)
		require.Zero(t, one.Row.QueryTasks().CountX(ctx), "the row is not bound to the transaction")
	})
}

// What is wrong with a row names it, and nothing is written.
func TestUpsertRefuses(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		c.Person.Create().SetEmail("ada@example.org").SetName("Ada").SaveX(ctx)
		for name, other := range map[string]*ent.PersonCreate{
			"no key":         c.Person.Create().SetName("x"),
			"twice":          c.Person.Create().SetEmail("NEW@example.org").SetName("x"),
			"rule on create": c.Person.Create().SetEmail("other@example.org").SetName(""),
			"rule on update": c.Person.Create().SetEmail("ada@example.org").SetName(""),
			"no address":     c.Person.Create().SetEmail("ada").SetName("x"),
		} {
			_, err := c.Person.UpsertBulk([]*ent.PersonCreate{c.Person.Create().SetEmail("new@example.org").SetName("New"), other}).Save(ctx)
			var row *entity.RowError
			require.ErrorAs(t, err, &row, name)
			require.Equal(t, 1, row.Index, name)
			var invalid *entity.ValidationError
			require.ErrorAs(t, err, &invalid, name)
			require.Equal(t, 1, c.Person.Query().CountX(ctx), name)
		}
		// Another unique value that is taken is no reason to try again.
		badge := c.Badge.Create().SetNumber(1).SetPerson(c.Person.Query().OnlyX(ctx)).SaveX(ctx)
		_, err := c.Badge.Upsert(c.Badge.Create().SetNumber(2).SetPersonID(badge.PersonID)).Save(ctx)
		var conflict *entity.ConflictError
		require.ErrorAs(t, err, &conflict)
		require.Equal(t, []string{"person_id"}, conflict.Fields)
	})
}

// A deleted row is never changed unseen: it is another row's value that is
// taken, or it is revived where the schema says so.
//
// Covers: T11.
func TestUpsertTombstone(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		ada := c.Person.Create().SetEmail("ada@example.org").SetName("Ada").SaveX(ctx)
		c.Person.DeleteOne(ada).ExecX(ctx)
		row, err := c.Person.Upsert(c.Person.Create().SetEmail("ada@example.org").SetName("New")).Save(ctx)
		old := c.Person.GetX(entity.WithTrashed(ctx), ada.ID)
		require.Equal(t, "Ada", old.Name)
		require.NotNil(t, old.DeletedAt)
		if err != nil { // unique for ever
			var conflict *entity.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, entity.Tombstone, conflict.Code)
			require.Equal(t, []string{"email"}, conflict.Fields)
			return
		}
		require.Equal(t, entity.Created, row.Outcome) // unique among the living
		require.NotEqual(t, ada.ID, row.Row.ID)
	})
}

// Those who upsert the same keys at the same time make each row once, and none
// sees an error.
func TestUpsertTogether(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		const workers, rounds, keys = 8, 6, 10
		var wg sync.WaitGroup
		errs := make([]error, workers)
		for w := range workers {
			wg.Go(func() {
				for r := range rounds {
					builders := make([]*ent.LabelCreate, keys)
					for k := range builders {
						// Each in an order of its own, so that they get in each other's way.
						at := (k*(2*w+1) + w) % keys
						if w%2 == 1 {
							at = keys - 1 - k
						}
						builders[k] = c.Label.Create().SetName(fmt.Sprintf("r%d-%d", r, at)).SetColor(strconv.Itoa(w))
					}
					seen := map[string]bool{}
					var unique []*ent.LabelCreate
					for _, b := range builders {
						if name, _ := b.Mutation().Name(); !seen[name] {
							seen[name] = true
							unique = append(unique, b)
						}
					}
					rows, err := c.Label.UpsertBulk(unique).Save(ctx)
					if err != nil {
						errs[w] = err
						return
					}
					for i, row := range rows {
						if name, _ := unique[i].Mutation().Name(); row.Row.Name != name {
							errs[w] = fmt.Errorf("row %d is %s, not %s", i, row.Row.Name, name)
						}
					}
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		names := c.Label.Query().Select(label.FieldName).StringsX(ctx)
		require.Len(t, names, rounds*keys)
	})
}

// An upsert compares with the row as it is once those who are changing it are
// through. Otherwise the row would be a mixture of the two.
func TestUpsertWaitsForOthers(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		upsert := func(c *ent.Client, name, nickname string) error {
			_, err := c.Person.Upsert(c.Person.Create().SetEmail("ada@example.org").SetName(name).SetNickname(nickname)).Save(ctx)
			return err
		}
		require.NoError(t, upsert(c, "old", "old"))
		tx, err := c.Tx(ctx)
		require.NoError(t, err)
		require.NoError(t, upsert(tx.Client(), "new", "old"))
		second := make(chan error)
		go func() { second <- upsert(c, "old", "new") }()
		time.Sleep(300 * time.Millisecond) //nolint:forbidigo // for the second one to get as far as it can
		require.NoError(t, tx.Commit())
		require.NoError(t, <-second)
		got := c.Person.Query().OnlyX(ctx)
		require.Equal(t, "old new", got.Name+" "+*got.Nickname)
	})
}

// Random upserts leave the same rows on a database as in a map.
func TestUpsertModel(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		rapid.Check(t, func(rt *rapid.T) {
			c.Label.Delete().ExecX(ctx)
			model := map[string]string{}
			ids := map[string]int64{}
			for range rapid.IntRange(1, 4).Draw(rt, "upserts") {
				names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "A "}), 0, 5, func(s string) string {
					if s == "A " {
						return "a"
					}
					return s
				}).Draw(rt, "names")
				builders := make([]*ent.LabelCreate, len(names))
				want := make([]entity.Outcome, len(names))
				for i, name := range names {
					b := c.Label.Create().SetName(name)
					if name == "A " {
						name = "a"
					}
					color, exists := model[name]
					want[i] = entity.Unchanged
					if !exists {
						want[i] = entity.Created
					}
					if rapid.Bool().Draw(rt, "set") {
						next := rapid.SampledFrom([]string{"red", "blue"}).Draw(rt, "color")
						b.SetColor(next)
						if exists && next != color {
							want[i] = entity.Updated
						}
						color = next
					}
					model[name] = color
					builders[i], names[i] = b, name
				}
				rows, err := c.Label.UpsertBulk(builders, ent.LabelByName).Save(ctx)
				if err != nil {
					rt.Fatal(err)
				}
				for i, row := range rows {
					if row.Outcome != want[i] || row.Row.Name != names[i] || ids[names[i]] != 0 && ids[names[i]] != row.Row.ID {
						rt.Fatalf("row %d is %v (%s), wanted %s %s", i, row.Row, row.Outcome, names[i], want[i])
					}
					ids[names[i]] = row.Row.ID
				}
				got := map[string]string{}
				for _, row := range c.Label.Query().AllX(ctx) {
					got[row.Name] = ""
					if row.Color != nil {
						got[row.Name] = *row.Color
					}
					if ids[row.Name] != row.ID {
						rt.Fatalf("%s has id %d, not %d", row.Name, row.ID, ids[row.Name])
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(model) {
					rt.Fatalf("the database has %v, the model %v", got, model)
				}
			}
		})
	})
}

// The API upserts by a key of the schema, one row or many.
func TestUpsertThroughAPI(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		one := api.Must(`mutation { upsertPerson(input: {email: "ada@example.org", name: "Ada", nickname: "a"}) { id version } }`, nil)
		id := apitest.Get(one, "upsertPerson", "id")
		again := api.Must(`mutation { upsertPerson(by: EMAIL, input: {email: "ADA@example.org", name: "Ada L."}) { id version nickname name } }`, nil)
		require.Equal(t, map[string]any{"id": id, "version": "2", "nickname": "a", "name": "Ada L."}, again["upsertPerson"])
		cleared := api.Must(`mutation { upsertPerson(input: {email: "ada@example.org", name: "Ada L.", nickname: null}) { version nickname } }`, nil)
		require.Equal(t, map[string]any{"version": "3", "nickname": nil}, cleared["upsertPerson"])

		many := api.Must(`mutation { upsertPeople(input: [
			{email: "bob@example.org", name: "Bob"}, {email: "ada@example.org", name: "Ada"}]) { name id } }`, nil)
		require.Equal(t, "Bob", apitest.Get(many, "upsertPeople", 0, "name"))
		require.Equal(t, id, apitest.Get(many, "upsertPeople", 1, "id"))

		invalid := api.Fail("VALIDATION", `mutation { upsertPeople(input: [
			{email: "carl@example.org", name: "Carl"}, {email: "dora@example.org", name: ""}]) { id } }`, nil)
		require.Equal(t, "input[1].name", apitest.Get(invalid.Extensions["violations"], 0, "field"))
		twice := api.Fail("VALIDATION", `mutation { upsertPeople(input: [
			{email: "carl@example.org", name: "Carl"}, {email: "CARL@example.org", name: "x"}]) { id } }`, nil)
		require.Equal(t, "input[1].email", apitest.Get(twice.Extensions["violations"], 0, "field"))
		require.EqualValues(t, 2, apitest.Get(api.Must(`{ people { totalCount } }`, nil), "people", "totalCount"))
	})
}

// Where the schema says so, a deleted row with the key comes back.
//
// Covers: T11.
func TestUpsertRevives(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		var contracts []*ent.Contract
		for _, number := range []string{"1", "2", "3"} {
			contracts = append(contracts, c.Contract.Create().SetNumber(number).SetTitle("T"+number).SaveX(ctx))
		}
		there := c.Cover.Create().SetContract(contracts[0]).SetColor("red").SaveX(ctx)
		gone := c.Cover.Create().SetContract(contracts[1]).SetColor("red").SaveX(ctx)
		c.Cover.DeleteOne(gone).ExecX(ctx)
		rows, err := c.Cover.UpsertBulk([]*ent.CoverCreate{
			c.Cover.Create().SetContract(contracts[0]).SetColor("blue"),
			c.Cover.Create().SetContract(contracts[1]).SetColor("green"),
			c.Cover.Create().SetContract(contracts[2]).SetColor("white"),
		}).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, []entity.Outcome{entity.Updated, entity.Revived, entity.Created}, []entity.Outcome{rows[0].Outcome, rows[1].Outcome, rows[2].Outcome})
		require.Equal(t, there.ID, rows[0].Row.ID)
		require.Equal(t, gone.ID, rows[1].Row.ID)
		require.Equal(t, "green", c.Cover.GetX(ctx, gone.ID).Color)
		require.Nil(t, rows[1].Row.DeletedAt)
		require.Equal(t, 3, c.Cover.Query().CountX(entity.WithTrashed(ctx)))
	})
}

// Many rows, of which some are there.
//
// Covers: T12, T13.
func TestUpsertMany(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx := t.Context()
		c := app.Client
		const n = 6000
		for i, row := range labels(c, "l", n) {
			if i%1000 == 7 {
				row.SaveX(ctx)
			}
		}
		builders := labels(c, "l", n)
		for _, b := range builders {
			b.SetColor("blue")
		}
		rows, err := c.Label.UpsertBulk(builders).Save(ctx)
		require.NoError(t, err)
		found := map[string]int64{}
		for _, row := range c.Label.Query().Where(label.Color("blue")).AllX(ctx) {
			found[row.Name] = row.ID
		}
		require.Len(t, found, n)
		for i, row := range rows {
			require.Equal(t, found[fmt.Sprintf("l%06d", i)], row.Row.ID)
			require.Equal(t, i%1000 == 7, row.Outcome == entity.Updated)
		}
	})
}

// An upsert by a key that has the tenant in it stays within the tenant of the
// caller, who cannot name another.
//
// Covers: T11.
func TestUpsertWithinTenant(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ours, theirs := entity.WithTenant(t.Context(), "ours"), entity.WithTenant(t.Context(), "theirs")
		c := app.Client
		foreign := c.Account.Create().SetName("cash").SaveX(theirs)
		first, err := c.Account.Upsert(c.Account.Create().SetName("cash"), ent.AccountByTenantIDName).Save(ours)
		require.NoError(t, err)
		require.Equal(t, entity.Created, first.Outcome)
		require.NotEqual(t, foreign.ID, first.Row.ID)
		again, err := c.Account.Upsert(c.Account.Create().SetName("cash"), ent.AccountByTenantIDName).Save(ours)
		require.NoError(t, err)
		require.Equal(t, first.Row.ID, again.Row.ID)
		require.Equal(t, entity.Unchanged, again.Outcome)

		api := trackertest.Serve(t, app)
		api.Context = func(context.Context) context.Context { return theirs }
		data := api.Must(`mutation { upsertAccounts(by: NAME, input: [{name: "cash"}, {name: "bank"}]) { id name } }`, nil)
		require.Equal(t, foreign.GlobalID(), apitest.Get(data, "upsertAccounts", 0, "id"))
		require.Equal(t, 1, c.Account.Query().CountX(ours))
		require.Equal(t, 2, c.Account.Query().CountX(theirs))
		for _, ctx := range []context.Context{t.Context(), entity.WithTenant(t.Context(), ""), entity.WithTenant(t.Context(), 7)} {
			_, err = c.Account.Upsert(c.Account.Create().SetName("cash"), ent.AccountByTenantIDName).Save(ctx)
			require.ErrorIs(t, err, entity.ErrNoTenant)
		}
		var invalid *entity.ValidationError
		_, err = c.Account.Upsert(c.Account.Create().SetName("cash"), ent.AccountByTenantIDName).Save(entity.WithoutTenant(t.Context()))
		require.ErrorAs(t, err, &invalid, "whose is it?")
	})
}

// The index of a key that is unique among the living knows no tombstones, so
// what an upsert looks for has to say that it means the living.
//
// Covers: T11.
func TestUpsertFindsByIndex(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		ctx, c := t.Context(), app.Client
		dead := c.Person.Create().SetEmail("p7@example.org").SetName("Dead").SaveX(ctx)
		c.Person.DeleteOne(dead).ExecX(ctx)
		c.Person.MapCreateBulk(make([]int, 500), func(b *ent.PersonCreate, i int) {
			b.SetEmail(fmt.Sprintf("p%d@example.org", i)).SetName("x")
		}).ExecX(ctx)
		require.NoError(t, app.DB.Analyze(ctx))
		ran := testkit.Count(t, app.DB).Of(func() {
			row, err := c.Person.Upsert(c.Person.Create().SetEmail("p7@example.org").SetName("y"), ent.PersonByEmail).Save(ctx)
			require.NoError(t, err)
			require.NotEqual(t, dead.ID, row.Row.ID)
		})
		explain := "EXPLAIN "
		if app.DB.Dialect() == config.SQLite {
			explain = "EXPLAIN QUERY PLAN "
		}
		plan, err := app.DB.SQL().QueryContext(ctx, explain+ran[0], "p7@example.org")
		require.NoError(t, err)
		defer func() { require.NoError(t, plan.Close()) }()
		columns, err := plan.Columns()
		require.NoError(t, err)
		var text strings.Builder
		for plan.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			require.NoError(t, plan.Scan(into...))
			for _, v := range values {
				if data, ok := v.([]byte); ok {
					v = string(data)
				}
				fmt.Fprintln(&text, v)
			}
		}
		require.NoError(t, plan.Err())
		require.Contains(t, text.String(), "uq_people_email", "%s\n%s", ran[0], text.String())
	})
}
