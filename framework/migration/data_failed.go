package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/framefox-go/framefox/framework/config"
)

// oneByOne handles the rows of a batch so that those that fail leave nothing
// behind and do no harm to the others.
func (w *walk) oneByOne(ctx context.Context, tx *DataTx, rows []Row, keys [][]keyValue) (failures []dataFailure, err error) {
	if tx.dialect == config.Postgres {
		// Else a constraint that is checked at the commit would fail them all.
		if err := tx.control(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
			return nil, err
		}
	}
	for i, row := range rows {
		failed, err := w.alone(ctx, tx, row)
		if err != nil {
			return nil, err
		}
		if failed != nil {
			failures = append(failures, dataFailure{Part: w.part, Table: w.Table, Key: keys[i], Err: errorText(failed)})
		}
	}
	return failures, nil
}

// alone handles one row behind a savepoint. The second error is one of the
// transaction, which then is lost.
func (w *walk) alone(ctx context.Context, tx *DataTx, row Row) (failed, err error) {
	const savepoint = "framefox_row"
	if err := tx.control(ctx, "SAVEPOINT "+savepoint); err != nil {
		return nil, err
	}
	failed = w.handle(ctx, tx, []Row{row})
	if failed == nil {
		// On PostgreSQL this fails if a statement failed and nobody said so.
		failed = tx.control(ctx, "RELEASE SAVEPOINT "+savepoint)
	}
	if failed == nil {
		return nil, nil
	}
	if contended(failed) {
		return nil, failed
	}
	if err := tx.control(ctx, "ROLLBACK TO SAVEPOINT "+savepoint); err != nil {
		return nil, errors.Join(failed, err)
	}
	return failed, tx.control(ctx, "RELEASE SAVEPOINT "+savepoint)
}

// control runs a statement that only the step itself may run.
func (t *DataTx) control(ctx context.Context, statement string) error {
	if _, err := t.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("migration: cannot %s: %w", statement, err)
	}
	return nil
}

// failed lists the rows of this walk that failed.
func (w *walk) failed() (list []dataFailure) {
	for _, f := range w.step.record.failures {
		if f.Part == w.part {
			list = append(list, f)
		}
	}
	return list
}

// withoutFailed leaves out rows that have failed before: they still match.
func (w *walk) withoutFailed(rows []Row, keys [][]keyValue) ([]Row, [][]keyValue) {
	failed := map[string]bool{}
	for _, f := range w.failed() {
		failed[keyID(f.Key)] = true
	}
	if len(failed) == 0 {
		return rows, keys
	}
	var (
		fresh     []Row
		freshKeys [][]keyValue
	)
	for i, key := range keys {
		if !failed[keyID(key)] {
			fresh, freshKeys = append(fresh, rows[i]), append(freshKeys, key)
		}
	}
	return fresh, freshKeys
}

// retryFailed tries the rows again that failed in an earlier run. Those that are
// gone, or no longer match, need it no more.
func (w *walk) retryFailed(ctx context.Context) error {
	for chunk := range slices.Chunk(w.failed(), w.Size) {
		if err := ctx.Err(); err != nil {
			return w.step.stopped(err)
		}
		retry := func(ctx context.Context, tx *DataTx) error { return w.retry(ctx, tx, chunk) }
		if err := w.transact(context.WithoutCancel(ctx), retry, nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) retry(ctx context.Context, tx *DataTx, chunk []dataFailure) error {
	mended := map[string]bool{}
	failures := map[string]string{}
	for _, f := range chunk {
		q := w.selectRows(1)
		q.and(w.at(f.Key))
		rows, err := q.run(ctx, tx.db)
		if err != nil {
			return err
		}
		id := keyID(f.Key)
		if len(rows) == 0 {
			mended[id] = true
			continue
		}
		failed, err := w.alone(ctx, tx, rows[0])
		if err != nil {
			return err
		}
		if failed != nil {
			failures[id] = errorText(failed)
		}
		mended[id] = failed == nil
	}
	record := w.step.record
	record.failures = slices.DeleteFunc(record.failures, func(f dataFailure) bool { return f.Part == w.part && mended[keyID(f.Key)] })
	for i, f := range record.failures {
		if reason, ok := failures[keyID(f.Key)]; ok && f.Part == w.part {
			record.failures[i].Err = reason
		}
	}
	return nil
}
