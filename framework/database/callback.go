package database

import "context"

// AfterCommit runs fn once the outermost transaction of ctx has been committed,
// with a context that carries no transaction and is not cancelled; without a
// transaction, or after its COMMIT, at once. It never runs for what was rolled
// back, and runs before [DB.Transact] returns.
//
// Where ctx carries transactions of two databases it goes by the innermost one,
// and waits for the others to end, however they do.
func AfterCommit(ctx context.Context, fn func(context.Context)) {
	t := TransactionOf(ctx)
	if t == nil {
		fn(ctx)
		return
	}
	if t, open := t.add(fn, nil); !open && t.kept {
		t.committed([]func(context.Context){fn}) //nolint:contextcheck // ctx has ended with its transaction
	}
}

// AfterRollback runs fn once the transaction of ctx, nested or not, has been
// rolled back, or one around it; also when the outcome of its COMMIT is unknown.
// Its context is not cancelled, and carries the transaction around what was rolled
// back, if that is open. Without a transaction it never runs.
func AfterRollback(ctx context.Context, fn func(context.Context)) {
	t := TransactionOf(ctx)
	if t == nil {
		return
	}
	if t, open := t.add(nil, fn); !open && !t.kept {
		t.rolledBack([]func(context.Context){fn}) //nolint:contextcheck // ctx has ended with its transaction
	}
}

// add adds callbacks to the transaction or, where it was given to one around, to
// that. It returns which one that is, and whether it is open still.
func (t *Transaction) add(afterCommit, afterRollback func(context.Context)) (owner *Transaction, open bool) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	for t.ended && t.kept && t.parent != nil {
		t = t.parent
	}
	if t.ended {
		return t, false
	}
	if afterCommit != nil {
		t.afterCommit = append(t.afterCommit, afterCommit)
	}
	if afterRollback != nil {
		t.afterRollback = append(t.afterRollback, afterRollback)
	}
	return t, true
}

// committed runs what was to run after the commit, once no transaction of another
// database is open around.
func (t *Transaction) committed(callbacks []func(context.Context)) {
	if len(callbacks) == 0 {
		return
	}
	later := func(context.Context) { t.committed(callbacks) } //nolint:contextcheck // it has its own
	for a, _ := t.root.outside.Value(ambientKey{}).(*ambient); a != nil; a = a.outer {
		if _, open := a.tx.Outermost().add(later, later); open {
			return
		}
	}
	call(context.WithValue(t.root.outside, ambientKey{}, (*ambient)(nil)), callbacks)
}

// rolledBack runs what was to run after the rollback, in the transaction around.
func (t *Transaction) rolledBack(callbacks []func(context.Context)) {
	if len(callbacks) == 0 {
		return
	}
	ctx := t.root.outside
	if around := t.parent; around != nil && !around.over() {
		ctx = around.with(ctx)
	}
	call(ctx, callbacks)
}

func (t *Transaction) over() bool {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	return t.ended
}

// call runs callbacks, each even if one before it panics.
func call(ctx context.Context, callbacks []func(context.Context)) {
	if len(callbacks) == 0 {
		return
	}
	defer call(ctx, callbacks[1:])
	callbacks[0](ctx)
}

// outcome is what runs after a transaction has ended.
type outcome struct{ committed, rolledBack []func(context.Context) }

func (t *Transaction) call(o outcome) {
	t.committed(o.committed)
	t.rolledBack(o.rolledBack)
}
