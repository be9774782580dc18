package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
)

func ExampleQuery() {
	total, err := monitor.Query(context.Background(), "sum of all orders", func(context.Context) (int, error) {
		return 42, nil
	})
	fmt.Println(total, err)
	// Output: 42 <nil>
}

// Covers: J01, J03, J04, J05, J06.
func TestQuery(t *testing.T) {
	t.Parallel()
	m, log := newMonitor(t, monitor.Options{})
	ctx := m.With(t.Context())
	type thing struct{ n int }
	want := &thing{1}
	got, err := monitor.Query(ctx, "quick", func(context.Context) (*thing, error) { return want, nil })
	require.NoError(t, err)
	require.Same(t, want, got)
	quick := log.lines(t, "Query quick executed in 0.")
	require.Len(t, quick, 1)
	require.Equal(t, "INFO", quick[0]["level"])
	require.Regexp(t, `^Query quick executed in \d+\.\d{3}s$`, quick[0]["msg"])

	cause := errors.New("no such luck")
	got, err = monitor.Query(ctx, "bad", func(context.Context) (*thing, error) { return want, cause })
	require.Same(t, cause, err)
	require.Same(t, want, got, "the result is not touched")
	bad := log.lines(t, "Query bad failed after ")
	require.Equal(t, "ERROR", bad[0]["level"])
	require.Regexp(t, `^Query bad failed after \d+\.\d{3}s: no such luck$`, bad[0]["msg"])

	strict, log := newMonitor(t, monitor.Options{SlowQuery: time.Nanosecond})
	ctx, end := strict.Scope(t.Context(), "job")
	defer end()
	_, err = monitor.Query(ctx, "slow", func(context.Context) (int, error) { return 0, nil })
	require.NoError(t, err)
	slow := log.lines(t, "Slow query detected: slow took 0.")
	require.Equal(t, "WARN", slow[0]["level"])
	require.Equal(t, "job", slow[0]["operation"])

	// Of a database's error the values are left out of the log, and of it alone.
	duplicate := &database.ConstraintError{Kind: database.Unique, Table: "users", Columns: []string{"email"}, Err: errors.New("Key (email)=(" + secret + ")")}
	_, err = monitor.Query(ctx, "insert", func(context.Context) (int, error) { return 0, fmt.Errorf("cannot save %s: %w", secret, duplicate) })
	require.ErrorIs(t, err, duplicate)
	require.NotContains(t, log.String(), "s3cret")
	require.Len(t, log.lines(t, "Query insert failed after 0.000s: unique constraint failed on users (email)"), 1)
}
