package database

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Retryable reports whether err, or an error that it wraps, says that a
// transaction lost against another one, so that the whole of it may be run
// again:
//
//   - PostgreSQL: serialization_failure (40001), deadlock_detected (40P01),
//     lock_not_available (55P03)
//   - MySQL and MariaDB: lock wait timeout (1205), deadlock (1213), record
//     changed since last read (1020), lock not had at once (3572)
//   - SQLite: SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED
//
// An error with a method Retryable() bool decides for itself. A COMMIT whose
// outcome is unknown ([ErrOutcomeUnknown]) is never retryable.
func Retryable(err error) bool {
	if err == nil || errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	var own interface{ Retryable() bool }
	if errors.As(err, &own) {
		return own.Retryable()
	}
	switch serverCode(err) {
	case "40001", "40P01", "55P03", "1205", "1213", "1020", "3572":
		return true
	case "":
		code := sqliteCode(err)
		return code == sqliteBusy || code == sqliteLocked
	}
	return false
}

// RetryPolicy says how often, and after which pauses, [Retry] tries again. The
// zero value is the default.
type RetryPolicy struct {
	Retries int           // tries after the first; default 4, below 0 none
	Base    time.Duration // pause before the first of them, doubled for each; default 5 ms
	Max     time.Duration // longest pause; default 500 ms

	// Idempotent says that it does no harm to run again what was committed: then
	// an [ErrOutcomeUnknown] is retried, too.
	Idempotent bool

	// Sleep pauses, for tests; the default is a timer that ends with ctx.
	Sleep func(ctx context.Context, pause time.Duration) error
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.Retries == 0 {
		p.Retries = 4
	}
	if p.Base <= 0 {
		p.Base = 5 * time.Millisecond
	}
	if p.Max <= 0 {
		p.Max = 500 * time.Millisecond
	}
	if p.Sleep == nil {
		p.Sleep = sleep
	}
	return p
}

// pause before the given retry, counted from 0: a random time of up to the
// doubled base, so that those who collided do not collide again.
func (p RetryPolicy) pause(retry int) time.Duration {
	most := p.Base
	for range retry {
		if most >= p.Max {
			break
		}
		most *= 2
	}
	most = min(most, p.Max)
	return most/2 + rand.N(most/2+1) //nolint:gosec // no secret
}

// Wait pauses before the given retry, counted from 0. It reports whether there
// is one: the policy allows it and ctx is not done.
func (p RetryPolicy) Wait(ctx context.Context, retry int) bool {
	p = p.withDefaults()
	if retry >= p.Retries || ctx.Err() != nil {
		return false
	}
	return p.Sleep(ctx, p.pause(retry)) == nil && ctx.Err() == nil
}

func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Retry runs fn, and runs it again for as long as its error is [Retryable] and
// the policy allows. fn is one whole transaction, from BEGIN to COMMIT, and
// builds anew whatever it consumes. No try begins once ctx is done. The error
// is that of the last try. Within a transaction that ctx carries fn runs once:
// that one is what has to be repeated.
func Retry(ctx context.Context, p RetryPolicy, fn func(context.Context) error) error {
	if TransactionOf(ctx) != nil {
		return fn(ctx)
	}
	return p.run(ctx, func(ctx context.Context) (bool, error) { return false, fn(ctx) })
}

// run is Retry for an fn that knows of errors that allow it to run again.
func (p RetryPolicy) run(ctx context.Context, fn func(context.Context) (again bool, err error)) error {
	for retry := 0; ; retry++ {
		again, err := fn(ctx)
		if err == nil {
			return nil
		}
		again = again || Retryable(err) || p.Idempotent && errors.Is(err, ErrOutcomeUnknown)
		if !again || !p.Wait(ctx, retry) {
			return err
		}
	}
}
