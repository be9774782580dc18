package monitor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Covers: J14, J15, J20, J21, J46, U31.
func TestPool(t *testing.T) {
	t.Parallel()
	small := testkit.WithPool(config.Pool{Size: 1, Timeout: 600 * time.Millisecond, Recycle: config.Forever})
	each(t, monitor.Options{}, func(t *testing.T, db *database.DB, m *monitor.Monitor, log *journal) {
		require.True(t, m.CheckHealth(t.Context()).OK)
		conn, err := db.SQL().Conn(t.Context())
		require.NoError(t, err)
		stats := m.PoolStats()
		require.Equal(t, 1, stats.Active)
		require.Equal(t, 1, stats.Max)
		require.EqualValues(t, 1, stats.Created)
		require.EqualValues(t, 1, stats.Utilisation)
		slowBefore := stats.SlowAcquisition // a busy machine may be slow of itself

		err = db.Ping(t.Context())
		require.ErrorIs(t, err, database.ErrPoolTimeout)
		stats = m.PoolStats()
		require.EqualValues(t, 1, stats.Errors)
		require.Equal(t, slowBefore+1, stats.SlowAcquisition)
		slow := log.lines(t, "Slow connection acquisition: ")
		last := slow[len(slow)-1]
		require.Regexp(t, `^Slow connection acquisition: \d+\.\d{3}s$`, last["msg"])
		require.Equal(t, "overloaded", last["kind"])
		m.Acquired(t.Context(), 100*time.Millisecond, nil)
		require.Len(t, log.lines(t, "Slow connection"), len(slow), "not above the threshold")
		m.Acquired(t.Context(), 101*time.Millisecond, nil)
		require.Len(t, log.lines(t, "Slow connection acquisition: 0.101s"), 1)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, db.Ping(ctx))
		require.EqualValues(t, 1, m.PoolStats().Errors, "whoever gives up finds no fault")

		health := m.CheckHealth(t.Context())
		require.False(t, health.OK)
		require.Contains(t, health.Problems, "1 of 1 connections are in use (100 %)")
		require.NoError(t, conn.Close())
		require.Eventually(t, func() bool { return m.CheckHealth(t.Context()).OK }, 5*time.Second, 10*time.Millisecond)
		require.Zero(t, m.PoolStats().Utilisation)
	}, small)
}

// A larger pool is recommended only where statements wait for connections.
// Covers: J25, J26, J27.
func TestRecommendations(t *testing.T) {
	t.Parallel()
	pool := config.Pool{Size: 1, Timeout: 500 * time.Millisecond, Recycle: config.Forever}
	each(t, monitor.Options{}, func(t *testing.T, db *database.DB, m *monitor.Monitor, log *journal) {
		require.Empty(t, m.OptimizePool(t.Context()))
		m.Ran(t.Context(), database.Statement{Query: "SELECT 1", Duration: 800 * time.Millisecond})
		sqlite := db.Dialect() == config.SQLite
		if list := m.OptimizePool(t.Context()); sqlite {
			require.Empty(t, list)
		} else {
			require.Len(t, list, 1)
			require.Contains(t, list[0].Text, "a larger pool would not help")
			require.Zero(t, list[0].PoolSize)
			require.Equal(t, pool, list[0].Apply(pool))
		}

		conn, err := db.SQL().Conn(t.Context())
		require.NoError(t, err)
		for range 3 {
			require.Error(t, db.Ping(t.Context()))
		}
		for range 8 {
			m.Acquired(t.Context(), 0, database.ErrPoolTimeout)
		}
		require.NoError(t, conn.Close())
		for range 9 { // the slow one is a tenth of ten, not above
			m.Ran(t.Context(), database.Statement{Query: "SELECT 1", Duration: 950 * time.Millisecond})
		}
		m.Ran(t.Context(), database.Statement{Query: "SELECT 1", Duration: 2 * time.Second})
		require.NotContains(t, texts(m.OptimizePool(t.Context())), "High number of slow queries")
		m.Ran(t.Context(), database.Statement{Query: "SELECT 1", Duration: 2 * time.Second})

		list := m.OptimizePool(t.Context())
		require.Contains(t, texts(list), "times no connection could be had")
		require.Contains(t, texts(list), "High number of slow queries detected. Consider optimizing queries or adding indexes.")
		require.Len(t, log.lines(t, "High number of slow queries detected."), 1)
		if !sqlite && db.PgxPool() == nil { // pgxpool counts waits that succeed
			require.Equal(t, 2, list[0].PoolSize)
			require.Equal(t, 2, list[0].Apply(pool).Size)
			require.Contains(t, list[0].Text, "raise database.pool_size to 2")
		}
	}, testkit.WithPool(pool))
}

func texts(list []monitor.Recommendation) string {
	all := make([]string, len(list))
	for i, r := range list {
		all[i] = r.Text
	}
	return strings.Join(all, "\n")
}
