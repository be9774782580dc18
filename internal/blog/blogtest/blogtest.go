// Package blogtest gives tests the reference application on real databases,
// made by the versioned migrations.
package blogtest

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
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

// API is the application's GraphQL API over HTTP.
type API struct {
	t   testing.TB
	URL string // of the server, without a path
}

// Serve serves the application until the test ends.
func Serve(tb testing.TB, app *blog.App) *API {
	tb.Helper()
	server, err := app.Server(nil)
	require.NoError(tb, err)
	s := httptest.NewServer(server.Handler())
	tb.Cleanup(s.Close)
	return &API{tb, s.URL}
}

// Response is the answer to a GraphQL request.
type Response struct {
	Data   map[string]any
	Errors []Error
	Raw    string
}

// Error is one error of a response.
type Error struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

// Do sends a request and returns whatever comes back.
func (a *API) Do(query string, variables map[string]any) Response {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(a.t, err)
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.URL+"/graphql", bytes.NewReader(body))
	require.NoError(a.t, err)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	out := Response{Raw: string(raw)}
	require.NoError(a.t, json.Unmarshal(raw, &out), "%s", raw)
	return out
}

// Must sends a request that has to succeed and returns its data.
func (a *API) Must(query string, variables map[string]any) map[string]any {
	a.t.Helper()
	out := a.Do(query, variables)
	require.Empty(a.t, out.Errors, "%s", out.Raw)
	return out.Data
}

// Fail sends a request that has to fail with one error of the code, and
// returns that error.
func (a *API) Fail(code, query string, variables map[string]any) Error {
	a.t.Helper()
	out := a.Do(query, variables)
	require.Len(a.t, out.Errors, 1, "%s", out.Raw)
	require.Equal(a.t, code, out.Errors[0].Extensions["code"], "%s", out.Raw)
	return out.Errors[0]
}

// Get digs a value out of nested objects and lists: "users", "edges", 0.
func Get(v any, path ...any) any {
	for _, step := range path {
		switch at := step.(type) {
		case string:
			v = v.(map[string]any)[at]
		case int:
			v = v.([]any)[at]
		}
	}
	return v
}
