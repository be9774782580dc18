package database

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/config"
)

// usable tells why a statement cannot be run in the transaction.
func (t *Transaction) usable() error {
	switch {
	case t.ended:
		return ErrTxEnded
	case t.lost != nil:
		return &LostError{t.lost}
	case t.root.top != t:
		return ErrTxNested
	}
	return nil
}

// run runs a statement in the transaction.
func (t *Transaction) run(ctx context.Context, query string, statement func(*explainerTx) error) error {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	if err := t.usable(); err != nil {
		return err
	}
	err := t.attempt(ctx, query, statement)
	if err != nil {
		t.lose(err)
	}
	return err
}

func (t *Transaction) attempt(ctx context.Context, query string, statement func(*explainerTx) error) error {
	d := t.root.driver.db.Dialect()
	switch {
	case d == config.SQLite && endsTransaction(query): // on the others the connection tells, see session.ready
		return ErrTxBroken
	case t.readOnly && d != config.Postgres && !reads(d, query):
		// The database would refuse to write, but not to be set to writing, or to
		// keep settings for those who have the connection next.
		return &FailureError{Kind: ReadOnly, Err: ErrTxReadOnly}
	}
	if err := t.setSavepoints(ctx); err != nil {
		return err
	}
	err := statement(t.root.tx)
	if failure, ok := AsFailure(err); ok && t.readOnly && failure.Kind == ReadOnly {
		return &FailureError{Kind: ReadOnly, Err: fmt.Errorf("%w: %w", ErrTxReadOnly, failure.Err)}
	}
	return err
}

// setSavepoints sets the savepoint, and those around, that no statement needed
// so far.
func (t *Transaction) setSavepoints(ctx context.Context) error {
	if t.savepoint == "" || t.set {
		return nil
	}
	statement := "SAVEPOINT " + t.savepoint
	if t.parent != nil {
		if err := t.parent.setSavepoints(ctx); err != nil {
			return err
		}
		if t.readOnly && !t.parent.readOnly && t.root.driver.db.Dialect() == config.Postgres {
			statement += "; SET TRANSACTION READ ONLY" // until the end of the savepoint
		}
	}
	if err := t.root.tx.Exec(ctx, statement, []any{}, nil); err != nil {
		if t.parent != nil {
			t.parent.lose(err)
		}
		return fmt.Errorf("database: cannot set a savepoint: %w", err)
	}
	t.set = true
	return nil
}

func (t *Transaction) lose(err error) {
	if t.lost == nil {
		t.lost = err
	}
}

// doom is lose for those who do not hold the mutex.
func (t *Transaction) doom(err error) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	t.lose(err)
}

// txRows are rows that are read in a transaction, which is lost when that fails.
type txRows struct {
	entsql.ColumnScanner
	tx *Transaction
}

func (t *Transaction) watchRows(v any) {
	if rows, ok := v.(*entsql.Rows); ok {
		rows.ColumnScanner = txRows{rows.ColumnScanner, t}
	}
}

// Err is the error that ended the rows.
func (r txRows) Err() error {
	err := r.ColumnScanner.Err()
	if err != nil {
		r.tx.doom(err)
	}
	return err
}
