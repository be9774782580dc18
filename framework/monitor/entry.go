package monitor

import (
	"database/sql/driver"
	"slices"
	"sync"
	"time"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
)

// maxSample is how large the values of a sample may be, in bytes.
const maxSample = 4 << 10

// entry is what is known of one fingerprint.
type entry struct {
	query.Fingerprint
	id        string
	operation operation
	control   bool // BEGIN, COMMIT and the like: part of a transaction, and no query

	mu     sync.Mutex
	gone   bool
	counts counts
	times  histogram
	seen   time.Time
	sample *Sample // of the slowest run
}

// counts are the figures of runs.
type counts struct {
	runs, failures, rows int64
	total, longest       time.Duration
}

func (c *counts) merge(other counts) {
	c.runs += other.runs
	c.failures += other.failures
	c.rows += other.rows
	c.total += other.total
	c.longest = max(c.longest, other.longest)
}

func newEntry(f query.Fingerprint) *entry {
	e := &entry{Fingerprint: f, id: idOf(f.Text), operation: operationOf(f.Operation)}
	e.Text = clip(f.Text, maxFingerprint)
	e.control = e.operation == opTransaction
	return e
}

// add counts a run. It returns false where the entry is no longer in use.
func (e *entry) add(s database.Statement) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gone {
		return false
	}
	e.seen = s.Start
	e.counts.runs++
	e.counts.rows += s.Rows
	e.counts.total += s.Duration
	if s.Err != nil {
		e.counts.failures++
	}
	if s.Duration > e.counts.longest || e.counts.runs == 1 {
		e.counts.longest = s.Duration
		if sample := sampleOf(s); sample != nil && !e.control {
			e.sample = sample
		}
	}
	e.times.add(s.Duration)
	return true
}

func (e *entry) lastSeen() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.seen
}

// take moves the figures of another entry here, which ends that.
func (e *entry) take(other *entry) {
	other.mu.Lock()
	defer other.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	other.gone = true
	e.counts.merge(other.counts)
	e.times.merge(&other.times)
	if other.seen.After(e.seen) {
		e.seen = other.seen
	}
}

// sampleOf copies a statement that did not fail, nil if it is too large to keep.
func sampleOf(s database.Statement) *Sample {
	if s.Err != nil || len(s.Query) > maxCachedText {
		return nil
	}
	size, args := 0, make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = a.Value
		switch v := a.Value.(type) {
		case []byte:
			size += len(v)
			args[i] = slices.Clone(v)
		case string:
			size += len(v)
		case driver.Valuer:
			size += 16
		}
	}
	if size > maxSample {
		return nil
	}
	return &Sample{Query: s.Query, Args: args}
}
