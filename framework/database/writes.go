package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
)

// Changes says which tables statements change.
type Changes struct { //nolint:recvcheck // add changes it, the rest reads
	// All is set where the text does not tell: CALL, DO, DDL.
	All bool
	// Tables are the tables that rows were inserted into, updated or deleted in,
	// in lower case, without a schema. What foreign keys and triggers change
	// besides is not among them.
	Tables []string
	// Deleted are those of them that lose rows, which foreign keys may follow.
	Deleted []string
}

// None reports whether nothing is written.
func (w Changes) None() bool { return !w.All && len(w.Tables) == 0 }

func (w *Changes) add(more Changes) {
	w.All = w.All || more.All
	w.Tables = union(w.Tables, more.Tables)
	w.Deleted = union(w.Deleted, more.Deleted)
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(slices.Clip(a), s)
		}
	}
	return a
}

// WriteObserver hears of what is about to change for everybody: it is called
// before a COMMIT is sent, and before a statement outside of a transaction is.
// The function that it returns is called once that has ended, and before whoever
// ran it knows; changed is false where nothing changed for certain, and true if
// the outcome is unknown. What was rolled back is never told. Both are called by
// many goroutines at once; they must not use the database, and cannot fail.
type WriteObserver func(ctx context.Context, w Changes) (ended func(changed bool))

// ObserveWrites has the observer told of all statements, from now on, that run
// through Driver or SQL: of generated clients, repositories and SQL by hand. It
// comes before the first use of the database. What runs on connections of
// [DB.PgxPool], or on what sql.Conn.Raw gives, is not seen.
func (db *DB) ObserveWrites(o WriteObserver) {
	for {
		old := db.conns.writeObservers.Load()
		var all []WriteObserver
		if old != nil {
			all = slices.Clone(*old)
		}
		all = append(all, o)
		if db.conns.writeObservers.CompareAndSwap(old, &all) {
			return
		}
	}
}

// Upcoming is a statement about to run with the context of [WatchStatements].
type Upcoming struct {
	Query string
	// Before says that it runs in a transaction that was begun outside of that
	// context, so that it may see what others do not see yet, or no longer.
	Before bool
}

type watchKey struct{}

type watch struct {
	told  func(Upcoming)
	outer *watch
}

// WatchStatements returns a context that has fn told of each statement that is
// run with it, before it runs.
func WatchStatements(ctx context.Context, fn func(Upcoming)) context.Context {
	return context.WithValue(ctx, watchKey{}, &watch{fn, watchIn(ctx)})
}

func watchIn(ctx context.Context) *watch {
	w, _ := ctx.Value(watchKey{}).(*watch)
	return w
}

// within reports whether w is the other one, or was made within it.
func (w *watch) within(other *watch) bool {
	for ; w != nil; w = w.outer {
		if w == other {
			return true
		}
	}
	return false
}

// written is what the open transaction of a session has written.
type written struct {
	open   bool
	writes Changes
	watch  *watch // of the context that it was begun with
}

// begun notes that a transaction was begun.
func (s *session) begun(ctx context.Context) {
	s.written = written{open: true, watch: watchIn(ctx)}
}

// observe tells of a statement. The function that it returns is called when the
// statement has ended; it is nil where there is no need.
func (s *session) observe(ctx context.Context, query string) (ended func()) {
	for w := watchIn(ctx); w != nil; w = w.outer {
		w.told(Upcoming{query, s.written.open && !s.written.watch.within(w)})
	}
	if s.connector.writeObservers.Load() == nil {
		return nil
	}
	text := s.connector.texts.of(query)
	switch {
	case text.begins && text.ends == "": // by its text
		s.begun(ctx)
		s.written.writes.add(text.writes)
		return nil
	case text.ends == "ROLLBACK" && !text.begins:
		s.written = written{}
		return nil
	case text.ends == "COMMIT":
		return s.tell(ctx, text.writes)
	case text.writes.None():
		return nil
	case !s.written.open:
		return s.tell(ctx, text.writes)
	}
	s.written.writes.add(text.writes)
	if text.writes.All && s.connector.implicitCommit {
		pending := s.written
		ended := s.tell(ctx, Changes{})
		s.written = pending
		return ended
	}
	return nil
}

// tell tells of what was written, which ends the transaction if one is open. An
// error of a statement does not say that nothing has changed: it may be several,
// and the connection may have been lost.
func (s *session) tell(ctx context.Context, more Changes) (ended func()) {
	end := s.committing(ctx, more)
	return func() { end(true) }
}

// committing tells that what was written is about to be committed.
func (s *session) committing(ctx context.Context, more Changes) (ended func(changed bool)) {
	w := s.written.writes
	w.add(more)
	s.written = written{}
	observers := s.connector.writeObservers.Load()
	if observers == nil || w.None() {
		return func(bool) {}
	}
	all := make([]func(bool), len(*observers))
	for i, o := range *observers {
		all[i] = o(ctx, w)
	}
	return func(changed bool) {
		for _, end := range all {
			end(changed)
		}
	}
}

// observed runs a statement that is told of.
func (s *session) observed(ctx context.Context, query string, run func() error) error {
	if ended := s.observe(ctx, query); ended != nil {
		defer ended()
	}
	return run()
}

// observedRows is observed for a statement that returns rows: it has not ended
// before they are closed.
func (s *session) observedRows(ctx context.Context, query string, run func() (driver.Rows, error)) (driver.Rows, error) {
	ended := s.observe(ctx, query)
	if ended == nil {
		return run()
	}
	done := false
	defer func() {
		if !done {
			ended()
		}
	}()
	rows, err := run()
	if err != nil {
		return nil, err
	}
	done = true
	return &tellingRows{passedRows{rows}, ended}, nil
}

// tellingRows are the rows of a statement that is told of.
type tellingRows struct {
	passedRows
	ended func()
}

// Close ends the statement.
func (r *tellingRows) Close() error {
	defer func() {
		if r.ended != nil {
			r.ended()
			r.ended = nil
		}
	}()
	return r.passedRows.Close()
}

// notCommitted reports whether the error of a COMMIT tells that for certain.
func notCommitted(err error) bool {
	return err != nil && !errors.Is(CommitFailed(err), ErrOutcomeUnknown)
}
