package migration

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Migrator applies a folder of migrations to a database. It may be used by
// several goroutines.
type Migrator struct {
	db          *database.DB
	dir         *Dir
	dialect     config.Dialect
	lockTimeout time.Duration
	data        dataSteps // nil if there are none
}

// Option adjusts a [Migrator].
type Option func(*Migrator)

// LockTimeout sets how long Upgrade waits for another migrator to finish: one
// minute if not set, not at all if negative.
func LockTimeout(d time.Duration) Option { return func(m *Migrator) { m.lockTimeout = d } }

// Open returns a Migrator for a database and the folder of its dialect. It
// does not touch either.
func Open(db *database.DB, dir *Dir, opts ...Option) (*Migrator, error) {
	if db == nil || dir == nil {
		return nil, errors.New("migration: a database and a folder are required")
	}
	m := &Migrator{db: db, dir: dir, dialect: db.Dialect()}
	for _, opt := range opts {
		opt(m)
	}
	return m, nil
}

// UpgradeOptions say what to apply. The zero value applies all that is pending.
type UpgradeOptions struct {
	To       string             // last version to apply; "" is the newest
	Progress func(Step)         // called before each file; may be nil
	Applied  func(Step)         // called after each file that was applied; may be nil
	Data     func(DataProgress) // called while a migration's Go part runs; may be nil
}

// Step is one migration that Upgrade applies or Downgrade undoes. Its Risks, or
// its DownRisks on the way back, also name losses that the header leaves out.
type Step struct {
	Migration
	From       string // version of the database before it; "" if none
	To         string // version of the database after it; "" if none
	Number     int    // of this step, counted from 1
	Of         int    // steps in all
	Resumed    int    // statements that an earlier run has already done
	Statements int    // statements in the file
	Data       bool   // its Go part runs too
}

// Upgraded is what Upgrade has done.
type Upgraded struct {
	Steps   []Step
	Current string // version of the database now; "" if none
}

// Upgrade applies the pending migrations in order and stops at the first that
// fails. Migrators of one database exclude each other, so that each file is
// applied once, however many start at the same time; those that come later
// find nothing left to do. What was applied before a failure stays applied and
// is listed in the result, also beside an error.
//
// A file runs in a transaction unless it begins with the line
// "-- atlas:txmode none", which PostgreSQL needs for CREATE INDEX CONCURRENTLY.
// A statement that fails is returned as a *[StatementError].
func (m *Migrator) Upgrade(ctx context.Context, opts UpgradeOptions) (result Upgraded, err error) {
	err = m.withSession(ctx, func(s *session) error { return s.upgrade(ctx, opts, &result) })
	return result, err
}

// PendingSteps lists what Upgrade would do, and returns the error with which
// it would refuse to begin. It changes nothing and takes no lock.
func (m *Migrator) PendingSteps(ctx context.Context, opts UpgradeOptions) ([]Step, error) {
	var list []Step
	err := m.peek(ctx, func(s *session) error {
		h, err := s.history(ctx)
		if err != nil {
			return err
		}
		work, err := s.pending(ctx, h, opts.To)
		for _, w := range work {
			list = append(list, w.step)
		}
		return err
	})
	return list, err
}

// job is one migration that is to be applied or undone.
type job struct {
	step   Step
	file   migrate.File
	script *script // nil if only its Go part is missing
}

func (s *session) upgrade(ctx context.Context, opts UpgradeOptions, result *Upgraded) error {
	h, err := s.history(ctx)
	if err != nil {
		return err
	}
	result.Current = h.current()
	work, err := s.pending(ctx, h, opts.To)
	if err != nil || len(work) == 0 {
		return err
	}
	if err := s.revs.prepare(ctx); err != nil {
		return err
	}
	for _, w := range work {
		if err := w.interrupted(ctx); err != nil {
			return err
		}
		notify(opts.Progress, w.step)
		done := false // by this run, and not by another meanwhile
		if w.script != nil {
			if done, err = s.run(ctx, w.script); err != nil {
				return err
			}
		}
		result.Current = w.step.To
		if w.step.Data {
			done = true
			if err := s.data.up(ctx, s.conn, w.step.Version, reporter(opts.Data)); err != nil {
				return err
			}
		}
		if done {
			result.Steps = append(result.Steps, w.step)
			notify(opts.Applied, w.step)
		}
	}
	return nil
}

// pending lists what is left to do, in order: files, and Go parts of files that
// are applied already.
func (s *session) pending(ctx context.Context, h *history, to string) ([]job, error) {
	files, err := h.pending()
	if err != nil {
		return nil, err
	}
	if files, err = h.upTo(files, to); err != nil {
		return nil, err
	}
	sql := map[string]bool{}
	for _, f := range files {
		sql[f.Version()] = true
	}
	var work []job
	at := h.current()
	for _, f := range h.ordered(files) {
		w, err := s.job(ctx, h, f, sql[f.Version()])
		if err != nil {
			return nil, err
		}
		if w.script == nil && (!w.step.Data || to != "" && f.Version() > to) {
			continue
		}
		w.step.From = at
		at = max(at, f.Version())
		w.step.To = at
		work = append(work, w)
	}
	for i := range work {
		work[i].step.Number, work[i].step.Of = i+1, len(work)
	}
	return work, nil
}

// job describes what is to be done about one file.
func (s *session) job(ctx context.Context, h *history, f migrate.File, sql bool) (job, error) {
	w := job{file: f, step: Step{Migration: s.describe(f)}}
	state, err := s.dataState(ctx, s.revs.db, f.Version())
	if err != nil {
		return w, err
	}
	w.step.Data = state != "" && state != DataDone
	if !sql {
		return w, nil
	}
	if w.script, err = s.upScript(f, h.revision(f.Version())); err != nil {
		return w, err
	}
	w.step.Statements, w.step.Resumed = len(w.script.stmts), w.script.done()
	w.step.Risks = withLosses(w.step.Risks, s.dialect, f)
	return w, nil
}

// interrupted returns why a job is not begun.
func (w job) interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("migration: stopped before %s: %w", w.file.Name(), err)
	}
	return nil
}

func notify(call func(Step), step Step) {
	if call != nil {
		call(step)
	}
}

// reporter is report, or what ignores reports.
func reporter(report func(DataProgress)) func(DataProgress) {
	if report == nil {
		return func(DataProgress) {}
	}
	return report
}
