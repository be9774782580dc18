package graphql_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

// The thirteen checks of graphql-cop, each with the request that the tool
// sends: refused, or safe.
//
// Covers: T26.
func TestGraphQLCop(t *testing.T) {
	t.Parallel()
	post := func(t *testing.T, body string) (*shop, *reply) {
		t.Helper()
		s := newShop(t, graphql.Options{})
		return s, s.send(t, body)
	}
	refuses := func(t *testing.T, body, code string) {
		t.Helper()
		s, r := post(t, body)
		require.Equal(t, code, r.code(t))
		require.Empty(t, r.Data)
		require.Zero(t, s.Calls.Load())
	}

	t.Run("alias overloading", func(t *testing.T) {
		t.Parallel()
		var b strings.Builder
		for i := range 101 {
			b.WriteString("alias" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ":__typename ")
		}
		s := newShop(t, graphql.Options{Limits: graphql.Limits{RootFields: -1}})
		require.Equal(t, graphql.CodeTooManyAliases, s.query(t, "query cop {"+b.String()+"}").code(t))
	})
	t.Run("array batching", func(t *testing.T) {
		t.Parallel()
		refuses(t, "["+strings.Repeat(`{"query":"query cop {__typename}"},`, 9)+`{"query":"query cop {__typename}"}]`,
			graphql.CodeBatchNotSupported)
	})
	t.Run("circular introspection", func(t *testing.T) {
		t.Parallel()
		body := `{"query":"query cop {__schema{types{fields{type{fields{type{fields{type{fields{type{name}}}}}}}}}}}"}`
		refuses(t, body, graphql.CodeIntrospectionDisabled)
		r := newShop(t, graphql.Options{Introspection: true}).send(t, body)
		require.Equal(t, "GRAPHQL_VALIDATION_FAILED", r.code(t))
	})
	t.Run("directive overloading", func(t *testing.T) {
		t.Parallel()
		refuses(t, `{"query":"query cop {__typename `+strings.Repeat("@aa", 51)+`}"}`, graphql.CodeTooManyDirectives)
	})
	t.Run("field duplication", func(t *testing.T) {
		t.Parallel()
		refuses(t, `{"query":"query cop {`+strings.Repeat("__typename ", 500)+`}"}`, graphql.CodeTooManyRootFields)
	})
	t.Run("field suggestions", func(t *testing.T) {
		t.Parallel()
		for _, query := range []string{
			"{ite(id:1){id}}", "{item(idd:1){id}}", "{item{id}}", "query($x: Ite){__typename}", "{item(id:1)}",
			"{__schem{directive}}", `mutation{addItem(input:{nam:\"x\"}){id}}`, "{...F} fragment F on Quer{__typename}",
		} {
			s, r := post(t, `{"query":"`+query+`"}`)
			require.NotEmpty(t, r.Errors, query)
			require.NotContains(t, r.Text, "Did you mean", query)
			require.Zero(t, s.Calls.Load())
		}
		r := newShop(t, graphql.Options{Introspection: true}).query(t, "{ite(id:1){id}}")
		require.Contains(t, r.Text, "Did you mean")
	})
	t.Run("GET mutation", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, graphql.Options{})
		r := s.get(t, "query=mutation+cop+%7B__typename%7D")
		require.Equal(t, http.StatusMethodNotAllowed, r.Status)
		require.Empty(t, r.Data)
	})
	t.Run("GET query of another site", func(t *testing.T) {
		t.Parallel()
		r := newShop(t, graphql.Options{}).get(t, "query=query+cop+%7B__typename%7D", "Sec-Fetch-Site", "cross-site")
		require.Equal(t, http.StatusForbidden, r.Status)
	})
	t.Run("GraphiQL", func(t *testing.T) {
		t.Parallel()
		server, err := graphql.NewServer(graphql.ServerOptions{GraphQL: newShop(t, graphql.Options{}).handler})
		require.NoError(t, err)
		for _, path := range []string{"/", "/graphiql", "/playground", "/console", "/graphql"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.Header.Set("Accept", "text/html")
			w := httptest.NewRecorder()
			server.Handler().ServeHTTP(w, r)
			require.GreaterOrEqual(t, w.Code, 400, path)
			require.NotContains(t, strings.ToLower(w.Body.String()), "graphiql")
		}
	})
	t.Run("introspection", func(t *testing.T) {
		t.Parallel()
		refuses(t, `{"query":"query cop { __schema { types { name fields { name } } } }"}`, graphql.CodeIntrospectionDisabled)
		refuses(t, `{"query":"{...F} fragment F on Query{... on Query{t:__type(name:\"Item\"){name}}}"}`, graphql.CodeIntrospectionDisabled)
		_, r := post(t, `{"query":"{__typename}"}`)
		require.JSONEq(t, `{"data":{"__typename":"Query"}}`, r.Text)
	})
	t.Run("urlencoded POST", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, graphql.Options{})
		r := s.send(t, "query=query+cop+%7B__typename%7D", "Content-Type", "application/x-www-form-urlencoded")
		require.Equal(t, http.StatusUnsupportedMediaType, r.Status)
	})
	t.Run("trace mode", func(t *testing.T) {
		t.Parallel()
		_, r := post(t, `{"query":"query cop {__typename}"}`)
		require.Empty(t, r.Extensions)
		require.NotContains(t, r.Text, "tracing")
	})
	t.Run("unhandled error", func(t *testing.T) {
		t.Parallel()
		s, r := post(t, `{"query":"qwerty cop { abc }"}`)
		require.Equal(t, "GRAPHQL_PARSE_FAILED", r.code(t))
		require.NotContains(t, strings.ToLower(r.Text), "exception")
		r = s.failing(errors.New("at Object.<anonymous> (server.js:1)")).query(t, "{fail}")
		require.Equal(t, graphql.CodeInternal, r.code(t))
		require.NotContains(t, r.Text, "server.js")
	})
}
