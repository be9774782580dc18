package monitor

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Monitor watches one database. It is safe for concurrent use. Make one with
// [New], and give it to [database.WithObserver].
type Monitor struct {
	opts       Options
	db         atomic.Pointer[database.DB]
	statements *statements
	recent     window
	trend      trend
	operations operations
	repeats    repeats

	queries, failed, slow        atomic.Int64
	acquired, unacquired, waited atomic.Int64 // connections: got, not got, got late
	acquisitions                 buckets
}

var _ database.Observer = (*Monitor)(nil)

// New returns a monitor that watches nothing yet.
func New(opts Options) (*Monitor, error) {
	opts = opts.WithDefaults()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	return &Monitor{opts: opts, statements: newStatements(opts.Statements)}, nil
}

// Opened implements [database.Observer].
func (m *Monitor) Opened(db *database.DB) {
	m.db.Store(db)
	m.statements.open(db.Driver().Dialect())
}

// DB is the database that is watched, nil before that is open.
func (m *Monitor) DB() *database.DB { return m.db.Load() }

// Acquired implements [database.Observer].
func (m *Monitor) Acquired(ctx context.Context, took time.Duration, err error) {
	m.acquisitions.add(took)
	switch {
	case err == nil:
		m.acquired.Add(1)
	case !errors.Is(err, context.Canceled): // whoever gives up has no complaint
		m.unacquired.Add(1)
	}
	if m.opts.SlowAcquisition >= 0 && took > m.opts.SlowAcquisition {
		m.waited.Add(1)
		m.logAcquisition(ctx, took, err)
	}
}

// Ran implements [database.Observer].
func (m *Monitor) Ran(ctx context.Context, s database.Statement) {
	e := m.statements.note(s)
	m.operations.add(e.operation, s)
	slow := m.opts.SlowQuery >= 0 && s.Duration > m.opts.SlowQuery
	if !e.control {
		m.queries.Add(1)
		m.recent.add(s.Duration, slow)
		if s.Err == nil {
			m.count(ctx, e)
		}
	}
	if slow {
		m.slow.Add(1)
		m.logSlow(ctx, e, s)
	}
	if s.Err != nil {
		m.failed.Add(1)
		m.logFailed(ctx, e, s)
	}
	if len(m.opts.Sinks) > 0 {
		r := Record{Fingerprint: e.Fingerprint, ID: e.id, Statement: s}
		for _, sink := range m.opts.Sinks {
			sink.Statement(ctx, r)
		}
	}
}

// dialect is that of the database, "" before it is open.
func (m *Monitor) dialect() config.Dialect {
	if db := m.db.Load(); db != nil {
		return db.Dialect()
	}
	return ""
}

// monitorKey carries the monitor of a scope.
type monitorKey struct{}

// With returns a context whose [Query] reports to m.
func (m *Monitor) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, monitorKey{}, m)
}

// in is the logger and the threshold that hold for a context.
func in(ctx context.Context) (*slog.Logger, time.Duration) {
	if m, ok := ctx.Value(monitorKey{}).(*Monitor); ok {
		return m.opts.Logger, m.opts.SlowQuery
	}
	if s := scopeIn(ctx); s != nil {
		return s.monitor.opts.Logger, s.monitor.opts.SlowQuery
	}
	defaults := Options{}.WithDefaults()
	return defaults.Logger, defaults.SlowQuery
}
