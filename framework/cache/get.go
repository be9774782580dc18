package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Option says how a value is kept.
type Option func(*options)

type options struct {
	ttl, negative time.Duration
	tags          []string
	ahead         bool
}

// TTL is how long the value is kept, in place of what [Config.TTLs] says.
func TTL(d time.Duration) Option { return func(o *options) { o.ttl = d } }

// Negative is how long it is kept that the function returned an
// entity.ErrNotFound; 0 is not at all.
func Negative(d time.Duration) Option { return func(o *options) { o.negative = d } }

// Tags name what the value depends on besides the tables that are read for it;
// [Cache.Invalidate] tells that it has changed. A table may be named as well.
func Tags(tags ...string) Option { return func(o *options) { o.tags = append(o.tags, tags...) } }

// RefreshAhead reads a value anew, in the background, when it is asked for in the
// last fifth of its time.
func RefreshAhead() Option { return func(o *options) { o.ahead = true } }

// Get returns the value of a key: the one that is kept, or the one that fn reads,
// which is kept then. Readers of one key wait for one call of fn.
//
// A key names the value and all that it depends on, as in "user:42" or, with
// [Key], "search:9f86d0…"; what comes before the colon is its namespace, which has
// its own time and statistics. Contexts that see different rows have different
// values. fn reads with the context that it is given, and returns what can be
// encoded as JSON: fields that JSON leaves out, such as sensitive ones, are not
// there, on the first call as on later ones. An error is not kept, but for
// entity.ErrNotFound.
func Get[T any](ctx context.Context, c *Cache, key string, fn func(ctx context.Context) (T, error), opts ...Option) (T, error) {
	if c == nil || c.bypassed(ctx) {
		if c != nil {
			c.counters.of(namespace(key)).bypassed.Add(1)
		}
		return fn(ctx)
	}
	var (
		direct T
		none   T
	)
	e, err := c.get(ctx, key, func(ctx context.Context) ([]byte, error) {
		value, err := fn(ctx)
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(value)
		if err != nil {
			c.cannotKeep(key, err)
			direct = value
			return nil, nil
		}
		return raw, nil
	}, opts)
	switch {
	case err != nil:
		return none, err
	case e.value == nil:
		return direct, nil
	}
	var value T
	if err := json.Unmarshal(e.value, &value); err != nil {
		c.cannotKeep(key, err)
		return fn(ctx)
	}
	return value, nil
}

// Key makes a key of a name and of values of any kind: search text, filters,
// limits. Equal values make equal keys; maps are put in order.
//
//	cache.Key("search", "posts", cache.Fold(text), filters, limit)
//
// Values must be encodable as JSON: it panics if they are not, as a key that is
// wrong makes results that are wrong.
func Key(space string, args ...any) string {
	raw, err := json.Marshal(args)
	if err != nil {
		panic(fmt.Sprintf("cache: a key cannot be made of these values: %v", err))
	}
	return space + ":" + hash(string(raw))
}

func (c *Cache) cannotKeep(key string, err error) {
	c.counters.of(namespace(key)).errors.Add(1)
	c.config.Logger.Warn("cache: a value cannot be kept", "key", namespace(key), "error", err)
}

// get finds the entry of a key, or makes it.
func (c *Cache) get(ctx context.Context, key string, compute func(context.Context) ([]byte, error), opts []Option) (*entry, error) {
	space := namespace(key)
	o := &options{ttl: c.config.ttl(space), negative: max(c.config.Negative, 0)}
	for _, set := range opts {
		set(o)
	}
	o.tags = append(c.tagsOf(o.tags), ownTags(key)...)
	r := &request{options: o, space: space, full: c.full(ctx, key), compute: compute}
	r.place = place(key, r.full)
	e, err := c.find(ctx, r)
	if e != nil && (err == nil || e.missing != nil) {
		computationIn(ctx).add(e.tags, false)
	}
	if e != nil && err == nil && e.missing != nil {
		err = e.missing.err()
	}
	return e, err
}

// full is the key with who looks.
func (c *Cache) full(ctx context.Context, key string) string { return key + "\x00" + c.views.Of(ctx) }

// ownTags are those by which a key, and its namespace, are removed.
func ownTags(key string) []string {
	return []string{bucket("key " + key), bucket("namespace " + namespace(key))}
}

// find looks on each level.
func (c *Cache) find(ctx context.Context, r *request) (*entry, error) {
	count := c.counters.of(r.space)
	scope := requestOf(ctx)
	if e := scope.get(r.full); e != nil && c.holds(e) {
		count.hits.Add(1)
		return e, nil
	}
	if computationIn(ctx).computes(r.full) { // it asks for itself
		e, _, err := c.compute(ctx, r, 0, stamp{}, false)
		return e, err
	}
	for range 2 {
		var st stamp
		keep := true
		if c.shared != nil {
			st, keep = c.shared.fresh(ctx)
		}
		since := c.versions.time()
		if keep && c.memory != nil {
			if e, ok := c.memory.get(r.place); ok && e.key == r.full && c.holds(e) {
				count.hits.Add(1)
				scope.set(r.full, e)
				c.ahead(ctx, r, e)
				return e, nil
			}
		}
		fl, leads := c.flights.join(r.full)
		if leads {
			return c.lead(ctx, r, fl, since, st, keep)
		}
		select {
		case <-fl.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if fl.kept && c.stillKnown(ctx) && c.holds(fl.e) {
			count.hits.Add(1)
			count.waited.Add(1)
			scope.set(r.full, fl.e)
			return fl.e, fl.err
		}
	}
	count.misses.Add(1)
	e, _, err := c.compute(ctx, r, 0, stamp{}, false)
	return e, err
}

// lead finds the value for all who wait for it.
func (c *Cache) lead(ctx context.Context, r *request, fl *flight, since uint64, st stamp, keep bool) (*entry, error) {
	defer c.flights.land(r.full, fl)
	count := c.counters.of(r.space)
	if c.shared != nil && keep && st.up {
		if e := c.shared.get(ctx, r.place, r.full, since); e != nil && c.holds(e) {
			count.hits.Add(1)
			count.shared.Add(1)
			c.remember(r.place, e)
			fl.e, fl.kept = e, true
			requestOf(ctx).set(r.full, e)
			c.ahead(ctx, r, e)
			return e, nil
		}
	}
	count.misses.Add(1)
	fl.e, fl.kept, fl.err = c.compute(ctx, r, since, st, keep)
	if fl.kept {
		requestOf(ctx).set(r.full, fl.e)
	}
	return fl.e, fl.err
}

// holds reports whether an entry is still true.
func (c *Cache) holds(e *entry) bool {
	return time.Now().Before(e.expires) && c.versions.current(e.tags, e.since)
}

// stillKnown reports whether it is known what other processes write.
func (c *Cache) stillKnown(ctx context.Context) bool {
	if c.shared == nil {
		return true
	}
	_, ok := c.shared.fresh(ctx)
	return ok
}

// ahead refreshes an entry that has little time left.
func (c *Cache) ahead(ctx context.Context, r *request, e *entry) {
	if !r.ahead || time.Until(e.expires) > e.expires.Sub(e.made)/5 {
		return
	}
	c.refreshLater(ctx, r.space, r.full, func(ctx context.Context) {
		ctx = withoutScopes(ctx)
		var st stamp
		keep := true
		if c.shared != nil {
			st, keep = c.shared.fresh(ctx)
		}
		_, _, _ = c.compute(ctx, r, c.versions.time(), st, keep) // what fails is read by who asks next
	})
}
