package monitor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Covers: J43.
func TestStatsOfTheDatabase(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		empty, err := monitor.StatsOf(t.Context(), db)
		require.NoError(t, err)
		require.Empty(t, empty.Tables)
		for _, sql := range []string{"CREATE TABLE people (id INT PRIMARY KEY, name TEXT)", "INSERT INTO people (id, name) VALUES (1, 'a'), (2, 'b')"} {
			_, err := query.Exec(t.Context(), db, sql)
			require.NoError(t, err)
		}
		stats, err := monitor.StatsOf(t.Context(), db)
		require.NoError(t, err)
		require.NotEmpty(t, stats.Version)
		require.Positive(t, stats.Bytes)
		require.Len(t, stats.Tables, 1)
		require.Equal(t, "people", stats.Tables[0].Name)
		if db.Dialect() == config.SQLite {
			require.EqualValues(t, 2, stats.Tables[0].Rows)
			return
		}
		require.Positive(t, stats.Tables[0].Bytes)
		require.Positive(t, stats.Connections)
		require.Positive(t, stats.MaxConnections)
	})
}

// Without the extension the error says what to do; with it, the server's figures
// come without values.
func TestStatementsOfTheServer(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		_, err := monitor.ServerStatements(t.Context(), db, 10)
		require.ErrorIs(t, err, monitor.ErrNoServerStatistics)
		if db.Dialect() != config.Postgres {
			return
		}
		loaded, err := query.One[bool](t.Context(), db, "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' AS loaded")
		require.NoError(t, err)
		if !loaded {
			t.Skip("the server has not loaded pg_stat_statements")
		}
		for _, sql := range []string{"CREATE SCHEMA extra", "CREATE EXTENSION pg_stat_statements SCHEMA extra", "SELECT 'ada' AS name"} {
			_, err := query.Exec(t.Context(), db, sql)
			require.NoError(t, err)
		}
		list, err := monitor.ServerStatements(t.Context(), db, 100)
		require.NoError(t, err)
		var texts []string
		for _, s := range list {
			texts = append(texts, s.Statement)
		}
		require.Contains(t, texts, "SELECT ? AS name")
	})
}
