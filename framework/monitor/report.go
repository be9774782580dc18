package monitor

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Seconds is a duration as reports have it.
type Seconds float64

// Duration is the same for Go.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

func seconds(d time.Duration) Seconds { return Seconds(d.Seconds()) }

// StatementStats are the figures of one fingerprint since the monitor began.
type StatementStats struct {
	ID        string    `json:"id"`
	Statement string    `json:"statement"` // the fingerprint
	Operation string    `json:"operation"`
	Tables    []string  `json:"tables,omitempty"`
	Count     int64     `json:"count"`
	Failures  int64     `json:"failures"`
	Rows      int64     `json:"rows"` // read or changed by all runs
	Total     Seconds   `json:"totalSeconds"`
	Mean      Seconds   `json:"meanSeconds"`
	P50       Seconds   `json:"p50Seconds"` // as P95 and P99 too large by an eighth at most
	P95       Seconds   `json:"p95Seconds"`
	P99       Seconds   `json:"p99Seconds"`
	Max       Seconds   `json:"maxSeconds"`
	LastSeen  time.Time `json:"lastSeen"`
}

// Report is all that the monitor knows, for people and programs. It holds no
// value of a statement.
type Report struct {
	Dialect    string           `json:"dialect"`
	Database   string           `json:"database"`
	Pool       PoolStats        `json:"pool"`
	Statements []StatementStats `json:"statements"` // those that took most of the time first
	Repeats    []Repeat         `json:"repeats"`
	Advice     []Recommendation `json:"advice"`
}

// Report tells of the top statements by total time.
func (m *Monitor) Report(top int) Report {
	r := Report{Pool: m.PoolStats(), Statements: m.Statements(), Repeats: m.Repeats(), Advice: m.recommend()}
	if db := m.DB(); db != nil {
		r.Dialect, r.Database = string(db.Dialect()), db.URL().Target()
	}
	r.Statements = r.Statements[:min(top, len(r.Statements))]
	return r
}

// Statements has the figures of each fingerprint, those that took most of the
// time first.
func (m *Monitor) Statements() []StatementStats {
	all := m.statements.all()
	list := make([]StatementStats, len(all))
	for i, e := range all {
		list[i] = e.stats()
	}
	slices.SortFunc(list, func(a, b StatementStats) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (e *entry) stats() StatementStats {
	e.mu.Lock()
	defer e.mu.Unlock()
	longest := e.counts.longest
	quantile := func(q float64) Seconds { return seconds(min(e.times.quantile(q), longest)) }
	s := StatementStats{
		ID: e.id, Statement: e.Text, Operation: e.Operation, Tables: slices.Clone(e.Tables),
		Count: e.counts.runs, Failures: e.counts.failures, Rows: e.counts.rows,
		Total: seconds(e.counts.total), P50: quantile(.5), P95: quantile(.95), P99: quantile(.99), Max: seconds(longest), LastSeen: e.seen,
	}
	if s.Count > 0 {
		s.Mean = s.Total / Seconds(s.Count)
	}
	return s
}

// Sample is a statement as it ran, with values of users: for EXPLAIN, and never
// to be shown or written down.
type Sample struct {
	Query string
	Args  []any // as the driver got them
}

// Load is what one fingerprint asks of the database.
type Load struct {
	StatementStats
	Sample *Sample // of its slowest run; nil where its values are too large to keep
}

// Workload is what ran, with a sample of each statement, for whoever explains
// statements. BEGIN, COMMIT and the like are left out.
func (m *Monitor) Workload() []Load {
	var list []Load
	for _, e := range m.statements.all() {
		if e.control || e == m.statements.rest {
			continue
		}
		load := Load{StatementStats: e.stats()}
		e.mu.Lock()
		if e.sample != nil {
			load.Sample = &Sample{Query: e.sample.Query, Args: slices.Clone(e.sample.Args)}
		}
		e.mu.Unlock()
		list = append(list, load)
	}
	slices.SortFunc(list, func(a, b Load) int { return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.ID, b.ID)) })
	return list
}

// OperationStats are the figures of one operation since the monitor began.
type OperationStats struct {
	Operation string // select, insert, update, delete, transaction or other
	Times     Distribution
	Rows      int64
	Failures  map[string]int64 // by the kind of database.Describe
}

// Operations has the figures of each operation, for monitoring systems.
func (m *Monitor) Operations() []OperationStats {
	list := make([]OperationStats, operationCount)
	for i := range list {
		of := &m.operations[i]
		list[i] = OperationStats{
			Operation: operation(i).String(),
			Times:     of.times.distribution(), Rows: of.rows.Load(), Failures: map[string]int64{},
		}
		of.mu.Lock()
		maps.Copy(list[i].Failures, of.failures)
		of.mu.Unlock()
	}
	return list
}

// Acquisitions is how long it took to get connections.
func (m *Monitor) Acquisitions() Distribution { return m.acquisitions.distribution() }

// RepeatedRequests is in how many requests a statement ran too often.
func (m *Monitor) RepeatedRequests() int64 {
	m.repeats.mu.Lock()
	defer m.repeats.mu.Unlock()
	return m.repeats.all
}
