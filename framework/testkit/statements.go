package testkit

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/framefox-go/framefox/framework/database"
)

// Counter keeps the statements that read or write rows of one database: those
// that begin and end transactions do not count.
type Counter struct {
	recorder *recorder
}

// Count returns a counter of the database's statements from now on. The
// database has to come from [Open], or from what calls it, without a logger of
// its own.
func Count(tb testing.TB, db *database.DB) *Counter {
	tb.Helper()
	r, ok := recorders.Load(db)
	if !ok {
		tb.Fatalf("testkit: cannot count the statements of a database that testkit did not open")
	}
	c := &Counter{r.(*recorder)}
	c.recorder.on.Store(true)
	c.Reset()
	return c
}

// Reset forgets the statements so far.
func (c *Counter) Reset() {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.recorder.list = nil
}

// Texts returns the statements so far, in their order, without their arguments.
func (c *Counter) Texts() []string {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	return slices.Clone(c.recorder.list)
}

// Statements is the number of statements so far.
func (c *Counter) Statements() int { return len(c.Texts()) }

// Of returns the statements that run while fn does.
func (c *Counter) Of(fn func()) []string {
	c.Reset()
	fn()
	return c.Texts()
}

// MaxStatements fails the test if more than n statements run on the database
// while fn does. The failure lists them, the most frequent first: where one
// stands there many times, something is loaded row by row.
//
//	testkit.MaxStatements(t, db, 2, func() {
//		api.Must(`{ users { edges { node { posts { edges { node { title } } } } } } }`, nil)
//	})
func MaxStatements(tb testing.TB, db *database.DB, n int, fn func()) {
	tb.Helper()
	if ran := Count(tb, db).Of(fn); len(ran) > n {
		tb.Errorf("testkit: %d statements ran, and %d are the most:\n%s", len(ran), n, tally(ran))
	}
}

// tally lists statements with how often each ran.
func tally(statements []string) string {
	times := map[string]int{}
	var distinct []string
	for _, s := range statements {
		if times[s]++; times[s] == 1 {
			distinct = append(distinct, s)
		}
	}
	slices.SortStableFunc(distinct, func(a, b string) int { return times[b] - times[a] })
	var b strings.Builder
	for _, s := range distinct {
		fmt.Fprintf(&b, "%5d × %s\n", times[s], s)
	}
	return b.String()
}

//nolint:gochecknoglobals // finds the recorder of a database; entries go with their tests
var recorders sync.Map // of *database.DB to *recorder

// recorder is a slog.Handler that keeps statements once somebody counts.
type recorder struct {
	on   atomic.Bool
	mu   sync.Mutex
	list []string
}

// Enabled implements slog.Handler.
func (r *recorder) Enabled(context.Context, slog.Level) bool { return r.on.Load() }

// WithAttrs implements slog.Handler.
func (r *recorder) WithAttrs([]slog.Attr) slog.Handler { return r }

// WithGroup implements slog.Handler.
func (r *recorder) WithGroup(string) slog.Handler { return r }

// Handle implements slog.Handler.
func (r *recorder) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(a slog.Attr) bool {
		if a.Key != "query" {
			return true
		}
		text := a.Value.String()
		verb, _, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n("), " ")
		if slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE", "VALUES", "MERGE", "EXPLAIN"}, strings.ToUpper(verb)) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.list = append(r.list, text)
		}
		return false
	})
	return nil
}
