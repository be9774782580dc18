package database_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// transact runs fn in a transaction of the level.
func transact(ctx context.Context, db *database.DB, level sql.IsolationLevel, fn func(*sql.Tx) error) error {
	tx, err := db.SQL().BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return database.CommitFailed(tx.Commit())
}

// Two transactions that take the same two rows in opposite order block each
// other; one of them is run again, and both take effect.
//
// Covers: T20.
func TestRetryAfterADeadlock(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == config.SQLite {
			t.Skip("has one writer, which nobody can block")
		}
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (0), (0)`)
		var met sync.WaitGroup
		met.Add(2)
		var mu sync.Mutex
		var losses int
		var group sync.WaitGroup
		for _, order := range [][2]int{{1, 2}, {2, 1}} {
			group.Go(func() {
				first := true
				err := database.Retry(t.Context(), database.RetryPolicy{}, func(ctx context.Context) error {
					err := transact(ctx, db, sql.LevelDefault, func(tx *sql.Tx) error {
						for i, id := range order {
							if _, err := tx.ExecContext(ctx, bind(db, `UPDATE notes SET n = n + 1 WHERE id = ?`), id); err != nil {
								return err
							}
							if i == 0 && first {
								first = false
								met.Done()
								met.Wait()
							}
						}
						return nil
					})
					if err != nil {
						mu.Lock()
						losses++
						mu.Unlock()
						if !database.Retryable(err) {
							t.Errorf("not retryable: %v", err)
						}
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Positive(t, losses)
		require.Equal(t, 4, count(t, db, `SELECT SUM(n) FROM notes`))
	})
}

// Transactions that could not have run one after the other: one is run again.
//
// Covers: T20.
func TestRetryAfterAFailureToSerialise(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
		const writers = 4
		var group sync.WaitGroup
		for range writers {
			group.Go(func() {
				err := database.Retry(t.Context(), database.RetryPolicy{Retries: 50}, func(ctx context.Context) error {
					return transact(ctx, db, sql.LevelSerializable, func(tx *sql.Tx) error {
						var n int
						if err := tx.QueryRowContext(ctx, `SELECT n FROM notes WHERE id = 1`).Scan(&n); err != nil {
							return err
						}
						<-time.After(5 * time.Millisecond) // so that they overlap
						_, err := tx.ExecContext(ctx, bind(db, `UPDATE notes SET n = ? WHERE id = 1`), n+1)
						return err
					})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Equal(t, 1+writers, count(t, db, `SELECT n FROM notes`), "no update is lost")
	})
}

// Covers: T20.
func TestRetryGivesUp(t *testing.T) {
	t.Parallel()
	busy := &pgconn.PgError{Code: "40001"}
	tries := func(ctx context.Context, p database.RetryPolicy, failure error) (n int, err error) {
		p.Base = time.Millisecond
		err = database.Retry(ctx, p, func(context.Context) error { n++; return failure })
		return n, err
	}
	n, err := tries(t.Context(), database.RetryPolicy{}, busy)
	require.Equal(t, 5, n)
	require.ErrorIs(t, err, busy)
	n, _ = tries(t.Context(), database.RetryPolicy{Retries: -1}, busy)
	require.Equal(t, 1, n)
	n, err = tries(t.Context(), database.RetryPolicy{}, errors.New("a fault"))
	require.Equal(t, 1, n)
	require.EqualError(t, err, "a fault")
	n, err = tries(t.Context(), database.RetryPolicy{}, nil)
	require.Equal(t, 1, n)
	require.NoError(t, err)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	n, err = tries(done, database.RetryPolicy{}, busy)
	require.Equal(t, 1, n)
	require.ErrorIs(t, err, busy, "the cause, not the context")
}

// Covers: T20.
func TestRetryable(t *testing.T) {
	t.Parallel()
	for _, number := range []uint16{1205, 1213, 1020} {
		require.True(t, database.Retryable(&mysql.MySQLError{Number: number}), number)
	}
	for _, code := range []string{"40001", "40P01", "55P03"} {
		require.True(t, database.Retryable(&pgconn.PgError{Code: code}), code)
	}
	for _, err := range []error{nil, errors.New("x"), &mysql.MySQLError{Number: 1062}, &pgconn.PgError{Code: "23505"}, context.Canceled} {
		require.False(t, database.Retryable(err), err)
	}
}

// An error of COMMIT is definite where the server said so or nothing was sent,
// and else nobody knows.
//
// Covers: T20.
func TestCommitFailed(t *testing.T) {
	t.Parallel()
	require.NoError(t, database.CommitFailed(nil))
	for _, err := range []error{&pgconn.PgError{Code: "40001"}, &mysql.MySQLError{Number: 1213}, context.Canceled, sql.ErrTxDone} {
		require.Equal(t, err, database.CommitFailed(err))
	}
	lost := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	for _, err := range []error{lost, mysql.ErrInvalidConn, &pgconn.PgError{Code: "57P01"}, &mysql.MySQLError{Number: 1053}} {
		got := database.CommitFailed(err)
		require.ErrorIs(t, got, database.ErrOutcomeUnknown)
		require.ErrorIs(t, got, err)
		require.False(t, database.Retryable(got))
	}
	require.False(t, database.Retryable(database.CommitFailed(errors.Join(lost, &pgconn.PgError{Code: "40003"}))))
}
