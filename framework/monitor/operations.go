package monitor

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/framefox-go/framefox/framework/database"
)

// operation is what a statement does.
type operation uint8

const (
	opSelect operation = iota
	opInsert
	opUpdate
	opDelete
	opTransaction
	opOther
	operationCount
)

func operationOf(verb string) operation {
	switch verb {
	case "SELECT", "VALUES":
		return opSelect
	case "INSERT", "REPLACE":
		return opInsert
	case "UPDATE":
		return opUpdate
	case "DELETE":
		return opDelete
	case "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "END":
		return opTransaction
	default:
		return opOther
	}
}

func (o operation) String() string {
	return [...]string{"select", "insert", "update", "delete", "transaction", "other"}[o]
}

// bounds are the upper bounds of the buckets that monitoring systems get.
func bounds() [14]time.Duration {
	const ms = time.Millisecond
	return [...]time.Duration{
		ms / 2, ms, 5 * ms / 2, 5 * ms, 10 * ms, 25 * ms, 50 * ms, 100 * ms, 250 * ms, 500 * ms,
		time.Second, 5 * time.Second / 2, 5 * time.Second, 10 * time.Second,
	}
}

// buckets counts durations for monitoring systems.
type buckets struct {
	counts [15]atomic.Uint64 // the last one is of those above all bounds
	sum    atomic.Int64
}

func (b *buckets) add(d time.Duration) {
	i := 0
	for _, bound := range bounds() {
		if d <= bound {
			break
		}
		i++
	}
	b.counts[i].Add(1)
	b.sum.Add(int64(d))
}

// Distribution is how durations are spread.
type Distribution struct {
	Count uint64
	Sum   time.Duration
	// Below has how many were not above each bound.
	Below map[time.Duration]uint64
}

func (b *buckets) distribution() Distribution {
	d := Distribution{Sum: time.Duration(b.sum.Load()), Below: map[time.Duration]uint64{}}
	for i, bound := range bounds() {
		d.Count += b.counts[i].Load()
		d.Below[bound] = d.Count
	}
	d.Count += b.counts[len(b.counts)-1].Load()
	return d
}

// operations has the figures of each operation since the monitor began.
type operations [operationCount]struct {
	times buckets
	rows  atomic.Int64

	mu       sync.Mutex
	failures map[string]int64 // by kind
}

func (all *operations) add(o operation, s database.Statement) {
	of := &all[o]
	of.times.add(s.Duration)
	of.rows.Add(s.Rows)
	if s.Err == nil {
		return
	}
	kind, _ := database.Describe(s.Err)
	of.mu.Lock()
	defer of.mu.Unlock()
	if of.failures == nil {
		of.failures = map[string]int64{}
	}
	of.failures[kind]++
}
