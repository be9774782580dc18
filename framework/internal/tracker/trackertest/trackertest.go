// Package trackertest gives the framework's tests the tracker on real
// databases and its GraphQL API over HTTP.
package trackertest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent/migrate"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph/generated"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// App is the tracker on a database.
type App struct {
	DB     *database.DB
	Client *ent.Client
}

// Each runs fn as a subtest on every dialect, each with the tracker on a fresh
// database.
func Each(t *testing.T, fn func(t *testing.T, app *App), opts ...testkit.Option) {
	t.Helper()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) { fn(t, New(t, db)) }, opts...) //nolint:thelper // a subtest
}

// New makes the tables in the database and puts the tracker on it.
func New(tb testing.TB, db *database.DB, opts ...ent.Option) *App {
	tb.Helper()
	Migrate(tb, db)
	settings := relay.Settings{
		CursorKey:  []byte("the same on every dialect"),
		MayRestore: func(context.Context, string) bool { return true },
	}
	opts = append([]ent.Option{ent.Driver(db.Driver()), ent.GraphQLSettings(settings)}, opts...)
	return &App{db, ent.NewClient(opts...)}
}

// plans maps a dialect to a function that plans once for the whole process.
var plans sync.Map //nolint:gochecknoglobals // planning takes a second

// Migrate makes the tracker's tables, as the planner of migrations wants them.
func Migrate(tb testing.TB, db *database.DB) {
	tb.Helper()
	once, _ := plans.LoadOrStore(db.Dialect(), sync.OnceValues(func() (string, error) { return plan(db) }))
	folder, err := once.(func() (string, error))()
	require.NoError(tb, err)
	m, err := migration.Open(db, migration.OpenDir(folder))
	require.NoError(tb, err)
	_, err = m.Upgrade(tb.Context(), migration.UpgradeOptions{})
	require.NoError(tb, err)
}

// plan writes the migration of the tables of one dialect. It serves all tests
// of the process, so the context of one of them would not do.
func plan(db *database.DB) (string, error) {
	folder, err := os.MkdirTemp("", "tracker-*")
	if err != nil {
		return "", fmt.Errorf("trackertest: cannot make a folder: %w", err)
	}
	dir := filepath.Join(folder, string(db.Dialect()))
	planned, err := migration.Plan(context.Background(), migration.PlanConfig{
		Name: "init", Dir: migration.OpenDir(dir), Tables: migrate.Tables, Server: config.Database{URL: db.URL()},
	})
	if err != nil {
		return "", fmt.Errorf("trackertest: cannot plan the tables: %w", err)
	}
	if _, err := planned.Write(); err != nil {
		return "", fmt.Errorf("trackertest: cannot write the plan: %w", err)
	}
	return dir, nil
}

// Serve serves the tracker's GraphQL API until the test ends.
func Serve(tb testing.TB, app *App, extensions ...gqlgen.HandlerExtension) *apitest.API {
	tb.Helper()
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: graph.NewResolver(app.Client)})
	handler, err := graphql.NewHandler(schema, graphql.Options{
		Introspection: true, Extensions: append([]gqlgen.HandlerExtension{&relay.Cost{Settings: app.Client.GraphSource().Settings()}}, extensions...),
		Explain: database.Explain,
		Logger:  slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	})
	require.NoError(tb, err)
	return apitest.Serve(tb, handler)
}
