package graphql_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/graphql/internal/fixture"
)

func newPost(ctx context.Context, body string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// One line for each request, without what the client wrote.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	r := s.send(t, requestBody(t, `mutation Add($n: String!){addItem(input:{name:$n}){id}}`, "n", "s3cret"), "X-Request-Id", "abc-1")
	require.Equal(t, "abc-1", r.Header.Get("X-Request-Id"))
	s.query(t, `{echo(text:"s3cret")}`)
	s.send(t, `{"query":"s3cret"}`)

	lines := s.log.lines(t, "graphql: request")
	require.Len(t, lines, 3)
	line := lines[0]
	require.Equal(t, "abc-1", line["request_id"])
	require.Equal(t, "Add", line["operation"])
	require.Equal(t, "mutation", line["type"])
	require.EqualValues(t, 200, line["status"])
	require.EqualValues(t, 0, line["errors"])
	require.Len(t, line["query_hash"], 32)
	require.Contains(t, line, "duration")
	require.Equal(t, "query", lines[1]["type"])
	require.EqualValues(t, 1, lines[2]["errors"])
	require.NotContains(t, s.log.String(), "s3cret")
}

// An id of the client is taken if it is harmless, else one is made; resolvers
// can ask for it.
func TestRequestID(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	var seen string
	s.Fail = func(ctx context.Context) error {
		seen = graphql.RequestID(ctx)
		return nil
	}
	for id, taken := range map[string]bool{
		"": false, "a": true, "Root=1:5-x_y.z": false, "req_1.a:b-c": true, "a b": false, "a\nb": false,
		"ü": false, strings.Repeat("a", 128): true, strings.Repeat("a", 129): false, "<script>": false,
	} {
		r := s.send(t, `{"query":"{fail}"}`, "X-Request-Id", id)
		got := r.Header.Get("X-Request-Id")
		require.Equal(t, taken, got == id, id)
		require.Equal(t, seen, got)
		require.NotEmpty(t, got)
	}
	require.Empty(t, graphql.RequestID(t.Context()))
}

// The same query is parsed once, whatever its variables; a refused one is
// never kept.
//
// Covers: T26.
func TestDocumentsAreCached(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	docs := map[*ast.QueryDocument]int{}
	count := around(func(ctx context.Context) {
		mu.Lock()
		defer mu.Unlock()
		docs[gqlgen.GetOperationContext(ctx).Doc]++
	})
	extensions := []gqlgen.HandlerExtension{count}

	s := newShop(t, graphql.Options{Extensions: extensions})
	for i := range 5 {
		require.Empty(t, s.query(t, "query($t: String!){echo(text:$t)}", "t", strconv.Itoa(i)).Errors)
	}
	require.Len(t, docs, 1)

	clear(docs)
	s = newShop(t, graphql.Options{Extensions: extensions, Cache: graphql.CacheOptions{Entries: 2}})
	for range 3 {
		for i := range 3 { // one more than it holds: the oldest is always gone
			s.query(t, "{echo(text:\""+strconv.Itoa(i)+"\")}")
		}
	}
	require.Len(t, docs, 9)

	clear(docs)
	s = newShop(t, graphql.Options{Extensions: extensions, Cache: graphql.CacheOptions{Entries: -1}})
	for range 3 {
		s.query(t, "{__typename}")
	}
	require.Len(t, docs, 3)
}

// Requests share documents without harm; run with -race.
func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{Cache: graphql.CacheOptions{Entries: 3}}).failing(errors.New("x"))
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				query := "{items(first:2){edges{node{id name broken}}} echo(text:\"" + strconv.Itoa((g+i)%5) + "\")}"
				w := httptest.NewRecorder()
				s.handler.ServeHTTP(w, newPost(t.Context(), requestBody(t, query)))
				if w.Code != http.StatusOK || bytes.Count(w.Body.Bytes(), []byte("INTERNAL")) != 2 {
					t.Errorf("status %d: %s", w.Code, w.Body)
				}
			}
		})
	}
	wg.Wait()
}

// Clients that speak of persisted queries are told that there are none, in the
// words they know, and then send the text.
//
// Covers: T26.
func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	extensions := `"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}`
	r := s.send(t, "{"+extensions+"}")
	require.Equal(t, graphql.CodePersistedQueryNotSupported, r.code(t))
	require.Equal(t, "PersistedQueryNotSupported", r.Errors[0].Message)
	require.Empty(t, s.send(t, `{"query":"{__typename}",`+extensions+"}").Errors)
	r = s.send(t, "{"+extensions+"}")
	require.Equal(t, graphql.CodePersistedQueryNotSupported, r.code(t), "stored without being asked to")
}

// A deferred part would outlive its request; goleak proves that none does.
func TestDeferLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	for _, query := range []string{
		"{items{...@defer{edges{node{id}}}}}",
		"{items{...F@defer}} fragment F on ItemConnection{edges{node{id}}}",
		"{...F} fragment F on Query{items{... on ItemConnection @defer(if:true){edges{node{id}}}}}",
	} {
		require.Equal(t, graphql.CodeDeferNotSupported, s.query(t, query).code(t))
	}
}

// What can be wrong with the options is said when the handler is made.
func TestNewHandlerErrors(t *testing.T) {
	t.Parallel()
	_, err := graphql.NewHandler(nil, graphql.Options{})
	require.ErrorContains(t, err, "schema is nil")
	schema := fixture.NewExecutableSchema(fixture.Config{Resolvers: &fixture.Resolver{}})
	_, err = graphql.NewHandler(schema, graphql.Options{Extensions: []gqlgen.HandlerExtension{nil}})
	require.ErrorContains(t, err, "Extensions[0] is nil")
	_, err = graphql.NewHandler(schema, graphql.Options{Extensions: []gqlgen.HandlerExtension{costly{invalid: true}}})
	require.ErrorContains(t, err, "Costly: no complexity")
}

// An extension refuses an operation with its own code, before a resolver runs.
func TestExtensionRefusal(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{Extensions: []gqlgen.HandlerExtension{costly{}}})
	r := s.query(t, "{fail}")
	require.Equal(t, "TOO_COSTLY", r.code(t))
	require.EqualValues(t, 7, r.Errors[0].Extensions["cost"])
	require.Zero(t, s.Calls.Load())
}

type costly struct{ invalid bool }

func (costly) ExtensionName() string { return "Costly" }

func (c costly) Validate(gqlgen.ExecutableSchema) error {
	if c.invalid {
		return errors.New("no complexity")
	}
	return nil
}

func (costly) MutateOperationContext(context.Context, *gqlgen.OperationContext) *gqlerror.Error {
	return &gqlerror.Error{Message: "too costly", Extensions: map[string]any{"code": "TOO_COSTLY", "cost": 7}}
}

func BenchmarkHandler(b *testing.B) {
	s := newShop(b, graphql.Options{Logger: slog.New(slog.DiscardHandler)})
	body := requestBody(b, "query Page{items(first:20){edges{node{id name}} pageInfo{hasNextPage}}}")
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, newPost(b.Context(), body))
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
