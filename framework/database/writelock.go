package database

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// writeLock lets the writers of a SQLite database in, one after another.
type writeLock struct{ queue *semaphore }

func newWriteLock(timeout time.Duration) *writeLock {
	return &writeLock{queue: newSemaphore(1, timeout, ErrWriteTimeout)}
}

// hold returns the hold that ctx brings, or waits for one.
func (l *writeLock) hold(ctx context.Context) (*writeHold, error) {
	if h := holdIn(ctx); h != nil && h.lock == l && h.state.CompareAndSwap(reserved, held) {
		return h, nil
	}
	if err := l.queue.acquire(ctx); err != nil {
		return nil, err
	}
	h := &writeHold{lock: l}
	h.state.Store(held)
	return h, nil
}

// reserve waits for the lock and puts the hold on it into the context, for the
// connection that will be used next.
func (l *writeLock) reserve(ctx context.Context) (context.Context, *writeHold, error) {
	if err := l.queue.acquire(ctx); err != nil {
		return nil, nil, err
	}
	h := &writeHold{lock: l}
	return context.WithValue(ctx, holdKey{}, h), h, nil
}

// writeHold is the right to write. It is nil for those who need none.
type writeHold struct {
	lock  *writeLock
	state atomic.Int32
}

const (
	reserved int32 = iota // waiting for a connection to take it over
	held
	released
)

// release lets the next writer in. Only the first call does anything.
func (h *writeHold) release() {
	if h != nil && h.state.Swap(released) != released {
		h.lock.queue.release()
	}
}

type holdKey struct{}

// holdIn returns the hold that ctx brings, nil if it brings none.
func holdIn(ctx context.Context) *writeHold {
	h, _ := ctx.Value(holdKey{}).(*writeHold)
	if h == nil || h.state.Load() == released {
		return nil
	}
	return h
}

// writerDriver makes writers wait for the lock before they take a connection, so
// that waiting writers leave the connections to the readers. Statements that reach
// a connection by another way, through DB.SQL, wait there.
type writerDriver struct {
	*entsql.Driver
	lock *writeLock
}

var _ dialect.Driver = (*writerDriver)(nil)

// Exec runs a statement.
func (d *writerDriver) Exec(ctx context.Context, query string, args, v any) error {
	ctx, hold, err := d.reserve(ctx, query)
	if err != nil {
		return err
	}
	defer hold.release()
	return d.Driver.Exec(ctx, query, args, v)
}

// ExecContext runs a statement.
func (d *writerDriver) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, hold, err := d.reserve(ctx, query)
	if err != nil {
		return nil, err
	}
	defer hold.release()
	return d.Driver.ExecContext(ctx, query, args...)
}

// Query runs a statement that returns rows.
func (d *writerDriver) Query(ctx context.Context, query string, args, v any) error {
	ctx, hold, err := d.reserve(ctx, query)
	if err != nil {
		return err
	}
	defer hold.releaseUnlessHeld()
	return d.Driver.Query(ctx, query, args, v)
}

// QueryContext runs a statement that returns rows.
func (d *writerDriver) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, hold, err := d.reserve(ctx, query)
	if err != nil {
		return nil, err
	}
	defer hold.releaseUnlessHeld()
	return d.Driver.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller closes them
}

// Tx begins a transaction.
func (d *writerDriver) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

// BeginTx begins a transaction.
func (d *writerDriver) BeginTx(ctx context.Context, opts *sql.TxOptions) (dialect.Tx, error) {
	if opts != nil && opts.ReadOnly {
		return d.Driver.BeginTx(ctx, opts)
	}
	ctx, hold, err := d.lock.reserve(ctx)
	if err != nil {
		return nil, err
	}
	defer hold.releaseUnlessHeld()
	return d.Driver.BeginTx(ctx, opts)
}

func (d *writerDriver) reserve(ctx context.Context, query string) (context.Context, *writeHold, error) {
	if !writes(query) {
		return ctx, nil, nil
	}
	return d.lock.reserve(ctx)
}

// releaseUnlessHeld releases a hold that no connection took over. One that did
// releases it at the end of its rows or its transaction.
func (h *writeHold) releaseUnlessHeld() {
	if h != nil && h.state.CompareAndSwap(reserved, released) {
		h.lock.queue.release()
	}
}
