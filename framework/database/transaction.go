package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/framefox-go/framefox/framework/config"
)

var (
	// ErrTxEnded means that a statement was run with the context of a
	// transaction that has ended. Work that outlives the transaction takes the
	// context from outside of it.
	ErrTxEnded = errors.New("database: the transaction of this context has ended; use the context from outside of it")

	// ErrTxNested means that a statement was run with the context of a
	// transaction while one inside of it is open. A transaction belongs to one
	// goroutine at a time, and the innermost context is the one to use.
	ErrTxNested = errors.New("database: a nested transaction is open; use its context, and a transaction in one goroutine only")

	// ErrTxReadOnly means that a statement would write, or change more than rows,
	// in a transaction, or a part of one, that was begun with [ToRead].
	ErrTxReadOnly = errors.New("database: this transaction, or part of one, only reads")

	errPartRolledBack = errors.New("database: a part of the transaction was rolled back")
)

// LostError says that a transaction cannot go on, because something in it failed
// before, or its context is done. All dialects agree in this: what is allowed to
// fail runs in a nested [DB.Transact].
type LostError struct {
	Err error // what failed
}

// Error tells the way out.
func (e *LostError) Error() string {
	return fmt.Sprintf("database: the transaction is lost, as a part of it failed; run what may fail in a nested transaction: %v", e.Err)
}

// Unwrap returns what failed.
func (e *LostError) Unwrap() error { return e.Err }

// Transaction is a transaction that a context carries, or a savepoint in one:
// every statement that is run with that context, through whatever client,
// repository or query, is a part of it. It is for one goroutine at a time.
type Transaction struct {
	root      *rootTx
	parent    *Transaction
	savepoint string // "" for the outermost one, unless it keeps what it reads apart from its settings
	set       bool   // the savepoint, which waits for the first statement
	readOnly  bool
	lost      error // what failed
	ended     bool
	kept      bool // it was committed, or given to the one around

	afterCommit, afterRollback []func(context.Context)
}

// rootTx is the transaction that the database knows. Its mutex guards the
// transactions in it, too.
type rootTx struct {
	mu       sync.Mutex
	driver   *joiner
	tx       *explainerTx
	top      *Transaction       // the innermost one
	begun    context.Context    //nolint:containedctx // whose end is that of the transaction
	outside  context.Context    //nolint:containedctx // for the callbacks, which run after its end
	cancel   context.CancelFunc // of COMMIT and ROLLBACK
	stop     func() bool        // stops waiting for the end of begun
	over     bool               // COMMIT or ROLLBACK was sent
	depth    int
	level    sql.IsolationLevel
	readOnly bool
	watch    *txWatch
}

// Isolation is the level that the transaction really has.
func (t *Transaction) Isolation() sql.IsolationLevel { return t.root.level }

// ReadOnly reports whether it refuses to write.
func (t *Transaction) ReadOnly() bool { return t.readOnly }

// Nested reports whether it is a savepoint.
func (t *Transaction) Nested() bool { return t.parent != nil }

// ambient holds the transactions of a context, one for each database.
type ambient struct {
	tx    *Transaction
	outer *ambient // of another database
}

type ambientKey struct{}

// TransactionOf returns the innermost transaction that ctx carries, nil if it
// carries none.
func TransactionOf(ctx context.Context) *Transaction {
	if a, _ := ctx.Value(ambientKey{}).(*ambient); a != nil {
		return a.tx
	}
	return nil
}

// transactionIn returns the transaction of this database that ctx carries.
func (d *joiner) transactionIn(ctx context.Context) *Transaction {
	a, _ := ctx.Value(ambientKey{}).(*ambient)
	for ; a != nil; a = a.outer {
		if a.tx.root.driver == d {
			return a.tx
		}
	}
	return nil
}

// with returns a context that carries the transaction.
func (t *Transaction) with(ctx context.Context) context.Context {
	outer, _ := ctx.Value(ambientKey{}).(*ambient)
	return context.WithValue(ctx, ambientKey{}, &ambient{t, outer})
}

// Begin begins a transaction and returns the context that carries it. Where ctx
// carries one already, it is a savepoint in that. End it with Commit or
// Rollback; [DB.Transact] does so by itself. Once ctx is done it is rolled back.
func (db *DB) Begin(ctx context.Context, opts ...TxOption) (context.Context, *Transaction, error) {
	return db.driver.begin(ctx, txOptions(opts))
}

func (d *joiner) begin(ctx context.Context, o txConfig) (context.Context, *Transaction, error) {
	var t *Transaction
	var err error
	if around := d.transactionIn(ctx); around != nil {
		t, err = around.nest(o)
	} else {
		t, err = d.open(ctx, o)
	}
	if err != nil {
		return ctx, nil, err
	}
	return t.with(ctx), t, nil
}

// open begins a transaction that the database knows. Its end is in our hands,
// whatever becomes of ctx: database/sql would roll back behind our back, in a
// goroutine that nobody can wait for, and give up the connection.
func (d *joiner) open(ctx context.Context, o txConfig) (*Transaction, error) {
	outside := context.WithoutCancel(ctx)
	held, cancel := context.WithCancel(context.WithValue(outside, guardKey{}, true))
	stop := context.AfterFunc(ctx, cancel)
	tx, err := d.explainer.begin(held, d.beginOptions(&sql.TxOptions{Isolation: o.level, ReadOnly: o.readOnly}))
	if !stop() { // ctx is done, so that held is, or will be
		if err == nil {
			_ = tx.Rollback() // database/sql may have done so
		}
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("database: cannot begin a transaction: %w", err)
	}
	root := &rootTx{
		driver: d, tx: tx, begun: ctx, outside: outside, cancel: cancel,
		level: d.db.Isolation(o.level), readOnly: o.readOnly, watch: d.db.watchTx(o.name), //nolint:contextcheck // it warns for itself
	}
	root.top = &Transaction{root: root, readOnly: o.readOnly}
	if root.checksReads() {
		root.top.savepoint = "framefox_tx"
	}
	root.stop = context.AfterFunc(ctx, root.interrupt)
	return root.top, nil
}

// beginOptions asks PostgreSQL for the level by name: its default may have been
// changed, for a role or a database. MySQL's is set on each connection.
func (d *joiner) beginOptions(opts *sql.TxOptions) *sql.TxOptions {
	if d.db.Dialect() != config.Postgres {
		return opts
	}
	named := sql.TxOptions{Isolation: d.db.Isolation(sql.LevelDefault)}
	if opts != nil {
		named = sql.TxOptions{Isolation: d.db.Isolation(opts.Isolation), ReadOnly: opts.ReadOnly}
	}
	return &named
}

// nest makes a savepoint, which is set when it is needed.
func (t *Transaction) nest(o txConfig) (*Transaction, error) {
	t.root.mu.Lock()
	defer t.root.mu.Unlock()
	if err := t.usable(); err != nil {
		return nil, err
	}
	if err := t.offers(o.level); err != nil {
		return nil, err
	}
	t.root.depth++
	inner := &Transaction{root: t.root, parent: t, savepoint: "framefox_tx_" + strconv.Itoa(t.root.depth), readOnly: t.readOnly || o.readOnly}
	t.root.top = inner
	return inner, nil
}

// offers tells why a part of the transaction cannot have the level.
func (t *Transaction) offers(level sql.IsolationLevel) error {
	if level == sql.LevelDefault || t.root.driver.db.Isolation(level) <= t.root.level {
		return nil
	}
	return fmt.Errorf("database: the transaction around is %s; one inside cannot be %s: ask for it outside", t.root.level, level)
}
