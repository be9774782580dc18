package database

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"entgo.io/ent/dialect"
)

// joiner runs statements in the transaction that their context carries.
type joiner struct {
	*explainer
	db *DB
}

var (
	_ rawDriver  = (*joiner)(nil)
	_ Transactor = (*joiner)(nil)
)

// Exec runs a statement.
func (d *joiner) Exec(ctx context.Context, query string, args, v any) error {
	if t := d.transactionIn(ctx); t != nil {
		return t.run(ctx, query, func(tx *explainerTx) error { return tx.Exec(ctx, query, args, v) })
	}
	return d.explainer.Exec(ctx, query, args, v)
}

// Query runs a statement that returns rows.
func (d *joiner) Query(ctx context.Context, query string, args, v any) error {
	if t := d.transactionIn(ctx); t != nil {
		err := t.run(ctx, query, func(tx *explainerTx) error { return tx.Query(ctx, query, args, v) })
		if err == nil {
			t.watchRows(v)
		}
		return err
	}
	return d.explainer.Query(ctx, query, args, v)
}

// ExecContext runs a statement.
func (d *joiner) ExecContext(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	t := d.transactionIn(ctx)
	if t == nil {
		return d.explainer.ExecContext(ctx, query, args...)
	}
	err = t.run(ctx, query, func(tx *explainerTx) error {
		result, err = tx.ExecContext(ctx, query, args...)
		return err
	})
	return result, err
}

// QueryContext runs a statement that returns rows.
func (d *joiner) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	t := d.transactionIn(ctx)
	if t == nil {
		return d.explainer.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller closes them
	}
	err = t.run(ctx, query, func(tx *explainerTx) error {
		rows, err = tx.QueryContext(ctx, query, args...) //nolint:rowserrcheck,sqlclosecheck // the caller reads them
		return err
	})
	return rows, err
}

// Tx begins a transaction. Where ctx carries one it is a part of that: its
// Commit does nothing, and its Rollback dooms the one around if there is anything
// to undo. Ent begins one for each update, and rolls it back where it finds no row.
func (d *joiner) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

// BeginTx is Tx with options, which a transaction that ctx carries must meet.
func (d *joiner) BeginTx(ctx context.Context, opts *sql.TxOptions) (dialect.Tx, error) {
	t := d.transactionIn(ctx)
	if t == nil {
		tx, err := d.explainer.begin(ctx, d.beginOptions(opts))
		if err != nil {
			return nil, err
		}
		tx.watch = d.db.watchTx("") //nolint:contextcheck // it warns for itself
		return tx, nil
	}
	return t.join(opts)
}

func (t *Transaction) join(opts *sql.TxOptions) (*joined, error) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	if err := t.usable(); err != nil {
		return nil, err
	}
	if opts == nil {
		return &joined{t: t}, nil
	}
	if opts.ReadOnly && !t.readOnly {
		return nil, errors.New("database: the transaction around writes; a part of it that only reads is begun with Transact and ToRead")
	}
	if err := t.offers(opts.Isolation); err != nil {
		return nil, err
	}
	return &joined{t: t}, nil
}

// joined is a part of a transaction that a context carries.
type joined struct {
	t     *Transaction
	ended atomic.Bool
	wrote atomic.Bool // changed rows
}

var (
	_ dialect.Tx     = (*joined)(nil)
	_ rawExecQuerier = (*joined)(nil)
	_ Transactor     = (*joined)(nil)
)

// in is ctx with the transaction, whatever context a statement comes with.
func (j *joined) in(ctx context.Context) (context.Context, error) {
	if j.ended.Load() {
		return nil, sql.ErrTxDone
	}
	if j.t.root.driver.transactionIn(ctx) != nil {
		return ctx, nil
	}
	return j.t.with(ctx), nil
}

// note remembers whether there is anything to undo.
func (j *joined) note(query string, result sql.Result) {
	if j.wrote.Load() || reads(j.t.root.driver.db.Dialect(), query) {
		return
	}
	if word, _ := nextWord(query); result != nil && equalAny(word, "INSERT", "UPDATE", "DELETE") {
		if n, err := result.RowsAffected(); err == nil && n == 0 {
			return
		}
	}
	j.wrote.Store(true)
}

// Exec runs a statement.
func (j *joined) Exec(ctx context.Context, query string, args, v any) error {
	ctx, err := j.in(ctx)
	if err != nil {
		return err
	}
	if err := j.t.root.driver.Exec(ctx, query, args, v); err != nil {
		return err
	}
	var result sql.Result
	if r, ok := v.(*sql.Result); ok && r != nil {
		result = *r
	}
	j.note(query, result)
	return nil
}

// Query runs a statement that returns rows.
func (j *joined) Query(ctx context.Context, query string, args, v any) error {
	ctx, err := j.in(ctx)
	if err != nil {
		return err
	}
	j.note(query, nil)
	return j.t.root.driver.Query(ctx, query, args, v)
}

// ExecContext runs a statement.
func (j *joined) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, err := j.in(ctx)
	if err != nil {
		return nil, err
	}
	result, err := j.t.root.driver.ExecContext(ctx, query, args...)
	if err == nil {
		j.note(query, result)
	}
	return result, err
}

// QueryContext runs a statement that returns rows.
func (j *joined) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := j.in(ctx)
	if err != nil {
		return nil, err
	}
	j.note(query, nil)
	return j.t.root.driver.QueryContext(ctx, query, args...)
}

// Transact runs fn in a savepoint.
func (j *joined) Transact(ctx context.Context, fn func(ctx context.Context) error, opts ...TxOption) error {
	ctx, err := j.in(ctx)
	if err != nil {
		return err
	}
	return j.t.root.driver.Transact(ctx, fn, opts...)
}

// Commit leaves it to the transaction around.
func (j *joined) Commit() error {
	if j.ended.Swap(true) {
		return sql.ErrTxDone
	}
	return nil
}

// Rollback dooms the transaction around if this part of it has changed rows.
func (j *joined) Rollback() error {
	if j.ended.Swap(true) {
		return sql.ErrTxDone
	}
	if j.wrote.Load() {
		j.t.doom(errPartRolledBack)
	}
	return nil
}
