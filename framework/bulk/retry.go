package bulk

import (
	"context"

	"github.com/framefox-go/framefox/framework/database"
)

// retries is how often a transaction of an upsert's own is run again.
const retries = 7

// Again runs a whole transaction, and runs it again where it lost against
// another one: a deadlock, a serialisation failure. Within a transaction of the
// caller's that is the caller's to do.
func Again(ctx context.Context, joined bool, fn func() error) error {
	if joined {
		return fn()
	}
	return database.Retry(ctx, database.RetryPolicy{Retries: retries}, func(context.Context) error { return fn() })
}
