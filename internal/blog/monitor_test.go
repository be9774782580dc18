package blog_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// The server tells what its requests cost: which field asks for the same again
// and again, to whoever is on the machine.
// Covers: J42, J44.
func TestMonitorOfTheServer(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{
		Database: testkit.Create(t, testkit.SQLite),
		Monitor:  config.Monitor{Enabled: true, Repeats: 2},
		Server:   config.Server{Introspection: true},
	}
	var log strings.Builder
	app, err := blog.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})))
	require.NoError(t, err)
	t.Cleanup(func() { _ = app.Close() })
	blogtest.Migrate(t, app.DB)
	server, err := app.Server(nil)
	require.NoError(t, err)
	s := httptest.NewServer(server.Handler())
	t.Cleanup(s.Close)
	api := apitest.New(t, s.URL+"/graphql")
	api.Must(`query Same { a: users(first: 1) { totalCount } b: users(first: 1) { totalCount } c: users(first: 1) { totalCount } }`, nil)

	var report monitor.Report
	response, err := s.Client().Get(s.URL + monitor.Path) //nolint:noctx // a test
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.NoError(t, json.NewDecoder(response.Body).Decode(&report))
	scrape, err := s.Client().Get(s.URL + "/metrics") //nolint:noctx // a test
	require.NoError(t, err)
	_ = scrape.Body.Close()
	require.Equal(t, http.StatusOK, scrape.StatusCode)
	require.Len(t, report.Repeats, 1)
	require.Equal(t, "query Same", report.Repeats[0].Operation)
	require.Equal(t, "users", report.Repeats[0].Field)
	require.Contains(t, log.String(), "for field users")
	require.Contains(t, log.String(), "request_id=")
}
