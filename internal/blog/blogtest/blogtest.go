// Package blogtest gives tests the reference application on real databases,
// made by the versioned migrations.
package blogtest

import (
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/migrate"
)

// Each runs fn as a subtest on every dialect, each with the application on a
// fresh, migrated database.
func Each(t *testing.T, fn func(t *testing.T, app *blog.App)) {
	t.Helper()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) { //nolint:thelper // a subtest
		fn(t, New(t, db))
	})
}

// New migrates the database and puts the application on it.
func New(tb testing.TB, db *database.DB) *blog.App {
	tb.Helper()
	Migrate(tb, db)
	cfg := &config.Config{Server: config.Server{Introspection: true, Playground: true}}
	return blog.New(db, cfg, slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelError})))
}

// Migrate applies the application's migrations.
func Migrate(tb testing.TB, db *database.DB) {
	tb.Helper()
	dir, err := fs.Sub(migrate.Files, string(db.Dialect()))
	require.NoError(tb, err)
	m, err := migration.Open(db, migration.NewDir(dir))
	require.NoError(tb, err)
	_, err = m.Upgrade(tb.Context(), migration.UpgradeOptions{})
	require.NoError(tb, err)
}

// Serve serves the application's GraphQL API until the test ends.
func Serve(tb testing.TB, app *blog.App) *apitest.API {
	tb.Helper()
	server, err := app.Server(nil)
	require.NoError(tb, err)
	s := httptest.NewServer(server.Handler())
	tb.Cleanup(s.Close)
	return apitest.New(tb, s.URL+"/graphql")
}
