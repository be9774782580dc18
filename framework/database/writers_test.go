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
	"github.com/framefox-go/framefox/framework/testkit"
)

// Writers of every kind, many more than there are connections, do not see each
// other's locks.
//
// Covers: T23, A42, F58.
func TestManyWritersOneAfterAnother(t *testing.T) {
	t.Parallel()
	const goroutines, rounds = 16, 12
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		notesTable(t, db)
		exec(t, db, `INSERT INTO notes (n) VALUES (0)`)
		ways := []func(context.Context) error{
			func(ctx context.Context) error { return entExec(ctx, db, `UPDATE notes SET n = n + ?`, 1) },
			func(ctx context.Context) error {
				_, err := db.SQL().ExecContext(ctx, bind(db, `UPDATE notes SET n = n + ?`), 1)
				return err
			},
			func(ctx context.Context) error { return inTx(ctx, db, `UPDATE notes SET n = n + 1`) },
			func(ctx context.Context) error {
				tx, err := db.SQL().BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, `UPDATE notes SET n = n + 1`)
				return errors.Join(err, tx.Commit())
			},
			func(ctx context.Context) error {
				if db.Dialect() == config.MySQL {
					return entExec(ctx, db, `UPDATE notes SET n = n + 1`)
				}
				var rows entsql.Rows
				if err := db.Driver().Query(ctx, `UPDATE notes SET n = n + 1 RETURNING n`, []any{}, &rows); err != nil {
					return err
				}
				_, err := entsql.ScanInt(rows)
				return errors.Join(err, rows.Close())
			},
		}
		var group sync.WaitGroup
		errs := make(chan error, goroutines*rounds)
		for g := range goroutines {
			group.Go(func() {
				for r := range rounds {
					errs <- ways[(g+r)%len(ways)](t.Context())
				}
			})
		}
		group.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, goroutines*rounds, count(t, db, `SELECT n FROM notes`))
	}, testkit.WithPool(config.Pool{Size: 4, Timeout: time.Minute, PrePing: true}))
}

func inTx(ctx context.Context, db *database.DB, query string) error {
	tx, err := db.Driver().Tx(ctx)
	if err != nil {
		return err
	}
	return errors.Join(tx.Exec(ctx, query, []any{}, nil), tx.Commit())
}

// Covers: T33.
func TestSQLiteReadersRunBesideWriters(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 2, Timeout: time.Minute}))
	notesTable(t, db)
	tx, err := db.Driver().Tx(t.Context())
	require.NoError(t, err)
	require.NoError(t, tx.Exec(t.Context(), `INSERT INTO notes (n) VALUES (1)`, []any{}, nil))

	// Writers that wait leave both connections to the readers.
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range 8 {
		waiting.Go(func() { _ = entExec(ctx, db, `INSERT INTO notes (n) VALUES (2)`) })
	}
	read, err := db.SQL().BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	var n int
	require.NoError(t, read.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM notes`).Scan(&n))
	require.Zero(t, n, "what is not committed is not seen")
	require.Zero(t, count(t, db, `SELECT COUNT(*) FROM notes`))
	require.NoError(t, read.Commit())
	cancel()
	waiting.Wait()
	require.NoError(t, tx.Commit())
	require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM notes`))
}

// Raw writers take their connection before the lock: even if all connections wait
// for it, the one who has it gets on.
//
// Covers: T33.
func TestSQLiteRawWritersDoNotStarveTheHolder(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 2, Timeout: time.Minute}))
	notesTable(t, db)
	var group sync.WaitGroup
	errs := make(chan error, 40)
	for range 20 {
		group.Go(func() {
			_, err := db.SQL().ExecContext(t.Context(), `INSERT INTO notes (n) VALUES (1)`)
			errs <- err
		})
		group.Go(func() { errs <- inTx(t.Context(), db, `INSERT INTO notes (n) VALUES (1)`) })
	}
	group.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 40, count(t, db, `SELECT COUNT(*) FROM notes`))
	require.LessOrEqual(t, db.Stats().Open, 3)
}

// Covers: T33, A44.
func TestSQLiteWriterWaitsNoLongerThanAllowed(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 2, Timeout: 100 * time.Millisecond}))
	notesTable(t, db)
	tx, err := db.Driver().Tx(t.Context())
	require.NoError(t, err)
	for _, write := range []func(context.Context) error{
		func(ctx context.Context) error { return entExec(ctx, db, `INSERT INTO notes (n) VALUES (1)`) },
		func(ctx context.Context) error {
			_, err := db.SQL().ExecContext(ctx, `INSERT INTO notes (n) VALUES (1)`)
			return err
		},
		func(ctx context.Context) error { return inTx(ctx, db, `INSERT INTO notes (n) VALUES (1)`) },
	} {
		require.ErrorIs(t, write(t.Context()), database.ErrWriteTimeout)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		require.ErrorIs(t, write(ctx), context.DeadlineExceeded)
		cancel()
	}
	require.NoError(t, tx.Rollback())
	exec(t, db, `INSERT INTO notes (n) VALUES (1)`)
}

// Rows of a writing statement keep the lock until they are closed, however that
// happens.
//
// Covers: T23.
func TestSQLiteReturningRowsHoldTheLock(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.SQLite, testkit.WithPool(config.Pool{Size: 4, Timeout: time.Minute}))
	notesTable(t, db)
	for _, query := range []func(context.Context) (*sql.Rows, error){
		func(ctx context.Context) (*sql.Rows, error) {
			return db.SQL().QueryContext(ctx, `INSERT INTO notes (n) VALUES (1), (2) RETURNING n`)
		},
		func(ctx context.Context) (*sql.Rows, error) {
			return db.Driver().(rawDriver).QueryContext(ctx, `WITH v AS (SELECT 1) INSERT INTO notes (n) SELECT * FROM v UNION ALL SELECT 2 RETURNING n`)
		},
	} {
		rows, err := query(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		require.ErrorIs(t, entExec(ctx, db, `DELETE FROM notes`), context.DeadlineExceeded)
		cancel()
		require.True(t, rows.Next())
		require.NoError(t, rows.Close())
		require.NoError(t, rows.Err())
		require.NoError(t, entExec(t.Context(), db, `DELETE FROM notes`))

		ctx, cancel = context.WithCancel(t.Context())
		rows, err = query(ctx)
		require.NoError(t, err)
		cancel()
		require.NoError(t, entExec(t.Context(), db, `DELETE FROM notes`), "the end of the context closes the rows")
		require.NoError(t, rows.Close())
		_ = rows.Err() // the cancellation
	}
}

// Two programs that write to one file wait for each other, also where a
// transaction reads before it writes: it takes the lock when it begins.
//
// Covers: T33.
func TestWritersOfTwoPrograms(t *testing.T) {
	t.Parallel()
	first := testkit.Open(t, testkit.SQLite)
	second, err := database.Open(t.Context(), config.Database{URL: first.URL()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, second.Close()) })
	_, err = first.SQL().ExecContext(t.Context(), "CREATE TABLE n (v INTEGER); INSERT INTO n VALUES (0)")
	require.NoError(t, err)
	const each = 40
	failed := make(chan error, 2)
	for _, db := range []*database.DB{first, second} {
		go func() {
			var err error
			for range each {
				err = errors.Join(err, increment(t.Context(), db))
			}
			failed <- err
		}()
	}
	require.NoError(t, <-failed)
	require.NoError(t, <-failed)
	require.Equal(t, 2*each, count(t, first, "SELECT v FROM n"))
}

func increment(ctx context.Context, db *database.DB) error {
	tx, err := db.SQL().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var v int
	if err := tx.QueryRowContext(ctx, "SELECT v FROM n").Scan(&v); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE n SET v = ?", v+1); err != nil {
		return err
	}
	return tx.Commit()
}
