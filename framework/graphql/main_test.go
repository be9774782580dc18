package graphql_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/graphql/internal/fixture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a handler around the fixture, with what a test looks at.
type shop struct {
	*fixture.Resolver

	handler *graphql.Handler
	log     *logBuffer
}

// newShop returns a handler with the fixture's schema; its log is kept.
func newShop(tb testing.TB, opts graphql.Options) *shop {
	tb.Helper()
	s := &shop{Resolver: &fixture.Resolver{}, log: &logBuffer{}}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewJSONHandler(s.log, nil))
	}
	schema := fixture.NewExecutableSchema(fixture.Config{Resolvers: s.Resolver})
	handler, err := graphql.NewHandler(schema, opts)
	require.NoError(tb, err)
	s.handler = handler
	return s
}

// failing makes the fixture's fail fields return err.
func (s *shop) failing(err error) *shop {
	s.Fail = func(context.Context) error { return err }
	return s
}

// reply is an answer as a client reads it.
type reply struct {
	Status int
	Header http.Header
	Text   string

	Data       json.RawMessage
	Errors     []replyError
	Extensions map[string]any
}

type replyError struct {
	Message    string
	Path       []any
	Locations  []map[string]int
	Extensions map[string]any
}

// code is the code of the only error.
func (r *reply) code(tb testing.TB) string {
	tb.Helper()
	require.Len(tb, r.Errors, 1, r.Text)
	code, _ := r.Errors[0].Extensions["code"].(string)
	require.NotEmpty(tb, code, r.Text)
	return code
}

// do serves one request; headers are pairs.
func (s *shop) do(tb testing.TB, r *http.Request, headers ...string) *reply {
	tb.Helper()
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	out := &reply{Status: w.Code, Header: w.Header(), Text: w.Body.String()}
	if w.Body.Len() > 0 {
		require.NoError(tb, json.Unmarshal(w.Body.Bytes(), out), out.Text)
	}
	return out
}

// send posts a body as JSON.
func (s *shop) send(tb testing.TB, body string, headers ...string) *reply {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return s.do(tb, r, headers...)
}

// query posts a query and its variables, given as pairs.
func (s *shop) query(tb testing.TB, query string, variables ...any) *reply {
	tb.Helper()
	return s.send(tb, requestBody(tb, query, variables...))
}

// get asks by GET; params are pairs.
func (s *shop) get(tb testing.TB, rawQuery string, headers ...string) *reply {
	tb.Helper()
	return s.do(tb, httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "/graphql?"+rawQuery, nil), headers...)
}

func requestBody(tb testing.TB, query string, variables ...any) string {
	tb.Helper()
	vars := map[string]any{}
	for i := 0; i < len(variables); i += 2 {
		vars[variables[i].(string)] = variables[i+1]
	}
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	require.NoError(tb, err)
	return string(body)
}

// logBuffer keeps log lines; safe for use by many goroutines.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

var _ io.Writer = (*logBuffer)(nil)

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// lines are the log lines with this message.
func (b *logBuffer) lines(tb testing.TB, message string) []map[string]any {
	tb.Helper()
	var out []map[string]any
	for line := range strings.Lines(b.String()) {
		var record map[string]any
		require.NoError(tb, json.Unmarshal([]byte(line), &record))
		if record["msg"] == message {
			out = append(out, record)
		}
	}
	return out
}
