package database_test

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A transaction whose context is done is rolled back at once, even while its
// function does something else; nothing of it is kept, and its connection is free
// and works.
//
// Covers: F63, F16.
func TestCancelledTransactionRollsBack(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		rolledBack := false
		err := db.Transact(ctx, func(inside context.Context) error {
			database.AfterRollback(inside, func(context.Context) { rolledBack = true })
			require.NoError(t, addNote(inside, db, 1))
			require.NoError(t, db.Transact(inside, func(inside context.Context) error { return addNote(inside, db, 2) }))
			cancel()
			exec(t, db, `INSERT INTO notes (n) VALUES (10)`) //nolint:contextcheck // by the one connection there is
			require.ErrorIs(t, addNote(inside, db, 3), context.Canceled)
			require.ErrorIs(t, addNote(context.WithoutCancel(inside), db, 4), context.Canceled)
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
		require.True(t, rolledBack)
		require.Equal(t, 10, count(t, db, `SELECT SUM(n) FROM notes`))

		late, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		err = db.Transact(late, func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 5))
			<-ctx.Done()
			return nil
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, db.Transact(ctx, func(context.Context) error { panic("not reached") }), context.Canceled)
		require.Equal(t, 10, count(t, db, `SELECT SUM(n) FROM notes`))
		require.Zero(t, db.Stats().InUse)
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
}

// Every way out of a transaction ends it: an early return, a panic, the end of the
// goroutine, and savepoints that somebody left open.
//
// Covers: F16, S13, X34.
func TestEveryWayOutEndsTheTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		ctx := t.Context()
		var group sync.WaitGroup
		group.Go(func() {
			_ = db.Transact(ctx, func(ctx context.Context) error {
				_ = addNote(ctx, db, 1)
				return db.Transact(ctx, func(ctx context.Context) error {
					_ = addNote(ctx, db, 2)
					runtime.Goexit() // as t.FailNow does
					return nil
				})
			})
		})
		group.Wait()
		err := db.Transact(ctx, func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 3))
			inside, _, err := db.Begin(ctx)
			require.NoError(t, err)
			return addNote(inside, db, 4) // and forgets to end it
		})
		require.ErrorIs(t, err, database.ErrTxNested)
		require.PanicsWithValue(t, "inside", func() {
			_ = db.Transact(ctx, func(ctx context.Context) error {
				require.NoError(t, addNote(ctx, db, 5))
				_, _, err := db.Begin(ctx)
				require.NoError(t, err)
				panic("inside")
			})
		})
		require.NoError(t, db.Transact(ctx, func(ctx context.Context) error {
			require.Panics(t, func() {
				_ = db.Transact(ctx, func(ctx context.Context) error {
					require.NoError(t, addNote(ctx, db, 6))
					panic("caught by the one around")
				})
			})
			return addNote(ctx, db, 7)
		}))
		require.Equal(t, 7, count(t, db, `SELECT SUM(n) FROM notes`))
		require.Zero(t, db.Stats().InUse)
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
}

// A Begin that failed can be rolled back, and a transaction twice.
//
// Covers: F06.
func TestRollbackIsSafeAlways(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		done, cancel := context.WithCancel(t.Context())
		cancel()
		for range 50 { // modernc.org/sqlite may have begun all the same
			ctx, tx, err := db.Begin(done)
			require.ErrorIs(t, err, context.Canceled)
			require.Nil(t, database.TransactionOf(ctx))
			require.NoError(t, tx.Rollback())
		}
		_, tx, err := db.Begin(t.Context())
		require.NoError(t, err)
		require.NoError(t, tx.Rollback())
		require.NoError(t, tx.Rollback())
		require.ErrorIs(t, tx.Commit(), database.ErrTxEnded)
	})
}

// Where a COMMIT fails its error is returned, nothing runs that waits for it, and
// what waits for a rollback does. Who asks after the end gets the answer at once.
//
// Covers: F05, F57, S11, S12.
func TestCallbacksOfACommitThatFails(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		var said []string
		say := func(ctx context.Context, name string) {
			database.AfterCommit(ctx, func(context.Context) { said = append(said, name+" committed") })
			database.AfterRollback(ctx, func(context.Context) { said = append(said, name+" rolled back") })
		}
		var inside context.Context
		run := func() error {
			return db.Transact(t.Context(), func(ctx context.Context) error { //nolint:contextcheck // that of the test
				return db.Transact(ctx, func(ctx context.Context) error {
					inside = ctx //nolint:fatcontext // it is what is looked at
					say(ctx, "in time")
					return addNote(ctx, db, 1)
				})
			})
		}
		faults := testkit.InjectFaults(t, db)
		faults.FailWhen(func(query string) bool { return query == "COMMIT" }, testkit.Refused)
		require.ErrorIs(t, run(), testkit.ErrInjected)
		say(inside, "late")
		require.Equal(t, []string{"in time rolled back", "late rolled back"}, said)
		require.Zero(t, notes(t, db))

		said = nil
		require.NoError(t, run())
		say(inside, "late")
		require.Equal(t, []string{"in time committed", "late committed"}, said)
		database.AfterCommit(t.Context(), func(context.Context) { said = nil })
		require.Empty(t, said, "at once without a transaction")

		require.PanicsWithValue(t, "first", func() {
			_ = db.Transact(t.Context(), func(ctx context.Context) error {
				database.AfterCommit(ctx, func(context.Context) { panic("first") })
				database.AfterCommit(ctx, func(context.Context) { said = []string{"second"} })
				return addNote(ctx, db, 1)
			})
		})
		require.Equal(t, []string{"second"}, said)
		require.Equal(t, 2, notes(t, db))
	}, testkit.WithPool(config.Pool{Size: 1, Timeout: 10 * time.Second}))
}

// Goroutines that share a transaction against the rules get errors at worst, and
// the transaction is atomic all the same.
//
// Covers: F16.
func TestGoroutinesInOneTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		var group sync.WaitGroup
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			for range 8 {
				group.Go(func() {
					for range 5 {
						_ = db.Transact(ctx, func(ctx context.Context) error {
							database.AfterCommit(ctx, func(context.Context) {})
							return addNote(ctx, db, 1)
						})
						_ = addNote(ctx, db, 1)
					}
				})
			}
			return addNote(ctx, db, 1)
		})
		group.Wait()
		if err != nil {
			require.Zero(t, notes(t, db))
		} else {
			require.Positive(t, notes(t, db))
		}
		require.Zero(t, db.Stats().InUse)
	})
}

// A deadlock inside of a savepoint: what the databases make of it differs, since
// MySQL and MariaDB then end the whole transaction. Either all of it is kept, or
// nothing and there is an error.
//
// Covers: F15, F16.
func TestDeadlockInsideASavepoint(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == config.SQLite {
			t.Skip("has one writer, which nobody can block")
		}
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (0), (0)`)
		var met, group sync.WaitGroup
		met.Add(2)
		for i, order := range [][2]int{{1, 2}, {2, 1}} {
			group.Go(func() {
				update := func(ctx context.Context, id int) error {
					return entExec(ctx, db, `UPDATE notes SET n = n + 1 WHERE id = ?`, id)
				}
				caught := false
				err := db.Transact(t.Context(), func(ctx context.Context) error {
					if err := addNote(ctx, db, 100+i); err != nil {
						return err
					}
					inner := db.Transact(ctx, func(ctx context.Context) error {
						if err := update(ctx, order[0]); err != nil {
							return err
						}
						met.Done()
						met.Wait()
						return update(ctx, order[1])
					})
					caught = inner != nil
					if caught && !database.Retryable(inner) {
						t.Errorf("not retryable: %v", inner)
					}
					return nil // as if that did not matter
				})
				kept := count(t, db, `SELECT COUNT(*) FROM notes WHERE n = ?`, 100+i)
				lost := caught && db.Dialect() == config.MySQL
				if (err != nil) != lost || (kept == 1) == lost {
					t.Errorf("caught %v, error %v, kept %d", caught, err, kept)
				}
			})
		}
		group.Wait()
		require.Equal(t, 2, count(t, db, `SELECT SUM(n) FROM notes WHERE n < 100`), "one of them")
	})
}

// SQLite ends a transaction for some errors, savepoints and all. Nothing that
// comes after is kept outside of it.
//
// Covers: F15, F16.
func TestSQLiteEndsATransaction(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite)
	notesTable(t, db)
	exec(t, db, `CREATE TRIGGER refuse BEFORE INSERT ON notes WHEN new.n < 0 BEGIN SELECT RAISE(ROLLBACK, 'no'); END`)
	err := db.Transact(t.Context(), func(ctx context.Context) error {
		require.NoError(t, addNote(ctx, db, 1))
		require.Error(t, db.Transact(ctx, func(ctx context.Context) error { return addNote(ctx, db, -1) }))
		var lost *database.LostError
		require.ErrorAs(t, addNote(ctx, db, 2), &lost)
		return nil
	})
	require.Error(t, err)
	require.Zero(t, notes(t, db))
	exec(t, db, `INSERT INTO notes (n) VALUES (3)`)
	require.Equal(t, 1, notes(t, db))
}

// A transaction of ent's own, inside of one that the context carries, is a part of
// it: its rollback is not undone by the one around.
//
// Covers: F02, X34.
func TestEntTransactionInside(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		add := func(ctx context.Context, end func(interface{ Commit() error }) error) error {
			return db.Transact(ctx, func(ctx context.Context) error {
				tx, err := db.Driver().Tx(ctx)
				require.NoError(t, err)
				require.NoError(t, tx.Exec(context.Background(), `INSERT INTO notes (n) VALUES (1)`, []any{}, nil)) //nolint:contextcheck // one that carries no transaction
				err = end(tx)
				require.Error(t, tx.Exec(ctx, `INSERT INTO notes (n) VALUES (2)`, []any{}, nil), "it has ended")
				return err
			})
		}
		require.NoError(t, add(t.Context(), func(tx interface{ Commit() error }) error { return tx.Commit() }))
		require.Equal(t, 1, notes(t, db))
		err := add(t.Context(), func(tx interface{ Commit() error }) error { return tx.(interface{ Rollback() error }).Rollback() })
		var lost *database.LostError
		require.ErrorAs(t, err, &lost)
		require.Equal(t, 1, notes(t, db))
		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			tx, err := db.Driver().Tx(ctx)
			require.NoError(t, err)
			var result sql.Result
			require.NoError(t, tx.Exec(ctx, `UPDATE notes SET n = 7 WHERE n = 99`, []any{}, &result))
			return tx.Rollback()
		}), "there is nothing to undo")

		outer, err := db.Driver().Tx(t.Context()) // begun by hand
		require.NoError(t, err)
		failure := errors.New("no")
		require.ErrorIs(t, database.Transact(t.Context(), outer, func(ctx context.Context) error {
			require.NoError(t, outer.Exec(ctx, `INSERT INTO notes (n) VALUES (3)`, []any{}, nil))
			return failure
		}), failure)
		require.Panics(t, func() {
			_ = database.Transact(t.Context(), outer, func(ctx context.Context) error {
				require.NoError(t, outer.Exec(ctx, `INSERT INTO notes (n) VALUES (4)`, []any{}, nil))
				panic("oh")
			})
		})
		require.NoError(t, outer.Exec(t.Context(), `INSERT INTO notes (n) VALUES (5)`, []any{}, nil))
		require.NoError(t, outer.Commit())
		require.Equal(t, 6, count(t, db, `SELECT SUM(n) FROM notes`))
	})
}

// Covers: F14, F15.
func TestTransactInMemory(t *testing.T) {
	t.Parallel()
	url, err := config.ParseURL("sqlite:///:memory:", t.TempDir())
	require.NoError(t, err)
	db, err := database.Open(t.Context(), config.Database{URL: url})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	notesTable(t, db)
	require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
		database.AfterCommit(ctx, func(ctx context.Context) { require.NoError(t, addNote(ctx, db, 4)) })
		require.NoError(t, addNote(ctx, db, 1))
		require.Error(t, db.Transact(ctx, func(ctx context.Context) error {
			require.NoError(t, addNote(ctx, db, 2))
			return errors.New("no")
		}))
		return nil
	}))
	require.Equal(t, 5, count(t, db, `SELECT SUM(n) FROM notes`))
}
