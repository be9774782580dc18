package monitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/query"
)

const secret = "ada's-s3cret@example.org"

// Every way to run a statement is seen, with its rows and its errors, and no
// value of it is in the log or in the report.
// Covers: J16, J22, J23, J24, J28, J41.
func TestStatementsOfRealDatabases(t *testing.T) {
	t.Parallel()
	each(t, monitor.Options{SlowQuery: 1}, func(t *testing.T, db *database.DB, m *monitor.Monitor, log *journal) {
		ctx := t.Context()
		exec := func(ctx context.Context, sql string, args ...any) error {
			_, err := query.Exec(ctx, db, sql, args...)
			return err
		}
		require.NoError(t, exec(ctx, "CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(99) NOT NULL UNIQUE)"))
		require.NoError(t, db.Transact(ctx, func(ctx context.Context) error {
			for i := range 5 {
				if err := exec(ctx, "INSERT INTO people (id, email) VALUES (?, ?)", i, fmt.Sprint(i, secret)); err != nil {
					return err
				}
			}
			return nil
		}))
		require.Error(t, exec(ctx, "INSERT INTO people (id, email) VALUES (?, ?)", 9, "1"+secret), "there is one")
		require.Error(t, exec(ctx, "SELECT * FROM nowhere WHERE a = ?", secret))
		type row struct{ Email string }
		for n := 1; n <= 3; n++ {
			rows, err := query.All[row](ctx, db, "SELECT email FROM people WHERE id IN (?) AND email <> '"+strings.ReplaceAll(secret, "'", "''")+"'", []int{0, 1, 2, 3, 4}[:n])
			require.NoError(t, err)
			require.Len(t, rows, n)
		}
		prepared, err := db.SQL().PrepareContext(ctx, "SELECT COUNT(*) FROM people")
		require.NoError(t, err)
		for range 2 {
			var n int
			require.NoError(t, prepared.QueryRowContext(ctx).Scan(&n))
		}
		require.NoError(t, prepared.Close())

		of := func(operation, part string) monitor.StatementStats {
			for _, s := range m.Statements() {
				if s.Operation == operation && strings.Contains(s.Statement, part) {
					return s
				}
			}
			t.Fatalf("no %s of %s in %+v", operation, part, m.Statements())
			return monitor.StatementStats{}
		}
		insert := of("INSERT", "people")
		require.EqualValues(t, 6, insert.Count)
		require.EqualValues(t, 1, insert.Failures)
		require.EqualValues(t, 5, insert.Rows)
		require.Equal(t, []string{"people"}, insert.Tables)
		list := of("SELECT", "email FROM people")
		require.EqualValues(t, 3, list.Count, "however long the list is")
		require.EqualValues(t, 6, list.Rows)
		require.Positive(t, list.Mean)
		list.Tables[0] = "mine"
		require.Equal(t, []string{"people"}, of("SELECT", "email FROM people").Tables, "a copy")
		require.LessOrEqual(t, list.P50, list.P99)
		require.LessOrEqual(t, list.P99, list.Max)
		require.EqualValues(t, 2, of("SELECT", "COUNT").Count, "prepared ones too")
		require.EqualValues(t, 1, of("BEGIN", "BEGIN").Count)
		require.EqualValues(t, 1, of("COMMIT", "COMMIT").Count)

		stats := m.PoolStats()
		require.EqualValues(t, 2, stats.Failures)
		require.GreaterOrEqual(t, stats.Queries, int64(13))
		require.NotEmpty(t, log.lines(t, "Slow query detected ("))
		failed := log.lines(t, "Query error - ")
		require.Len(t, failed, 2)
		require.Equal(t, "unique", failed[0]["kind"])
		require.Contains(t, failed[0]["msg"], "unique constraint")
		require.Contains(t, failed[1]["msg"], "nowhere", "of the statement")

		report, err := json.Marshal(m.Report(100))
		require.NoError(t, err)
		for _, shown := range []string{log.String(), string(report)} {
			require.NotContains(t, shown, "s3cret")
			require.NotContains(t, shown, "example.org")
		}
		sampled := false
		for _, load := range m.Workload() {
			if load.ID == insert.ID {
				sampled = true
				require.Len(t, load.Sample.Args, 2)
				require.Contains(t, load.Sample.Args[1], secret)
			}
		}
		require.True(t, sampled)
	})
}

// Covers: J02, J19, J22.
func TestSlowIsAboveTheThreshold(t *testing.T) {
	t.Parallel()
	m, log := newMonitor(t, monitor.Options{})
	run := func(sql string, d time.Duration) {
		m.Ran(t.Context(), database.Statement{Query: sql, Duration: d})
	}
	run("SELECT 1", time.Second)
	require.Empty(t, log.String())
	run("SELECT "+strings.Repeat("ä", 200), time.Second+1)
	run("SELECT "+strings.Repeat("ä", 93), 2*time.Second)
	require.EqualValues(t, 2, m.PoolStats().Slow)
	lines := log.lines(t, "Slow query detected")
	require.Equal(t, "Slow query detected (1.000s): SELECT "+strings.Repeat("ä", 93)+"…", lines[0]["msg"])
	require.Equal(t, "Slow query detected (2.000s): SELECT "+strings.Repeat("ä", 93), lines[1]["msg"], "100 characters need no ellipsis")

	never, quiet := newMonitor(t, monitor.Options{SlowQuery: -1})
	never.Ran(t.Context(), database.Statement{Query: "SELECT 1", Duration: time.Hour})
	require.Empty(t, quiet.String())
	require.Zero(t, never.PoolStats().Slow)
}

// The average is that of the last thousand, whatever came before.
// Covers: J17, J18.
func TestAverageOfTheLastThousand(t *testing.T) {
	t.Parallel()
	m, _ := newMonitor(t, monitor.Options{SlowQuery: -1})
	var all []time.Duration
	rapid.Check(t, func(t *rapid.T) {
		for _, d := range rapid.SliceOfN(rapid.Int64Range(0, int64(time.Minute)), 0, 900).Draw(t, "durations") {
			all = append(all, time.Duration(d))
			m.Ran(context.Background(), database.Statement{Query: "SELECT 1", Duration: time.Duration(d)})
		}
		last := all[max(len(all)-1000, 0):]
		if len(last) == 0 {
			return
		}
		var sum time.Duration
		for _, d := range last {
			sum += d
		}
		stats := m.PoolStats()
		require.InDelta(t, (sum / time.Duration(len(last))).Seconds(), float64(stats.Average), 1e-6)
		require.EqualValues(t, len(all), m.PoolStats().Queries)
	})
}

// A quantile is never too small, and at most an eighth too large.
// Covers: J45.
func TestQuantiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m, _ := newMonitor(t, monitor.Options{SlowQuery: -1})
		durations := rapid.SliceOfN(rapid.Int64Range(0, int64(time.Hour)), 1, 200).Draw(rt, "durations")
		for _, d := range durations {
			m.Ran(context.Background(), database.Statement{Query: "SELECT 1", Duration: time.Duration(d)})
		}
		slices.Sort(durations)
		s := m.Statements()[0]
		for q, got := range map[float64]monitor.Seconds{.5: s.P50, .95: s.P95, .99: s.P99} {
			exact := time.Duration(durations[int(math.Ceil(q*float64(len(durations))))-1])
			require.GreaterOrEqual(rt, float64(got)+1e-9, exact.Seconds())
			require.LessOrEqual(rt, float64(got), exact.Seconds()*1.125+2e-6)
		}
	})
}

// However many statements there are, memory is bounded and the sums stay right.
func TestFingerprintsAreBounded(t *testing.T) {
	t.Parallel()
	m, _ := newMonitor(t, monitor.Options{Statements: 50})
	for i := range 1000 {
		m.Ran(t.Context(), database.Statement{Query: fmt.Sprintf("SELECT a%d FROM t", i), Duration: time.Second, Rows: 2, Start: time.Unix(int64(i+1), 0)})
		m.Ran(t.Context(), database.Statement{Query: "SELECT hot", Duration: time.Second, Start: time.Unix(int64(i+1), 0)})
	}
	list := m.Statements()
	require.LessOrEqual(t, len(list), 51)
	var count, rows int64
	for _, s := range list {
		count, rows = count+s.Count, rows+s.Rows
		if s.Statement == "SELECT hot" {
			require.EqualValues(t, 1000, s.Count, "what is in use stays")
		}
	}
	require.EqualValues(t, 2000, count)
	require.EqualValues(t, 2000, rows)
}
