// Package cache keeps what was read from the database, and never gives back what
// is no longer true.
//
//	c, err := cache.New(db, ent.Entities(), cache.Config{Redis: "redis://localhost:6379/0"})
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//
//	stats, err := cache.Get(ctx, c, "stats:global", func(ctx context.Context) (Statistics, error) {
//		return analytics.Global(ctx)
//	})
//
// # Nothing to declare, nothing to forget
//
// While the function runs, the cache sees each statement that is run with its
// context, and so knows the tables that the value depends on. It also sees each
// statement that writes, whether a client, a repository, the entity manager or SQL
// by hand runs it, and knows the tables that change, those that foreign keys
// change along included. Nobody has to invalidate anything. What the value
// depends on besides the database is named with [Tags], and told of with
// [Cache.Invalidate].
//
// # What readers see
//
//   - A write takes effect on the cache when it is committed: not before, and not
//     at all if it is rolled back.
//   - Whoever reads after a commit in the same process reads what was committed.
//   - Another process reads nothing that is older than [Config.MaxStale], 1 s by
//     default. That holds for as long as the process that wrote reaches Redis; see
//     the guide for what holds when it does not.
//   - Inside a transaction nothing is read from the cache.
//   - Each reader has a value of its own: it was encoded and decoded.
//   - Contexts that see different rows, because of soft delete, tenants or privacy,
//     have different entries.
//
// # Levels
//
// [WithRequest] keeps values for one request, the memory of the process holds some
// [Config.Memory] bytes, and Redis, if there is one, is shared by all processes. If
// Redis fails, one call waits for its timeout; then the cache does without it until
// it answers again. [Store] is the level of bytes, for other uses.
package cache
