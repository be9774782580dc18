package database

import (
	"context"
	"log/slog"
	"time"
)

// statementLog logs statements, without the values of their arguments.
type statementLog struct {
	logger *slog.Logger
	level  slog.Level
}

// running is a statement that is being run; nil if nobody wants to know.
type running struct {
	log   *statementLog
	ctx   context.Context //nolint:containedctx // lives for one call
	query string
	args  int
	start time.Time
}

func (l *statementLog) start(ctx context.Context, query string, args int) *running {
	if l == nil || !l.logger.Enabled(ctx, l.level) {
		return nil
	}
	return &running{log: l, ctx: ctx, query: query, args: args, start: time.Now()}
}

func (r *running) end() {
	if r == nil {
		return
	}
	r.log.logger.LogAttrs(r.ctx, r.log.level, "sql",
		slog.String("query", r.query), slog.Int("args", r.args), slog.Duration("duration", time.Since(r.start)))
}
