package database

import (
	"context"

	"entgo.io/ent/dialect"
)

// TransactionIn returns the innermost transaction of the driver's database that
// ctx carries, nil if it carries none.
func TransactionIn(ctx context.Context, driver dialect.Driver) *Transaction {
	if j, ok := driver.(*joiner); ok {
		return j.transactionIn(ctx)
	}
	return nil
}

// Begin is [DB.Begin] of a driver, for what is built on generated clients.
func Begin(ctx context.Context, driver dialect.Driver, opts ...TxOption) (context.Context, *Transaction, error) {
	j, ok := driver.(*joiner)
	if !ok {
		return ctx, nil, ErrNoTransactor
	}
	return j.begin(ctx, txOptions(opts))
}

// Context returns ctx with the transaction in it.
func (t *Transaction) Context(ctx context.Context) context.Context { return t.with(ctx) }

// Within reports whether the transaction is the other one, or nested in it.
func (t *Transaction) Within(other *Transaction) bool {
	for ; t != nil; t = t.parent {
		if t == other {
			return true
		}
	}
	return false
}

// Fail loses the transaction: nothing more runs in it, and its Commit rolls back
// and returns an error that wraps err. What has changed rows by halves, outside
// of the database too, keeps them from being committed so.
func (t *Transaction) Fail(err error) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	t.lose(err)
}

// AfterCommit is [AfterCommit] of this transaction.
func (t *Transaction) AfterCommit(fn func(context.Context)) {
	t.add(fn, nil)
}

// AfterRollback is [AfterRollback] of this transaction.
func (t *Transaction) AfterRollback(fn func(context.Context)) {
	t.add(nil, fn)
}

// Outermost returns the transaction that the database knows.
func (t *Transaction) Outermost() *Transaction {
	for t.parent != nil {
		t = t.parent
	}
	return t
}
