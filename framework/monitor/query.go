package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/framefox-go/framefox/framework/database"
)

// Query runs fn, and logs how long it took under a name of your own:
//
//	posts, err := monitor.Query(ctx, "newest posts", func(ctx context.Context) ([]*ent.Post, error) {
//		return client.Post.Query().Order(post.ByCreatedAt(sql.OrderDesc())).Limit(20).All(ctx)
//	})
//
// The result and the error are those of fn. Logger and threshold are those of
// the monitor whose scope the context carries, see [Monitor.With]; without one,
// slog.Default and one second.
func Query[T any](ctx context.Context, name string, fn func(ctx context.Context) (T, error)) (T, error) {
	start := time.Now()
	result, err := fn(ctx)
	logQuery(ctx, name, time.Since(start), err)
	return result, err
}

func logQuery(ctx context.Context, name string, took time.Duration, err error) {
	logger, threshold := in(ctx)
	level, text := slog.LevelInfo, fmt.Sprintf("Query %s executed in %.3fs", name, took.Seconds())
	switch {
	case err != nil:
		level, text = slog.LevelError, fmt.Sprintf("Query %s failed after %.3fs: %s", name, took.Seconds(), harmless(err))
	case threshold >= 0 && took > threshold:
		level, text = slog.LevelWarn, fmt.Sprintf("Slow query detected: %s took %.3fs", name, took.Seconds())
	}
	if logger.Enabled(ctx, level) {
		logger.LogAttrs(ctx, level, text, append(whereOf(ctx), slog.Duration("duration", took))...)
	}
}

// harmless is the text of an error. That of a database is told without values;
// that of the application is the application's.
func harmless(err error) string {
	kind, text := database.Describe(err)
	if kind != "other" || errors.Is(err, database.ErrPoolTimeout) {
		return text
	}
	if _, ok := errors.AsType[interface {
		error
		SafeToRetry() bool // of pgx: what it cannot send it tells with its value
	}](err); ok {
		return text
	}
	return err.Error()
}
