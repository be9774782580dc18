package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// Thresholds of the pool's health.
const (
	highUtilisation = 0.8
	highAverage     = 500 * time.Millisecond
	manyErrors      = 10
	manySlow        = 0.1

	// largestPool is what is recommended at most.
	largestPool = 100

	manySlowText = "High number of slow queries detected. Consider optimizing queries or adding indexes."
)

// PoolStats are the connections of the database, and what ran over them since
// the monitor began. It is a copy.
type PoolStats struct {
	Active   int   `json:"activeConnections"` // in use now
	Idle     int   `json:"idleConnections"`
	Max      int   `json:"maxConnections"` // 0 is unlimited
	Created  int64 `json:"totalConnectionsCreated"`
	Acquired int64 `json:"acquired"` // how often a connection was taken
	Errors   int64 `json:"connectionErrors"`

	Utilisation     float64 `json:"utilisation"` // of Max, 0 to 1; 0 where that is unlimited
	Waits           int64   `json:"waits"`       // how often none was there at once
	WaitTime        Seconds `json:"waitSeconds"` // in sum
	SlowAcquisition int64   `json:"slowAcquisitions"`

	Queries  int64   `json:"totalQueriesExecuted"` // failed ones too; not BEGIN, COMMIT and the like
	Failures int64   `json:"failedStatements"`
	Slow     int64   `json:"slowQueries"`
	Average  Seconds `json:"averageQuerySeconds"` // of the last 1,000 queries
	SlowRate float64 `json:"slowShare"`           // among the last 1,000 queries, 0 to 1
}

// PoolStats tells how it stands with the connections.
func (m *Monitor) PoolStats() PoolStats {
	average, slow := m.recent.mean()
	s := PoolStats{
		Acquired: m.acquired.Load(), Errors: m.unacquired.Load(), SlowAcquisition: m.waited.Load(),
		Queries: m.queries.Load(), Failures: m.failed.Load(), Slow: m.slow.Load(), Average: seconds(average), SlowRate: slow,
	}
	if db := m.DB(); db != nil {
		p := db.Stats()
		s.Active, s.Idle, s.Max, s.Created = p.InUse, p.Idle, p.Max, p.Created
		s.Waits, s.WaitTime = p.Waits, seconds(p.WaitTime)
		if p.Max > 0 {
			s.Utilisation = float64(p.InUse) / float64(p.Max)
		}
	}
	return s
}

// Health says whether the pool is well.
type Health struct {
	OK       bool     `json:"ok"`
	Answers  bool     `json:"answers"` // the database does
	Problems []string `json:"problems"`
}

// CheckHealth asks the database for an answer, and looks at the figures of the
// pool.
func (m *Monitor) CheckHealth(ctx context.Context) Health {
	h := Health{Answers: true, Problems: []string{}}
	problem := func(format string, args ...any) { h.Problems = append(h.Problems, fmt.Sprintf(format, args...)) }
	s := m.PoolStats()
	if db := m.DB(); db == nil {
		h.Answers = false
		problem("no database is open")
	} else if err := db.Ping(ctx); err != nil {
		h.Answers = false
		problem("the database does not answer: %s", harmless(err))
	}
	if s.Utilisation > highUtilisation {
		problem("%d of %d connections are in use (%.0f %%)", s.Active, s.Max, 100*s.Utilisation)
	}
	if s.Errors > manyErrors {
		problem("%d times no connection could be had", s.Errors)
	}
	if s.SlowRate > manySlow {
		problem("%s", manySlowText)
	}
	h.OK = len(h.Problems) == 0
	return h
}

// Recommendation is what to change about the pool, or what to look at.
type Recommendation struct {
	Text string `json:"text"`
	// PoolSize is the pool_size to configure; 0 if it stays.
	PoolSize int `json:"poolSize,omitempty"`
}

// Apply returns the settings to open the database with next.
func (r Recommendation) Apply(p config.Pool) config.Pool {
	if r.PoolSize > p.Size {
		p.Size = r.PoolSize
	}
	return p
}

// OptimizePool tells what to change about the pool, and logs it. It changes
// nothing: see [Recommendation.Apply].
func (m *Monitor) OptimizePool(ctx context.Context) []Recommendation {
	list := m.recommend()
	for _, r := range list {
		m.opts.Logger.LogAttrs(ctx, slog.LevelWarn, r.Text, slog.String("part", "pool"))
	}
	return list
}

func (m *Monitor) recommend() []Recommendation {
	s := m.PoolStats()
	waits, waited := m.trend.growth(s)
	list := []Recommendation{}
	if s.Average.Duration() > highAverage {
		if r, ok := resize(s, m.dialect(), waits, waited); ok {
			list = append(list, r)
		}
	}
	if s.Errors > manyErrors {
		list = append(list, Recommendation{Text: fmt.Sprintf("%d times no connection could be had: "+
			"check that the database answers, and that its limit of connections is above the pool's", s.Errors)})
	}
	if s.SlowRate > manySlow {
		list = append(list, Recommendation{Text: manySlowText})
	}
	return list
}

// resize recommends a larger pool where statements wait for connections. Where
// they do not, more of them at once would make a slow database slower.
func resize(s PoolStats, dialect config.Dialect, waits int64, waited Seconds) (Recommendation, bool) {
	average := fmt.Sprintf("a statement takes %.3fs on average", s.Average)
	switch {
	case dialect == config.SQLite:
		return Recommendation{}, false
	case waits <= 0 || waited <= 0:
		return Recommendation{Text: average + ", but none waits for a connection: a larger pool would not help; look at the slow statements"}, true
	case s.Max == 0 || s.Max >= largestPool:
		return Recommendation{Text: average + fmt.Sprintf(" and %d waited for a connection, but the pool is large already: look at the slow statements", waits)}, true
	}
	size := min(s.Max+s.Max/2+1, largestPool)
	return Recommendation{
		Text:     average + fmt.Sprintf(" and %d waited %.3fs for a connection: raise database.pool_size to %d", waits, waited, size),
		PoolSize: size,
	}, true
}

// trend remembers the waits of a minute ago, and of two.
type trend struct {
	mu          sync.Mutex
	at          time.Time
	newer, past PoolStats
}

const trendStep = time.Minute

// growth is what was waited for in the last minute or two. pgx counts a wait for
// each connection that it makes, which says nothing of the size of the pool.
func (t *trend) growth(s PoolStats) (waits int64, waited Seconds) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); now.Sub(t.at) > trendStep {
		t.past, t.newer, t.at = t.newer, s, now
	}
	return s.Waits - t.past.Waits - (s.Created - t.past.Created), s.WaitTime - t.past.WaitTime
}
