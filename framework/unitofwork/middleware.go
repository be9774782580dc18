package unitofwork

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// Unit is what a request has for itself: a [Manager], or the generated
// EntityManager around one.
type Unit interface {
	Begin(ctx context.Context, opts ...database.TxOption) (context.Context, error)
	Commit(ctx context.Context) error
	Rollback() error
	Close() error
}

type unitKey struct{}

// NewContext returns ctx with the manager.
func NewContext(ctx context.Context, m Unit) context.Context {
	return context.WithValue(ctx, unitKey{}, m)
}

// FromContext returns the manager of ctx, which [Middleware] puts there. ok is
// false where there is none of that type.
//
//	em, ok := unitofwork.FromContext[*ent.EntityManager](ctx)
func FromContext[M Unit](ctx context.Context) (m M, ok bool) {
	m, ok = ctx.Value(unitKey{}).(M)
	return m, ok
}

// MiddlewareOption configures [Middleware].
type MiddlewareOption func(*middleware)

// InTransaction begins the transaction before the handler runs, and puts it into
// the context of the request: clients, repositories and raw SQL work in it too.
// It is not for handlers that read in several goroutines, as GraphQL does.
func InTransaction(opts ...database.TxOption) MiddlewareOption {
	return func(c *middleware) { c.begin, c.options = true, opts }
}

// RollbackWhen says after which status a request is rolled back. The default is
// 400 and above: redirects commit.
func RollbackWhen(failed func(status int) bool) MiddlewareOption {
	return func(c *middleware) { c.failed = failed }
}

// OnCommitError answers a request whose commit failed, in place of what the
// handler wrote. The default answers 422, 409, 404 or 500, without details.
func OnCommitError(answer func(w http.ResponseWriter, r *http.Request, err error)) MiddlewareOption {
	return func(c *middleware) { c.answer = answer }
}

// Buffer is how many bytes of a response wait for the commit. A response that is
// longer is committed as soon as it is, as [http.Flusher] does. The default is
// 4 MiB.
func Buffer(bytes int) MiddlewareOption { return func(c *middleware) { c.most = bytes } }

type middleware struct {
	begin   bool
	options []database.TxOption
	failed  func(status int) bool
	answer  func(w http.ResponseWriter, r *http.Request, err error)
	most    int
}

// Middleware gives each request a manager of its own, which [FromContext]
// returns. What the handler writes waits until the work is committed, so that
// nobody is told of what did not happen: a commit that fails becomes the answer.
// A status from 400 on, or a panic, rolls back.
//
//	handler = unitofwork.Middleware(func(*http.Request) *ent.EntityManager {
//		return ent.NewEntityManager(client)
//	})(handler)
//
// A handler that streams commits with the first Flush, and one that takes the
// connection over with the Hijack: what it does later it commits itself, and what
// is pending at its end is rolled back.
func Middleware[M Unit](manager func(r *http.Request) M, opts ...MiddlewareOption) func(http.Handler) http.Handler {
	c := &middleware{
		failed: func(status int) bool { return status >= http.StatusBadRequest },
		answer: answerError, most: 4 << 20,
	}
	for _, opt := range opts {
		opt(c)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, manager(r), next) })
	}
}

func (c *middleware) serve(w http.ResponseWriter, r *http.Request, m Unit, next http.Handler) {
	returned := false
	defer func() { //nolint:contextcheck // a rollback is not cancelled with its request
		var err error
		if !returned { // what is pending after a panic is nobody's mistake
			err = m.Rollback()
		}
		if err = errors.Join(err, m.Close(), m.Rollback()); err != nil {
			slog.ErrorContext(r.Context(), "unitofwork: cannot end the unit of work of a request", "error", err)
		}
	}()
	ctx := NewContext(r.Context(), m)
	if c.begin {
		var err error
		if ctx, err = m.Begin(ctx, c.options...); err != nil {
			c.answer(w, r, err)
			return
		}
	}
	out := &response{to: w, header: w.Header().Clone()}
	out.end = func(status int) error {
		if c.failed(status) {
			return m.Rollback()
		}
		err := m.Commit(ctx)
		if err != nil {
			err = firstOf(err, m.Rollback()) // nobody mends it
		}
		return err
	}
	out.answer = func(err error) { c.answer(w, r, err) }
	out.most = c.most
	next.ServeHTTP(out, r.WithContext(ctx))
	returned = true
	out.finish()
}

// answerError answers what a client may know.
func answerError(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	if _, ok := errors.AsType[*entity.ValidationError](err); ok {
		status = http.StatusUnprocessableEntity
	} else if _, ok := errors.AsType[*entity.StaleError](err); ok {
		status = http.StatusConflict
	} else if _, ok := errors.AsType[*entity.ConflictError](err); ok {
		status = http.StatusConflict
	} else if errors.Is(err, entity.ErrNotFound) {
		status = http.StatusNotFound
	} else {
		slog.ErrorContext(r.Context(), "unitofwork: cannot commit a request", "error", err)
	}
	http.Error(w, http.StatusText(status), status)
}

// response keeps what a handler writes until the work is committed.
type response struct {
	to     http.ResponseWriter
	header http.Header
	body   bytes.Buffer
	status int // 0 until the handler says it
	most   int
	ended  bool
	err    error // of the commit: the response is another one

	end    func(status int) error
	answer func(error)
}

// Header implements http.ResponseWriter.
func (w *response) Header() http.Header {
	if w.ended {
		return w.to.Header()
	}
	return w.header
}

// WriteHeader implements http.ResponseWriter. Informational ones do not wait.
func (w *response) WriteHeader(status int) {
	switch {
	case w.ended:
	case status < http.StatusOK && status != http.StatusSwitchingProtocols:
		before := w.to.Header().Clone() // the answer to a commit that fails has no others
		w.give()
		w.to.WriteHeader(status)
		clear(w.to.Header())
		maps.Copy(w.to.Header(), before)
	case w.status == 0:
		w.status = status
	}
}

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if !w.ended && w.body.Len()+len(p) > w.most {
		w.finish()
	}
	switch {
	case w.err != nil:
		return 0, w.err
	case w.ended:
		return w.to.Write(p)
	}
	return w.body.Write(p)
}

// FlushError commits, and sends what there is; http.ResponseController calls it.
func (w *response) FlushError() error {
	w.finish()
	if w.err != nil {
		return w.err
	}
	return http.NewResponseController(w.to).Flush()
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() }

// Unwrap lends the writer underneath to http.ResponseController, for
// what this one does not do itself, such as deadlines.
func (w *response) Unwrap() http.ResponseWriter { return w.to }

// finish ends the work, and sends what the handler wrote, or the error.
func (w *response) finish() {
	if w.ended {
		return
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.ended = true
	if w.err = w.end(w.status); w.err != nil {
		w.answer(w.err)
		return
	}
	w.give()
	w.to.WriteHeader(w.status)
	_, _ = w.to.Write(w.body.Bytes()) // a client that is gone does not undo the work
	w.body.Reset()
}

// give hands over the headers that the handler has set.
func (w *response) give() {
	to := w.to.Header()
	clear(to)
	maps.Copy(to, w.header)
}

// Hijack implements http.Hijacker: it commits before.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if !w.ended {
		w.ended = true
		if w.err = w.end(http.StatusSwitchingProtocols); w.err != nil {
			w.answer(w.err)
		}
	}
	if w.err != nil {
		return nil, nil, w.err
	}
	return http.NewResponseController(w.to).Hijack()
}
