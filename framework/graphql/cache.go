package graphql

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
)

// document is a query that was parsed, measured and validated. It is shared
// by requests and never changed.
type document struct {
	ast   *ast.QueryDocument
	hash  string // first half of the SHA-256 of the text, in hex
	bytes int    // estimate of the memory it holds
}

// Measured on documents of the tests: what a syntax tree takes for each token,
// and an entry for itself.
const (
	bytesPerToken    = 96
	bytesPerDocument = 512
)

// documentCache keeps the most recently used documents within two bounds.
type documentCache struct {
	mu       sync.Mutex
	entries  *simplelru.LRU[string, *document]
	bytes    int
	maxBytes int
}

// newDocumentCache returns nil, which caches nothing, when the options say so.
func newDocumentCache(opts CacheOptions) *documentCache {
	if opts.Entries < 0 {
		return nil
	}
	c := &documentCache{maxBytes: opts.Bytes}
	// NewLRU fails only on a size below one.
	c.entries, _ = simplelru.NewLRU(opts.Entries, func(_ string, d *document) { c.bytes -= d.bytes })
	return c
}

func (c *documentCache) get(query string) (*document, bool) {
	if c == nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries.Get(query)
}

func (c *documentCache) add(query string, d *document) {
	if c == nil || !within(d.bytes, c.maxBytes) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries.Contains(query) { // another request was faster
		return
	}
	c.bytes += d.bytes
	c.entries.Add(query, d)
	for !within(c.bytes, c.maxBytes) {
		c.entries.RemoveOldest()
	}
}
