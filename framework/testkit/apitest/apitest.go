// Package apitest sends GraphQL requests to a handler under test, over HTTP.
//
//	api := apitest.Serve(t, handler)
//	data := api.Must(`{ posts { totalCount } }`, nil)
//	require.EqualValues(t, 3, apitest.Get(data, "posts", "totalCount"))
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// API is a GraphQL API over HTTP.
type API struct {
	t   testing.TB
	URL string // of the endpoint

	// Context, if set, changes the context of each request before it is
	// resolved, as the middleware of an application would.
	Context func(context.Context) context.Context
}

// New returns the API at a URL.
func New(tb testing.TB, url string) *API {
	tb.Helper()
	return &API{t: tb, URL: url}
}

// Serve serves the handler until the test ends.
func Serve(tb testing.TB, handler http.Handler) *API {
	tb.Helper()
	api := &API{t: tb}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if api.Context != nil {
			r = r.WithContext(api.Context(r.Context()))
		}
		handler.ServeHTTP(w, r)
	}))
	tb.Cleanup(s.Close)
	api.URL = s.URL
	return api
}

// Response is the answer to a GraphQL request.
type Response struct {
	Data   map[string]any
	Errors []Error
	Raw    string
}

// Error is one error of a response.
type Error struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

// Do sends a request and returns whatever comes back.
func (a *API) Do(query string, variables map[string]any) Response {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(a.t, err)
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.URL, bytes.NewReader(body))
	require.NoError(a.t, err)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	out := Response{Raw: string(raw)}
	require.NoError(a.t, json.Unmarshal(raw, &out), "%s", raw)
	return out
}

// Must sends a request that has to succeed and returns its data.
func (a *API) Must(query string, variables map[string]any) map[string]any {
	a.t.Helper()
	out := a.Do(query, variables)
	require.Empty(a.t, out.Errors, "%s", out.Raw)
	return out.Data
}

// Fail sends a request that has to fail with one error of the code, and
// returns that error.
func (a *API) Fail(code, query string, variables map[string]any) Error {
	a.t.Helper()
	out := a.Do(query, variables)
	require.Len(a.t, out.Errors, 1, "%s", out.Raw)
	require.Equal(a.t, code, out.Errors[0].Extensions["code"], "%s", out.Raw)
	return out.Errors[0]
}

// Get digs a value out of nested objects and lists: "tasks", "edges", 0.
func Get(v any, path ...any) any {
	for _, step := range path {
		switch at := step.(type) {
		case string:
			v = v.(map[string]any)[at]
		case int:
			v = v.([]any)[at]
		}
	}
	return v
}
