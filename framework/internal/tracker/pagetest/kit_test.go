package pagetest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// fixture is the tracker's API on one dialect, with an eye on its statements.
type fixture struct {
	*trackertest.App
	*apitest.API
	ran *statements
}

func each(t *testing.T, fn func(t *testing.T, f *fixture), opts ...ent.Option) {
	t.Helper()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			ran := &statements{}
			db := testkit.Open(t, engine, testkit.WithOptions(database.WithLogger(slog.New(ran))))
			app := trackertest.New(t, db, opts...)
			fn(t, &fixture{app, trackertest.Serve(t, app), ran})
		})
	}
}

// statements is a slog.Handler that keeps the queries of a database.
type statements struct {
	mu   sync.Mutex
	list []string
}

func (*statements) Enabled(context.Context, slog.Level) bool { return true }
func (l *statements) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l *statements) WithGroup(string) slog.Handler          { return l }

func (l *statements) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "query" && (strings.HasPrefix(a.Value.String(), "SELECT") || strings.HasPrefix(a.Value.String(), "EXPLAIN")) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.list = append(l.list, a.Value.String())
		}
		return a.Key != "query"
	})
	return nil
}

// of returns the queries that run during fn.
func (l *statements) of(fn func()) []string {
	l.mu.Lock()
	l.list = nil
	l.mu.Unlock()
	fn()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list
}

// texts lists one field of the nodes of a connection, or of a list.
func texts(page any, field string) []any {
	list := []any{}
	if rows, ok := page.([]any); ok {
		for _, row := range rows {
			list = append(list, apitest.Get(row, field))
		}
		return list
	}
	for _, e := range apitest.Get(page, "edges").([]any) {
		list = append(list, apitest.Get(e, "node", field))
	}
	return list
}

func list(v ...any) []any { return v }
