package cache

import (
	"bytes"
	"context"
	"math"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// DefaultMemory is how many bytes the memory of a process holds by default.
const DefaultMemory = 64 << 20

// box is a bounded map whose values go after a time.
type box[V any] struct {
	cache *otter.Cache[string, boxed[V]]
}

type boxed[V any] struct {
	value V
	ttl   time.Duration
	size  int
}

// newBox makes a box for so many bytes. evicted is called for what goes because
// there is no room; it may be nil.
func newBox[V any](maximum int64, evicted func(key string)) *box[V] {
	if maximum <= 0 {
		maximum = DefaultMemory
	}
	const overhead = 128 // of an entry, about
	return &box[V]{cache: otter.Must(&otter.Options[string, boxed[V]]{
		MaximumWeight: uint64(maximum),
		Weigher: func(key string, b boxed[V]) uint32 {
			return uint32(min(len(key)+b.size+overhead, math.MaxUint32)) //nolint:gosec // it fits
		},
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, boxed[V]]) time.Duration { return e.Value.ttl }),
		OnAtomicDeletion: func(e otter.DeletionEvent[string, boxed[V]]) {
			if evicted != nil && e.Cause == otter.CauseOverflow {
				evicted(e.Key)
			}
		},
	})}
}

func (b *box[V]) get(key string) (V, bool) {
	v, ok := b.cache.GetIfPresent(key)
	return v.value, ok
}

func (b *box[V]) wrap(value V, size int, ttl time.Duration) boxed[V] {
	if ttl <= 0 {
		ttl = 100 * 365 * 24 * time.Hour
	}
	return boxed[V]{value, ttl, size}
}

func (b *box[V]) set(key string, value V, size int, ttl time.Duration) {
	b.cache.Set(key, b.wrap(value, size, ttl))
}

func (b *box[V]) delete(key string) { b.cache.Invalidate(key) }

func (b *box[V]) deletePattern(pattern string) (n int, err error) {
	match, err := matcher(pattern)
	if err != nil {
		return 0, err
	}
	for key := range b.cache.Keys() {
		if match(key) {
			if _, gone := b.cache.Invalidate(key); gone {
				n++
			}
		}
	}
	return n, nil
}

func (b *box[V]) close() {
	b.cache.InvalidateAll()
	b.cache.StopAllGoroutines()
}

// Memory is a Store in the memory of the process. What was used least goes when
// it is full.
type Memory struct {
	box    *box[[]byte]
	closed atomic.Bool
}

var _ Store = (*Memory)(nil)

// NewMemory returns a store that holds about so many bytes; 0 is [DefaultMemory].
func NewMemory(maximum int64) *Memory { return &Memory{box: newBox[[]byte](maximum, nil)} }

func (m *Memory) ready(ctx context.Context, keys ...string) error {
	if m.closed.Load() {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return checkKey(keys...)
}

// Get implements Store.
func (m *Memory) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := m.ready(ctx, key); err != nil {
		return nil, false, err
	}
	value, ok := m.box.get(key)
	return bytes.Clone(value), ok, nil
}

// Set implements Store.
func (m *Memory) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := m.ready(ctx, key); err != nil {
		return err
	}
	m.box.set(key, clone(value), len(value), ttl)
	return nil
}

// SetNX implements Store.
func (m *Memory) SetNX(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if err := m.ready(ctx, key); err != nil {
		return false, err
	}
	_, set := m.box.cache.SetIfAbsent(key, m.box.wrap(clone(value), len(value), ttl))
	return set, nil
}

// Delete implements Store.
func (m *Memory) Delete(ctx context.Context, keys ...string) error {
	if err := m.ready(ctx, keys...); err != nil {
		return err
	}
	for _, key := range keys {
		m.box.delete(key)
	}
	return nil
}

// Exists implements Store.
func (m *Memory) Exists(ctx context.Context, key string) (bool, error) {
	if err := m.ready(ctx, key); err != nil {
		return false, err
	}
	_, ok := m.box.get(key)
	return ok, nil
}

// DeletePattern implements Store.
func (m *Memory) DeletePattern(ctx context.Context, pattern string) (int, error) {
	if err := m.ready(ctx); err != nil {
		return 0, err
	}
	return m.box.deletePattern(pattern)
}

// Close implements Store.
func (m *Memory) Close() error {
	if !m.closed.Swap(true) {
		m.box.close()
	}
	return nil
}

// clone is a copy that is never nil.
func clone(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }
