package database

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// txWatch notices a transaction that lasts too long, or waits for a network. It
// warns of each once.
type txWatch struct {
	db      *DB
	name    string
	callers []uintptr // of Begin, if it has no name
	start   time.Time
	timer   *time.Timer // nil: no time is too long
	called  atomic.Bool // over the network
}

func (db *DB) watchTx(name string) *txWatch {
	w := &txWatch{db: db, name: name, start: time.Now()}
	if name == "" {
		var callers [24]uintptr
		w.callers = callers[:runtime.Callers(3, callers[:])]
	}
	if db.slowTx > 0 {
		w.timer = time.AfterFunc(db.slowTx, func() {
			w.warn("a transaction is open for long: it holds its locks and its connection; take what is slow out of it")
		})
	}
	return w
}

func (w *txWatch) end() {
	if w != nil && w.timer != nil {
		w.timer.Stop()
	}
}

func (w *txWatch) warn(text string, attrs ...slog.Attr) {
	attrs = append([]slog.Attr{slog.String("transaction", w.label()), slog.Duration("duration", time.Since(w.start))}, attrs...)
	w.db.logger.LogAttrs(context.Background(), slog.LevelWarn, text, attrs...)
}

// label is the name of the transaction, or the function that began it.
func (w *txWatch) label() string {
	if w.name != "" {
		return w.name
	}
	return callerName(w.callers)
}

// callerName is the function of the application that is behind a call.
func callerName(callers []uintptr) string {
	frames := runtime.CallersFrames(callers)
	for {
		frame, more := frames.Next()
		if !handsOn(frame.Function) {
			return frame.Function
		}
		if !more {
			return "unnamed"
		}
	}
}

// handsOn reports whether a function only stands between the application and this
// package, as the methods of generated clients do.
func handsOn(function string) bool {
	for _, within := range []string{"/framework/database.", "/framework/unitofwork.", "/framework/query.", "/framework/repository.", "entgo.io/ent/", "database/sql.", ".Transact"} {
		if strings.Contains(function, within) {
			return true
		}
	}
	return strings.HasPrefix(function, "runtime.") || strings.HasSuffix(function, ").Tx") || strings.HasSuffix(function, ").BeginTx")
}

// watchWaiters makes writers that wait for long say so, while there is time to
// look: each once.
func (db *DB) watchWaiters(s *semaphore) {
	if db.slowTx <= 0 {
		return
	}
	s.patience = db.slowTx
	s.impatient = func(waited time.Duration) {
		var callers [32]uintptr
		n := runtime.Callers(3, callers[:])
		db.logger.LogAttrs(context.Background(), slog.LevelWarn,
			"a write waits for a transaction to end; if that is one of the same code, write with its context, or its client",
			slog.String("writer", callerName(callers[:n])), slog.Duration("duration", waited))
	}
}

// NetworkCall is told of a call over the network that is about to be made. If
// ctx carries an open transaction a warning is logged, once for each: locks and a
// connection are held while somebody else's machine answers, and a rollback does
// not take the call back. Make it before or after, or in [AfterCommit].
func NetworkCall(ctx context.Context, target string) {
	t := TransactionOf(ctx)
	if t == nil {
		return
	}
	t.root.mu.Lock()
	over := t.root.over
	t.root.mu.Unlock()
	if !over && t.root.watch.called.CompareAndSwap(false, true) {
		t.root.watch.warn("a network call is made inside a transaction: make it before or after", slog.String("target", target)) //nolint:contextcheck // it warns for itself
	}
}

// RoundTripper tells [NetworkCall] of each request:
//
//	http.Client{Transport: database.RoundTripper(http.DefaultTransport)}
func RoundTripper(next http.RoundTripper) http.RoundTripper { return roundTripper{next} }

type roundTripper struct{ next http.RoundTripper }

// RoundTrip makes the request.
func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	NetworkCall(request.Context(), request.URL.Host)
	return r.next.RoundTrip(request)
}
