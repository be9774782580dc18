package blog_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// The application's command prints each report, as a table or as JSON.
//
// Covers: E84.
func TestReportCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	t.Setenv("DATABASE_URL", "sqlite:///"+path)
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: path}}
	_, err := database.Create(t.Context(), cfg)
	require.NoError(t, err)
	db, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	_, err = dataset.Generate(t.Context(), blogtest.New(t, db).Client, dataset.GenerateOptions{Now: time.Now()})
	require.NoError(t, err)
	require.NoError(t, db.Close())

	run := func(args ...string) (code int, out, messages string) {
		var stdout, stderr bytes.Buffer
		app := cli.App{Name: "framefox", Commands: []func(*cli.Env) *cobra.Command{blog.ReportCommand}}
		code = cli.Run(t.Context(), app, append([]string{"report"}, args...), strings.NewReader(""), &stdout, &stderr)
		return code, stdout.String(), stderr.String()
	}
	for _, args := range [][]string{
		{"users", "--from", "2020-01-01", "--limit", "3"},
		{"cohorts", "--period", "week"},
		{"retention", "--periods", "2"},
		{"metrics"},
		{"segments"},
		{"content", "--limit", "5"},
		{"engagement"},
		{"statistics"},
		{"popular", "--days", "90"},
		{"recent", "--days", "90"},
		{"calendar", time.Now().UTC().Format("2006-01"), "--zone", "Europe/Paris"},
		{"post", "1"},
		{"related", "1"},
	} {
		code, table, messages := run(args...)
		require.Zero(t, code, messages)
		require.NotContains(t, table, "<", args) // no Go value shows through
		code, document, messages := run(append(args, "--json")...)
		require.Zero(t, code, messages)
		var rows any
		require.NoError(t, json.Unmarshal([]byte(document), &rows))
		if list, ok := rows.([]any); ok {
			require.Equal(t, len(list)+1, strings.Count(table, "\n"), args) // one line each, and the names
		}
	}
	_, table, _ := run("cohorts")
	require.Regexp(t, `(?m)\ACOHORT_LABEL +COHORT_SIZE +RETENTION_PERIOD +RETAINED_USERS +RETENTION_RATE$`, table)
	_, table, _ = run("metrics")
	require.Regexp(t, `(?m)^engagement\ndaily_active +\d+$`, table)

	for want, args := range map[string][]string{
		`period "year" is unknown: there is month, week`: {"cohorts", "--period", "year"},
		`"May" is no month such as 2026-01`:              {"calendar", "May"},
		`"x" is no id of a post`:                         {"post", "x"},
		`Post 999999 not found`:                          {"related", "999999"},
		`--to: analytics: "now" is neither a day`:        {"users", "--to", "now"},
	} {
		code, _, messages := run(args...)
		require.NotZero(t, code)
		require.Contains(t, messages, want)
	}
}
