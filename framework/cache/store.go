package cache

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"
)

// MaxKey is the longest key that a store takes, in bytes.
const MaxKey = 250

var (
	// ErrNoPattern means that a pattern is not well formed, or that the store has
	// no way to find keys by one.
	ErrNoPattern = errors.New("cache: the store cannot look for that pattern")

	// ErrKey means that a key is empty or longer than MaxKey, or has a space or a
	// control character.
	ErrKey = errors.New("cache: a key has 1 to 250 bytes, without spaces and control characters")

	// ErrClosed means that a store was used after Close.
	ErrClosed = errors.New("cache: closed")
)

// Store keeps bytes under keys for a time. The stores of this package are safe
// for concurrent use, and behave alike: NewMemory, NewRedis, NewMemcached.
type Store interface {
	// Get returns the value of a key, and whether there is one. The caller may
	// change what it gets.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)

	// Set sets or replaces a value. It goes after ttl; 0 is never.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// SetNX sets a value where there is none, and tells whether it did.
	SetNX(ctx context.Context, key string, value []byte, ttl time.Duration) (set bool, err error)

	// Delete removes keys, which need not exist.
	Delete(ctx context.Context, keys ...string) error

	// Exists reports whether a key has a value. To act on what it says is a race:
	// SetNX is none.
	Exists(ctx context.Context, key string) (bool, error)

	// DeletePattern removes the keys that match, and tells how many: * stands for
	// any text, ? for one byte, [a-c] for one of some; \ takes the meaning away, see
	// [Escape]. Keys that are set meanwhile may stay. A store that cannot tell how
	// many says -1.
	DeletePattern(ctx context.Context, pattern string) (int, error)

	// Close ends it.
	Close() error
}

// Escape takes the meaning that * ? [ ] and \ have in a pattern away from text
// that comes from elsewhere:
//
//	store.DeletePattern(ctx, "user:username:"+cache.Escape(name)+":*")
func Escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(text)
}

// checkKey refuses what not all stores take.
func checkKey(keys ...string) error {
	for _, key := range keys {
		if key == "" || len(key) > MaxKey {
			return ErrKey
		}
		for i := range len(key) {
			if key[i] <= ' ' || key[i] == 0x7f {
				return ErrKey
			}
		}
	}
	return nil
}

// matcher reports which keys match a pattern.
func matcher(pattern string) (func(key string) bool, error) {
	// A slash is nothing special here, unlike in paths.
	pattern = strings.ReplaceAll(pattern, "/", "\x00")
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, ErrNoPattern
	}
	return func(key string) bool {
		ok, _ := path.Match(pattern, strings.ReplaceAll(key, "/", "\x00")) // it was tried
		return ok
	}, nil
}

// glob splits a pattern at its first wildcard: the literal beginning.
func literalPrefix(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[':
			return b.String()
		case '\\':
			if i++; i == len(pattern) {
				return b.String()
			}
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}
