package database

import "context"

// AfterCommit runs fn once the outermost transaction of ctx has been committed,
// with a context that carries no transaction and is not cancelled; without a
// transaction, or after its COMMIT, at once. It never runs for what was rolled
// back, and runs before [DB.Transact] returns.
func AfterCommit(ctx context.Context, fn func(context.Context)) {
	t := TransactionOf(ctx)
	if t == nil {
		fn(ctx)
		return
	}
	if t, open := t.add(fn, nil); !open && t.kept {
		fn(t.root.outside) //nolint:contextcheck // ctx has ended with its transaction
	}
}

// AfterRollback runs fn once the transaction of ctx, nested or not, has been
// rolled back, or one around it; also when the outcome of its COMMIT is unknown.
// Without a transaction it never runs.
func AfterRollback(ctx context.Context, fn func(context.Context)) {
	t := TransactionOf(ctx)
	if t == nil {
		return
	}
	if t, open := t.add(nil, fn); !open && !t.kept {
		fn(t.root.outside) //nolint:contextcheck // ctx has ended with its transaction
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

// call runs callbacks with the context from outside, each even if one before it
// panics.
func (t *Transaction) call(callbacks []func(context.Context)) {
	if len(callbacks) == 0 {
		return
	}
	defer t.call(callbacks[1:])
	callbacks[0](t.root.outside)
}
