package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/framefox-go/framefox/framework/database"
)

func (m *Monitor) logSlow(ctx context.Context, e *entry, s database.Statement) {
	if !m.opts.Logger.Enabled(ctx, slog.LevelWarn) {
		return
	}
	m.log(ctx, slog.LevelWarn, fmt.Sprintf("Slow query detected (%.3fs): %s", s.Duration.Seconds(), clip(e.Text, maxText)), e, s)
}

// logFailed tells of a failed statement. One whose caller gave up did not fail of
// itself.
func (m *Monitor) logFailed(ctx context.Context, e *entry, s database.Statement) {
	kind, text := database.Describe(s.Err)
	level := slog.LevelError
	if kind == "canceled" {
		level = slog.LevelDebug
	}
	if !m.opts.Logger.Enabled(ctx, level) {
		return
	}
	m.log(ctx, level, fmt.Sprintf("Query error - %s: %s", text, clip(e.Text, maxText)), e, s, slog.String("kind", kind))
}

func (m *Monitor) logAcquisition(ctx context.Context, took time.Duration, err error) {
	attrs := append(whereOf(ctx), slog.Duration("duration", took))
	if kind, _ := database.Describe(err); kind != "" {
		attrs = append(attrs, slog.String("kind", kind))
	}
	m.opts.Logger.LogAttrs(ctx, slog.LevelWarn, fmt.Sprintf("Slow connection acquisition: %.3fs", took.Seconds()), attrs...)
}

func (m *Monitor) log(ctx context.Context, level slog.Level, text string, e *entry, s database.Statement, more ...slog.Attr) {
	attrs := append(whereOf(ctx),
		slog.String("statement", e.id),
		slog.Duration("duration", s.Duration),
		slog.Int64("rows", s.Rows),
		slog.Int("args", len(s.Args)),
	)
	m.opts.Logger.LogAttrs(ctx, level, text, append(attrs, more...)...)
}

// whereOf says which request, and which field of it, a context belongs to.
func whereOf(ctx context.Context) []slog.Attr {
	var attrs []slog.Attr
	if id := requestOf(ctx); id != "" {
		attrs = append(attrs, slog.String("request_id", id))
	}
	if s := scopeIn(ctx); s != nil {
		attrs = append(attrs, slog.String("operation", s.name))
	}
	if path := FieldPath(ctx); path != "" {
		attrs = append(attrs, slog.String("field", path))
	}
	return attrs
}
