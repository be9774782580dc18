package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxShownFailures is how many failures a [DataError] names.
const maxShownFailures = 10

var _ dataSteps = (*dataList)(nil)

// state implements [dataSteps]. A step that is half undone is partial, too.
func (d *dataList) state(ctx context.Context, db querier, version string) (DataState, error) {
	record, err := readDataRecord(ctx, d.dialect, db, version)
	switch {
	case err != nil:
		return "", err
	case record == nil:
		return DataPending, nil
	case record.state == recordDone:
		return DataDone, nil
	default:
		return DataPartial, nil
	}
}

// up implements [dataSteps].
func (d *dataList) up(ctx context.Context, conn *sql.Conn, version string, report func(DataProgress)) error {
	m := d.find(version)
	if m == nil {
		return nil
	}
	record, err := readDataRecord(ctx, d.dialect, conn, version)
	switch {
	case err != nil:
		return err
	case record == nil:
		record = &dataRecord{version: version, state: recordRunning}
		err = record.insert(ctx, d.dialect, conn)
	case record.state == recordDone:
		return nil
	case record.state == recordUndoing:
		return &DataUndoingError{Version: version}
	}
	if err != nil {
		return err
	}
	s := &DataStep{dialect: d.dialect, conn: conn, migration: m, record: record, report: report}
	if err := s.run(ctx, m.Up); err != nil {
		return err
	}
	if err := s.record.finish(ctx, d.dialect, conn); err != nil {
		return err
	}
	s.tell(DataProgress{Phase: DataEnds, Processed: s.record.processed(), Failed: len(s.record.failures)})
	return nil
}

// irreversible implements [dataSteps].
func (d *dataList) irreversible(version string) string {
	if m := d.find(version); m != nil && m.Down == nil {
		return "its data migration has no Down; give it one, or migration.NothingToUndo"
	}
	return ""
}

// down implements [dataSteps].
func (d *dataList) down(ctx context.Context, conn *sql.Conn, version string, report func(DataProgress)) error {
	m := d.find(version)
	record, err := readDataRecord(ctx, d.dialect, conn, version)
	if err != nil || m == nil || record == nil {
		return err
	}
	if record.state != recordUndoing {
		record = &dataRecord{version: version, state: recordUndoing}
		if err := record.save(ctx, d.dialect, conn, nil); err != nil {
			return err
		}
	}
	s := &DataStep{dialect: d.dialect, conn: conn, migration: m, record: record, report: report, undo: true}
	if err := s.run(ctx, m.Down); err != nil {
		return err
	}
	if err := deleteDataRecords(ctx, d.dialect, conn, "WHERE version = ?", version); err != nil {
		return err
	}
	s.tell(DataProgress{Phase: DataEnds, Processed: s.record.processed(), Failed: len(s.record.failures)})
	return nil
}

// mark implements [dataSteps].
func (d *dataList) mark(ctx context.Context, db querier, versions []string) error {
	exists, err := dataTableExists(ctx, d.dialect, db)
	if err != nil {
		return err
	}
	done := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return !d.has(v) })
	if exists {
		condition, args := "", make([]any, len(done))
		if len(done) > 0 {
			condition = "WHERE version NOT IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(done)), ", ") + ")"
		}
		for i, v := range done {
			args[i] = v
		}
		if err := deleteDataRecords(ctx, d.dialect, db, condition, args...); err != nil {
			return err
		}
	}
	for _, v := range done {
		record, err := readDataRecord(ctx, d.dialect, db, v)
		if err != nil {
			return err
		}
		if record == nil {
			record = &dataRecord{version: v, state: recordDone}
			if err := record.insert(ctx, d.dialect, db); err != nil {
				return err
			}
		}
		if err := record.finish(ctx, d.dialect, db); err != nil {
			return err
		}
	}
	return nil
}

// run calls Up or Down and judges what came of it.
func (s *DataStep) run(ctx context.Context, do func(context.Context, *DataStep) error) error {
	err := do(ctx, s)
	if err == nil {
		err = s.walkErr // of a walk, whose error the function has lost
	}
	if err == nil && len(s.record.failures) > s.migration.ErrorThreshold {
		err = s.dataError(false)
	}
	if err == nil {
		return nil
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	// That the note cannot be written changes nothing: the marker was.
	_ = s.record.fail(note, s.dialect, s.conn, err)
	var (
		failed  *DataError
		stopped *DataStoppedError
	)
	switch {
	case errors.As(err, &failed), errors.As(err, &stopped):
		return err
	case ctx.Err() != nil:
		return &DataStoppedError{Version: s.migration.Version, Processed: s.record.processed(), Err: err}
	default:
		return fmt.Errorf("migration: data migration %s failed: %w; what it had finished stays, resume with upgrade", s.migration.Version, err)
	}
}

func (s *DataStep) dataError(gaveUp bool) *DataError {
	e := &DataError{
		Version: s.migration.Version, Processed: s.record.processed(), Failed: len(s.record.failures),
		Threshold: s.migration.ErrorThreshold, GaveUp: gaveUp,
	}
	for _, f := range s.record.failures[:min(maxShownFailures, len(s.record.failures))] {
		e.Failures = append(e.Failures, DataFailure{Table: f.Table, Key: keyText(f.Key), Err: f.Err})
	}
	return e
}

// tell reports progress.
func (s *DataStep) tell(p DataProgress) {
	if s.report != nil {
		p.Version, p.Description, p.Undo = s.migration.Version, s.migration.Description, s.undo
		s.report(p)
	}
}

// retryAfter is how long a batch waits that lost against other transactions.
const retryAfter = 50 * time.Millisecond
