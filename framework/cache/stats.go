package cache

import (
	"sync"
	"sync/atomic"
)

// Stats are the statistics of a namespace since the cache was made.
type Stats struct {
	Hits      int64 `json:"hits"`      // found, on any level
	Shared    int64 `json:"shared"`    // of them in Redis
	Waited    int64 `json:"waited"`    // of them read by another one at that time
	Misses    int64 `json:"misses"`    // not found, or no longer true
	Bypassed  int64 `json:"bypassed"`  // not looked for, as in a transaction
	Loads     int64 `json:"loads"`     // read from the database
	Sets      int64 `json:"sets"`      // kept
	Evictions int64 `json:"evictions"` // gone because memory was full
	Errors    int64 `json:"errors"`    // of Redis, or a value that cannot be kept
}

// HitRate is the part of what was looked for that was found, 0 if nothing was.
func (s Stats) HitRate() float64 {
	if s.Hits+s.Misses == 0 {
		return 0
	}
	return float64(s.Hits) / float64(s.Hits+s.Misses)
}

type counter struct {
	hits, shared, waited, misses, bypassed, loads, sets, evictions, errors atomic.Int64
}

func (c *counter) stats() Stats {
	return Stats{
		Hits: c.hits.Load(), Shared: c.shared.Load(), Waited: c.waited.Load(), Misses: c.misses.Load(), Bypassed: c.bypassed.Load(),
		Loads: c.loads.Load(), Sets: c.sets.Load(), Evictions: c.evictions.Load(), Errors: c.errors.Load(),
	}
}

// counters are those of all namespaces, of which there are few.
type counters struct {
	mu  sync.RWMutex
	all map[string]*counter
}

// maxNamespaces bounds the memory of keys that have no namespace.
const maxNamespaces = 1000

func (c *counters) of(space string) *counter {
	c.mu.RLock()
	found := c.all[space]
	c.mu.RUnlock()
	if found != nil {
		return found
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[string]*counter{}
	}
	if len(c.all) >= maxNamespaces {
		space = "(others)"
	}
	if c.all[space] == nil {
		c.all[space] = &counter{}
	}
	return c.all[space]
}

// Stats returns the statistics by namespace.
func (c *Cache) Stats() map[string]Stats {
	c.counters.mu.RLock()
	defer c.counters.mu.RUnlock()
	out := make(map[string]Stats, len(c.counters.all))
	for space, counter := range c.counters.all {
		out[space] = counter.stats()
	}
	return out
}
