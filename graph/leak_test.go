package graph_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/framework/testkit/leaktest"
	"github.com/framefox-go/framefox/graph"
	"github.com/framefox-go/framefox/graph/generated"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Deleted rows show nowhere in the blog.
//
// Covers: T06, T11.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		client := ent.NewClient(
			ent.Driver(app.DB.Driver()),
			ent.GraphQLSettings(relay.Settings{CursorKey: []byte("of the leak test"), MaxCost: -1}),
		)
		handler, err := graphql.NewHandler(
			generated.NewExecutableSchema(generated.Config{Resolvers: graph.NewResolver(client)}),
			graphql.Options{
				Introspection: true, Explain: database.Explain,
				Limits: graphql.Limits{QueryChars: 1 << 20, Tokens: 1 << 16, Fields: 1 << 16},
				Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
			},
		)
		require.NoError(t, err)
		leaktest.Run(t, leaktest.Config{
			DB: app.DB, Client: client, Entities: ent.Entities(), Tables: migrate.Tables, API: apitest.Serve(t, handler),
			Plant: func(ctx context.Context, _ *testing.T) {
				for i, id := range client.Post.Query().IDsX(ctx) { // one for each post and day, which the seeder does not tell apart
					client.PostView.Create().SetPostID(id).SetViewCount(int64(i)).SaveX(ctx)
				}
			},
		})
	})
}
