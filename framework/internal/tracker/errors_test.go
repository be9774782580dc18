package tracker_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph/generated"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// What a write breaks is told with a code, the entity and the field, on every
// dialect, and in no words of the database.
//
// Covers: T18, T25.
func TestErrorsNameTheField(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		project := plant(t, app, "a", 1)[0]
		nobody := relay.EncodeID(ent.Entities()["Person"], 4711)
		const createProject = `mutation($i: CreateProjectInput!) { createProject(input: $i) { id } }`
		const createTask = `mutation($i: CreateTaskInput!) { createTask(input: $i) { id } }`
		for name, c := range map[string]struct {
			code, query string
			variables   vars
			extensions  vars
		}{
			"unique":      {"CONFLICT", createProject, vars{"i": vars{"name": "x", "code": "a0"}}, vars{"entity": "Project", "field": "input.code", "reason": "UNIQUE"}},
			"foreign key": {"CONFLICT", createProject, vars{"i": vars{"name": "x", "code": "y", "leadID": nobody}}, vars{"entity": "Project", "field": "input.leadID", "reason": "FOREIGN_KEY"}},
			"null":        {"VALIDATION", `mutation($id: ID!) { updateProject(id: $id, input: {name: null}) { id } }`, vars{"id": project}, vars{"entity": "Project", "field": "input.name"}},
			"rule":        {"VALIDATION", createTask, vars{"i": vars{"title": " ", "projectID": project}}, vars{"entity": "Task", "field": "input.title"}},
			"encoding":    {"VALIDATION", createTask, vars{"i": vars{"title": "a\x00", "projectID": project}}, vars{"entity": "Task", "field": "input.title"}},
			"not found":   {"NOT_FOUND", `mutation($id: ID!) { deletePerson(id: $id) }`, vars{"id": nobody}, vars{"entity": "Person"}},
			"wrong type":  {"BAD_USER_INPUT", `mutation($id: ID!) { deletePerson(id: $id) }`, vars{"id": project}, vars{"argument": "id"}},
		} {
			t.Run(name, func(t *testing.T) {
				out := api.Do(c.query, c.variables)
				require.Len(t, out.Errors, 1, out.Raw)
				require.Equal(t, c.code, out.Errors[0].Extensions["code"], out.Raw)
				for key, want := range c.extensions {
					require.Equal(t, want, out.Errors[0].Extensions[key], out.Raw)
				}
				for _, word := range []string{"ent:", "SQL", "constraint failed", "violates", "Duplicate", "projects."} {
					require.NotContains(t, out.Errors[0].Message, word)
				}
			})
		}
		_, err := app.Client.Task.Get(t.Context(), 4711)
		require.ErrorIs(t, err, entity.ErrNotFound)
		_, err = app.Client.Project.UpdateOneID(uuid.New()).SetName("x").Save(t.Context())
		require.ErrorIs(t, err, entity.ErrNotFound)
	})
}

// A database that cannot do its work is the operator's to look at: clients get
// UNAVAILABLE and an id, and the log has the cause under that id.
//
// Covers: T18.
func TestFailuresAreLoggedAndMasked(t *testing.T) {
	t.Parallel()
	single := testkit.WithPool(config.Pool{Size: 1, Timeout: time.Second, Recycle: config.Forever})
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		var log bytes.Buffer
		handler, err := graphql.NewHandler(
			generated.NewExecutableSchema(generated.Config{Resolvers: graph.NewResolver(app.Client)}),
			graphql.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))},
		)
		require.NoError(t, err)
		api := apitest.Serve(t, handler)
		_, err = app.DB.SQL().ExecContext(t.Context(), map[config.Dialect]string{
			config.SQLite:   `PRAGMA query_only = 1`,
			config.Postgres: `SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY`,
			config.MySQL:    `SET SESSION TRANSACTION READ ONLY`,
		}[app.DB.Dialect()])
		require.NoError(t, err)
		out := api.Do(`mutation { createLabel(input: {name: "x"}) { id } }`, nil)
		require.Len(t, out.Errors, 1, out.Raw)
		e := out.Errors[0]
		require.Equal(t, "UNAVAILABLE", e.Extensions["code"], out.Raw)
		require.Equal(t, "READ_ONLY", e.Extensions["reason"])
		require.Equal(t, "the database takes no changes at present; try again later", e.Message)
		require.Contains(t, log.String(), "error_id="+e.Extensions["id"].(string))
		require.Contains(t, strings.ToLower(log.String()), "read")
	}, single)
}

// Clients of entities with tenants hear nothing of the column: not in keys, not
// in conflicts, and not of the Go that sets it.
//
// Covers: T18.
func TestTenantsAreNoBusinessOfClients(t *testing.T) {
	t.Parallel()
	trackertest.Each(t, func(t *testing.T, app *trackertest.App) {
		api := trackertest.Serve(t, app)
		none := api.Do(`{ accounts { totalCount } }`, nil)
		require.Equal(t, "FORBIDDEN", none.Errors[0].Extensions["code"])
		require.Equal(t, "Account belongs to tenants, and the request names none that is known", none.Errors[0].Message)

		ours, theirs := entity.WithTenant(t.Context(), "ours"), entity.WithTenant(t.Context(), "theirs")
		api.Context = func(context.Context) context.Context { return ours }
		foreign := app.Client.Account.Create().SetName("cash").SaveX(theirs)
		const create = `mutation { createAccount(input: {name: "cash"}) { id } }`
		first := apitest.Get(api.Must(create, nil), "createAccount", "id")
		taken := api.Do(create, nil)
		require.Equal(t, "Account: input.name is already taken", taken.Errors[0].Message, taken.Raw)
		require.Equal(t, "input.name", taken.Errors[0].Extensions["field"])
		require.Equal(t, []any{"input.name"}, taken.Errors[0].Extensions["fields"])

		api.Must(`mutation($id: ID!) { deleteAccount(id: $id) }`, vars{"id": first})
		second := apitest.Get(api.Must(create, nil), "createAccount", "id")
		back := api.Do(`mutation($id: ID!) { restoreAccount(id: $id) { id } }`, vars{"id": first})
		require.Equal(t, "name", back.Errors[0].Extensions["field"], back.Raw)
		require.NotContains(t, back.Raw, "tenant_id")

		// A key within the tenant names rows of its own only.
		const entry = `mutation { createEntry(input: {text: "x", account: {connectOrCreate: {where: {name: "cash"}, create: {name: "cash"}}}}) { account { id } } }`
		require.Equal(t, second, apitest.Get(api.Must(entry, nil), "createEntry", "account", "id"))
		require.Equal(t, 1, app.Client.Account.Query().CountX(ours))
		require.Zero(t, foreign.QueryEntries().CountX(theirs))
		api.Context = entity.WithoutTenant
		ambiguous := api.Do(entry, nil)
		require.Equal(t, "FORBIDDEN", ambiguous.Errors[0].Extensions["code"], ambiguous.Raw)
	})
}
