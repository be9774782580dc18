package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// rollbackGrace is how long a ROLLBACK may take once the context of its
// transaction is done. After it the connection is given up.
const rollbackGrace = 50 * time.Millisecond

// Commit ends the transaction, or gives what a nested one did to the one around.
// Then, outside of any transaction, what [AfterCommit] was given runs. An error
// means that it was rolled back, unless it is an [ErrOutcomeUnknown]. A nested
// transaction that was left open is such an error.
func (t *Transaction) Commit() error {
	after, err := t.finish()
	t.call(after)
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
	after, err := t.rollback()
	t.root.mu.Unlock()
	t.call(after)
	return err
}

// finish commits, and returns the callbacks that are due.
func (t *Transaction) finish() (outcome, error) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	if err := t.root.begun.Err(); err != nil {
		t.lose(err)
	}
	err := t.usable()
	switch {
	case t.ended:
		return outcome{}, err
	case err == nil && t.parent == nil:
		return t.commit()
	case err == nil:
		if err = t.release(); err == nil {
			return outcome{}, nil
		}
	}
	after, failed := t.rollback()
	return after, errors.Join(err, failed)
}

func (t *Transaction) commit() (outcome, error) {
	if t.set { // a savepoint of the outermost one, which only reads
		if err := t.statement("ROLLBACK TO SAVEPOINT "); err != nil {
			after, failed := t.rollback()
			return after, fmt.Errorf("database: cannot commit: %w", errors.Join(err, failed))
		}
	}
	t.end()
	if err := CommitFailed(t.root.commit()); err != nil {
		return outcome{rolledBack: t.afterRollback}, fmt.Errorf("database: cannot commit: %w", err)
	}
	t.kept = true
	return outcome{committed: t.afterCommit}, nil
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

func (t *Transaction) rollback() (after outcome, err error) {
	if t.ended {
		return after, nil
	}
	for t.root.top != t { // left open
		after.rolledBack = append(after.rolledBack, t.root.top.afterRollback...)
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
	after.rolledBack = append(after.rolledBack, t.afterRollback...)
	if err != nil && !errors.Is(err, sql.ErrTxDone) {
		return after, fmt.Errorf("database: cannot roll back: %w", err)
	}
	return after, nil
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
	if r.readOnly && !r.checksReads() {
		return r.tx.Rollback() // takes back what was set on the connection, too
	}
	return r.tx.Commit()
}

// checksReads reports whether what a transaction read holds only once it has been
// committed, though it has written nothing.
func (r *rootTx) checksReads() bool {
	return r.readOnly && r.level == sql.LevelSerializable && r.driver.db.Dialect() == config.Postgres
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
