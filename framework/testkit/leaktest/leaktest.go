// Package leaktest proves that rows which a caller may not see do not show: not
// in a list, a count, an order, a filter, at an edge, through a write or an
// error message.
//
//	func TestNothingLeaks(t *testing.T) {
//		app := …
//		leaktest.Run(t, leaktest.Config{
//			DB: app.DB, Client: app.Client, Entities: ent.Entities(), Tables: migrate.Tables, API: api,
//		})
//	}
//
// For each entity with a row filter it takes a row that is linked to others
// through every edge, hides it, and asks everything that the GraphQL schema and
// the generated client offer. Then it removes the row from the table for real,
// behind the back of the constraints, and asks again: each answer has to be the
// same, letter by letter. A hidden row behaves like one that never was.
//
// The API has to be served without a limit of cost (relay.Settings.MaxCost -1) and
// with generous graphql.Limits, as the questions are long; and with a CursorKey,
// since answers are compared with their cursors.
//
// What can be asked is read from the schema, so that fields, orders, filters and
// mutations are covered as they appear. It works on a database of its own, which
// is of no use afterwards.
package leaktest

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/seed"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Values are values of fields, by their names in the Ent schema.
type Values map[string]any

// Config says what to look at.
type Config struct {
	DB       *database.DB
	Client   any             // *ent.Client of the application, on DB
	Entities entity.Registry // ent.Entities()
	Tables   []*schema.Table // migrate.Tables
	API      *apitest.API    // with introspection; its requests have to be those of the viewer

	// Viewer makes the context of who looks, with the tenant if there are any.
	// The API has to use the same. Default the plain context.
	Viewer func(context.Context) context.Context

	// Hidden are values that hide a row of an entity from the viewer, and Seen
	// those that show it, by entity. Entities with privacy filters need both.
	Hidden, Seen map[string]Values

	// OtherTenant is whose rows are hidden where entities have tenants; default
	// "leaktest", which is for tenants that are text.
	OtherTenant any

	// Plant makes rows that the seeder cannot generate: of entities whose keys the
	// application gives, or with constraints of the database that it does not know.
	// About ten of each, when the seeder is through; the context is the viewer's.
	Plant func(ctx context.Context, t *testing.T)

	// Only limits the test to some entities; default all with row filters.
	Only []string

	// Skip leaves out what is known to differ, by the names in the test's log.
	Skip func(shape string) bool
}

const rowsOfEach = 11 // all on a page of twelve

// Run runs the test, with a subtest for each entity and each way to hide a row.
func Run(t *testing.T, c Config) {
	t.Helper()
	if c.Viewer == nil {
		c.Viewer = func(ctx context.Context) context.Context { return ctx }
	}
	if c.OtherTenant == nil {
		c.OtherTenant = "leaktest"
	}
	r := &run{Config: c, ctx: c.Viewer(t.Context()), rows: map[string][]any{}}
	r.plant(t)
	r.types = introspect(t, c.API)
	tried := 0
	for _, name := range slices.Sorted(maps.Keys(c.Entities)) {
		e := c.Entities[name]
		if len(c.Only) > 0 && !slices.Contains(c.Only, name) {
			continue
		}
		for _, h := range r.hidings(t, e) {
			tried++
			t.Run(name+"/"+h.name, func(t *testing.T) { r.subject(t, e, h) })
		}
	}
	require.Positive(t, tried, "leaktest: no entity has a row filter")
}

// run is one run over a database.
type run struct {
	Config
	ctx   context.Context //nolint:containedctx // of the viewer, for the length of the test
	types types
	rows  map[string][]any // keys of the planted rows, by entity
	held  map[string]bool  // columns in which the row at issue has a value
}

// hiding is a way to hide a row.
type hiding struct {
	name   string
	values Values
}

func (r *run) hidings(t *testing.T, e *entity.Entity) (list []hiding) {
	t.Helper()
	if !single(e) {
		return nil
	}
	if e.SoftDelete != nil {
		list = append(list, hiding{"deleted", Values{e.SoftDelete.Name: past()}})
	}
	if e.Tenant != nil {
		list = append(list, hiding{"tenant", Values{e.Tenant.Name: r.OtherTenant}})
	}
	if e.Rows.Private() {
		values := r.Hidden[e.Name]
		require.NotEmpty(t, values, "leaktest: %s has a privacy filter; say with Config.Hidden which values hide a row", e.Name)
		list = append(list, hiding{"private", values})
	}
	return list
}

// single reports whether the rows of an entity have an id of their own.
func single(e *entity.Entity) bool { return e.ID().Target == "" && e.ID().Name == "id" }

// plant makes rows of every entity that the viewer sees.
func (r *run) plant(t *testing.T) {
	t.Helper()
	store, err := seed.NewStore(r.Client, r.Entities, r.Tables)
	require.NoError(t, err)
	const tries = 4 // what is in the way of some rows may come later, or not with other numbers
	failed := map[string]error{}
	for try := range uint64(tries) {
		for _, name := range slices.Sorted(maps.Keys(r.Entities)) {
			if !single(r.Entities[name]) || try > 0 && failed[name] == nil {
				continue
			}
			counts := []seed.Count{{Entity: name, Rows: rowsOfEach}}
			_, failed[name] = store.Generate(r.ctx, seed.GenerateOptions{Counts: counts, Seed: try})
		}
	}
	if r.Plant != nil {
		r.Plant(r.ctx, t)
	}
	for name, err := range failed {
		if e := r.Entities[name]; err != nil && len(r.keys(t, e)) > 0 {
			continue // planted
		}
		if err != nil {
			t.Logf("not covered: %s, for want of rows: %v", name, err)
		}
	}
	for _, e := range r.Entities {
		if !single(e) {
			continue
		}
		r.rows[e.Name] = r.keys(t, e)
		if values := r.Seen[e.Name]; values != nil {
			for _, key := range r.rows[e.Name] {
				r.set(t, e, key, values)
			}
		}
	}
}

// take chooses the next row of the entity and links it through every edge.
func (r *run) take(t *testing.T, e *entity.Entity) (key any, linked map[string]bool) {
	t.Helper()
	keys := r.rows[e.Name]
	require.Greater(t, len(keys), 2, "leaktest: too few rows of %s are left", e.Name)
	key = keys[len(keys)-1]
	r.rows[e.Name] = keys[:len(keys)-1]
	linked = r.link(t, e, key)
	r.held = map[string]bool{}
	for column, v := range r.row(t, e, key) {
		r.held[column] = v != nil
	}
	return key, linked
}

// subject hides one row of the entity and looks for it, and another to write to.
func (r *run) subject(t *testing.T, e *entity.Entity, h hiding) {
	t.Helper()
	key, linked := r.take(t, e)
	reads := r.reads(t, e, key)
	shown := r.answers(t, reads)
	r.set(t, e, key, h.values)
	r.analyze(t, e)
	hidden, hiddenGo := r.answers(t, reads), r.clientAnswers(t, e, key)
	r.remove(t, e, key)
	r.analyze(t, e)
	r.compare(t, "is read", texts(reads), hidden, r.answers(t, reads))
	r.compare(t, "is read by the client", nil, hiddenGo, r.clientAnswers(t, e, key))
	// A question whose answer never changes proves nothing: some have to show
	// the row while it may be seen.
	told := 0
	tell := map[string]bool{} // what is enough to ask in one way
	for _, s := range reads {
		tell[s.any] = tell[s.any] || shown[s.name] != hidden[s.name]
	}
	for _, s := range reads {
		switch {
		case !s.guessed && strings.Contains(shown[s.name], `"errors":`):
			t.Errorf("leaktest: %s is refused:\n%s\n%.500s", s.name, s.query, shown[s.name])
		case shown[s.name] != hidden[s.name]:
			told++
		case s.any != "" && tell[s.any]:
		case s.telling, linked[s.name], linked[s.edge]:
			t.Errorf("leaktest: %s says the same whether the row is hidden or not:\n%s\n%.500s", s.name, s.query, shown[s.name])
		}
	}

	r.tidy(t, e, key)

	key, _ = r.take(t, e)
	copied := r.literals(t, e, key)
	r.set(t, e, key, h.values)
	before := r.state(t, e, key)
	writes := r.writes(t, e, key, h, copied)
	refused, refusedGo := r.answers(t, writes), r.clientWrites(t, e, key)
	require.Equal(t, before, r.state(t, e, key), "a write reached the hidden row, or a link to it")
	r.remove(t, e, key)
	r.compare(t, "is written to", texts(writes), refused, r.answers(t, writes))
	r.compare(t, "is written to by the client", nil, refusedGo, r.clientWrites(t, e, key))
	r.tidy(t, e, key)
	// Likewise a mutation that is refused for its form: some have to get as far
	// as the row.
	tell = map[string]bool{}
	for _, s := range writes {
		tell[s.any] = tell[s.any] || refusal.MatchString(refused[s.name])
	}
	for _, s := range writes {
		switch {
		case s.any != "" && tell[s.any]:
		case s.telling && !refusal.MatchString(refused[s.name]), s.copies && strings.Contains(refused[s.name], `"errors":`):
			t.Errorf("leaktest: %s is not refused, or for another reason:\n%s\n%.500s", s.name, s.query, refused[s.name])
		}
	}
	t.Logf("%d questions, %d of which show the row when it may be seen; %d writes; %d of the client", len(reads), told, len(writes), len(hiddenGo)+len(refusedGo))
}

// refusal is the answer to a mutation that did not find its row.
var refusal = regexp.MustCompile(`"code":"NOT_FOUND"|"reason":"FOREIGN_KEY"|"count":0`)

func texts(shapes []shape) map[string]string {
	out := make(map[string]string, len(shapes))
	for _, s := range shapes {
		out[s.name] = s.query
	}
	return out
}

// compare reports answers that tell a hidden row from one that is not there.
func (r *run) compare(t *testing.T, what string, queries, hidden, gone map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(hidden)) {
		if hidden[name] == gone[name] || r.Skip != nil && r.Skip(name) {
			continue
		}
		at := 0
		for at < min(len(hidden[name]), len(gone[name])) && hidden[name][at] == gone[name][at] {
			at++
		}
		t.Errorf("a hidden row shows where it %s, in %s:\n%.300s\nhidden: …%.200s\ngone:   …%.200s",
			what, name, queries[name], hidden[name][max(0, at-60):], gone[name][max(0, at-60):])
	}
}

// edgeName names what links a row to the subject.
func edgeName(owner *entity.Entity, edge *entity.Edge) string {
	return fmt.Sprintf("edge %s.%s", owner.Name, edge.Name)
}
