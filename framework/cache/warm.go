package cache

import (
	"context"
	"encoding/json"
	"time"

	"github.com/framefox-go/framefox/framework/database"
)

// has reports whether an entry of the key is kept in this process.
func (c *Cache) has(ctx context.Context, key string) bool {
	if c.memory == nil || c.bypassed(ctx) || !c.stillKnown(ctx) {
		return false
	}
	full := c.full(ctx, key)
	e, ok := c.memory.get(place(key, full))
	return ok && e.key == full && c.holds(e)
}

// batch keeps rows that are read with its context, under a key each.
type batch struct {
	cache *Cache
	ctx   context.Context //nolint:containedctx // of the statement that reads the rows
	run   *computation
	since uint64
	st    stamp
	keep  bool
	made  time.Time
}

func (c *Cache) batch(ctx context.Context) *batch {
	b := &batch{cache: c, run: &computation{}, keep: !c.bypassed(ctx), made: time.Now()}
	if c.shared != nil && b.keep {
		b.st, b.keep = c.shared.fresh(ctx)
	}
	b.since = c.versions.time()
	b.ctx = database.WatchStatements(ctx, func(s database.Upcoming) { b.run.add(c.reads(s.Query), s.Before) })
	return b
}

// row keeps a value, unless something has changed since the batch began.
func (b *batch) row(key string, value any) error {
	c, space := b.cache, namespace(key)
	raw, err := json.Marshal(value)
	if err != nil {
		c.cannotKeep(key, err)
		return nil // it is read when it is wanted
	}
	full := c.full(b.ctx, key)
	e := &entry{
		key: full, tags: append(ownTags(key), b.run.tags...), since: b.since, made: b.made,
		expires: b.made.Add(c.config.jittered(c.config.ttl(space))), value: raw,
	}
	if b.keep && !b.run.wrong && c.versions.current(e.tags, e.since) {
		c.keep(b.ctx, place(key, full), space, e, b.st)
	}
	return b.ctx.Err()
}
