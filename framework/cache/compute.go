package cache

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/framefox-go/framefox/framework/database"
)

// computation is the reading of a value. What it depends on is found out while it
// runs.
type computation struct {
	key   string
	outer *computation

	mu    sync.Mutex
	tags  []string
	wrong bool // it saw what others do not see
}

type computationKey struct{}

func computationIn(ctx context.Context) *computation {
	c, _ := ctx.Value(computationKey{}).(*computation)
	return c
}

// computes reports whether the value of the key is being computed by the caller
// itself.
func (c *computation) computes(key string) bool {
	for ; c != nil; c = c.outer {
		if c.key == key {
			return true
		}
	}
	return false
}

func (c *computation) add(tags []string, wrong bool) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = c.wrong || wrong
	for _, tag := range tags {
		if !slices.Contains(c.tags, tag) {
			c.tags = append(c.tags, tag)
		}
	}
}

// request is what is asked of the cache.
type request struct {
	*options
	full    string // the key, with all that tells entries apart
	place   string
	space   string
	compute func(ctx context.Context) ([]byte, error)
}

// compute reads the value and keeps it, if nothing has changed it meanwhile.
func (c *Cache) compute(ctx context.Context, r *request, since uint64, st stamp, keep bool) (e *entry, kept bool, err error) {
	run := &computation{key: r.full, outer: computationIn(ctx), tags: slices.Clone(r.tags)}
	made := time.Now()
	inner := database.WatchStatements(context.WithValue(ctx, computationKey{}, run), func(s database.Upcoming) {
		run.add(c.reads(s.Query), s.Before)
	})
	count := c.counters.of(r.space)
	count.loads.Add(1)
	value, err := r.compute(inner)
	run.mu.Lock()
	defer run.mu.Unlock()
	e = &entry{key: r.full, tags: run.tags, since: since, made: made, value: value}
	ttl := r.ttl
	if err != nil {
		var gone bool
		e.missing, gone = missingOf(err)
		if ttl = r.negative; !gone || ttl <= 0 {
			run.outer.add(run.tags, !gone || run.wrong)
			return e, false, err
		}
	}
	run.outer.add(run.tags, run.wrong)
	e.expires = made.Add(c.config.jittered(ttl))
	if !keep || run.wrong || value == nil && e.missing == nil || !c.versions.current(e.tags, since) {
		return e, false, err
	}
	c.keep(ctx, r.place, r.space, e, st)
	return e, true, err
}

// keep keeps an entry on each level.
func (c *Cache) keep(ctx context.Context, place, space string, e *entry, st stamp) {
	c.remember(place, e)
	if c.shared != nil && st.up {
		if failed := c.shared.set(ctx, place, e, st); failed != nil {
			c.counters.of(space).errors.Add(1)
		}
	}
	c.counters.of(space).sets.Add(1)
}

func (c *Cache) remember(place string, e *entry) {
	if c.memory != nil {
		c.memory.set(place, e, len(e.value)+len(e.key)+16*len(e.tags), time.Until(e.expires))
	}
}

// flight is a computation that several readers wait for.
type flight struct {
	done chan struct{}
	e    *entry
	err  error
	kept bool // others may have it
}

// flights has one flight for a key at a time.
type flights struct {
	mu  sync.Mutex
	all map[string]*flight
}

// join returns the flight of a key, and whether the caller is the one to run it.
func (f *flights) join(key string) (_ *flight, leads bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if running, ok := f.all[key]; ok {
		return running, false
	}
	if f.all == nil {
		f.all = map[string]*flight{}
	}
	mine := &flight{done: make(chan struct{})}
	f.all[key] = mine
	return mine, true
}

func (f *flights) land(key string, fl *flight) {
	f.mu.Lock()
	delete(f.all, key)
	f.mu.Unlock()
	close(fl.done)
}
