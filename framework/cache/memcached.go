package cache

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
)

// Memcached is a Store in memcached. It has limits that the others do not have:
//
//   - It cannot list its keys. DeletePattern takes "*", and "begin:*" where begin
//     is the part of keys before the first colon: they are forgotten by a version
//     that is in each key, and their number is not known. Other patterns are an
//     ErrNoPattern.
//   - A ttl counts in whole seconds, rounded up, and an entry is at most 1 MB large
//     unless the server says otherwise.
//   - It does not know of contexts: a call ends with its timeout, and looks at the
//     context before.
type Memcached struct {
	client *memcache.Client
	prefix string

	mu     sync.Mutex
	closed bool
}

var _ Store = (*Memcached)(nil)

// NewMemcached returns a store on some servers, host:port, whose keys begin with
// the prefix.
func NewMemcached(prefix string, timeout time.Duration, servers ...string) *Memcached {
	client := memcache.New(servers...)
	if timeout <= 0 {
		timeout = RedisTimeout
	}
	client.Timeout = timeout
	return &Memcached{client: client, prefix: prefix}
}

func (m *Memcached) ready(ctx context.Context, keys ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return checkKey(keys...)
}

// place is the key with the versions of everything, and of its namespace.
func (m *Memcached) place(key string) (string, error) {
	all, err := m.version("")
	if err != nil {
		return "", err
	}
	space, err := m.version(namespace(key))
	if err != nil {
		return "", err
	}
	return fit(m.prefix + all + space + ":" + key), nil
}

// version is a random text, made anew where the server has lost it.
func (m *Memcached) version(space string) (string, error) {
	key := fit(m.prefix + "version:" + space)
	for {
		item, err := m.client.Get(key)
		if err == nil {
			return string(item.Value), nil
		}
		if !errors.Is(err, memcache.ErrCacheMiss) {
			return "", memcachedError("get", err)
		}
		if err := m.client.Add(&memcache.Item{Key: key, Value: random()}); err != nil && !errors.Is(err, memcache.ErrNotStored) {
			return "", memcachedError("set", err)
		}
	}
}

func random() []byte {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return []byte(hex.EncodeToString(b[:]))
}

// fit shortens a key to what memcached takes.
func fit(key string) string {
	if len(key) <= MaxKey {
		return key
	}
	sum := hash(key)
	return key[:MaxKey-len(sum)] + sum
}

// Get implements Store.
func (m *Memcached) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := m.ready(ctx, key); err != nil {
		return nil, false, err
	}
	place, err := m.place(key)
	if err != nil {
		return nil, false, err
	}
	item, err := m.client.Get(place)
	if errors.Is(err, memcache.ErrCacheMiss) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, memcachedError("get", err)
	}
	return item.Value, true, nil
}

// Set implements Store.
func (m *Memcached) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := m.ready(ctx, key); err != nil {
		return err
	}
	place, err := m.place(key)
	if err != nil {
		return err
	}
	return memcachedError("set", m.client.Set(&memcache.Item{Key: place, Value: value, Expiration: seconds(ttl)}))
}

// SetNX implements Store.
func (m *Memcached) SetNX(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if err := m.ready(ctx, key); err != nil {
		return false, err
	}
	place, err := m.place(key)
	if err != nil {
		return false, err
	}
	err = m.client.Add(&memcache.Item{Key: place, Value: value, Expiration: seconds(ttl)})
	if errors.Is(err, memcache.ErrNotStored) {
		return false, nil
	}
	return err == nil, memcachedError("set", err)
}

// Delete implements Store.
func (m *Memcached) Delete(ctx context.Context, keys ...string) error {
	if err := m.ready(ctx, keys...); err != nil {
		return err
	}
	for _, key := range keys {
		place, err := m.place(key)
		if err != nil {
			return err
		}
		if err := m.client.Delete(place); err != nil && !errors.Is(err, memcache.ErrCacheMiss) {
			return memcachedError("delete", err)
		}
	}
	return nil
}

// Exists implements Store.
func (m *Memcached) Exists(ctx context.Context, key string) (bool, error) {
	_, ok, err := m.Get(ctx, key)
	return ok, err
}

// DeletePattern implements Store, for whole namespaces.
func (m *Memcached) DeletePattern(ctx context.Context, pattern string) (int, error) {
	if err := m.ready(ctx); err != nil {
		return 0, err
	}
	space, all := "", pattern == "*"
	if !all {
		space = namespace(literalPrefix(pattern))
		if space == "" || Escape(space)+":*" != pattern {
			return 0, fmt.Errorf("%w: memcached forgets all keys with *, and those of a namespace with name:*", ErrNoPattern)
		}
	}
	key := fit(m.prefix + "version:" + space)
	return -1, memcachedError("set", m.client.Set(&memcache.Item{Key: key, Value: random()}))
}

// Close implements Store.
func (m *Memcached) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return m.client.Close()
}

// seconds is the ttl as memcached takes it: more than 30 days are an instant.
func seconds(ttl time.Duration) int32 {
	if ttl <= 0 {
		return 0
	}
	n := int64((ttl + time.Second - 1) / time.Second)
	if n > 30*24*3600 {
		n += time.Now().Unix()
	}
	return int32(min(n, 1<<31-1)) //nolint:gosec // it fits
}

func memcachedError(verb string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cache: memcached cannot %s: %w", verb, err)
}

// namespace is the kind of a key: what comes before its first colon.
func namespace(key string) string {
	space, _, _ := strings.Cut(key, ":")
	return space
}
