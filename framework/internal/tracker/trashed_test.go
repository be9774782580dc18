package tracker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

type keeperKey struct{}

// Deleted rows show to those who may see them, where they ask for them.
//
// Covers: B34.
func TestTrashedArgument(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		settings := relay.Settings{MayTrash: func(ctx context.Context, name string) bool {
			return ctx.Value(keeperKey{}) != nil && name != "Person"
		}}
		app := trackertest.New(t, db, ent.GraphQLSettings(settings))
		w := newWorld(t, app.Client)
		api := trackertest.Serve(t, app)
		dead := app.Client.Task.Query().FirstX(entity.OnlyTrashed(t.Context()))
		deadID := dead.GlobalID()

		queries := map[string]string{
			"projects":  `{ tasks(trashed: ONLY) { totalCount } }`,
			"INCLUDE":   `{ tasks(trashed: INCLUDE) { totalCount } }`,
			"edge":      `{ projects { edges { node { tasks(trashed: INCLUDE) { totalCount } } } } }`,
			"node":      fmt.Sprintf(`{ node(id: %q, trashed: INCLUDE) { id } }`, deadID),
			"nodes":     fmt.Sprintf(`{ nodes(ids: [%q], trashed: ONLY) { id } }`, deadID),
			"by entity": `{ people(trashed: ONLY) { totalCount } }`,
		}
		for name, query := range queries {
			out := api.Do(query, nil)
			require.NotEmpty(t, out.Errors, name)
			require.Equal(t, "FORBIDDEN", out.Errors[0].Extensions["code"], name)
			require.Equal(t, "trashed", out.Errors[0].Extensions["argument"], name)
			require.NotEmpty(t, out.Errors[0].Path, name)
		}
		require.Nil(t, apitest.Get(api.Must(fmt.Sprintf(`{ node(id: %q, trashed: EXCLUDE) { id } }`, deadID), nil), "node"))

		api.Context = func(ctx context.Context) context.Context { return context.WithValue(ctx, keeperKey{}, true) }
		api.Fail("FORBIDDEN", queries["by entity"], nil)
		count := func(query string, path ...any) any { return apitest.Get(api.Must(query, nil), path...) }
		require.EqualValues(t, 2, count(`{ tasks(trashed: ONLY) { totalCount } }`, "tasks", "totalCount"))
		require.EqualValues(t, 3, count(`{ tasks(trashed: INCLUDE) { totalCount } }`, "tasks", "totalCount"))
		require.EqualValues(t, 1, count(`{ tasks { totalCount } }`, "tasks", "totalCount"))
		moon := fmt.Sprintf(`{ node(id: %q) { ... on Project { a: tasks { totalCount } b: tasks(trashed: ONLY, first: 1) { totalCount edges { node { deletedAt title } } } lead { name } } } }`, w.moon.GlobalID())
		data := api.Must(moon, nil)
		require.EqualValues(t, 0, apitest.Get(data, "node", "a", "totalCount"))
		require.EqualValues(t, 2, apitest.Get(data, "node", "b", "totalCount"))
		require.NotNil(t, apitest.Get(data, "node", "b", "edges", 0, "node", "deletedAt"))
		require.Nil(t, apitest.Get(data, "node", "lead"), "the other entities are seen as ever")
		require.Equal(t, deadID, count(fmt.Sprintf(`{ node(id: %q, trashed: ONLY) { id } }`, deadID), "node", "id"))
		require.EqualValues(t, 0, count(`{ tasks(trashed: ONLY, where: {hasProjectWith: [{hasLead: true}]}) { totalCount } }`, "tasks", "totalCount"),
			"a filter does not tell of the deleted rows of others")

		// A cursor belongs to its view.
		first := `{ tasks(trashed: ONLY, first: 1, orderBy: [{field: DELETED_AT}]) { pageInfo { endCursor hasNextPage } } }`
		cursor := count(first, "tasks", "pageInfo", "endCursor")
		next := `query($c: Cursor) { tasks(trashed: %s, after: $c, first: 1, orderBy: [{field: DELETED_AT}]) { edges { node { title } } } }`
		data = api.Must(fmt.Sprintf(next, "ONLY"), map[string]any{"c": cursor})
		require.Len(t, apitest.Get(data, "tasks", "edges"), 1)
		api.Fail("BAD_USER_INPUT", fmt.Sprintf(next, "INCLUDE"), map[string]any{"c": cursor})
		api.Fail("BAD_USER_INPUT", fmt.Sprintf(next, "EXCLUDE"), map[string]any{"c": cursor})
	})
}

// A restore takes a permission of its own or, without one, that of looking at
// deleted rows; who has none learns nothing of the row.
//
// Covers: B34.
func TestRestoreTakesAPermission(t *testing.T) {
	t.Parallel()
	keeper := func(ctx context.Context, _ string) bool { return ctx.Value(keeperKey{}) != nil }
	nobody := func(context.Context, string) bool { return false }
	for name, c := range map[string]struct {
		settings relay.Settings
		keeper   bool // may restore
	}{
		"neither":     {relay.Settings{}, false},
		"may trash":   {relay.Settings{MayTrash: keeper}, true},
		"may restore": {relay.Settings{MayRestore: keeper, MayTrash: nobody}, true},
		"look only":   {relay.Settings{MayRestore: nobody, MayTrash: keeper}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := trackertest.New(t, testkit.Open(t, testkit.SQLite), ent.GraphQLSettings(c.settings))
			api := trackertest.Serve(t, app)
			dead := app.Client.Person.Create().SetName("Ann").SetEmail("ann@example.org").SaveX(t.Context())
			app.Client.Person.DeleteOne(dead).ExecX(t.Context())
			const restore = `mutation($id: ID!) { restorePerson(id: $id) { name } }`
			ids := []string{dead.GlobalID(), newPerson(t, app, "bob").GlobalID(), relay.EncodeID(ent.Entities()["Person"], int64(99))}
			var first apitest.Error
			for _, id := range ids {
				fault := api.Fail("FORBIDDEN", restore, map[string]any{"id": id})
				require.Equal(t, "Person", fault.Extensions["entity"])
				if first.Message == "" {
					first = fault
				}
				require.Equal(t, first, fault)
			}
			require.Equal(t, 1, app.Client.Person.Query().CountX(t.Context()))

			api.Context = func(ctx context.Context) context.Context { return context.WithValue(ctx, keeperKey{}, true) }
			if !c.keeper {
				api.Fail("FORBIDDEN", restore, map[string]any{"id": dead.GlobalID()})
				return
			}
			require.Equal(t, "Ann", apitest.Get(api.Must(restore, map[string]any{"id": dead.GlobalID()}), "restorePerson", "name"))
		})
	}
}
