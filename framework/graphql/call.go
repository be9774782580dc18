package graphql

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	gqlgen "github.com/99designs/gqlgen/graphql"
)

// RequestIDHeader carries the id of a request, both ways.
const RequestIDHeader = "X-Request-Id"

// call is what is known of one request while it is answered.
type call struct {
	requestID string
	start     time.Time
	errors    atomic.Int64 // errors presented so far

	operation string // name of the operation, "" for an anonymous one
	kind      string // query or mutation, "" when the request never got that far
	hash      string // of the document
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callFrom(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// RequestID is the id of the request that ctx belongs to: the client's
// X-Request-Id where it is well formed, else a random one. It is "" outside a
// request.
func RequestID(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.requestID
	}
	return ""
}

// requestID takes the client's id if it is 1 to 128 characters that can break
// neither a header nor a log line.
func requestID(r *http.Request) string {
	id := r.Header.Get(RequestIDHeader)
	if id == "" || len(id) > 128 {
		return randomID(16)
	}
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '-', c == '_', c == '.', c == ':':
		default:
			return randomID(16)
		}
	}
	return id
}

// operationName is the name of the operation under way, or "".
func operationName(ctx context.Context) string {
	if gqlgen.HasOperationContext(ctx) {
		if op := gqlgen.GetOperationContext(ctx).Operation; op != nil {
			return clip(op.Name)
		}
	}
	return ""
}
