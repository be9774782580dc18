package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
)

const monitorSecret = "0123456789abcdef0123456789abcdef"

// The commands show what a running server knows, and send its secret to it alone.
// Covers: J42, J43, J45.
func TestMonitorCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "sqlite:///app.db")
	t.Setenv("MONITOR_SECRET", monitorSecret)
	m, err := monitor.New(monitor.Options{SlowQuery: -1})
	require.NoError(t, err)
	for i := range 10 {
		m.Ran(t.Context(), database.Statement{Query: "SELECT often", Duration: time.Millisecond, Rows: 2})
		if i < 2 {
			m.Ran(t.Context(), database.Statement{Query: "SELECT long WHERE email = 'ada@example.org'", Duration: 2 * time.Second})
		}
	}
	mux := http.NewServeMux()
	mux.Handle(monitor.Path, monitor.Guard(config.Secret(monitorSecret), m.Handler()))
	mux.Handle("/elsewhere/", http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	run := func(args ...string) (code int, out, complaints string) {
		var stdout, stderr strings.Builder
		code = cli.Run(t.Context(), cli.App{}, args, strings.NewReader(""), &stdout, &stderr)
		return code, stdout.String(), stderr.String()
	}

	code, out, complaints := run("monitor", "slow", "--url", server.URL)
	require.Zero(t, code, complaints)
	lines := strings.Split(out, "\n")
	require.Regexp(t, `^COUNT +FAILED +ROWS +TOTAL +MEAN +P50 +P95 +P99 +MAX +STATEMENT$`, lines[0])
	require.Regexp(t, `^2 +0 +0 +4000\.0 +2000\.0 .* SELECT long WHERE email = \?$`, lines[1])
	require.Regexp(t, `^10 +0 +20 +10\.0 +1\.0 .* SELECT often$`, lines[2])
	require.NotContains(t, out, "ada")

	code, out, _ = run("monitor", "slow", "--url", server.URL, "--sort", "count", "--limit", "1", "--json")
	require.Zero(t, code)
	var list struct {
		Source     string
		Statements []monitor.StatementStats
	}
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Equal(t, "application", list.Source)
	require.Len(t, list.Statements, 1)
	require.EqualValues(t, 10, list.Statements[0].Count)

	code, out, _ = run("monitor", "pool", "--url", server.URL)
	require.Zero(t, code)
	require.Regexp(t, `Queries: +12, 0 slow, average of the last 1,000: 334\.2 ms`, out)
	code, out, _ = run("monitor", "pool", "--url", server.URL, "--json")
	require.Zero(t, code)
	require.Contains(t, out, `"totalQueriesExecuted": 12`)

	_, _, complaints = run("monitor", "pool", "--url", server.URL+"/elsewhere/")
	require.Contains(t, complaints, "answered 302", "the secret goes nowhere else")
	_, _, complaints = run("monitor", "pool", "--url", "http://192.0.2.1")
	require.Contains(t, complaints, "not sent to another machine without encryption")
	t.Setenv("MONITOR_SECRET", "")
	code, _, complaints = run("monitor", "pool", "--url", server.URL)
	require.Equal(t, 1, code)
	require.Contains(t, complaints, "wants its secret")
}
