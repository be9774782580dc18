package entity

import (
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// LockForUpdate is a predicate that makes a query hold the rows that it reads
// until the transaction ends, so that nobody changes or deletes them between
// reading and writing:
//
//	err := client.Transact(ctx, func(ctx context.Context) error {
//		from, err := client.Account.Query().Where(account.ID(id), entity.LockForUpdate).Only(ctx)
//		if err != nil {
//			return err
//		}
//		return from.Update().SetBalance(from.Balance - amount).Exec(ctx)
//	})
//
// It is for updates that leave the keys of the rows alone. So on PostgreSQL
// others can still refer to the rows: two mutations that each link to a row of
// the other would otherwise wait for each other, and a deadlock takes a second
// to be noticed. SQLite has one writer, which needs no such thing. Those who lock
// several rows do so in one order, of their ids for example. It is for queries
// that return rows, not for counts or inside of Has….
func LockForUpdate(s *sql.Selector) { lockForUpdate(s, "") }

// LockAtOnce is LockForUpdate, and an error that database.Retryable knows
// where others hold one of the rows.
func LockAtOnce(s *sql.Selector) { lockForUpdate(s, " NOWAIT") }

func lockForUpdate(s *sql.Selector, action string) {
	switch s.Dialect() {
	case dialect.SQLite:
	case dialect.Postgres:
		s.SetDistinct(false) // which cannot be locked
		s.For(sql.LockUpdate, sql.WithLockClause("FOR NO KEY UPDATE"+action))
	default:
		s.ForUpdate(sql.WithLockClause("FOR UPDATE" + action))
	}
}

// LockForReference makes a statement hold the rows that it reads, so that
// nobody deletes or marks them before the transaction has referred to them, as
// the check of a foreign key does for rows that are removed.
func LockForReference(s *sql.Selector) {
	switch s.Dialect() {
	case dialect.SQLite:
	case dialect.Postgres:
		s.SetDistinct(false)
		s.For(sql.LockShare, sql.WithLockClause("FOR KEY SHARE"))
	default:
		s.For(sql.LockShare, sql.WithLockClause("LOCK IN SHARE MODE")) // MariaDB has no FOR SHARE
	}
}
