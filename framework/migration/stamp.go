package migration

import (
	"context"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// Stamp makes the history say that exactly the migrations up to a version are
// applied, and runs nothing; "" is before the first. It adopts a database that
// has the tables already, settles what was repaired by hand after a failure,
// and accepts files that were edited after they were applied.
func (m *Migrator) Stamp(ctx context.Context, version string) error {
	return m.withSession(ctx, func(s *session) error { return s.stamp(ctx, version) })
}

// Forget empties the history, whatever the folder holds. The tables stay.
func (m *Migrator) Forget(ctx context.Context) error {
	return m.locked(ctx, &contents{}, func(s *session) error {
		h, err := s.history(ctx)
		if err != nil {
			return err
		}
		return s.record(ctx, nil, h.revs)
	})
}

func (s *session) stamp(ctx context.Context, version string) error {
	h, err := s.history(ctx)
	if err != nil {
		return err
	}
	files, err := h.stamped(version)
	if err != nil {
		return err
	}
	exists, err := s.revs.exists(ctx)
	if err == nil && !exists && len(files) > 0 {
		err = s.revs.exec(ctx, createRevisions(s.dialect))
	}
	if err != nil || !exists && len(files) == 0 {
		return err
	}
	var keep, remove []*migrate.Revision
	for _, f := range files {
		rev, err := s.stampRevision(f, h.revision(f.Version()))
		if err != nil {
			return err
		}
		keep = append(keep, rev)
	}
	for _, rev := range h.revs {
		if !h.stays(rev, version, files) {
			remove = append(remove, rev)
		}
	}
	return s.record(ctx, keep, remove)
}

// record writes and deletes rows of the history, and does the same for the
// records of the Go parts.
func (s *session) record(ctx context.Context, keep, remove []*migrate.Revision) error {
	rows := func(revs *revisions) error {
		for _, rev := range remove {
			if err := revs.DeleteRevision(ctx, rev.Version); err != nil {
				return err
			}
		}
		for _, rev := range keep {
			if err := revs.WriteRevision(ctx, rev); err != nil {
				return err
			}
		}
		return nil
	}
	mark := func(revs *revisions) error {
		if s.data == nil {
			return nil
		}
		var versions []string
		for _, rev := range keep {
			if s.data.has(rev.Version) {
				versions = append(versions, rev.Version)
			}
		}
		return s.data.mark(ctx, revs.db, versions)
	}
	if s.dialect == config.MySQL { // to make the table of records would end the transaction
		if err := s.transaction(ctx, "the records of data migrations", mark); err != nil {
			return err
		}
		return s.transaction(ctx, "the history", rows)
	}
	return s.transaction(ctx, "the history", func(revs *revisions) error {
		if err := mark(revs); err != nil {
			return err
		}
		return rows(revs)
	})
}

// stampRevision is the row of a file of which all is applied.
func (s *session) stampRevision(f migrate.File, rev *migrate.Revision) (*migrate.Revision, error) {
	stmts, err := statements(s.driver, f)
	if err != nil {
		return nil, err
	}
	hash, err := s.hash(f)
	if err != nil {
		return nil, err
	}
	stamped := migrate.Revision{
		Version: f.Version(), Description: f.Desc(), Type: migrate.RevisionTypeResolved, ExecutedAt: time.Now(),
	}
	if rev != nil {
		stamped = *rev
		if partial(rev) {
			stamped.Type |= migrate.RevisionTypeResolved
		}
	}
	stamped.Applied, stamped.Total = len(stmts), len(stmts)
	stamped.Error, stamped.ErrorStmt, stamped.PartialHashes = "", "", nil
	stamped.Hash, stamped.OperatorVersion = hash, operator(f)
	return &stamped, nil
}

// stamped lists the files that a version stands for. A database that has
// nothing from before a checkpoint begins with it, as a new one does.
func (h *history) stamped(version string) ([]migrate.File, error) {
	if version == "" {
		return nil, nil
	}
	if _, ok := h.all.file(version); !ok {
		return nil, &UnknownVersionError{Version: version, Known: h.nearest(version)}
	}
	var files []migrate.File
	for _, f := range h.all.files {
		switch {
		case f.Version() > version:
		case !isCheckpoint(f):
			files = append(files, f)
		case len(h.revs) == 0 || h.revs[0].Version >= f.Version():
			files = []migrate.File{f}
		}
	}
	return files, nil
}

// stays reports whether a revision is right although no stamped file is its
// own: it was squashed into a checkpoint.
func (h *history) stays(rev *migrate.Revision, version string, files []migrate.File) bool {
	for _, f := range files {
		if f.Version() == rev.Version {
			return true
		}
	}
	_, known := h.all.file(rev.Version)
	return !known && rev.Version <= version && rev.Version < h.all.files[0].Version() && isCheckpoint(h.all.files[0])
}
