package migration

import (
	"context"
	"path"
	"slices"

	"ariga.io/atlas/sql/migrate"
)

// DowngradeOptions say what to undo. The zero value undoes one migration.
type DowngradeOptions struct {
	To       string             // version that stays, and is the database's then
	Base     bool               // undo all
	Steps    int                // how many to undo, if neither To nor Base says; default 1
	Progress func(Step)         // called before each migration; may be nil
	Reverted func(Step)         // called after each migration that was undone; may be nil
	Data     func(DataProgress) // called while a migration's Go part is undone; may be nil
}

// Downgraded is what Downgrade has done.
type Downgraded struct {
	Steps   []Step // newest migration first
	Current string // version of the database now; "" if none
}

// Downgrade undoes the newest migrations with their down files, under the same
// lock and in the same kind of transaction as Upgrade. Before it touches
// anything it looks whether all of them can be undone, and returns an
// *[IrreversibleError] if not. Where nothing is applied there is nothing to
// undo, which is no error.
//
// On MySQL a downgrade that was interrupted is finished by the next one. Until
// then Upgrade refuses to work.
func (m *Migrator) Downgrade(ctx context.Context, opts DowngradeOptions) (result Downgraded, err error) {
	err = m.withSession(ctx, func(s *session) error { return s.downgrade(ctx, opts, &result) })
	return result, err
}

// DowngradeSteps lists what Downgrade would do, and returns the error with
// which it would refuse to begin. It changes nothing and takes no lock.
func (m *Migrator) DowngradeSteps(ctx context.Context, opts DowngradeOptions) ([]Step, error) {
	var list []Step
	err := m.peek(ctx, func(s *session) error {
		h, err := s.history(ctx)
		if err != nil {
			return err
		}
		work, err := s.applied(ctx, h, opts)
		for _, w := range work {
			list = append(list, w.step)
		}
		return err
	})
	return list, err
}

func (s *session) downgrade(ctx context.Context, opts DowngradeOptions, result *Downgraded) error {
	h, err := s.history(ctx)
	if err != nil {
		return err
	}
	result.Current = h.current()
	work, err := s.applied(ctx, h, opts)
	if err != nil {
		return err
	}
	for _, w := range work {
		if err := w.interrupted(ctx); err != nil {
			return err
		}
		notify(opts.Progress, w.step)
		done, err := s.undoJob(ctx, w, opts.Data)
		if err != nil {
			return err
		}
		result.Current = w.step.To
		if done {
			result.Steps = append(result.Steps, w.step)
			notify(opts.Reverted, w.step)
		}
	}
	return nil
}

// undoJob undoes a migration's Go part, then its SQL.
func (s *session) undoJob(ctx context.Context, w job, report func(DataProgress)) (done bool, err error) {
	if w.step.Data {
		if err := s.data.down(ctx, s.conn, w.step.Version, reporter(report)); err != nil {
			return false, err
		}
	}
	return s.run(ctx, w.script)
}

// applied lists what is to be undone, newest first.
func (s *session) applied(ctx context.Context, h *history, opts DowngradeOptions) ([]job, error) {
	revs, err := h.downTo(opts)
	if err != nil {
		return nil, err
	}
	work := make([]job, len(revs))
	for i, rev := range revs {
		if work[i], err = s.undoing(ctx, h, rev); err != nil {
			return nil, err
		}
		step := &work[i].step
		step.Number, step.Of = i+1, len(revs)
		step.From, step.To = rev.Version, h.before(rev)
	}
	return work, nil
}

// undoing describes how a migration is undone, or why it cannot be.
func (s *session) undoing(ctx context.Context, h *history, rev *migrate.Revision) (job, error) {
	f, down, err := h.undo(rev)
	if err != nil {
		return job{}, err
	}
	w := job{file: down, step: Step{Migration: s.describe(f)}}
	if w.script, err = s.downScript(down, rev); err != nil {
		return w, err
	}
	name := path.Join(downFolder, down.Name())
	if len(w.script.stmts) == 0 && rev.Total > 0 { // else the migration is its Go part alone
		return w, &IrreversibleError{Version: rev.Version, File: name, Reason: "it holds no statement"}
	}
	w.step.Statements, w.step.Resumed = len(w.script.stmts), w.script.done()
	w.step.DownRisks = withLosses(w.step.DownRisks, s.dialect, down)
	state, err := s.dataState(ctx, s.revs.db, rev.Version)
	if err != nil || state == "" || state == DataPending {
		return w, err
	}
	w.step.Data = true
	if reason := s.data.irreversible(rev.Version); reason != "" {
		return w, &IrreversibleError{Version: rev.Version, File: f.Name(), Reason: "its part in Go: " + reason}
	}
	return w, nil
}

// undo finds the files of an applied migration, up and down.
func (h *history) undo(rev *migrate.Revision) (up, down migrate.File, err error) {
	fail := func(file, reason string) error {
		return &IrreversibleError{Version: rev.Version, File: file, Reason: reason}
	}
	up, ok := h.all.file(rev.Version)
	if !ok {
		return nil, nil, fail(rev.Version+"_"+rev.Description+".sql", "the file is missing")
	}
	if rev.Applied < rev.Total {
		return nil, nil, &HalfAppliedError{Version: rev.Version, Applied: rev.Applied, Total: rev.Total}
	}
	if rev.Type == migrate.RevisionTypeBaseline {
		return nil, nil, fail(up.Name(), "the database began with it")
	}
	down, ok = h.all.down(rev.Version)
	if !ok {
		return nil, nil, fail(up.Name(), "it has no down file")
	}
	if reason := describe(down).Irreversible; reason != "" {
		return nil, nil, fail(path.Join(downFolder, down.Name()), reason)
	}
	return up, down, nil
}

// downTo lists the revisions to undo, newest first.
func (h *history) downTo(opts DowngradeOptions) ([]*migrate.Revision, error) {
	revs := slices.Clone(h.revs)
	slices.Reverse(revs)
	switch {
	case opts.To != "":
		i := slices.IndexFunc(revs, func(rev *migrate.Revision) bool { return rev.Version == opts.To })
		if i < 0 {
			return nil, h.notApplied(opts.To)
		}
		return revs[:i], nil
	case opts.Base:
		return revs, nil
	default:
		return revs[:min(len(revs), max(1, opts.Steps))], nil
	}
}

// notApplied says why there is no way down to a version.
func (h *history) notApplied(version string) error {
	_, known := h.all.file(version)
	switch current := h.current(); {
	case !known:
		return &UnknownVersionError{Version: version, Known: h.nearest(version)}
	case version > current:
		return &AheadError{Version: version, Current: current}
	default:
		return &NotAppliedError{Version: version}
	}
}

// before is the version of the database once a revision is undone.
func (h *history) before(rev *migrate.Revision) (version string) {
	for _, other := range h.revs {
		if other.Version < rev.Version {
			version = other.Version
		}
	}
	return version
}
