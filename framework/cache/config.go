package cache

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"time"
)

// Config says how a cache works. The zero value is a cache in memory only.
type Config struct { //nolint:recvcheck // it is large where it is only read
	// App begins the keys of a store that several applications share. Default
	// "framefox".
	App string
	// Schema tells apart versions of the application that store different shapes.
	// Default: a fingerprint of the entities. Set it where the types of cached
	// values change in other ways.
	Schema string

	// Memory is how many bytes this process holds: 0 is [DefaultMemory], -1 none.
	Memory int64
	// Redis is the URL of the level that processes share, "" for none.
	Redis string
	// Timeout is how long Redis may take to answer. Default [RedisTimeout].
	Timeout time.Duration
	// Retry is how often it is tried again after it failed. Default 1 s.
	Retry time.Duration
	// MaxStale bounds how old what is read may be, if another process changed it.
	// Default 1 s; shorter times ask Redis more often.
	MaxStale time.Duration
	// Alone is how long the memory of this process is used while Redis does not
	// answer, and nobody knows what others write. Default 0: not at all, everything
	// is read from the database then.
	Alone time.Duration

	// TTL is how long values are kept. Default 1 h. By namespace, the part of a key
	// before its colon, TTLs says otherwise; see [DefaultTTLs].
	TTL  time.Duration
	TTLs map[string]time.Duration
	// Negative is how long it is kept that there is no row. Default 1 min; below 0
	// not at all.
	Negative time.Duration
	// Jitter is by which part a time is shortened at random, so that what was kept
	// at once is not read anew at once. Default 0.1; below 0 none.
	Jitter float64

	// Background is how many values are refreshed at a time before they go; see
	// [RefreshAhead]. Default 4.
	Background int
	// Also says which tables change whenever another one does, beyond what foreign
	// keys do to deleted rows: by triggers, by ON UPDATE CASCADE, or as a view.
	Also map[string][]string
	// Logger gets the warnings. Default slog.Default().
	Logger *slog.Logger
}

// DefaultTTLs are the times of the namespaces that [Config.TTLs] does not name.
func DefaultTTLs() map[string]time.Duration {
	return map[string]time.Duration{
		"user": time.Hour, "list": 30 * time.Minute, "search": 15 * time.Minute, "stats": 5 * time.Minute,
	}
}

// WithDefaults returns it with all fields set.
func (c Config) WithDefaults() Config {
	c.App = cmp.Or(c.App, "framefox")
	c.Memory = cmp.Or(c.Memory, DefaultMemory)
	c.Timeout = cmp.Or(c.Timeout, RedisTimeout)
	c.Retry = cmp.Or(c.Retry, time.Second)
	c.MaxStale = cmp.Or(c.MaxStale, time.Second)
	c.TTL = cmp.Or(c.TTL, time.Hour)
	c.Negative = cmp.Or(c.Negative, time.Minute)
	c.Jitter = cmp.Or(c.Jitter, 0.1)
	c.Background = cmp.Or(c.Background, 4)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	ttls := DefaultTTLs()
	maps.Copy(ttls, c.TTLs)
	c.TTLs = ttls
	return c
}

func (c Config) validate() error {
	switch {
	case c.Timeout < 0, c.Retry < 0, c.MaxStale < 0, c.Alone < 0, c.TTL < 0:
		return fmt.Errorf("cache: a time is below 0: Timeout %s, Retry %s, MaxStale %s, Alone %s, TTL %s", c.Timeout, c.Retry, c.MaxStale, c.Alone, c.TTL)
	case c.Jitter >= 1:
		return fmt.Errorf("cache: Jitter is %v and must be below 1", c.Jitter)
	case c.Background < 0:
		return fmt.Errorf("cache: Background is %d and must be above 0", c.Background)
	}
	for name, ttl := range c.TTLs {
		if ttl <= 0 {
			return fmt.Errorf("cache: the TTL of %s is %s and must be above 0", name, ttl)
		}
	}
	return nil
}

// ttl is how long a value of the namespace is kept.
func (c *Config) ttl(space string) time.Duration {
	if ttl, ok := c.TTLs[space]; ok {
		return ttl
	}
	return c.TTL
}

// jittered shortens a time a little.
func (c *Config) jittered(d time.Duration) time.Duration {
	if c.Jitter <= 0 {
		return d
	}
	return d - time.Duration(rand.Float64()*c.Jitter*float64(d)) //nolint:gosec // no secret
}
