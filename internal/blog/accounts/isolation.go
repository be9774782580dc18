package accounts

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/database"
)

// Transactions shows which isolation level is for what. A level is that of one
// transaction: the next on the same connection has its own.
type Transactions struct{ client *ent.Client }

// NewTransactions returns the transactions of a client.
func NewTransactions(client *ent.Client) *Transactions { return &Transactions{client} }

// ReadCommitted runs fn so that each statement sees what was committed before it.
// It is the level for most: what fn reads twice may differ, and rows that it goes
// by are locked with entity.LockForUpdate.
func (t *Transactions) ReadCommitted(ctx context.Context, fn func(context.Context) error) error {
	return t.run(ctx, sql.LevelReadCommitted, fn)
}

// Serializable runs fn so that it is as if nobody else was there: for what goes by
// many rows, such as a balance. Where two collide, one of them runs again, so that
// fn must do no harm when it is called twice.
func (t *Transactions) Serializable(ctx context.Context, fn func(context.Context) error) error {
	return t.run(ctx, sql.LevelSerializable, fn, database.Retrying(database.RetryPolicy{}))
}

func (t *Transactions) run(ctx context.Context, level sql.IsolationLevel, fn func(context.Context) error, opts ...database.TxOption) error {
	if err := t.client.Transact(ctx, fn, append(opts, database.Isolated(level))...); err != nil {
		return fmt.Errorf("accounts: %s transaction failed: %w", level, err)
	}
	return nil
}

// Estimate is a number that may be a little off, and how it was read.
type Estimate struct {
	Users int
	Level sql.IsolationLevel // in effect
}

// EstimateUsers counts the users without waiting for those who write: it may count
// what is rolled back. Only MySQL has that level. PostgreSQL reads what was
// committed, and SQLite one state of the database; Level tells.
func (t *Transactions) EstimateUsers(ctx context.Context) (e Estimate, err error) {
	err = t.client.Transact(ctx, func(ctx context.Context) (err error) {
		e.Level = database.TransactionOf(ctx).Isolation()
		e.Users, err = t.client.User.Query().Count(ctx)
		return err
	}, database.Isolated(sql.LevelReadUncommitted), database.ToRead())
	if err != nil {
		return Estimate{}, fmt.Errorf("accounts: cannot estimate the number of users: %w", err)
	}
	return e, nil
}
