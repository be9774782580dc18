package cache_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cache"
)

func eachStore(t *testing.T, fn func(t *testing.T, name string, s cache.Store)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) cache.Store{
		"memory": func(*testing.T) cache.Store { return cache.NewMemory(0) },
		"redis": func(t *testing.T) cache.Store {
			t.Helper()
			client, err := cache.OpenRedis(redisURL(t), time.Minute)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, client.Close()) })
			return cache.NewRedis(client, t.Name()+"[*]:")
		},
		"memcached": func(t *testing.T) cache.Store {
			t.Helper()
			return cache.NewMemcached(strings.ReplaceAll(t.Name(), "/", "-")+":", time.Minute, memcacheds.address(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			defer func() { require.NoError(t, s.Close()) }()
			fn(t, name, s)
		})
	}
}

// Stores keep bytes under keys, each in the same way.
//
// Covers: I01, I02, I03, I04, I05, I07, I08.
func TestStores(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, _ string, s cache.Store) {
		ctx := t.Context()
		has := func(key string, want []byte) {
			t.Helper()
			got, ok, err := s.Get(ctx, key)
			require.NoError(t, err)
			require.Equal(t, want != nil, ok)
			require.True(t, bytes.Equal(want, got), "%q", got)
			exists, err := s.Exists(ctx, key)
			require.NoError(t, err)
			require.Equal(t, want != nil, exists)
		}
		has("user:1", nil)
		value := []byte("one\x00\xff")
		require.NoError(t, s.Set(ctx, "user:1", value, time.Hour))
		value[0] = 'X'
		has("user:1", []byte("one\x00\xff"))
		got, _, err := s.Get(ctx, "user:1")
		require.NoError(t, err)
		got[0] = 'Y'
		has("user:1", []byte("one\x00\xff"))

		require.NoError(t, s.Set(ctx, "user:1", []byte{}, 0)) // for ever, and empty
		has("user:1", []byte{})
		set, err := s.SetNX(ctx, "user:1", []byte("no"), time.Hour)
		require.NoError(t, err)
		require.False(t, set)
		has("user:1", []byte{})
		set, err = s.SetNX(ctx, "user:2", []byte("two"), time.Hour)
		require.NoError(t, err)
		require.True(t, set)
		has("user:2", []byte("two"))

		require.NoError(t, s.Delete(ctx, "user:1", "user:9"))
		require.NoError(t, s.Delete(ctx, "user:1"))
		require.NoError(t, s.Delete(ctx))
		has("user:1", nil)

		require.NoError(t, s.Set(ctx, "short", []byte("x"), time.Second))
		has("short", []byte("x"))
		require.Eventually(t, func() bool { ok, err := s.Exists(ctx, "short"); return err == nil && !ok }, 10*time.Second, 50*time.Millisecond)
		has("short", nil)
		set, err = s.SetNX(ctx, "short", []byte("again"), time.Hour)
		require.NoError(t, err)
		require.True(t, set, "what has gone is not there")

		for _, key := range []string{"", "a b", "a\nb", strings.Repeat("x", cache.MaxKey+1)} {
			require.ErrorIs(t, s.Set(ctx, key, nil, 0), cache.ErrKey)
			_, _, err := s.Get(ctx, key)
			require.ErrorIs(t, err, cache.ErrKey)
		}
		longest := strings.Repeat("ü", cache.MaxKey/2)
		require.NoError(t, s.Set(ctx, longest, []byte("long"), 0))
		has(longest, []byte("long"))
		has(longest[:cache.MaxKey-2], nil)

		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, _, err = s.Get(ended, "user:2")
		require.ErrorIs(t, err, context.Canceled)
	})
}

// One of many who set a value where there is none wins.
//
// Covers: I05, I07.
func TestStoresSetOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, _ string, s cache.Store) {
		var wins atomic.Int64
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				if set, err := s.SetNX(t.Context(), "lock", []byte(strconv.Itoa(i)), time.Hour); err == nil && set {
					wins.Add(1)
				}
			})
		}
		all.Wait()
		require.Equal(t, int64(1), wins.Load())
	})
}

// A pattern removes what it matches and nothing else; what comes from elsewhere
// has no meaning in it once it is escaped.
//
// Covers: I06, I08, I13, I14, I15, I16, I17.
func TestStoresDeletePattern(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, name string, s cache.Store) {
		ctx := t.Context()
		keys := []string{"user:1", "user:12", "user:a/b", "users:1", "user_l1:1", "user:name:*", "user:name:x", `user:name:\`, "other"}
		left := func(pattern string) (gone []string) {
			t.Helper()
			for _, key := range keys {
				require.NoError(t, s.Set(ctx, key, []byte("x"), time.Hour))
			}
			n, err := s.DeletePattern(ctx, pattern)
			require.NoError(t, err)
			for _, key := range keys {
				ok, err := s.Exists(ctx, key)
				require.NoError(t, err)
				if !ok {
					gone = append(gone, key)
				}
			}
			if name != "memcached" {
				require.Equal(t, len(gone), n)
			}
			return gone
		}
		require.Equal(t, []string{"user:1", "user:12", "user:a/b", "user:name:*", "user:name:x", `user:name:\`}, left("user:*"))
		require.Equal(t, keys, left("*"))
		if name == "memcached" {
			_, err := s.DeletePattern(ctx, "user:1*")
			require.ErrorIs(t, err, cache.ErrNoPattern)
			return
		}
		require.Equal(t, []string{"user:1"}, left("user:?"))
		require.Equal(t, []string{"user:1", "users:1", "user_l1:1"}, left("*:1"))
		require.Equal(t, []string{"user:name:*"}, left("user:name:"+cache.Escape("*")))
		require.Equal(t, []string{`user:name:\`}, left("user:name:"+cache.Escape(`\`)))
		require.Empty(t, left(cache.Escape("user:[1]")))
		_, err := s.DeletePattern(ctx, "user:[1")
		require.ErrorIs(t, err, cache.ErrNoPattern)
	})
}

// Memory is bounded: what does not fit goes.
//
// Covers: I07.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s := cache.NewMemory(1 << 20)
	value := make([]byte, 10<<10)
	for i := range 1000 {
		require.NoError(t, s.Set(t.Context(), fmt.Sprintf("k:%d", i), value, time.Hour))
	}
	held := 0
	require.Eventually(t, func() bool {
		held = 0
		for i := range 1000 {
			if ok, err := s.Exists(t.Context(), fmt.Sprintf("k:%d", i)); err == nil && ok {
				held++
			}
		}
		return held <= 105
	}, 10*time.Second, 10*time.Millisecond)
	require.Positive(t, held)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	_, _, err := s.Get(t.Context(), "k:1")
	require.ErrorIs(t, err, cache.ErrClosed)
}
