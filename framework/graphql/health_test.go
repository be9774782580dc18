package graphql_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

func newHealth(t *testing.T, timeout time.Duration, checks ...graphql.Check) (*graphql.Health, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	health, err := graphql.NewHealth(timeout, slog.New(slog.NewJSONHandler(log, nil)), checks...)
	require.NoError(t, err)
	return health, log
}

// A failing check is named to the prober; why it fails is for the log alone.
func TestReady(t *testing.T) {
	t.Parallel()
	var failure atomic.Pointer[string]
	health, log := newHealth(t, 0,
		graphql.Check{Name: "cache", Probe: func(context.Context) error { return nil }},
		graphql.Check{Name: "database", Probe: func(context.Context) error {
			switch f := failure.Load(); {
			case f == nil:
				return nil
			case *f == "panic":
				panic("s3cret")
			default:
				return errors.New(*f)
			}
		}},
	)
	w := fetch(t, http.HandlerFunc(health.Ready), http.MethodGet, "/health/ready")
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"status":"ok","checks":{"cache":"ok","database":"ok"}}`, w.Body.String())
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))

	for _, f := range []string{"dial postgres://ann:s3cret@db:5432: refused", "panic"} {
		failure.Store(&f)
		w = fetch(t, http.HandlerFunc(health.Ready), http.MethodGet, "/health/ready")
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.JSONEq(t, `{"status":"unavailable","checks":{"cache":"ok","database":"failed"}}`, w.Body.String())
	}
	lines := log.lines(t, "graphql: not ready")
	require.Len(t, lines, 2)
	require.Equal(t, "database", lines[0]["check"])
	require.Contains(t, lines[1]["error"], "s3cret")

	w = fetch(t, http.HandlerFunc(health.Live), http.MethodGet, "/health/live")
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"status":"ok"}`, w.Body.String())

	failure.Store(nil)
	health.Drain()
	w = fetch(t, http.HandlerFunc(health.Ready), http.MethodGet, "/health/ready")
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.JSONEq(t, `{"status":"shutting down"}`, w.Body.String())
	w = fetch(t, http.HandlerFunc(health.Live), http.MethodGet, "/health/live")
	require.Equal(t, http.StatusOK, w.Code)

	w = fetch(t, http.HandlerFunc(health.Ready), http.MethodPost, "/health/ready")
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

// A probe that hangs and ignores its context fails in time, and is not started
// again while it hangs.
func TestReadyWithHangingProbe(t *testing.T) {
	t.Parallel()
	var started atomic.Int32
	release := make(chan struct{})
	health, _ := newHealth(t, 20*time.Millisecond, graphql.Check{
		Name: "database",
		Probe: func(context.Context) error {
			started.Add(1)
			<-release
			return nil
		},
	})
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if w := fetch(t, http.HandlerFunc(health.Ready), http.MethodGet, "/health/ready"); w.Code != http.StatusServiceUnavailable {
				t.Errorf("status %d", w.Code)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, started.Load())

	close(release)
	require.Eventually(t, func() bool {
		return fetch(t, http.HandlerFunc(health.Ready), http.MethodGet, "/health/ready").Code == http.StatusOK
	}, 5*time.Second, time.Millisecond)
}

func TestNewHealthErrors(t *testing.T) {
	t.Parallel()
	probe := func(context.Context) error { return nil }
	_, err := graphql.NewHealth(0, nil, graphql.Check{Probe: probe})
	require.ErrorContains(t, err, "check 0")
	_, err = graphql.NewHealth(0, nil, graphql.Check{Name: "x"})
	require.ErrorContains(t, err, "check 0")
	_, err = graphql.NewHealth(0, nil, graphql.Check{Name: "x", Probe: probe}, graphql.Check{Name: "x", Probe: probe})
	require.ErrorContains(t, err, `named "x"`)
}
