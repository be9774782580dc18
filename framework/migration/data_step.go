package migration

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/framefox-go/framefox/framework/config"
)

// DataStep is what a data migration works with. It serves one goroutine.
//
// Exec, Tx, Insert and Batches each note in the database what they have done,
// in the transaction that does it. When an interrupted migration runs again,
// those that were finished do nothing, Exec and Insert return what they had
// returned, and a walk of Batches goes on behind the last batch. So nothing is
// lost and nothing is done twice, wherever the process was killed. They are
// recognised by their order: Up must use them in the same order each time. What
// a function given to Tx left in variables is not there the second time.
//
// In the text of queries, arguments stand as ?, on every dialect, or as :name
// with [sql.Named]; ?? is a question mark. Statements that change the schema or
// end transactions are refused.
type DataStep struct {
	dialect   config.Dialect
	conn      *sql.Conn
	migration *DataMigration
	record    *dataRecord
	report    func(DataProgress)
	undo      bool

	next    int   // part
	inside  bool  // of a transaction
	walkErr error // of Batches
}

// Dialect is the dialect of the database, for SQL that differs.
func (s *DataStep) Dialect() config.Dialect { return s.dialect }

// Query reads rows, all of them into memory; for large tables there is Batches.
func (s *DataStep) Query(ctx context.Context, query string, args ...any) ([]Row, error) {
	if s.inside {
		return nil, errNested
	}
	return (&DataTx{dialect: s.dialect, db: s.conn}).Query(ctx, query, args...)
}

// Exec runs one statement in a transaction of its own and returns how many rows
// it changed. On a large table use Batches: a statement that changes all rows
// keeps them locked to its end.
func (s *DataStep) Exec(ctx context.Context, query string, args ...any) (rows int64, err error) {
	return s.once(ctx, "exec", func(tx *DataTx) (int64, error) { return tx.Exec(ctx, query, args...) })
}

// Insert inserts rows in a transaction of their own, as [DataTx.Insert] does.
func (s *DataStep) Insert(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (inserted int64, err error) {
	return s.once(ctx, "insert "+table, func(tx *DataTx) (int64, error) { return tx.Insert(ctx, table, columns, rows) })
}

// Tx runs do in a transaction, which is rolled back if do fails.
func (s *DataStep) Tx(ctx context.Context, do func(ctx context.Context, tx *DataTx) error) error {
	_, err := s.once(ctx, "tx", func(tx *DataTx) (int64, error) { return 0, do(ctx, tx) })
	return err
}

// once runs do in a transaction, together with the note that it is done, unless
// an earlier run did.
func (s *DataStep) once(ctx context.Context, what string, do func(*DataTx) (int64, error)) (int64, error) {
	n, err := s.part(what)
	if err != nil {
		return 0, err
	}
	if s.record.parts[n].Done {
		return s.record.parts[n].Rows, nil
	}
	if err := ctx.Err(); err != nil {
		return 0, s.stopped(err)
	}
	var rows int64
	err = s.transact(ctx, func(ctx context.Context, tx *DataTx) error {
		var err error
		if rows, err = do(tx); err != nil {
			return err
		}
		p := &s.record.parts[n]
		p.Done, p.Rows = true, rows
		return nil
	})
	return rows, err
}

// part is the number of the next part, which is begun if it was not.
func (s *DataStep) part(what string) (int, error) {
	if s.inside {
		return 0, errNested
	}
	n := s.next
	s.next++
	if n == len(s.record.parts) {
		s.record.parts = append(s.record.parts, dataPart{What: what})
	}
	if begun := s.record.parts[n].What; begun != what {
		return 0, fmt.Errorf("migration: cannot resume: part %d was %q when it was begun and is %q now; restore the order of the code", n+1, begun, what)
	}
	return n, nil
}

// transact runs do in a transaction and saves the record in it. If that fails,
// the record is as it was. The transaction itself does not follow the context,
// as in upgrade.within.
func (s *DataStep) transact(ctx context.Context, do func(context.Context, *DataTx) error) (err error) {
	tx, err := s.conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("migration: cannot begin: %w", err)
	}
	before := s.record.clone()
	s.inside = true
	committed := false
	defer func() { // also when do panics
		s.inside = false
		if !committed {
			s.record = before
			_ = tx.Rollback() // as in upgrade.within
		}
	}()
	if err := do(ctx, &DataTx{dialect: s.dialect, db: tx}); err != nil {
		return err
	}
	if err := s.record.save(ctx, s.dialect, tx, before); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migration: cannot commit: %w", err)
	}
	committed = true
	return nil
}

func (s *DataStep) stopped(err error) error {
	return &DataStoppedError{Version: s.migration.Version, Processed: s.record.processed(), Err: err}
}
