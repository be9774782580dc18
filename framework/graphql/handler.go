package graphql

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Handler answers GraphQL over HTTP. Make one with [NewHandler]; it serves any
// path that it is mounted at.
type Handler struct {
	exec    *executor.Executor
	limits  Limits
	timeout time.Duration
	explain func(error) error
	log     *slog.Logger
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns the handler of a schema. It fails when the schema is nil
// or refuses one of the extensions.
func NewHandler(schema gqlgen.ExecutableSchema, opts Options) (*Handler, error) {
	if err := opts.validate(schema); err != nil {
		return nil, err
	}
	opts = opts.WithDefaults()
	h := &Handler{
		exec:    executor.New(schema),
		limits:  opts.Limits,
		timeout: opts.Timeout,
		explain: opts.Explain,
		log:     opts.Logger,
	}
	h.exec.SetErrorPresenter(h.presentField)
	h.exec.SetRecoverFunc(func(_ context.Context, v any) error {
		return &panicError{value: v, stack: debug.Stack()}
	})
	for _, ext := range opts.Extensions {
		h.exec.Use(ext)
	}
	if opts.Introspection {
		h.exec.Use(extension.Introspection{})
	}
	// Last, so that it sees the query that the other extensions leave.
	docs := documentExtension{newDocuments(schema.Schema(), opts)}
	h.exec.Use(docs)
	h.exec.SetQueryCache(docs)
	return h, nil
}

// ServeHTTP answers one request and logs one line about it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{requestID: requestID(r), start: time.Now()}
	ctx := gqlgen.StartOperationTrace(withCall(r.Context(), c))
	w.Header().Set(RequestIDHeader, c.requestID)

	media, acceptable := negotiate(r.Header.Values("Accept"))
	var a answer
	if acceptable || r.Method == http.MethodOptions {
		a = h.answer(ctx, w, r)
	} else {
		a = refusal(&requestError{
			status: http.StatusNotAcceptable, code: CodeNotAcceptable,
			message: "this endpoint answers with application/graphql-response+json or application/json",
		})
	}
	a.trim(h.limits.Errors)
	if err := a.encode(); err != nil {
		a = answer{status: http.StatusInternalServerError, response: errorResponse(h.mask(ctx, err))}
		_ = a.encode() // strings only
	}
	status := a.write(w, media)
	h.logRequest(ctx, c, r.Method, status, &a)
}

// answer does all that can fail, and turns a panic into an answer too.
func (h *Handler) answer(ctx context.Context, w http.ResponseWriter, r *http.Request) (a answer) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		masked := h.mask(ctx, &panicError{value: v, stack: debug.Stack()})
		a = answer{status: http.StatusInternalServerError, response: errorResponse(masked)}
	}()

	if r.Method == http.MethodOptions {
		return answer{status: http.StatusNoContent, allow: allowed}
	}
	params, refused := readParams(w, r, h.limits)
	if refused != nil {
		return refusal(refused)
	}
	if h.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, h.timeout)
		defer cancel()
	}
	return h.run(ctx, r.Method, params)
}

// run executes one operation.
func (h *Handler) run(ctx context.Context, method string, params *gqlgen.RawParams) answer {
	op, errs := h.exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return answer{response: &gqlgen.Response{Errors: h.presentRequest(ctx, errs)}}
	}
	if method == http.MethodGet && op.Operation.Operation != ast.Query {
		return refusal(&requestError{
			status: http.StatusMethodNotAllowed, code: CodeMethodNotAllowed, allow: http.MethodPost,
			message: "a mutation has to come by POST: GET is for queries",
		})
	}
	next, ctx := h.exec.DispatchOperation(ctx, op)
	response := next(ctx)
	if response == nil { // gqlgen's answer to a context that is done
		return answer{
			status:   http.StatusServiceUnavailable,
			response: errorResponse(h.present(ctx, context.Cause(ctx))),
		}
	}
	if !within(len(response.Data), h.limits.ResponseBytes) {
		return tooLarge(op.Operation.Operation, h.limits.ResponseBytes)
	}
	return answer{response: response}
}

// tooLarge answers instead of data that no client should have to read.
func tooLarge(kind ast.Operation, limit int) answer {
	message := fmt.Sprintf("the answer is larger than %d bytes and is not sent: ask for less at once", limit)
	if kind == ast.Mutation {
		message = fmt.Sprintf("the mutation ran, but its answer is larger than %d bytes and is not sent: ask for less of it", limit)
	}
	return answer{response: errorResponse(&gqlerror.Error{
		Message: message, Extensions: map[string]any{"code": CodeResponseTooLarge, "limit": limit},
	})}
}

func errorResponse(errs ...*gqlerror.Error) *gqlgen.Response {
	return &gqlgen.Response{Errors: errs}
}
