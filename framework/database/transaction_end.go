package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// rollbackGrace is how long a ROLLBACK may take once the context of its
// transaction is done. After it the connection is given up.
const rollbackGrace = 50 * time.Millisecond

// Commit ends the transaction, or gives what a nested one did to the one around.
// Then, outside of any transaction, what [AfterCommit] was given runs. An error
// means that it was rolled back, unless it is an [ErrOutcomeUnknown]. A nested
// transaction that was left open is such an error.
func (t *Transaction) Commit() error {
	callbacks, err := t.finish()
	t.call(callbacks)
	return err
}

// Rollback undoes what the transaction did, and what those did that were left
// open inside; of a nested one, the transaction around goes on. One that has
// ended stays as it is, and so does nil, which a Begin that failed returns.
func (t *Transaction) Rollback() error {
	if t == nil {
		return nil
	}
	t.root.mu.Lock()
	callbacks, err := t.rollback()
	t.root.mu.Unlock()
	t.call(callbacks)
	return err
}

// finish commits, and returns the callbacks that are due.
func (t *Transaction) finish() ([]func(context.Context), error) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	if err := t.root.begun.Err(); err != nil {
		t.lose(err)
	}
	err := t.usable()
	switch {
	case t.ended:
		return nil, err
	case err == nil && t.parent == nil:
		return t.commit()
	case err == nil:
		if err = t.release(); err == nil {
			return nil, nil
		}
	}
	callbacks, failed := t.rollback()
	return callbacks, errors.Join(err, failed)
}

func (t *Transaction) commit() ([]func(context.Context), error) {
	t.end()
	if err := CommitFailed(t.root.commit()); err != nil {
		return t.afterRollback, fmt.Errorf("database: cannot commit: %w", err)
	}
	t.kept = true
	return t.afterCommit, nil
}

// release gives what a nested transaction did to the one around.
func (t *Transaction) release() error {
	if t.set {
		if err := t.statement("RELEASE SAVEPOINT "); err != nil {
			t.parent.lose(err)
			return fmt.Errorf("database: cannot release a savepoint: %w", err)
		}
	}
	t.end()
	t.kept = true
	t.parent.afterCommit = append(t.parent.afterCommit, t.afterCommit...)
	t.parent.afterRollback = append(t.parent.afterRollback, t.afterRollback...)
	return nil
}

func (t *Transaction) rollback() (callbacks []func(context.Context), err error) {
	if t.ended {
		return nil, nil
	}
	for t.root.top != t { // left open
		callbacks = append(callbacks, t.root.top.afterRollback...)
		t.root.top.end()
	}
	switch {
	case t.root.over: // the end of a context did it
	case t.parent == nil:
		err = t.root.rollback()
	case t.set:
		if err = t.statement("ROLLBACK TO SAVEPOINT "); err == nil {
			err = t.statement("RELEASE SAVEPOINT ")
		}
		if err != nil { // MySQL ends a whole transaction for a deadlock
			t.parent.lose(errors.Join(t.lost, err))
		}
	}
	t.end()
	callbacks = append(callbacks, t.afterRollback...)
	if err != nil && !errors.Is(err, sql.ErrTxDone) {
		return callbacks, fmt.Errorf("database: cannot roll back: %w", err)
	}
	return callbacks, nil
}

// statement runs a statement about the savepoint, whatever became of the context
// inside of it.
func (t *Transaction) statement(verb string) error {
	return t.root.tx.Exec(t.root.begun, verb+t.savepoint, []any{}, nil)
}

func (t *Transaction) end() {
	t.ended = true
	t.root.top = t.parent
}

// commit sends COMMIT, for as long as the context allows.
func (r *rootTx) commit() error {
	defer r.close()
	defer context.AfterFunc(r.begun, r.cancel)()
	return r.tx.Commit()
}

// rollback sends ROLLBACK, or gives the connection up.
func (r *rootTx) rollback() error {
	defer r.close()
	defer context.AfterFunc(r.begun, func() { time.AfterFunc(rollbackGrace, r.cancel) })()
	return r.tx.Rollback()
}

func (r *rootTx) close() {
	r.over = true
	r.stop()
	r.watch.end()
	r.cancel()
}

// interrupt rolls back when the context is done that the transaction began with.
// That it has ended is for Commit or Rollback to tell.
func (r *rootTx) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	for t := r.top; t != nil; t = t.parent {
		t.lose(r.begun.Err())
	}
	_ = r.rollback() // the connection is given up where it fails
}
