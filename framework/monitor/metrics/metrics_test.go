package metrics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/monitor/metrics"
	"github.com/framefox-go/framefox/framework/testkit"
)

// What Prometheus reads is well formed, passes promtool's rules, and is right.
// Covers: J42, J46.
func TestMetrics(t *testing.T) {
	t.Parallel()
	m, err := monitor.New(monitor.Options{})
	require.NoError(t, err)
	db := testkit.Open(t, testkit.SQLite, testkit.WithOptions(database.WithObserver(m)))
	for range 3 {
		var n int
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), "SELECT 1").Scan(&n))
	}
	_, err = db.SQL().ExecContext(t.Context(), "DELETE FROM nowhere")
	require.Error(t, err)
	m.Ran(context.Background(), database.Statement{Query: "UPDATE t SET a = 1", Duration: 3 * time.Second, Rows: 7})

	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(metrics.NewCollector(m)))
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	require.Empty(t, problems)

	w := httptest.NewRecorder()
	metrics.Handler(m).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	require.Equal(t, http.StatusOK, w.Code)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(w.Body)
	require.NoError(t, err)
	require.Contains(t, families, "go_goroutines")
	require.EqualValues(t, 1, families["framefox_db_slow_statements_total"].GetMetric()[0].GetCounter().GetValue())
	counts := map[string]uint64{}
	for _, metric := range families["framefox_db_statement_duration_seconds"].GetMetric() {
		h := metric.GetHistogram()
		counts[metric.GetLabel()[0].GetValue()] = h.GetSampleCount()
		if metric.GetLabel()[0].GetValue() == "update" {
			require.InDelta(t, 3, h.GetSampleSum(), 1e-9)
			for _, b := range h.GetBucket() {
				require.Equal(t, b.GetUpperBound() >= 3, b.GetCumulativeCount() == 1, b)
			}
		}
	}
	require.EqualValues(t, 3, counts["select"])
	require.EqualValues(t, 1, counts["delete"])
	failure := families["framefox_db_statement_failures_total"].GetMetric()[0]
	require.Equal(t, "sql", failure.GetLabel()[0].GetValue())
	require.Positive(t, families["framefox_db_connections_created_total"].GetMetric()[0].GetCounter().GetValue())
}
