package migration

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Batch says how [DataStep.Batches] walks through a table.
type Batch struct {
	// Table and Key: the columns by which it is walked through, "id" or
	// "tenant_id, code"; default "id". They must be the primary key or unique
	// and NOT NULL, and integers, text, UUIDs or bytes.
	Table string
	Key   string

	// Columns to read beside the key.
	Columns []string

	// Where chooses rows; default all. If it says what is left to do, as
	// "display_name IS NULL" does, so that a row that is done no longer matches,
	// then rows that come to match while the walk goes on, also behind it, are
	// found by a second look when it is at its end. Without it only new rows
	// with greater keys are.
	Where string
	Args  []any // of Where

	// Size is how many rows are read, and done in one transaction; default 1000.
	Size int

	// Each handles a row, or All the rows of a batch: one of them is required.
	// They use the transaction that they are given. They may be called again for
	// the same row after the transaction was rolled back, All also with one row.
	Each func(ctx context.Context, tx *DataTx, row Row) error
	All  func(ctx context.Context, tx *DataTx, rows []Row) error
}

const defaultBatchSize = 1000

// maxPasses bounds how often a table is looked through for rows that came to
// match: an application that goes on making them would keep it going for ever.
const maxPasses = 10

// maxFailures is how many failed rows are kept, to be tried again. With more,
// and more than the threshold, something else is wrong.
const maxFailures = 1000

// Batches walks through a table in the order of its key. Each batch is a
// transaction of its own, which also notes how far the walk is. PostgreSQL and
// MySQL lock the rows of the batch, so that nobody changes them between reading
// and writing; SQLite lets other writers in between two batches.
//
// It ends when no row is left, not after as many as there were at the
// beginning. A batch in which a row fails is rolled back and done again row by
// row, without those that fail; they are noted, and the walk goes on. The next
// run of the migration begins with them.
//
// If ctx ends, the batch is finished, and the error is a *[DataStoppedError].
func (s *DataStep) Batches(ctx context.Context, b Batch) error {
	err := s.batches(ctx, b)
	if err != nil && s.walkErr == nil {
		s.walkErr = err
	}
	return err
}

func (s *DataStep) batches(ctx context.Context, b Batch) error {
	w, err := newWalk(s, b)
	if err != nil {
		return err
	}
	if w.part, err = s.part("batches " + b.Table); err != nil {
		return err
	}
	if w.progress().Done && len(w.failed()) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return s.stopped(err)
	}
	if err := w.checkTable(ctx); err != nil {
		return err
	}
	if err := w.count(ctx); err != nil {
		return err
	}
	w.tell(DataBegins)
	if err := w.retryFailed(ctx); err != nil {
		return err
	}
	for !w.progress().Done {
		if err := ctx.Err(); err != nil {
			return s.stopped(err)
		}
		if err := w.batch(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		if n := len(s.record.failures); n > max(maxFailures, s.migration.ErrorThreshold) {
			return s.dataError(true)
		}
	}
	return nil
}

// walk is one use of Batches.
type walk struct {
	Batch
	step  *DataStep
	key   []string // columns
	read  []string // the key, and the other columns
	part  int
	total int64
}

func newWalk(s *DataStep, b Batch) (*walk, error) {
	if b.Key == "" {
		b.Key = "id"
	}
	if b.Size == 0 {
		b.Size = defaultBatchSize
	}
	w := &walk{Batch: b, step: s}
	for name := range strings.SplitSeq(b.Key, ",") {
		w.key = append(w.key, strings.TrimSpace(name))
	}
	w.read = slices.Clone(w.key)
	for _, name := range b.Columns {
		if !slices.Contains(w.read, name) {
			w.read = append(w.read, name)
		}
	}
	switch {
	case (b.Each == nil) == (b.All == nil):
		return nil, fmt.Errorf("migration: cannot walk through %q: give the batch either Each or All", b.Table)
	case b.Size < 0:
		return nil, fmt.Errorf("migration: cannot walk through %s: Size %d is negative", b.Table, b.Size)
	case b.Where == "" && len(b.Args) > 0:
		return nil, fmt.Errorf("migration: cannot walk through %s: there are Args without Where", b.Table)
	}
	return w, checkNamesOf(append([]string{b.Table}, w.read...)...)
}

func (w *walk) progress() *dataPart { return &w.step.record.parts[w.part] }

func (w *walk) tell(phase DataPhase) {
	done := w.progress().Rows
	w.total = max(w.total, done)
	w.step.tell(DataProgress{Phase: phase, Table: w.Table, Processed: done, Failed: len(w.step.record.failures), Total: w.total})
}

// count counts the rows, for the progress only.
func (w *walk) count(ctx context.Context) error {
	q := w.query("SELECT count(*) FROM " + quoteName(w.step.dialect, w.Table))
	if after := w.progress().After; after != nil {
		q.and(w.beyond(">", false, after))
	}
	rows, err := q.run(ctx, w.step.conn)
	if err != nil {
		return err
	}
	var left int64
	if err := rows[0].Scan(&left); err != nil {
		return err
	}
	w.total = w.progress().Rows + left
	return nil
}

// batch does the next batch. A batch of no rows ends the walk, or begins it
// again.
func (w *walk) batch(ctx context.Context) error {
	more := false
	next := func(handle func(ctx context.Context, tx *DataTx, rows []Row, keys [][]keyValue) ([]dataFailure, error)) func(context.Context, *DataTx) error {
		return func(ctx context.Context, tx *DataTx) error {
			rows, keys, err := w.fetch(ctx, tx)
			if err != nil {
				return err
			}
			if more = len(rows) > 0; !more {
				w.endPass()
				return nil
			}
			fresh, freshKeys := w.withoutFailed(rows, keys)
			failures, err := handle(ctx, tx, fresh, freshKeys)
			if err != nil {
				return err
			}
			w.step.record.failures = append(w.step.record.failures, failures...)
			p := w.progress()
			from := p.After
			p.After = keys[len(keys)-1]
			p.Rows += int64(len(fresh))
			p.PassRows += int64(len(fresh))
			return w.look(ctx, tx, from, freshKeys, failures)
		}
	}
	err := w.transact(ctx, next(w.together), next(w.oneByOne))
	if err == nil && more {
		w.tell(DataMoves)
	}
	return err
}

// transact tries the fast way and, if that fails, the one that finds the rows
// that are at fault. What lost against another transaction is tried again.
func (w *walk) transact(ctx context.Context, fast, careful func(context.Context, *DataTx) error) error {
	const attempts = 10
	way := fast
	for attempt := 1; ; attempt++ {
		err := w.step.transact(ctx, way)
		switch {
		case err == nil:
			return nil
		case contended(err) && attempt < attempts:
			if err := pause(ctx, retryAfter); err != nil {
				return err
			}
		case careful != nil:
			way, careful = careful, nil
		default:
			return err
		}
	}
}

// together handles all rows of a batch, of which none may fail.
func (w *walk) together(ctx context.Context, tx *DataTx, rows []Row, _ [][]keyValue) ([]dataFailure, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	return nil, w.handle(ctx, tx, rows)
}

func (w *walk) handle(ctx context.Context, tx *DataTx, rows []Row) error {
	if w.All != nil {
		return w.All(ctx, tx, rows)
	}
	for _, row := range rows {
		if err := w.Each(ctx, tx, row); err != nil {
			return err
		}
	}
	return nil
}

// endPass ends the walk, unless rows may have come to match behind it.
func (w *walk) endPass() {
	p := w.progress()
	again := w.Where != "" && !p.Remaining && p.Pass < maxPasses && (p.Pass == 0 || p.PassRows > 0)
	if again {
		p.Pass++
	}
	p.After, p.PassRows, p.Done = nil, 0, !again
}

// look finds out whether Where says what is left to do: then no row that is
// done still matches it. Else a second look would do all rows again.
func (w *walk) look(ctx context.Context, tx *DataTx, from []keyValue, done [][]keyValue, failures []dataFailure) error {
	p := w.progress()
	if w.Where == "" || p.Remaining {
		return nil
	}
	failed := map[string]bool{}
	for _, f := range failures {
		failed[keyID(f.Key)] = true
	}
	handled := map[string]bool{}
	for _, key := range done {
		if id := keyID(key); !failed[id] {
			handled[id] = true
		}
	}
	q := w.query("SELECT " + quoteNames(w.step.dialect, w.key, "", ", ") + " FROM " + quoteName(w.step.dialect, w.Table))
	if from != nil {
		q.and(w.beyond(">", false, from))
	}
	q.and(w.beyond("<", true, p.After))
	rows, err := q.run(ctx, tx.db)
	if err != nil {
		return err
	}
	for _, row := range rows {
		key, err := keyOf(row, len(w.key))
		if err != nil {
			return err
		}
		p.Remaining = p.Remaining || handled[keyID(key)]
	}
	return nil
}
