package database_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/testkit"
)

// serverLevel asks the server for the level of the transaction, which has to have
// touched a table.
func serverLevel(ctx context.Context, t *testing.T, db *database.DB) string {
	t.Helper()
	if db.Dialect() == config.SQLite {
		return "serializable"
	}
	time.Sleep(pick2(db, 0, 150*time.Millisecond)) //nolint:forbidigo // MariaDB refreshes its view only then
	rows, err := db.Driver().(rawDriver).QueryContext(ctx, pick(db, "", `SHOW transaction_isolation`,
		`SELECT LOWER(trx_isolation_level) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()`))
	require.NoError(t, err)
	level, err := entsql.ScanString(rows)
	require.NoError(t, err)
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	return level
}

func pick2(db *database.DB, otherwise, mysql time.Duration) time.Duration {
	if db.Dialect() == config.MySQL {
		return mysql
	}
	return otherwise
}

// A level is that of one transaction: the next one on the same connection has the
// default, and what is reported is what the server says, whatever the defaults of
// the database are.
//
// Covers: F11, F53, F56, S14, X35.
func TestIsolationEndsWithItsTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		if db.Dialect() == config.Postgres {
			exec(t, db, `SET default_transaction_isolation = 'serializable'`) // of the one connection
		}
		for _, level := range []sql.IsolationLevel{sql.LevelSerializable, sql.LevelDefault, sql.LevelRepeatableRead, sql.LevelReadUncommitted, sql.LevelDefault} {
			require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
				require.NoError(t, addNote(ctx, db, 1))
				want, err := database.ParseIsolation(serverLevel(ctx, t, db))
				require.NoError(t, err)
				if db.Dialect() == config.Postgres && level == sql.LevelReadUncommitted {
					want = sql.LevelReadCommitted // which is how PostgreSQL treats it
				}
				require.Equal(t, want, database.TransactionOf(ctx).Isolation(), "asked for %s", level)
				return nil
			}, database.Isolated(level)))
		}
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			return db.Transact(ctx, func(context.Context) error { return nil }, database.Isolated(sql.LevelSerializable))
		})
		if db.Dialect() == config.SQLite {
			require.NoError(t, err, "it is serializable anyway")
		} else {
			require.ErrorContains(t, err, "ask for it outside")
		}
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
}

// Covers: E85.
func TestReadOnlyTransactions(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			require.True(t, database.TransactionOf(ctx).ReadOnly())
			return addNote(ctx, db, 1)
		}, database.ToRead())
		failure, ok := database.AsFailure(err)
		require.True(t, ok, err)
		require.Equal(t, database.ReadOnly, failure.Kind)
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 2))
			err := db.Transact(ctx, func(ctx context.Context) error { return addNote(ctx, db, 3) }, database.ToRead())
			require.ErrorIs(t, err, database.ErrTxReadOnly)
			return addNote(ctx, db, 4)
		}))
		require.Equal(t, 6, count(t, db, `SELECT SUM(n) FROM notes`))
	})
}

// Each try is a transaction of its own, and nothing of the tries before is left.
// Only what passes is tried again: collisions and lost connections. The pauses
// double, differ, and have a bound.
//
// Covers: F48, F49, F50, F51, S15.
func TestTransactRetries(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		faults := testkit.InjectFaults(t, db)
		var pauses []time.Duration
		policy := database.RetryPolicy{Retries: 3, Base: 100 * time.Millisecond, Max: 300 * time.Millisecond, Sleep: func(_ context.Context, pause time.Duration) error {
			pauses = append(pauses, pause)
			return nil
		}}
		run := func(fail func(try int) error, opts ...database.TxOption) (tries int, err error) {
			faults.Paused(func() { exec(t, db, `DELETE FROM notes`) })
			pauses = nil
			seen := map[*database.Transaction]bool{}
			err = db.Transact(t.Context(), func(ctx context.Context) error {
				tries++
				seen[database.TransactionOf(ctx)] = true
				if err := addNote(ctx, db, tries); err != nil {
					return err
				}
				return fail(tries)
			}, append([]database.TxOption{database.Retrying(policy)}, opts...)...)
			require.Len(t, seen, tries)
			return tries, err
		}
		never := func(int) error { return nil }
		for _, fault := range []testkit.Fault{testkit.Collision, testkit.Disconnected, testkit.DisconnectedLate} {
			faults.FailWhen(func(query string) bool { return query[0] == 'I' }, fault)
			tries, err := run(never)
			require.NoError(t, err, fault)
			require.Equal(t, 2, tries, fault)
			require.Equal(t, 2, count(t, db, `SELECT SUM(n) FROM notes`), "the first try is undone")
		}
		for _, fault := range []testkit.Fault{testkit.Refused, testkit.FailedLate} {
			faults.FailWhen(func(query string) bool { return query[0] == 'I' }, fault)
			tries, err := run(never)
			require.ErrorIs(t, err, testkit.ErrInjected)
			require.Equal(t, 1, tries, fault)
			require.Zero(t, notes(t, db))
		}

		faults.FailWhen(func(query string) bool { return query == "COMMIT" }, testkit.DisconnectedLate)
		tries, err := run(never)
		require.ErrorIs(t, err, database.ErrOutcomeUnknown)
		require.Equal(t, 1, tries, "it may have been committed")
		require.Equal(t, 1, notes(t, db))
		policy.Idempotent = true
		faults.FailWhen(func(query string) bool { return query == "COMMIT" }, testkit.DisconnectedLate)
		tries, err = run(never)
		require.NoError(t, err)
		require.Equal(t, 2, tries)

		collision := retryable{errors.New("always")}
		tries, err = run(func(int) error { return collision })
		require.ErrorIs(t, err, collision)
		require.Equal(t, 4, tries, "the first one and three more")
		require.Len(t, pauses, 3)
		for i, most := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond} {
			require.LessOrEqual(t, pauses[i], most)
			require.GreaterOrEqual(t, pauses[i], most/2)
		}
		require.Zero(t, notes(t, db))
		broken := errors.New("a rule")
		tries, err = run(func(int) error { return broken })
		require.ErrorIs(t, err, broken)
		require.Equal(t, 1, tries)

		policy.Sleep = func(context.Context, time.Duration) error { return context.Canceled }
		tries, err = run(func(int) error { return collision })
		require.ErrorIs(t, err, collision)
		require.Equal(t, 1, tries, "no try after a pause that was broken off")

		tries = 0
		require.ErrorIs(t, db.Transact(t.Context(), func(ctx context.Context) error {
			return db.Transact(ctx, func(context.Context) error { tries++; return collision }, database.Retrying(policy))
		}), collision)
		require.Equal(t, 1, tries, "inside, it is the outer one that has to be repeated")
	})
}

type retryable struct{ error }

func (retryable) Retryable() bool { return true }

// Rows that are read for update cannot be changed by others in between, so that no
// update is lost at any level.
//
// Covers: F64.
func TestForUpdate(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (0)`)
		const writers = 6
		var group sync.WaitGroup
		for range writers {
			group.Go(func() {
				err := db.Transact(t.Context(), func(ctx context.Context) error {
					s := entsql.Dialect(db.Driver().Dialect()).Select("n").From(entsql.Table("notes")).Where(entsql.EQ("id", 1)).Distinct()
					entity.LockForUpdate(s)
					query, args := s.Query()
					rows := &entsql.Rows{}
					if err := db.Driver().Query(ctx, query, args, rows); err != nil {
						return err
					}
					n, err := entsql.ScanInt(rows)
					if err := errors.Join(err, rows.Close()); err != nil {
						return err
					}
					time.Sleep(2 * time.Millisecond) //nolint:forbidigo // so that they overlap
					return entExec(ctx, db, `UPDATE notes SET n = ? WHERE id = 1`, n+1)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Equal(t, writers, count(t, db, `SELECT n FROM notes`))
	})
}
