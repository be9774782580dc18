package migration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/internal/filelock"
)

// atlasLock is the name that stock atlas locks when it applies migrations.
const atlasLock = "atlas_migrate_execute"

// lockRetry is how often a lock that cannot be waited for is tried.
const lockRetry = 50 * time.Millisecond

// lock takes the migration lock of the database. On servers it belongs to conn
// itself, on which the migrations run too: if this process is killed, the
// server lets go only once the running statement has ended.
func (m *Migrator) lock(ctx context.Context, conn *sql.Conn) (release func(context.Context) error, err error) {
	switch m.dialect {
	case config.Postgres:
		return m.lockPostgres(ctx, conn)
	case config.MySQL:
		return m.lockMySQL(ctx, conn)
	default:
		return m.lockSQLite(ctx)
	}
}

// lockPostgres takes the advisory lock of stock atlas, so that the two exclude
// each other. Such locks belong to one database. It is tried again and again,
// since a waiting statement would hold up CREATE INDEX CONCURRENTLY.
func (m *Migrator) lockPostgres(ctx context.Context, conn *sql.Conn) (func(context.Context) error, error) {
	h := fnv.New32()
	_, _ = h.Write([]byte(atlasLock)) // never fails
	id := int64(h.Sum32())
	err := m.retry(ctx, func() (taken bool, err error) {
		err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", id).Scan(&taken)
		return taken, err
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return unlock(ctx, conn, "SELECT pg_advisory_unlock($1)", id) }, nil
}

// lockMySQL takes a named lock. Names are shared by the whole server and at
// most 64 characters, so the database's name goes in as a hash.
func (m *Migrator) lockMySQL(ctx context.Context, conn *sql.Conn) (func(context.Context) error, error) {
	name := fmt.Sprintf("framefox_migrate_%.16x", sha256.Sum256([]byte(m.db.URL().Database)))
	err := m.retry(ctx, func() (bool, error) {
		var taken sql.NullInt64
		err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", name).Scan(&taken)
		return taken.Int64 == 1, err
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return unlock(ctx, conn, "SELECT RELEASE_LOCK(?)", name) }, nil
}

// lockSQLite locks a file beside the database. A database in memory has one
// process and one connection, which is lock enough.
func (m *Migrator) lockSQLite(ctx context.Context) (func(context.Context) error, error) {
	url := m.db.URL()
	if url.Memory {
		return func(context.Context) error { return nil }, nil
	}
	var held *filelock.Lock
	err := m.retry(ctx, func() (bool, error) {
		l, err := filelock.Try(url.Database + LockSuffix)
		held = l
		return l != nil, err
	})
	if err != nil {
		return nil, err
	}
	return func(context.Context) error { return held.Close() }, nil
}

// LockSuffix ends the name of the lock file beside a SQLite database. The file
// is empty and stays there: a lock on a file that is removed excludes nobody.
const LockSuffix = ".migrate-lock"

// retry calls try until it succeeds, fails, or LockTimeout has passed.
func (m *Migrator) retry(ctx context.Context, try func() (bool, error)) error {
	limit := m.lockTimeout
	if limit == 0 {
		limit = time.Minute
	}
	deadline := time.NewTimer(max(0, limit))
	defer deadline.Stop()
	tick := time.NewTicker(lockRetry)
	defer tick.Stop()
	for {
		taken, err := try()
		if err != nil {
			return fmt.Errorf("migration: cannot take the lock: %w", err)
		}
		if taken {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("migration: cannot take the lock: %w", ctx.Err())
		case <-deadline.C:
			return fmt.Errorf("%w (waited %s)", ErrLocked, max(0, limit))
		case <-tick.C:
		}
	}
}

func unlock(ctx context.Context, conn *sql.Conn, query string, arg any) error {
	var released any
	if err := conn.QueryRowContext(ctx, query, arg).Scan(&released); err != nil {
		return fmt.Errorf("migration: cannot release the lock: %w", err)
	}
	return nil
}
