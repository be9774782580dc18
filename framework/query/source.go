package query

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/database"
)

// Source is what statements are run on: a *database.DB, or a generated client.
type Source interface {
	Driver() dialect.Driver
}

// Limit bounds what is run on a source; see [With].
type Limit func(*limits)

type limits struct {
	rows     int
	timeout  time.Duration
	readOnly bool
}

// MaxRows makes it an [ErrTooManyRows] to read more rows than n, which is above
// 0. Rows are never left out in silence.
func MaxRows(n int) Limit { return func(l *limits) { l.rows = n } }

// Timeout bounds how long a statement may take, its rows included.
func Timeout(d time.Duration) Limit { return func(l *limits) { l.timeout = d } }

// ReadOnly runs each statement in a transaction that the database refuses to
// write in, and rolls it back, so that a setting does not stay with the
// connection. SQL by hand must be one that reads, else it is an [ErrNotReading].
// Within a transaction that may write it is an [ErrWrites]; one begun with
// database.ToRead is joined.
//
// What a function does outside of the transaction (dblink, files of the server)
// is a matter of what the database allows its user.
func ReadOnly() Limit { return func(l *limits) { l.readOnly = true } }

// With returns the source with limits, as SQL wants that comes from outside of
// the program, or that is heavy:
//
//	report := query.With(db, query.ReadOnly(), query.MaxRows(10_000), query.Timeout(5*time.Second))
//	rows, err := query.All[map[string]any](ctx, report, text)
func With(src Source, limit ...Limit) Source {
	l, ok := src.(limited)
	if !ok {
		l = limited{Source: src}
	}
	for _, set := range limit {
		set(&l.limits)
	}
	return l
}

type limited struct {
	Source
	limits limits
}

func limitsOf(src Source) limits {
	l, _ := src.(limited)
	return l.limits
}

// run calls fn, within the limits, with a context for its statements.
func (l limits) run(ctx context.Context, driver dialect.Driver, fn func(context.Context) error) error {
	if l.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, l.timeout, fmt.Errorf("query: it took longer than %s: %w", l.timeout, context.DeadlineExceeded))
		defer cancel()
	}
	err := l.guarded(ctx, driver, fn)
	if err != nil && ctx.Err() != nil {
		if cause := context.Cause(ctx); !errors.Is(err, cause) {
			return fmt.Errorf("%w (%w)", cause, err)
		}
	}
	return err
}

func (l limits) guarded(ctx context.Context, driver dialect.Driver, fn func(context.Context) error) error {
	if !l.readOnly {
		return fn(ctx)
	}
	err := database.Transact(ctx, driver, func(ctx context.Context) error {
		if t := database.TransactionOf(ctx); t == nil || !t.Outermost().ReadOnly() { // else nothing but the text tells
			return ErrWrites
		}
		if err := fn(ctx); err != nil {
			return err
		}
		return errUndo
	}, database.ToRead())
	if errors.Is(err, errUndo) { // also where the ROLLBACK failed: the connection is given up
		return nil
	}
	return err
}

// errUndo ends a transaction that has nothing to keep.
var errUndo = errors.New("query: done")

// query runs a statement and hands out its rows, which are closed then.
func (l limits) query(ctx context.Context, driver dialect.Driver, text string, args []any, fn func(*sql.Rows) error) error {
	return l.run(ctx, driver, func(ctx context.Context) (err error) {
		var rows sql.Rows
		if err := driver.Query(ctx, text, args, &rows); err != nil {
			return fmt.Errorf("query: cannot run the SQL: %w", conflict(driver.Dialect(), text, err))
		}
		defer func() {
			if closed := rows.Close(); closed != nil && err == nil {
				err = fmt.Errorf("query: cannot close the rows: %w", closed)
			}
		}()
		return fn(&rows)
	})
}
