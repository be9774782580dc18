package testkit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"

	"github.com/framefox-go/framefox/framework/database"
)

// Fault is a way for a statement to fail.
type Fault string

// The faults.
const (
	// Refused: the statement has done nothing; a COMMIT has rolled back.
	Refused Fault = "refused"
	// FailedLate: the statement has done its work, and fails nevertheless. A
	// rollback has to undo it.
	FailedLate Fault = "failed late"
	// Collision: as Refused, and the error is database.Retryable.
	Collision Fault = "collision"
	// Disconnected: the connection breaks before the statement reaches the
	// server, which rolls the transaction back.
	Disconnected Fault = "disconnected"
	// DisconnectedLate: the connection breaks after the server has run the
	// statement. For a COMMIT it is the case whose outcome nobody knows.
	DisconnectedLate Fault = "disconnected late"
)

// AllFaults returns every way to fail.
func AllFaults() []Fault {
	return []Fault{Refused, FailedLate, Collision, Disconnected, DisconnectedLate}
}

// ErrInjected is what statements fail with that [Faults] makes fail.
var ErrInjected = errors.New("testkit: injected fault")

// Faults makes statements of a real database fail. What runs before and after
// the one that fails runs for real, in real transactions, through the driver of
// [database.DB.Driver] and through DB.SQL alike.
//
//	faults := testkit.InjectFaults(t, db)
//	faults.Sweep(func(where string) {
//		reset(db)
//		err := transfer(ctx, db, from, to, 10)
//		require.Equal(t, 100, total(db), where) // never half of it
//	})
//
// Statements are counted from 1, BEGIN and COMMIT included; ROLLBACK, which
// fails only where the connection is gone, counts too.
type Faults struct {
	mu    sync.Mutex
	when  func(n int, query string) bool // nil is never
	fault Fault
	seen  int
	fired string
}

// InjectFaults returns the faults of a database that comes from [Open], or from
// what calls it. None is set. One that comes from elsewhere is opened with
// database.WithInterceptor(faults.Intercept).
func InjectFaults(tb testing.TB, db *database.DB) *Faults {
	tb.Helper()
	f, ok := faultsOf.Load(db)
	if !ok {
		tb.Fatalf("testkit: cannot inject faults into a database that testkit did not open")
	}
	return f.(*Faults)
}

//nolint:gochecknoglobals // finds the faults of a database; entries go with their tests
var faultsOf sync.Map // of *database.DB to *Faults

// FailAt makes the n-th statement from now on fail, once.
func (f *Faults) FailAt(n int, fault Fault) {
	f.set(fault, func(seen int, _ string) bool { return seen == n })
}

// FailWhen makes the first statement from now on fail whose text satisfies
// match, once: strings.HasPrefix(query, "INSERT"), query == "COMMIT".
func (f *Faults) FailWhen(match func(query string) bool, fault Fault) {
	f.set(fault, func(_ int, query string) bool { return match(query) })
}

// Off takes back what FailAt and FailWhen have set, and counts from 1 again.
func (f *Faults) Off() { f.set("", nil) }

func (f *Faults) set(fault Fault, when func(int, string) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.when, f.fault, f.seen, f.fired = when, fault, 0, ""
}

// Fired returns the statement that has failed, "" if none has.
func (f *Faults) Fired() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// Sweep calls fn again and again, and each time lets another statement fail, in
// each of the ways: all there are if none is given. It ends with the call in
// which none is left to fail; where tells which one it is, for messages. What fn
// does to prepare itself and to look at the outcome is better run by [Faults.Paused].
func (f *Faults) Sweep(fn func(where string), kinds ...Fault) {
	if len(kinds) == 0 {
		kinds = AllFaults()
	}
	defer f.Off()
	for _, fault := range kinds {
		for n := 1; ; n++ {
			f.FailAt(n, fault)
			fn(fmt.Sprintf("%s at statement %d", fault, n))
			if f.Fired() == "" {
				break
			}
		}
	}
}

// Paused calls fn, whose statements neither fail nor count.
func (f *Faults) Paused(fn func()) {
	f.mu.Lock()
	when, seen := f.when, f.seen
	f.when = nil
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.seen = seen
		if f.fired == "" {
			f.when = when
		}
	}()
	fn()
}

// Intercept is a [database.Interceptor].
func (f *Faults) Intercept(_ context.Context, query string, run func() error) error {
	switch fault := f.next(query); fault {
	case "":
		return run()
	case Refused:
		return fmt.Errorf("%w at %s: %w", ErrInjected, query, database.ErrTxRolledBack)
	case Collision:
		return &collision{query}
	case Disconnected:
		return broken("write")
	default: // the late ones
		if err := run(); err != nil {
			return err
		}
		if fault == FailedLate {
			return fmt.Errorf("%w after %s", ErrInjected, query)
		}
		return broken("read")
	}
}

// next counts the statement and tells how it fails, "" if it does not.
func (f *Faults) next(query string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	if f.when == nil || !f.when(f.seen, query) {
		return ""
	}
	f.when, f.fired = nil, query
	switch {
	case query == "ROLLBACK":
		return Disconnected
	case f.fault == FailedLate && (query == "BEGIN" || query == "COMMIT"):
		return DisconnectedLate // what else could it be
	}
	return f.fault
}

func broken(op string) error {
	return fmt.Errorf("%w: %w", ErrInjected, &net.OpError{Op: op, Net: "tcp", Err: syscall.ECONNRESET})
}

// collision is the error of a transaction that lost against another one.
type collision struct{ query string }

// Error is a text for people.
func (c *collision) Error() string {
	return fmt.Sprintf("%v at %s: another transaction was faster", ErrInjected, c.query)
}

// Unwrap returns ErrInjected, and tells that nothing was committed.
func (c *collision) Unwrap() []error { return []error{ErrInjected, database.ErrTxRolledBack} }

// Retryable implements what database.Retryable asks for.
func (c *collision) Retryable() bool { return true }
