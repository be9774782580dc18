package graphql_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// The answer has the media type that the client asks for.
func TestMediaTypes(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	for accept, want := range map[string]string{
		"":                                   mediaJSON,
		mediaJSON:                            mediaJSON,
		mediaGraphQL:                         mediaGraphQL,
		"*/*":                                mediaJSON,
		"application/*;q=0.1":                mediaJSON,
		mediaGraphQL + ", " + mediaJSON:      mediaGraphQL,
		mediaJSON + ";q=0.5," + mediaGraphQL: mediaGraphQL,
		mediaGraphQL + ";q=0.1," + mediaJSON: mediaJSON,
		"text/html,*/*;q=0.8":                mediaJSON,
		"multipart/mixed, " + mediaJSON:      mediaJSON,
	} {
		r := s.send(t, `{"query":"{__typename}"}`, "Accept", accept)
		if accept == "" {
			r = s.send(t, `{"query":"{__typename}"}`)
		}
		require.Equal(t, http.StatusOK, r.Status, accept)
		require.Equal(t, want+"; charset=utf-8", r.Header.Get("Content-Type"), accept)
		require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	}
	r := s.send(t, `{"query":"{__typename}"}`, "Accept", "text/html")
	require.Equal(t, http.StatusNotAcceptable, r.Status)
	require.Equal(t, graphql.CodeNotAcceptable, r.code(t))
}

// Requests that never become an operation: the status says why, the body is
// GraphQL, and there is no data in it.
//
// Covers: T26.
func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("s3cret", 200_000)
	for name, tt := range map[string]struct {
		method, contentType, body string
		status                    int
		code                      string
	}{
		"no body":               {"POST", mediaJSON, "", 400, graphql.CodeBadRequest},
		"not JSON":              {"POST", mediaJSON, `{"query": "{__typename`, 400, graphql.CodeBadRequest},
		"a string":              {"POST", mediaJSON, `"{__typename}"`, 400, graphql.CodeBadRequest},
		"two values":            {"POST", mediaJSON, `{"query":"{__typename}"} {}`, 400, graphql.CodeBadRequest},
		"no query":              {"POST", mediaJSON, `{"variables":{}}`, 400, graphql.CodeBadRequest},
		"query is null":         {"POST", mediaJSON, `{"query":null}`, 400, graphql.CodeBadRequest},
		"query is empty":        {"POST", mediaJSON, `{"query":""}`, 400, graphql.CodeBadRequest},
		"query is a number":     {"POST", mediaJSON, `{"query":7}`, 400, graphql.CodeBadRequest},
		"variables are a list":  {"POST", mediaJSON, `{"query":"{__typename}","variables":[]}`, 400, graphql.CodeBadRequest},
		"variables are a text":  {"POST", mediaJSON, `{"query":"{__typename}","variables":"{}"}`, 400, graphql.CodeBadRequest},
		"extensions are true":   {"POST", mediaJSON, `{"query":"{__typename}","extensions":true}`, 400, graphql.CodeBadRequest},
		"operationName is 1":    {"POST", mediaJSON, `{"query":"{__typename}","operationName":1}`, 400, graphql.CodeBadRequest},
		"array of operations":   {"POST", mediaJSON, ` [{"query":"{__typename}"}]`, 400, graphql.CodeBatchNotSupported},
		"too large":             {"POST", mediaJSON, `{"query":"{__typename}","x":"` + long + `"}`, 413, graphql.CodeBodyTooLarge},
		"no content type":       {"POST", "", `{"query":"{__typename}"}`, 415, graphql.CodeUnsupportedMediaType},
		"urlencoded":            {"POST", "application/x-www-form-urlencoded", "query=%7B__typename%7D", 415, graphql.CodeUnsupportedMediaType},
		"multipart":             {"POST", "multipart/form-data; boundary=x", "--x--", 415, graphql.CodeUnsupportedMediaType},
		"text":                  {"POST", "text/plain", `{"query":"{__typename}"}`, 415, graphql.CodeUnsupportedMediaType},
		"application/graphql":   {"POST", "application/graphql", "{__typename}", 415, graphql.CodeUnsupportedMediaType},
		"another character set": {"POST", mediaJSON + "; charset=iso-8859-1", `{"query":"{__typename}"}`, 415, graphql.CodeUnsupportedMediaType},
		"PUT":                   {"PUT", mediaJSON, `{"query":"{__typename}"}`, 405, graphql.CodeMethodNotAllowed},
		"DELETE":                {"DELETE", "", "", 405, graphql.CodeMethodNotAllowed},
		"HEAD":                  {"HEAD", "", "", 405, graphql.CodeMethodNotAllowed},
		"TRACE":                 {"TRACE", "", "", 405, graphql.CodeMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, accept := range []string{mediaJSON, mediaGraphQL} {
				s := newShop(t, graphql.Options{})
				req := httptest.NewRequestWithContext(t.Context(), tt.method, "/graphql", strings.NewReader(tt.body))
				req.Header.Set("Content-Type", tt.contentType)
				r := s.do(t, req, "Accept", accept)
				require.Equal(t, tt.status, r.Status, r.Text)
				require.Equal(t, accept+"; charset=utf-8", r.Header.Get("Content-Type"))
				require.Equal(t, tt.code, r.code(t))
				require.NotContains(t, r.Text, `"data"`)
				require.NotContains(t, r.Text, "s3cret")
				require.NotContains(t, s.log.String(), "s3cret")
				require.Zero(t, s.Calls.Load())
				if tt.status == http.StatusMethodNotAllowed {
					require.Equal(t, "GET, OPTIONS, POST", r.Header.Get("Allow"))
				}
			}
		})
	}
}

// A document that is refused has status 400 under the newer media type, 200
// under the older one, and no data under either.
func TestRefusedDocuments(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	for code, body := range map[string]string{
		"GRAPHQL_PARSE_FAILED":               `{"query":"{"}`,
		"GRAPHQL_VALIDATION_FAILED":          `{"query":"query($id: ID!){item(id:$id){id}}"}`,
		graphql.CodeTooDeep:                  `{"query":"{item(id:1){` + strings.Repeat("parent{", 12) + "id" + strings.Repeat("}", 14) + `"}`,
		graphql.CodeIntrospectionDisabled:    `{"query":"{__schema{types{name}}}"}`,
		graphql.CodeOperationNotFound:        `{"query":"query A{__typename}","operationName":"B"}`,
		graphql.CodeSubscriptionNotSupported: `{"query":"subscription{ticks}"}`,
		graphql.CodeDeferNotSupported:        `{"query":"{item(id:1){...@defer{name}}}"}`,
	} {
		for media, status := range map[string]int{mediaJSON: 200, mediaGraphQL: 400} {
			r := s.send(t, body, "Accept", media)
			require.Equal(t, status, r.Status, body)
			require.Equal(t, code, r.code(t))
			require.NotContains(t, r.Text, `"data"`)
		}
	}
	require.Zero(t, s.Calls.Load())

	r := s.send(t, `{"query":"query A{__typename} query B{__typename}"}`)
	require.Equal(t, graphql.CodeOperationNotFound, r.code(t))
	require.Contains(t, r.Errors[0].Message, "operationName")
	r = s.send(t, `{"query":"query A{a:__typename} query B{b:__typename}","operationName":"B"}`)
	require.JSONEq(t, `{"data":{"b":"Query"}}`, r.Text)
}

// Only queries come by GET, and a mutation by GET changes nothing.
//
// Covers: T26.
func TestGet(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	ask := func(query, variables string) string {
		return url.Values{"query": {query}, "variables": {variables}}.Encode()
	}
	r := s.get(t, ask("query($t: String!){echo(text:$t)}", `{"t":"hello"}`))
	require.JSONEq(t, `{"data":{"echo":"hello"}}`, r.Text)
	require.EqualValues(t, 1, s.Calls.Load())

	r = s.get(t, ask(`mutation{addItem(input:{name:"x"}){id}}`, ""))
	require.Equal(t, http.StatusMethodNotAllowed, r.Status)
	require.Equal(t, "POST", r.Header.Get("Allow"))
	require.Equal(t, graphql.CodeMethodNotAllowed, r.code(t))

	for _, raw := range []string{"", "query=%7B__typename%7D&variables=%5B%5D", "query=%7B__typename%7D&variables=x", "query=%zz"} {
		r = s.get(t, raw)
		require.Equal(t, http.StatusBadRequest, r.Status, raw)
		require.Equal(t, graphql.CodeBadRequest, r.code(t))
	}
	require.EqualValues(t, 1, s.Calls.Load())
}

// A page of another site can neither post nor, without a preflight, ask.
//
// Covers: T26.
func TestCrossSite(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	// The three types that a browser posts without asking first.
	for _, simple := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		r := s.send(t, `{"query":"mutation{addItem(input:{name:\"x\"}){id}}"}`, "Content-Type", simple)
		require.Equal(t, http.StatusUnsupportedMediaType, r.Status)
	}
	for _, site := range []string{"cross-site", "same-site"} {
		r := s.get(t, "query=%7Becho(text:%22x%22)%7D", "Sec-Fetch-Site", site)
		require.Equal(t, http.StatusForbidden, r.Status)
		require.Equal(t, graphql.CodeCrossSite, r.code(t))
	}
	require.Zero(t, s.Calls.Load())
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "same-origin"},
		{"Sec-Fetch-Site", "none"},
		{"Sec-Fetch-Site", "cross-site", "X-Requested-With", "shop"},
		{"Sec-Fetch-Site", "cross-site", "Content-Type", mediaJSON},
	} {
		require.Equal(t, http.StatusOK, s.get(t, "query=%7B__typename%7D", headers...).Status)
	}
}

// OPTIONS names the methods.
func TestOptionsMethod(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	r := s.do(t, httptest.NewRequestWithContext(t.Context(), http.MethodOptions, "/graphql", nil))
	require.Equal(t, http.StatusNoContent, r.Status)
	require.Equal(t, "GET, OPTIONS, POST", r.Header.Get("Allow"))
	require.Empty(t, r.Text)
}

// Numbers keep their digits, and a real server sends a length.
func TestOverTheWire(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newShop(t, graphql.Options{}).handler)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL,
		strings.NewReader(`{"query":"query($id: ID!, $n: Int){item(id:$id){id} items(first:$n){edges{node{id}}}}","variables":{"id":9007199254740993,"n":1}}`))
	require.NoError(t, err)
	req.Header.Set("Content-Type", mediaJSON)
	res, err := server.Client().Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, errors.Join(err, res.Body.Close()))
	require.EqualValues(t, len(body), res.ContentLength)
	require.True(t, json.Valid(body))
	require.JSONEq(t, `{"data":{"item":{"id":"9007199254740993"},"items":{"edges":[{"node":{"id":"1"}}]}}}`, string(body))
}
