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
		var callers [16]uintptr
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
	if w.timer != nil {
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
	frames := runtime.CallersFrames(w.callers)
	for {
		frame, more := frames.Next()
		// Generated code has a Transact that hands on to the one here.
		if !strings.Contains(frame.Function, "/framework/database.") && !strings.Contains(frame.Function, ".Transact") {
			return frame.Function
		}
		if !more {
			return "unnamed"
		}
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
