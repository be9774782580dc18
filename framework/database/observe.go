package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"reflect"
	"time"
)

// Observer is told what a database does, when it is done; package monitor is one.
// It must be safe for concurrent use, and fast: statements wait for it.
type Observer interface {
	// Opened comes first, before any connection is made.
	Opened(db *DB)
	// Acquired tells how long it took to get a connection, or to fail at it.
	Acquired(ctx context.Context, took time.Duration, err error)
	// Ran tells of a statement that ended: of one that returns rows when those
	// were read or closed. BEGIN, COMMIT and ROLLBACK are statements too.
	Ran(ctx context.Context, s Statement)
}

// Statement is a statement that ran. What [DB.WithPgx] sends is not seen.
type Statement struct {
	Query string
	Args  []driver.NamedValue // values of users: not to be shown, and not to be kept without a copy
	Start time.Time

	// Duration is the time in the driver, reading the rows included; what the
	// reader did between two rows is not, by an estimate where there are many.
	Duration time.Duration

	Rows int64 // read, or changed; 0 where it failed
	Err  error // of the driver
}

// WithObserver has an observer told of all that runs. Several observers are told
// in the order of these options.
func WithObserver(observer Observer) Option {
	return func(o *options) { o.observers = append(o.observers, observer) }
}

// observers are told one after the other.
type observers []Observer

func (all observers) opened(db *DB) {
	for _, o := range all {
		o.Opened(db)
	}
}

func (all observers) ran(ctx context.Context, s Statement) {
	for _, o := range all {
		o.Ran(ctx, s)
	}
}

// behind is the context for what comes after ctx may have ended.
func (all observers) behind(ctx context.Context) context.Context {
	if len(all) == 0 {
		return context.Background()
	}
	return context.WithoutCancel(ctx)
}

// acquire takes a connection of a source.
func (all observers) acquire(ctx context.Context, from source) (lease, error) {
	if len(all) == 0 {
		return from.acquire(ctx)
	}
	start := time.Now()
	lease, err := from.acquire(ctx)
	took := time.Since(start)
	for _, o := range all {
		o.Acquired(ctx, took, err)
	}
	return lease, err
}

// observation is a statement that is being run; nil if nobody wants to know. It is
// the statement's rows too: it counts them and the time that the driver takes for
// them. What it has beyond driver.Rows gives where the driver lacks it what
// database/sql takes in that case.
type observation struct {
	driver.Rows
	all   observers
	ctx   context.Context //nolint:containedctx // lives for one statement
	s     Statement
	spent time.Duration // before Start
	told  bool

	begun, paused, pause time.Duration // of the rows; see Next
}

func (all observers) start(ctx context.Context, query string, args []driver.NamedValue) *observation {
	if len(all) == 0 {
		return nil
	}
	return &observation{all: all, ctx: ctx, s: Statement{Query: query, Args: args, Start: time.Now()}}
}

// after adds what was spent on a statement before it ran, on preparing it.
func (o *observation) after(spent time.Duration) *observation {
	if o != nil {
		o.spent = spent
	}
	return o
}

// elapsed is the time so far.
func (o *observation) elapsed() time.Duration {
	if o == nil {
		return 0
	}
	return time.Since(o.s.Start)
}

// end tells of a statement that returns no rows.
func (o *observation) end(result driver.Result, err error) {
	if o == nil || errors.Is(err, driver.ErrSkip) { // skipped: it is prepared next
		return
	}
	o.s.Duration, o.s.Err = o.spent+time.Since(o.s.Start), err
	if err == nil && result != nil {
		o.s.Rows, _ = result.RowsAffected() // unknown is 0
	}
	o.all.ran(o.ctx, o.s)
}

// rows watches the rows of a statement to their end.
func (o *observation) rows(rows driver.Rows, err error) (driver.Rows, error) {
	if o == nil {
		return rows, err
	}
	if err != nil {
		o.end(nil, err)
		return nil, err
	}
	o.s.Duration = o.spent + time.Since(o.s.Start)
	o.Rows, o.begun, o.paused = rows, -1, o.s.Duration-o.spent
	return o, nil
}

var (
	_ driver.RowsNextResultSet              = (*observation)(nil)
	_ driver.RowsColumnTypeScanType         = (*observation)(nil)
	_ driver.RowsColumnTypeDatabaseTypeName = (*observation)(nil)
	_ driver.RowsColumnTypeLength           = (*observation)(nil)
	_ driver.RowsColumnTypeNullable         = (*observation)(nil)
	_ driver.RowsColumnTypePrecisionScale   = (*observation)(nil)
)

// block is how many rows are timed at once, after as many that are timed one by
// one: looking at the clock costs as much as a small part of a row.
const block = 16

// Next reads a row. Of a block of rows the time of all is taken, less what the
// reader took between them by its pause before the first.
func (o *observation) Next(into []driver.Value) error {
	n := o.s.Rows
	first := n < block || n%block == 0
	if first {
		o.begun = time.Since(o.s.Start)
		o.pause = o.begun - o.paused
	}
	err := o.Rows.Next(into)
	if err == nil {
		o.s.Rows++
	}
	if n < block || err != nil || o.s.Rows%block == 0 {
		o.settle(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		o.s.Err = err
	}
	return err
}

// settle adds the time since begun, in which n rows had been read before the last
// call of the driver.
func (o *observation) settle(n int64) {
	o.paused = time.Since(o.s.Start)
	took := o.paused - o.begun
	if n >= block {
		took -= time.Duration(n%block) * o.pause
	}
	o.s.Duration += max(took, 0)
	o.begun = -1
}

// Close tells of the statement: database/sql closes at the end of the rows too.
func (o *observation) Close() error {
	if o.told {
		return o.Rows.Close()
	}
	o.told = true
	if o.begun < 0 || o.s.Rows < block { // nothing is open
		o.begun, o.pause = time.Since(o.s.Start), 0
	}
	err := o.Rows.Close()
	o.settle(o.s.Rows)
	if o.s.Err == nil {
		o.s.Err = err
	}
	o.all.ran(o.ctx, o.s)
	return err
}

// HasNextResultSet implements driver.RowsNextResultSet.
func (o *observation) HasNextResultSet() bool {
	next, ok := o.Rows.(driver.RowsNextResultSet)
	return ok && next.HasNextResultSet()
}

// NextResultSet implements driver.RowsNextResultSet.
func (o *observation) NextResultSet() error {
	if next, ok := o.Rows.(driver.RowsNextResultSet); ok {
		return next.NextResultSet()
	}
	return io.EOF
}

// ColumnTypeScanType implements driver.RowsColumnTypeScanType.
func (o *observation) ColumnTypeScanType(i int) reflect.Type {
	if of, ok := o.Rows.(driver.RowsColumnTypeScanType); ok {
		return of.ColumnTypeScanType(i)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName.
func (o *observation) ColumnTypeDatabaseTypeName(i int) string {
	if of, ok := o.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return of.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// ColumnTypeLength implements driver.RowsColumnTypeLength.
func (o *observation) ColumnTypeLength(i int) (int64, bool) {
	if of, ok := o.Rows.(driver.RowsColumnTypeLength); ok {
		return of.ColumnTypeLength(i)
	}
	return 0, false
}

// ColumnTypeNullable implements driver.RowsColumnTypeNullable.
func (o *observation) ColumnTypeNullable(i int) (nullable, ok bool) {
	if of, ok := o.Rows.(driver.RowsColumnTypeNullable); ok {
		return of.ColumnTypeNullable(i)
	}
	return false, false
}

// ColumnTypePrecisionScale implements driver.RowsColumnTypePrecisionScale.
func (o *observation) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	if of, ok := o.Rows.(driver.RowsColumnTypePrecisionScale); ok {
		return of.ColumnTypePrecisionScale(i)
	}
	return 0, 0, false
}
