package monitor_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
)

// Covers: J42.
func TestReportOverHTTP(t *testing.T) {
	t.Parallel()
	m, _ := newMonitor(t, monitor.Options{})
	for range 3 {
		m.Ran(t.Context(), database.Statement{Query: "SELECT a"})
		m.Ran(t.Context(), database.Statement{Query: "SELECT b", Duration: 1})
	}
	ask := func(method, target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody))
		return w
	}
	var report monitor.Report
	require.NoError(t, json.Unmarshal(ask(http.MethodGet, "/?top=1").Body.Bytes(), &report))
	require.Len(t, report.Statements, 1)
	require.Equal(t, "SELECT b", report.Statements[0].Statement)
	require.EqualValues(t, 6, report.Pool.Queries)
	require.Equal(t, http.StatusBadRequest, ask(http.MethodGet, "/?top=x").Code)
	require.Equal(t, http.StatusMethodNotAllowed, ask(http.MethodPost, "/").Code)
}

// Only this machine, or who has the secret, may read.
func TestGuard(t *testing.T) {
	t.Parallel()
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	for name, c := range map[string]struct {
		secret       config.Secret
		remote, host string
		header       [2]string
		want         int
	}{
		"from here":             {"", "127.0.0.1:999", "localhost:8080", [2]string{}, 200},
		"from here by v6":       {"", "[::1]:999", "[::1]:8080", [2]string{}, 200},
		"from elsewhere":        {"", "192.0.2.7:999", "localhost:8080", [2]string{}, 403},
		"by a proxy":            {"", "127.0.0.1:999", "localhost", [2]string{"X-Forwarded-For", "192.0.2.7"}, 403},
		"by another name":       {"", "127.0.0.1:999", "evil.example", [2]string{}, 403},
		"for another site":      {"", "127.0.0.1:999", "localhost", [2]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"secret missing":        {"xyz", "127.0.0.1:999", "localhost", [2]string{}, 401},
		"secret wrong":          {"xyz", "127.0.0.1:999", "localhost", [2]string{"Authorization", "Bearer xy"}, 401},
		"secret":                {"xyz", "192.0.2.7:999", "example.org", [2]string{"Authorization", "bearer xyz"}, 200},
		"secret by other means": {"xyz", "192.0.2.7:999", "example.org", [2]string{"Authorization", "Basic xyz"}, 401},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr, r.Host = c.remote, c.host
		if c.header[0] != "" {
			r.Header.Set(c.header[0], c.header[1])
		}
		w := httptest.NewRecorder()
		monitor.Guard(c.secret, ok).ServeHTTP(w, r)
		require.Equal(t, c.want, w.Code, name)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
}
