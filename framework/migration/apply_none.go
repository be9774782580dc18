package migration

import (
	"context"
	"errors"
	"slices"

	"github.com/framefox-go/framefox/framework/config"
)

// runNone runs a file that is not to be one transaction. Still each statement
// runs in a transaction together with its note, if the engine lets it; else
// after an intent. A file that has transactions of its own is left to them.
func (s *session) runNone(ctx context.Context, sc *script) error {
	one := s.oneNone
	for _, stmt := range sc.stmts {
		if slices.Contains([]string{"begin", "start", "commit", "end", "rollback", "savepoint", "release", "abort"}, keyword(stmt.Text)) {
			one = s.oneBare
		}
	}
	return s.runEach(ctx, sc, one)
}

// oneNone runs one statement and notes it.
func (s *session) oneNone(ctx context.Context, sc *script, i int) error {
	if s.dialect == config.SQLite {
		// Outside of a transaction only, and they may be repeated.
		if slices.Contains([]string{"vacuum", "pragma", "attach", "detach"}, keyword(sc.stmts[i].Text)) {
			return s.oneBare(ctx, sc, i)
		}
		return s.oneWithNote(ctx, sc, i)
	}
	if done, err := s.settle(ctx, sc, i); done || err != nil {
		return err
	}
	err := s.oneWithNote(ctx, sc, i)
	if !refusedInTransaction(err) {
		return err
	}
	if err := s.intend(ctx, sc, i); err != nil {
		return err
	}
	if err := s.patiently(ctx, sc.stmts[i].Text, func() error { return sc.exec(ctx, s.conn, i) }); err != nil {
		return s.cleanUp(ctx, sc, i, lost(err))
	}
	sc.note(i + 1)
	return sc.write(ctx, s.revs)
}

// oneWithNote keeps a statement and its note, or neither.
func (s *session) oneWithNote(ctx context.Context, sc *script, i int) error {
	return s.within(ctx, sc, func(revs *revisions) error {
		if err := sc.exec(ctx, revs.db, i); err != nil {
			return err
		}
		sc.note(i + 1)
		return sc.write(ctx, revs)
	})
}

// oneBare runs a statement and then its note, which is part of a transaction
// that the file has begun.
func (s *session) oneBare(ctx context.Context, sc *script, i int) error {
	err := sc.exec(ctx, s.conn, i)
	if err == nil {
		sc.note(i + 1)
		return sc.write(ctx, s.revs)
	}
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	_ = s.revs.exec(cleanup, "ROLLBACK") // there may be none
	return errors.Join(err, s.reread(cleanup, sc))
}

// reread takes over what the history says of a file, after a transaction of the
// file's own was rolled back, and with it some notes.
func (s *session) reread(ctx context.Context, sc *script) error {
	list, err := s.revs.ReadRevisions(ctx)
	if err != nil {
		return err
	}
	if !sc.undo {
		sc.note(0)
	}
	for _, rev := range list {
		if rev.Version == sc.rev.Version {
			sc.take(rev)
		}
	}
	return nil
}

// cleanUp drops the invalid index that a failed CREATE INDEX CONCURRENTLY has
// left, so that it can be tried again. Where it cannot, the intent stays.
func (s *session) cleanUp(ctx context.Context, sc *script, i int, err error) error {
	var failed *StatementError
	if !errors.As(err, &failed) || failed.Unknown {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	changed, cleanErr := s.changed(ctx, sc, i)
	if changed && cleanErr == nil {
		_, cleanErr = s.settleIndex(ctx, sc, i)
	}
	if cleanErr != nil {
		failed.Unknown = true
		return errors.Join(err, cleanErr)
	}
	return err
}

// refusedInTransaction reports whether PostgreSQL has refused a statement, and
// done nothing of it, because it must not be part of a transaction.
func refusedInTransaction(err error) bool {
	var state interface{ SQLState() string }
	if !errors.As(err, &state) {
		return false
	}
	return state.SQLState() == "25001" || state.SQLState() == "2D000" // a procedure that commits
}
