package unitofwork

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"reflect"
	"slices"

	"github.com/framefox-go/framefox/framework/database"
)

// scope is what a rollback of a transaction, or to a savepoint, puts back.
type scope struct {
	tx    *database.Transaction
	known map[*item]*memento
	gone  map[any]bool
	whole map[any]bool
	keeps bool // the manager began it for one call, before which there is a state to go back to
}

// memento is an entity as it was when the scope began, or when the manager took
// it up since.
type memento struct {
	item item          // as it was
	row  reflect.Value // a copy of the struct
	held bool          // when the scope began
}

func (s *scope) remember(it *item, held bool) {
	if s.known[it] == nil {
		s.known[it] = &memento{item: *it, row: it.t.copyOf(it.row), held: held}
	}
}

// latestFirst yields what is known in the order in which it is put back: what was
// taken up last comes first, for a struct may have been given up and taken up
// again.
func (s *scope) latestFirst() iter.Seq2[*item, *memento] {
	return func(yield func(*item, *memento) bool) {
		all := slices.SortedFunc(maps.Keys(s.known), func(a, b *item) int { return cmp.Compare(b.place, a.place) })
		for _, it := range all {
			if !yield(it, s.known[it]) {
				return
			}
		}
	}
}

// callback waits for a transaction.
type callback struct {
	fn       func(context.Context)
	rollback bool
}

// current is the innermost transaction that the manager has begun itself.
func (m *Manager) current() *database.Transaction {
	if n := len(m.own); n > 0 {
		return m.own[n-1]
	}
	return nil
}

// enter returns ctx with the transaction that the manager works in, and watches
// that for its end.
func (m *Manager) enter(ctx context.Context) (context.Context, error) {
	t, own := database.TransactionIn(ctx, m.driver), m.current()
	if own != nil && (t == nil || t != own && own.Within(t)) {
		ctx, t = own.Context(ctx), own
	}
	if t == nil {
		return ctx, nil
	}
	return ctx, m.watch(t)
}

// watch opens a scope for the transaction.
func (m *Manager) watch(t *database.Transaction) error {
	if slices.ContainsFunc(m.scopes, func(s *scope) bool { return s.tx == t }) {
		return nil
	}
	if len(m.scopes) > 0 && t.Outermost() != m.scopes[0].tx.Outermost() {
		return ErrOtherTransaction
	}
	s := &scope{tx: t, known: make(map[*item]*memento, len(m.items)), gone: maps.Clone(m.gone), whole: maps.Clone(m.whole)}
	for _, it := range m.items {
		s.remember(it, true)
	}
	m.scopes = append(m.scopes, s)
	t.AfterRollback(func(context.Context) { m.restore(s) })
	t.AfterCommit(func(context.Context) {
		m.scopes, m.own = nil, nil
		m.free(t)
	})
	for _, c := range m.queued {
		if c.rollback {
			t.AfterRollback(c.fn)
		} else {
			t.AfterCommit(c.fn)
		}
	}
	m.queued = nil
	return nil
}

// free lets the callbacks that follow use the manager, whose call to end the
// transaction still runs.
func (m *Manager) free(t *database.Transaction) {
	if m.ending == t {
		m.ending, m.giveUp = nil, false
		m.busy.Store(0)
	}
}

// end ends a transaction by fn, its Commit or Rollback.
func (m *Manager) end(t *database.Transaction, fn func() error) error {
	m.ending = t
	err := fn()
	m.ending, m.giveUp = nil, false
	m.own = slices.DeleteFunc(m.own, func(o *database.Transaction) bool { return o == t })
	return err
}

// restore puts back what was when the scope began.
func (m *Manager) restore(s *scope) {
	at := slices.Index(m.scopes, s)
	if at < 0 {
		return // a transaction around was restored already
	}
	held := map[any]*item{}
	for _, inner := range slices.Backward(m.scopes[at:]) {
		clear(held)
		for it, then := range inner.latestFirst() {
			*it = then.item
			it.row.Set(then.row)
			if then.held {
				held[it.ptr] = it
			}
		}
	}
	m.scopes = m.scopes[:at]
	m.own = slices.DeleteFunc(m.own, func(t *database.Transaction) bool { return t.Within(s.tx) })
	m.failed = nil
	m.reset()
	if s.tx.Nested() || m.ending != s.tx || !m.giveUp {
		m.items, m.gone, m.whole = held, s.gone, s.whole
		for ptr, it := range held {
			if it.status == fresh && !s.tx.Nested() && !s.keeps {
				delete(held, ptr) // persisted in it, as far as anybody knows, and again if it is tried again
			}
			if it.key != nil {
				m.identity[identity{it.t, it.key}] = it
			}
		}
	}
	m.free(s.tx)
}

// Begin begins a transaction and returns the context that carries it: give that
// to clients, repositories and raw SQL, so that they work in it too. Where ctx
// carries a transaction already, or the manager has begun one, it is a savepoint
// in that. Commit and Rollback end the innermost one.
func (m *Manager) Begin(ctx context.Context, opts ...database.TxOption) (context.Context, error) {
	done, err := m.use()
	if err != nil {
		return ctx, err
	}
	defer done()
	return m.begin(ctx, opts...)
}

func (m *Manager) begin(ctx context.Context, opts ...database.TxOption) (context.Context, error) {
	outside := ctx
	ctx, err := m.enter(ctx)
	if err != nil {
		return outside, err
	}
	level := m.level
	m.level = 0
	inside, t, err := database.Begin(ctx, m.driver, append([]database.TxOption{database.Isolated(level)}, opts...)...)
	if err != nil {
		return outside, err
	}
	m.own = append(m.own, t)
	if err := m.watch(t); err != nil {
		_ = t.Rollback() // the error that led here is what counts
		m.own = m.own[:len(m.own)-1]
		return outside, err
	}
	return inside, nil
}

// Savepoint is Begin that insists on a transaction around.
func (m *Manager) Savepoint(ctx context.Context) (context.Context, error) {
	done, err := m.use()
	if err != nil {
		return ctx, err
	}
	defer done()
	if m.current() == nil && database.TransactionIn(ctx, m.driver) == nil {
		return ctx, ErrNoTransaction
	}
	return m.begin(ctx)
}

// SetIsolation asks for an isolation level for the next transaction that the
// manager begins, and for that alone. Names are those of
// [database.ParseIsolation].
func (m *Manager) SetIsolation(name string) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	m.level, err = database.ParseIsolation(name)
	return err
}

// Commit flushes, and commits the innermost transaction that the manager has
// begun; without one it begins one to flush in. In a transaction of the context
// alone it only flushes: who began that commits it.
//
// An error means that it was rolled back, unless its outcome is unknown. Where
// Commit had to begin the transaction, everything is as it was before, what is
// pending included: mend it, and commit again. One that Begin or Flush began took
// along what was taken up since, so that the manager wants a [Manager.Rollback]
// before it goes on.
func (m *Manager) Commit(ctx context.Context) error {
	done, err := m.claim()
	if err != nil {
		return err
	}
	defer done()
	t := m.current()
	switch {
	case m.failed != nil && t == nil:
		return &FailedError{m.failed}
	case m.failed != nil:
		return m.undo(t, &FailedError{m.failed})
	case t == nil && database.TransactionIn(ctx, m.driver) == nil:
		return m.flushAlone(ctx)
	case t == nil:
		return m.flush(ctx)
	}
	if err := m.flush(ctx); err != nil {
		return m.undo(t, err)
	}
	err = m.end(t, t.Commit)
	if err != nil && !t.Nested() {
		m.failed = err
	}
	return err
}

// undo rolls back what Commit cannot commit. After a whole transaction the
// manager has given up what it took up in it, which a later Commit would leave
// out in silence: it refuses until the program has taken note.
func (m *Manager) undo(t *database.Transaction, err error) error {
	failed := m.failed
	err = firstOf(err, m.end(t, t.Rollback))
	if !t.Nested() {
		m.failed = failed
	}
	return err
}

// Rollback rolls back the innermost transaction that the manager has begun. Of a
// savepoint, everything is as it was when that was set: which entities the
// manager holds, what is pending, and what the entities hold themselves, their
// ids and versions included. Of the whole transaction the entities are as they
// were when it began, and the manager holds none of them any more. Without a
// transaction it is [Manager.Clear]. It may be called twice, and after a Begin
// that failed.
func (m *Manager) Rollback() error {
	done, err := m.claim()
	if err != nil {
		return err
	}
	defer done()
	return m.rollback()
}

func (m *Manager) rollback() error {
	t := m.current()
	if t == nil {
		if n := len(m.scopes); n > 0 { // that of somebody else, who must not commit a half of the work
			m.scopes[n-1].tx.Fail(errRolledBack)
		}
		m.failed = nil
		m.reset()
		return nil
	}
	m.giveUp = true
	return m.end(t, t.Rollback)
}

// Close rolls back what is open. It is for the end of the scope that a manager
// was made for, and does nothing after Commit:
//
//	em := ent.NewEntityManager(client)
//	defer em.Close()
//
// What Persist or Remove was given and no flush has written is
// [ErrNotFlushed], where no transaction of the manager's own is rolled back with
// it: a Flush or a Commit is missing then.
func (m *Manager) Close() error {
	done, err := m.claim()
	if err != nil {
		return err
	}
	defer done()
	if m.current() == nil && m.failed == nil && m.scheduled() {
		return ErrNotFlushed
	}
	var all error
	for m.current() != nil {
		err := m.rollback()
		all = errors.Join(all, err)
	}
	return all
}

// Transact runs fn in a transaction, flushes and commits; an error or a panic of
// fn, or a flush that fails, rolls back. Then everything is as it was before:
// which entities the manager holds, what is pending, and what the entities hold.
// Inside a transaction it is a savepoint. With [database.Retrying], fn runs again
// where the transaction lost against another one.
func (m *Manager) Transact(ctx context.Context, fn func(ctx context.Context) error, opts ...database.TxOption) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	ctx, err = m.enter(ctx)
	level := m.level
	m.level = 0
	done()
	if err != nil {
		return err
	}
	return database.Transact(ctx, m.driver, func(ctx context.Context) error {
		t := database.TransactionIn(ctx, m.driver)
		if err := m.inside(t); err != nil {
			return err
		}
		if err := fn(ctx); err != nil {
			return err
		}
		return m.Flush(ctx)
	}, append([]database.TxOption{database.Isolated(level)}, opts...)...)
}

// scheduled reports whether something waits for a flush that the program asked
// for in so many words. Assignments to fields are not looked for.
func (m *Manager) scheduled() bool {
	for _, it := range m.items {
		if it.status != managed {
			return true
		}
	}
	return false
}

func (m *Manager) inside(t *database.Transaction) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	if err := m.watch(t); err != nil {
		return err
	}
	m.scopes[len(m.scopes)-1].keeps = true
	return nil
}

// AfterCommit calls fn once what the manager works in is committed: the
// transaction that runs, the outermost one, or else the next one. It never runs
// for what was rolled back.
func (m *Manager) AfterCommit(ctx context.Context, fn func(context.Context)) error {
	return m.after(ctx, callback{fn, false})
}

// AfterRollback calls fn once the transaction that runs, or else the next one, is
// rolled back.
func (m *Manager) AfterRollback(ctx context.Context, fn func(context.Context)) error {
	return m.after(ctx, callback{fn, true})
}

func (m *Manager) after(ctx context.Context, c callback) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	m.queued = append(m.queued, c)
	ctx, err = m.enter(ctx)
	if err != nil {
		return err
	}
	if t := database.TransactionIn(ctx, m.driver); t != nil && len(m.queued) > 0 {
		m.queued = nil
		if c.rollback {
			t.AfterRollback(c.fn)
		} else {
			t.AfterCommit(c.fn)
		}
	}
	return nil
}
