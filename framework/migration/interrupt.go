package migration

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/framefox-go/framefox/framework/config"
)

// backend is the number of a connection's process on PostgreSQL, else 0.
func (m *Migrator) backend(ctx context.Context, conn *sql.Conn) (pid int64, err error) {
	if m.dialect != config.Postgres {
		return 0, nil
	}
	if err := conn.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return 0, fmt.Errorf("migration: cannot ask for the process of the connection: %w", err)
	}
	return pid, nil
}

// terminate ends what PostgreSQL still runs for a connection that was given up.
// The driver asks for that too, but in the background, which a program that
// ends at once does not wait for: the statement would go on and keep the lock.
func (m *Migrator) terminate(ctx context.Context, backend int64) {
	if backend != 0 {
		// If it fails, the lock is free once the statement has ended.
		_, _ = m.db.SQL().ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "+
			"WHERE pid = $1 AND usename = current_user AND datname = current_database()", backend)
	}
}
