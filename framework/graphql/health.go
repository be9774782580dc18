package graphql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Check is one thing that has to work before the service can: the database,
// the cache. Probe must honour its context; its error is logged and never
// shown.
type Check struct {
	Name  string
	Probe func(ctx context.Context) error
}

// Health answers the probes of an orchestrator: whether the process lives, and
// whether it may be sent requests. Make one with [NewHealth].
type Health struct {
	checks   []*runningCheck
	timeout  time.Duration
	log      *slog.Logger
	draining atomic.Bool
}

// errProbeTimeout is a probe that had no answer in time.
var errProbeTimeout = errors.New("no answer in time")

// NewHealth returns the probes of a service. Each check has timeout for its
// answer, 0 means 2 s. It fails on a check without a name or probe, or with
// the name of another.
func NewHealth(timeout time.Duration, logger *slog.Logger, checks ...Check) (*Health, error) {
	orDefault(&timeout, 2*time.Second)
	if logger == nil {
		logger = slog.Default()
	}
	h := &Health{timeout: timeout, log: logger}
	seen := make(map[string]bool, len(checks))
	for i, c := range checks {
		if c.Name == "" || c.Probe == nil {
			return nil, fmt.Errorf("graphql: health check %d has to have a Name and a Probe", i)
		}
		if seen[c.Name] {
			return nil, fmt.Errorf("graphql: two health checks are named %q", c.Name)
		}
		seen[c.Name] = true
		h.checks = append(h.checks, &runningCheck{Check: c})
	}
	return h, nil
}

// Drain makes the service not ready for good: a shutdown began.
func (h *Health) Drain() { h.draining.Store(true) }

// Live answers 200 for as long as the process serves at all.
func (h *Health) Live(w http.ResponseWriter, r *http.Request) {
	h.write(w, r, http.StatusOK, healthReport{Status: "ok"})
}

// Ready runs all checks at once and answers 200, or 503 with the names of
// those that failed:
//
//	{"status":"unavailable","checks":{"cache":"ok","database":"failed"}}
//
// During a shutdown it answers 503 with the status "shutting down".
func (h *Health) Ready(w http.ResponseWriter, r *http.Request) {
	if h.draining.Load() {
		h.write(w, r, http.StatusServiceUnavailable, healthReport{Status: "shutting down"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.timeout)
	defer cancel()

	errs := make([]error, len(h.checks))
	var wg sync.WaitGroup
	for i, c := range h.checks {
		wg.Go(func() { errs[i] = c.run(ctx, h.timeout) })
	}
	wg.Wait()

	status, report := http.StatusOK, healthReport{Status: "ok", Checks: make(map[string]string, len(errs))}
	for i, err := range errs {
		name := h.checks[i].Name
		report.Checks[name] = "ok"
		if err == nil {
			continue
		}
		status, report.Status, report.Checks[name] = http.StatusServiceUnavailable, "unavailable", "failed"
		h.log.LogAttrs(ctx, slog.LevelWarn, "graphql: not ready",
			slog.String("check", name), slog.String("error", err.Error()))
	}
	h.write(w, r, status, report)
}

type healthReport struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

func (h *Health) write(w http.ResponseWriter, r *http.Request, status int, report healthReport) {
	header := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(report) // a prober that is gone is no error
}

// runningCheck runs a probe at most once at a time: probers that come while
// the database hangs share the one probe that hangs with it.
type runningCheck struct {
	Check

	mu  sync.Mutex
	now *probe
}

type probe struct {
	done chan struct{}
	err  error // set before done is closed
}

func (c *runningCheck) run(ctx context.Context, timeout time.Duration) error {
	p := c.join(ctx, timeout)
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return errProbeTimeout
	}
}

// join returns the probe under way, or starts one. The probe outlives a prober
// that hangs up, as others may wait for it, but not its timeout.
func (c *runningCheck) join(ctx context.Context, timeout time.Duration) *probe {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now != nil {
		return c.now
	}
	p := &probe{done: make(chan struct{})}
	c.now = p
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	go func() {
		defer cancel()
		err := c.probe(ctx)
		c.mu.Lock()
		p.err, c.now = err, nil
		c.mu.Unlock()
		close(p.done)
	}()
	return p
}

func (c *runningCheck) probe(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("probe panicked: %v\n%s", v, debug.Stack())
		}
	}()
	return c.Probe(ctx)
}
