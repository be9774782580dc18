package cache

import (
	"context"
	"net/http"
	"strings"
	"sync"
)

// scope keeps the entries of one request.
type scope struct {
	mu      sync.Mutex
	entries map[string]*entry
}

type scopeKey struct{}

// WithRequest returns a context that keeps values for as long as one request
// takes: what was found once is found again, whatever other processes write
// meanwhile, unless this one writes it. Use it where a request begins; see
// [Middleware].
func WithRequest(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, &scope{entries: map[string]*entry{}})
}

// Middleware begins [WithRequest] for each HTTP request.
func Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(WithRequest(r.Context())))
	})
}

func requestOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// withoutScopes is ctx for work that outlives its request.
func withoutScopes(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, computationKey{}, (*computation)(nil))
	return context.WithValue(ctx, scopeKey{}, (*scope)(nil))
}

func (s *scope) get(key string) *entry {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[key]
}

func (s *scope) set(key string, e *entry) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[key] = e
}

func keyOf(full string) string {
	key, _, _ := strings.Cut(full, "\x00")
	return key
}

// Fold brings text that people search for into one form: small letters, without
// spaces around it, and single ones in it.
func Fold(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
