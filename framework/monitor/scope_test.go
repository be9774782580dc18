package monitor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

// Covers: J44.
func TestRepeats(t *testing.T) {
	t.Parallel()
	each(t, monitor.Options{Repeats: 3}, func(t *testing.T, db *database.DB, m *monitor.Monitor, log *journal) {
		load := func(ctx context.Context, times int) {
			for i := range times {
				_, err := query.All[int64](ctx, db, "SELECT ? + 1 AS n", i)
				require.NoError(t, err)
			}
		}
		handler := m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			err := db.Transact(r.Context(), func(ctx context.Context) error {
				load(ctx, len(r.URL.Query().Get("n")))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}))
		call := func(n string) {
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?n="+n, http.NoBody))
		}
		load(t.Context(), 9) // outside of any request
		call("xxx")
		require.Empty(t, m.Repeats(), "three times is not more than three")
		call("xxxx")
		call("xxxxx")
		list := m.Repeats()
		require.Len(t, list, 1)
		require.Equal(t, "GET", list[0].Operation)
		require.EqualValues(t, 2, list[0].Requests)
		require.Equal(t, 5, list[0].Most)
		require.Contains(t, list[0].Fix, "LoadMissing")
		lines := log.lines(t, "Query repeated")
		require.Len(t, lines, 1, "it is told once")
		require.Equal(t, "Query repeated 4 times in GET: "+list[0].Statement, lines[0]["msg"])
		require.Equal(t, list[0].Fix, lines[0]["fix"])
	})
}

// Covers: J29.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	m, _ := newMonitor(t, monitor.Options{Repeats: 1, Statements: 10})
	db := testkit.Open(t, testkit.SQLite, testkit.WithOptions(database.WithObserver(m)), testkit.WithPool(config.Pool{Size: 4, Timeout: time.Minute}))
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 100 {
				ctx, end := m.Scope(t.Context(), "worker")
				for range 2 {
					_, err := query.All[int64](ctx, db, "SELECT ? AS n"+string(rune('a'+(w+i)%26)), i)
					if err != nil {
						t.Error(err)
					}
				}
				end()
				m.Report(5)
				m.Workload()
				m.OptimizePool(ctx)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1600, m.PoolStats().Queries)
	require.EqualValues(t, 800, m.RepeatedRequests())
	var count int64
	for _, s := range m.Statements() {
		count += s.Count
	}
	require.EqualValues(t, 1600, count)
}
