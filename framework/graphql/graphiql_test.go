package graphql_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

func fetch(t *testing.T, h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// The page names no other host, runs no inline script, and forbids both.
func TestGraphiQLPage(t *testing.T) {
	t.Parallel()
	h, err := graphql.NewGraphiQL(graphql.GraphiQLOptions{
		Path: "/dev/query", Endpoint: "/api", Title: `<Shop> & "Co"`,
		Examples: []graphql.ExampleQuery{{Query: "# </script><script>alert(1)</script>\n{a}", Variables: `{"n":1}`}, {Query: "{b}"}},
	})
	require.NoError(t, err)
	w := fetch(t, h, http.MethodGet, "/dev/query")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	policy := w.Header().Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'; script-src 'self';")
	require.Contains(t, policy, "frame-ancestors 'none'")
	require.NotContains(t, policy, "http")
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))

	page := w.Body.String()
	require.NotContains(t, page, "://")
	require.NotContains(t, page, "<script>")
	require.NotContains(t, page, "<Shop>")
	config := regexp.MustCompile(`(?s)id="config">(.*?)</script>`).FindStringSubmatch(page)
	require.Len(t, config, 2)
	require.JSONEq(t, `{"endpoint":"/api","tabs":[{"query":"# </script><script>alert(1)</script>\n{a}","variables":"{\"n\":1}"},{"query":"{b}"}]}`, config[1])

	links := regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(page, -1)
	require.Len(t, links, 8)
	for _, link := range links {
		require.Equal(t, http.StatusOK, fetch(t, h, http.MethodGet, link[1]).Code, link[1])
	}
}

// Every file is what its package published, and goes out packed or not.
func TestGraphiQLFiles(t *testing.T) {
	t.Parallel()
	h, err := graphql.NewGraphiQL(graphql.GraphiQLOptions{})
	require.NoError(t, err)
	readme, err := os.ReadFile("assets/README.md")
	require.NoError(t, err)
	rows := regexp.MustCompile(`(?m)^\| (\S+\.(?:js|css)) \|.*\| ([0-9a-f]{64}) \|`).FindAllStringSubmatch(string(readme), -1)
	require.Len(t, rows, 6)
	for _, row := range rows {
		name, sum := row[1], row[2]
		plain := fetch(t, h, http.MethodGet, "/graphiql/"+name)
		require.Empty(t, plain.Header().Get("Content-Encoding"))
		got := sha256.Sum256(plain.Body.Bytes())
		require.Equal(t, sum, hex.EncodeToString(got[:]), name)

		packed := fetch(t, h, http.MethodGet, "/graphiql/"+name, "Accept-Encoding", "gzip, br")
		require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
		require.Equal(t, "Accept-Encoding", packed.Header().Get("Vary"))
		etag := packed.Header().Get("ETag")
		require.NotEqual(t, etag, plain.Header().Get("ETag"))
		reader, err := gzip.NewReader(packed.Body)
		require.NoError(t, err)
		data, err := io.ReadAll(reader)
		require.NoError(t, err)
		got = sha256.Sum256(data)
		require.Equal(t, sum, hex.EncodeToString(got[:]), name)

		again := fetch(t, h, http.MethodGet, "/graphiql/"+name, "Accept-Encoding", "gzip", "If-None-Match", etag)
		require.Equal(t, http.StatusNotModified, again.Code)
	}
	for _, path := range []string{"page.html", "README.md", "graphiql.js.gz", "../options.go", "licenses/react.txt", "x"} {
		require.Equal(t, http.StatusNotFound, fetch(t, h, http.MethodGet, "/graphiql/"+path).Code, path)
	}
	w := fetch(t, h, http.MethodPost, "/graphiql")
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
}

// The query of a first visit runs on any schema, and lists what it offers.
func TestGraphiQLDefaultQuery(t *testing.T) {
	t.Parallel()
	query := graphql.GraphiQLOptions{}.WithDefaults().Examples[0].Query
	r := newShop(t, graphql.Options{Introspection: true}).query(t, query)
	require.Empty(t, r.Errors)
	require.Contains(t, string(r.Data), `"items"`)
	require.True(t, json.Valid(r.Data))
}

func TestGraphiQLOptionErrors(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"graphiql", "/graphiql/", "/"} {
		_, err := graphql.NewGraphiQL(graphql.GraphiQLOptions{Path: path})
		require.ErrorContains(t, err, "GraphiQLOptions.Path")
	}
	for _, endpoint := range []string{"graphql", "https://example.org/graphql", "//example.org"} {
		_, err := graphql.NewGraphiQL(graphql.GraphiQLOptions{Endpoint: endpoint})
		require.ErrorContains(t, err, "GraphiQLOptions.Endpoint")
		require.ErrorContains(t, err, endpoint)
	}
}
