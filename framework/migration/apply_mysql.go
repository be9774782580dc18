package migration

import (
	"context"
	"errors"
)

// runMySQL runs a file on MySQL, where a change of the schema ends the
// transaction. A file that only changes data is rolled back as a whole. Else
// each statement is followed by the note of it: in the statement's own
// transaction if it changes data, and after an intent if it changes the schema.
func (s *session) runMySQL(ctx context.Context, sc *script) error {
	if !onlyData(sc.stmts) {
		// The server finishes a change of the schema although its client has gone,
		// and then nobody would note it: a file that was begun is ended.
		return s.runEach(ctx, sc, func(ctx context.Context, sc *script, i int) error {
			return s.oneMySQL(context.WithoutCancel(ctx), sc, i)
		})
	}
	err := s.runWhole(ctx, sc)
	var failed *StatementError
	if errors.As(err, &failed) && sc.done() > 0 { // the file was half done before it was made to hold data only
		return s.stopped(ctx, sc, failed, err)
	}
	return err
}

// oneMySQL runs one statement and notes it.
func (s *session) oneMySQL(ctx context.Context, sc *script, i int) error {
	if !changesData(sc.stmts[i].Text) {
		if done, err := s.settle(ctx, sc, i); done || err != nil {
			return err
		}
		if err := s.intend(ctx, sc, i); err != nil {
			return err
		}
	}
	return s.within(ctx, sc, func(revs *revisions) error {
		if err := sc.exec(ctx, revs.db, i); err != nil {
			return lost(err)
		}
		sc.note(i + 1)
		return sc.write(ctx, revs)
	})
}

// lost marks a failure as unknown if the connection is gone: the server may
// have finished the statement, or may yet.
func lost(err error) error {
	if failed, ok := errors.AsType[*StatementError](err); ok {
		failed.Unknown = connectionLost(failed.Err)
	}
	return err
}
