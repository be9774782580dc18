package cache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// RedisTimeout is how long an answer of Redis may take by default.
const RedisTimeout = 250 * time.Millisecond

// OpenRedis returns a client for a URL, redis://user:password@host:6379/0 or
// rediss:// for TLS, that gives up after the timeout; 0 is [RedisTimeout]. It
// connects when it is used, and repeats nothing: a cache that does not answer is
// a cache to do without.
func OpenRedis(url string, timeout time.Duration) (*redis.Client, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("cache: the URL of Redis is not one: redis://user:password@host:6379/0") // without its password
	}
	if timeout <= 0 {
		timeout = RedisTimeout
	}
	options.ContextTimeoutEnabled = true // else a dead network holds a call for seconds
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = timeout, timeout, timeout, timeout
	options.MaxRetries, options.DialerRetries = -1, 1
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(options), nil
}

// Redis is a Store in Redis.
type Redis struct {
	client  redis.UniversalClient
	prefix  string
	timeout time.Duration
}

var _ Store = (*Redis)(nil)

// NewRedis returns a store whose keys begin with the prefix. Close leaves the
// client open. A call takes no longer than [RedisTimeout], but DeletePattern takes
// that for each step.
func NewRedis(client redis.UniversalClient, prefix string) *Redis {
	return &Redis{client, prefix, RedisTimeout}
}

// Get implements Store.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := checkKey(key); err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	value, err := r.client.Get(ctx, r.prefix+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return value, err == nil, redisError("get", err)
}

// Set implements Store.
func (r *Redis) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := checkKey(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return redisError("set", r.client.Set(ctx, r.prefix+key, value, redisTTL(ttl)).Err())
}

// SetNX implements Store.
func (r *Redis) SetNX(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	err := r.client.SetArgs(ctx, r.prefix+key, value, redis.SetArgs{Mode: "NX", TTL: redisTTL(ttl)}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, redisError("set", err)
}

// Delete implements Store.
func (r *Redis) Delete(ctx context.Context, keys ...string) error {
	if err := checkKey(keys...); err != nil || len(keys) == 0 {
		return err
	}
	prefixed := make([]string, len(keys))
	for i, key := range keys {
		prefixed[i] = r.prefix + key
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return redisError("delete", r.client.Unlink(ctx, prefixed...).Err())
}

// Exists implements Store.
func (r *Redis) Exists(ctx context.Context, key string) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	n, err := r.client.Exists(ctx, r.prefix+key).Result()
	return n > 0, redisError("look for", err)
}

// DeletePattern implements Store, with SCAN and UNLINK: Redis goes on serving
// others.
func (r *Redis) DeletePattern(ctx context.Context, pattern string) (n int, err error) {
	if _, err := matcher(pattern); err != nil {
		return 0, err
	}
	cursor := uint64(0)
	for {
		removed, next, err := r.deleteSome(ctx, cursor, Escape(r.prefix)+pattern)
		n += removed
		if err != nil || next == 0 {
			return n, redisError("delete", err)
		}
		cursor = next
	}
}

func (r *Redis) deleteSome(ctx context.Context, cursor uint64, pattern string) (n int, next uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	keys, next, err := r.client.Scan(ctx, cursor, pattern, 1000).Result()
	if err != nil || len(keys) == 0 {
		return 0, next, err
	}
	removed, err := r.client.Unlink(ctx, keys...).Result()
	return int(removed), next, err
}

// Close implements Store.
func (r *Redis) Close() error { return nil }

// redisTTL is the ttl as Redis takes it: in whole milliseconds, 0 for ever.
func redisTTL(ttl time.Duration) time.Duration {
	if ttl <= 0 {
		return 0
	}
	return max(ttl.Truncate(time.Millisecond), time.Millisecond)
}

func redisError(verb string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cache: Redis cannot %s: %w", verb, err)
}
