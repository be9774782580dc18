package tracker_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/migrate"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/schema"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph/generated"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/framework/testkit/leaktest"
)

// Rows that are deleted, of another tenant, or private show nowhere.
//
// Covers: T06, T11.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		app := trackertest.New(t, db, ent.GraphQLSettings(relay.Settings{
			CursorKey: []byte("of the leak test"), MaxCost: -1,
			MayRestore: func(context.Context, string) bool { return true }, // so that restores are asked too
		}))
		viewer := func(ctx context.Context) context.Context {
			return schema.WithViewer(entity.WithTenant(ctx, "ours"), "ann")
		}
		handler, err := graphql.NewHandler(
			generated.NewExecutableSchema(generated.Config{Resolvers: graph.NewResolver(app.Client)}),
			graphql.Options{
				Introspection: true, Explain: database.Explain,
				Limits: graphql.Limits{QueryChars: 1 << 20, Tokens: 1 << 16, Fields: 1 << 16},
				Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
			},
		)
		require.NoError(t, err)
		api := apitest.Serve(t, handler)
		api.Context = viewer
		leaktest.Run(t, leaktest.Config{
			DB: app.DB, Client: app.Client, Entities: ent.Entities(), Tables: migrate.Tables, API: api, Viewer: viewer,
			Plant:  func(ctx context.Context, t *testing.T) { plantOwned(ctx, t, app.Client) },
			Hidden: map[string]leaktest.Values{"Memo": {"author": "mallory", "public": false}},
			Seen:   map[string]leaktest.Values{"Memo": {"author": "ann"}},
		})
	})
}

// plantOwned makes what the seeder cannot: makers, whose keys are given, and
// attachments, of which each has one owner.
func plantOwned(ctx context.Context, t *testing.T, client *ent.Client) {
	t.Helper()
	project := client.Project.Create().SetName("Owner").SetCode("OWNER").SaveX(ctx)
	for i := range 12 {
		client.Maker.Create().SetID(fmt.Sprintf("maker-%d", i)).SetName("Maker").SaveX(ctx)
		client.Attachment.Create().SetFile(fmt.Sprintf("%d.txt", i)).SetProjectID(project.ID).SaveX(ctx)
	}
}
