package graphql

import (
	"context"
	"log/slog"
	"time"
)

// logRequest writes the one line about a request. It holds nothing that the
// client wrote but the operation's name, which is a GraphQL name.
func (h *Handler) logRequest(ctx context.Context, c *call, method string, status int, a *answer) {
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	errors := 0
	if a.response != nil {
		errors = max(len(a.response.Errors), int(c.errors.Load()))
	}
	h.log.LogAttrs(context.WithoutCancel(ctx), level, "graphql: request",
		slog.String("request_id", c.requestID),
		slog.String("method", method),
		slog.String("operation", c.operation),
		slog.String("type", c.kind),
		slog.String("query_hash", c.hash),
		slog.Duration("duration", time.Since(c.start)),
		slog.Int("status", status),
		slog.Int("errors", errors),
	)
}
