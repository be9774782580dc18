package bulk

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/go-sql-driver/mysql"
)

// tries is how often a transaction of an upsert's own is run.
const tries = 8

// Again runs a whole transaction, and runs it again where it lost against
// another one: a deadlock, a serialisation failure. Within a transaction of the
// caller's that is the caller's to do.
func Again(ctx context.Context, joined bool, fn func() error) error {
	for try := 1; ; try++ {
		err := fn()
		if err == nil || joined || try == tries || !lost(err) {
			return err
		}
		pause := time.NewTimer(time.Duration(rand.IntN(try*10_000)+1000) * time.Microsecond) //nolint:gosec // no secret
		select {
		case <-ctx.Done():
			pause.Stop()
			return err
		case <-pause.C:
		}
	}
}

// lost reports whether the transaction lost against another one.
func lost(err error) bool {
	if state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return state.SQLState() == "40001" || state.SQLState() == "40P01"
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return e.Number == 1213 || e.Number == 1205 || e.Number == 1020
	}
	return false
}
