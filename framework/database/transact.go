package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
)

// TxOption says how a transaction runs.
type TxOption func(*txConfig)

type txConfig struct {
	level    sql.IsolationLevel
	readOnly bool
	retry    *RetryPolicy
	name     string
}

func txOptions(opts []TxOption) (c txConfig) {
	for _, opt := range opts {
		opt(&c)
	}
	return c
}

// Isolated asks for an isolation level, for this transaction alone. What it
// really gets, [Transaction.Isolation] tells.
func Isolated(level sql.IsolationLevel) TxOption {
	return func(c *txConfig) { c.level = level }
}

// Named gives a transaction its name in warnings, in place of the function that
// begins it.
func Named(name string) TxOption { return func(c *txConfig) { c.name = name } }

// ToRead makes a transaction, or a part of one, that refuses to write, and leaves
// its connection as it was; see [ErrTxReadOnly]. On SQLite it runs beside a writer.
func ToRead() TxOption { return func(c *txConfig) { c.readOnly = true } }

// Retrying runs the whole transaction again, in a new one, where it loses against
// another one, see [Retryable], or loses its connection before COMMIT. In a nested
// transaction it does nothing: the outermost one is what has to be repeated.
func Retrying(policy RetryPolicy) TxOption {
	return func(c *txConfig) { c.retry = &policy }
}

// Transact runs fn in a transaction, which all that is run with the context that
// fn gets belongs to. It is committed when fn returns nil, and rolled back when
// fn returns an error or panics. Inside a transaction it is a savepoint: what fn
// did is undone if it fails, and the one around goes on if it can.
//
//	err := db.Transact(ctx, func(ctx context.Context) error {
//		user, err := client.User.Create().SetEmail(email).Save(ctx)
//		if err != nil {
//			return err
//		}
//		return client.Profile.Create().SetUser(user).Exec(ctx)
//	})
//
// Once a statement failed the transaction is lost, on every dialect: see
// [LostError]. A transaction is for one goroutine at a time.
func (db *DB) Transact(ctx context.Context, fn func(ctx context.Context) error, opts ...TxOption) error {
	return db.driver.Transact(ctx, fn, opts...)
}

// Transactor runs transactions that a context carries. The drivers of this
// package do, and a driver that wraps one should.
type Transactor interface {
	Transact(ctx context.Context, fn func(ctx context.Context) error, opts ...TxOption) error
}

// ErrNoTransactor means that a client was not opened with [DB.Driver].
var ErrNoTransactor = errors.New("database: this driver runs no transactions that a context carries: give the client that of database.Open")

// Transact is [DB.Transact] of a driver, or of a transaction that was begun with
// one, for generated clients.
func Transact(ctx context.Context, driver dialect.ExecQuerier, fn func(ctx context.Context) error, opts ...TxOption) error {
	switch d := driver.(type) {
	case Transactor:
		return d.Transact(ctx, fn, opts...)
	case *dialect.DebugDriver: // of client.Debug
		return Transact(ctx, d.Driver, fn, opts...)
	case *dialect.DebugTx:
		return Transact(ctx, d.Tx, fn, opts...)
	}
	return ErrNoTransactor
}

// Transact is [DB.Transact].
func (d *joiner) Transact(ctx context.Context, fn func(ctx context.Context) error, opts ...TxOption) error {
	o := txOptions(opts)
	if o.retry == nil || d.transactionIn(ctx) != nil {
		_, err := d.transact(ctx, fn, o)
		return err
	}
	return o.retry.run(ctx, func(ctx context.Context) (again bool, err error) { return d.transact(ctx, fn, o) })
}

// transact reports whether fn may run again because the connection was lost
// before COMMIT.
func (d *joiner) transact(ctx context.Context, fn func(ctx context.Context) error, o txConfig) (again bool, err error) {
	inside, t, err := d.begin(ctx, o)
	if err != nil {
		return false, err
	}
	done := false
	defer func() { //nolint:contextcheck // callbacks have that from outside
		if !done { // a panic, or runtime.Goexit
			_ = t.Rollback()
		}
	}()
	err = fn(inside)
	done = true
	if err == nil {
		return false, t.Commit() //nolint:contextcheck // as above
	}
	if failed := t.Rollback(); failed != nil { //nolint:contextcheck // as above
		err = fmt.Errorf("%w: %w", err, &LostError{failed})
	}
	failure, ok := AsFailure(t.lost)
	return ok && failure.Kind == Unavailable, err
}

// savepointKey counts the savepoints around in a transaction that no context
// carries.
type savepointKey struct{}

// Transact runs fn in a savepoint of a transaction that was begun by hand. The
// context that fn gets carries no transaction: fn uses the client of this one.
func (t *explainerTx) Transact(ctx context.Context, fn func(ctx context.Context) error, _ ...TxOption) error {
	depth, _ := ctx.Value(savepointKey{}).(int)
	name := "framefox_" + strconv.Itoa(depth+1)
	if err := t.Exec(ctx, "SAVEPOINT "+name, []any{}, nil); err != nil {
		return fmt.Errorf("database: cannot set a savepoint: %w", err)
	}
	end := context.WithoutCancel(ctx)
	done := false
	defer func() {
		if !done { // a panic, or runtime.Goexit
			_ = t.Exec(end, "ROLLBACK TO SAVEPOINT "+name, []any{}, nil)
		}
	}()
	err := fn(context.WithValue(ctx, savepointKey{}, depth+1))
	done = true
	if err != nil {
		if failed := t.Exec(end, "ROLLBACK TO SAVEPOINT "+name, []any{}, nil); failed != nil {
			return fmt.Errorf("%w: %w", err, &LostError{failed})
		}
	}
	if failed := t.Exec(end, "RELEASE SAVEPOINT "+name, []any{}, nil); failed != nil && err == nil {
		return fmt.Errorf("database: cannot release a savepoint: %w", failed)
	}
	return err
}

// ParseIsolation reads the name of an isolation level, in any case, its words
// apart by a space, an underscore or a dash: "read uncommitted", "READ_COMMITTED",
// "repeatable-read", "serializable"; "" and "default" are the default.
func ParseIsolation(name string) (sql.IsolationLevel, error) {
	switch strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(strings.TrimSpace(name))) {
	case "", "default":
		return sql.LevelDefault, nil
	case "read uncommitted":
		return sql.LevelReadUncommitted, nil
	case "read committed":
		return sql.LevelReadCommitted, nil
	case "repeatable read":
		return sql.LevelRepeatableRead, nil
	case "serializable":
		return sql.LevelSerializable, nil
	}
	return 0, fmt.Errorf("database: unknown isolation level %q: it is read uncommitted, read committed, repeatable read or serializable", name)
}
