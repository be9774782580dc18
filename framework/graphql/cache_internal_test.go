package graphql

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql/internal/fixture"
)

// The cache holds both bounds, whatever comes, and its estimate of a
// document's memory is right to a factor of two.
//
// Covers: T26.
//

func TestDocumentCacheBounds(t *testing.T) {
	schema := fixture.NewExecutableSchema(fixture.Config{Resolvers: &fixture.Resolver{}}).Schema()
	opts := Options{Cache: CacheOptions{Entries: 100, Bytes: 200_000}}.WithDefaults()
	docs := newDocuments(schema, opts)
	for i := range 300 {
		query := fmt.Sprintf("{echo(text:%q) %s}", strconv.Itoa(i), strings.Repeat("__typename ", i%19))
		_, errs := docs.get(query)
		require.Empty(t, errs)
		require.LessOrEqual(t, docs.cache.entries.Len(), 100)
		require.LessOrEqual(t, docs.cache.bytes, 200_000)
		sum := 0
		for _, d := range docs.cache.entries.Values() {
			sum += d.bytes
		}
		require.Equal(t, sum, docs.cache.bytes)
	}
	_, errs := docs.get("{nope}")
	require.NotEmpty(t, errs)
	_, kept := docs.cache.get("{nope}")
	require.False(t, kept, "a refused document is kept")

	small := newDocuments(schema, Options{Cache: CacheOptions{Bytes: 1}}.WithDefaults())
	_, errs = small.get("{__typename}")
	require.Empty(t, errs)
	require.Zero(t, small.cache.entries.Len())

	const n = 200
	all := newDocuments(schema, Options{}.WithDefaults())
	before := heap()
	for i := range n {
		query := `($n: Int){items(first:$n){edges{cursor node{id name parent{id children(first:2){edges{node{id}}}}}} pageInfo{hasNextPage}}}`
		_, errs := all.get("query Q" + strconv.Itoa(i) + query)
		require.Empty(t, errs)
	}
	took := int(heap() - before)
	t.Logf("estimated %d bytes a document, took about %d", all.cache.bytes/n, took/n)
	require.Greater(t, 2*all.cache.bytes, took)
	require.Less(t, all.cache.bytes, 2*took)
	runtime.KeepAlive(all)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
