package testkit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/testkit"
)

// TestEngines says what the tests run on; `make test` shows it first. A missing
// engine is skipped with one loud line, and fails in CI.
// Covers: A34, A39.
func TestEngines(t *testing.T) {
	for _, engine := range testkit.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			db := testkit.Open(t, engine)
			query := "SELECT version()"
			if db.Dialect() == config.SQLite {
				query = "SELECT 'SQLite ' || sqlite_version()"
			}
			var version string
			require.NoError(t, db.SQL().QueryRowContext(t.Context(), query).Scan(&version))
			require.NotEmpty(t, version)
			where := "in a temporary file"
			if at, _, ok := strings.Cut(db.URL().Target(), "/"); ok && at != "" {
				where = "at " + at
			}
			fmt.Printf("    %-12s %s %s\n", engine, strings.SplitN(version, " (", 2)[0], where)
		})
	}
}
