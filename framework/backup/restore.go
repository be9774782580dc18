package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// RestoreOptions say how far a restore may go. With the zero value it never
// removes anything.
type RestoreOptions struct {
	// Replace lets the backup take the place of a database that has tables.
	Replace bool

	// NoOwner leaves owners and grants of a PostgreSQL archive out, for a server
	// that lacks its roles: all then belongs to the user of the configuration.
	NoOwner bool

	// Dir is where MySQL's present database is copied to before it is replaced;
	// default DefaultDir.
	Dir string

	Progress func(Progress) // called now and then, from one goroutine; may be nil
}

// Restore makes the database of cfg what it is in the backup at path. A database
// that does not exist is created. One that has tables is refused with a
// *[NotEmptyError] unless opts say Replace, and with an *[InUseError] if others
// have it open.
//
// The backup is restored beside the present database and counted first: if it is
// damaged, nothing has changed. The error is then an *[IntegrityError], a
// *[FormatError] for a file of another kind, or a *[RunError].
func Restore(ctx context.Context, cfg config.Database, path string, opts RestoreOptions) (Result, error) {
	if cfg.URL.Memory {
		return Result{}, ErrMemory
	}
	info, err := os.Stat(path)
	if err != nil {
		return Result{}, fmt.Errorf("backup: cannot open the backup: %w", err)
	}
	if err := checkFormat(path, cfg.URL.Dialect); err != nil {
		return Result{}, err
	}
	if opts.Progress == nil {
		opts.Progress = func(Progress) {}
	}
	present, err := presentTables(ctx, cfg)
	if err != nil {
		return Result{}, err
	}
	if present > 0 && !opts.Replace {
		return Result{}, &NotEmptyError{Target: cfg.URL.Target(), Tables: present}
	}
	restore := map[config.Dialect]restorer{
		config.SQLite: restoreSQLite, config.Postgres: restorePostgres, config.MySQL: restoreMySQL,
	}[cfg.URL.Dialect]
	result, err := restore(ctx, cfg, path, present, opts)
	result.Path, result.Size = path, info.Size()
	return result, err
}

// restorer restores the backup at path, whose format is right. present is -1
// where there is no database, else how many tables it has.
type restorer func(ctx context.Context, cfg config.Database, path string, present int, opts RestoreOptions) (Result, error)

// presentTables counts the tables and views of the database, and returns -1 if there is no
// database.
func presentTables(ctx context.Context, cfg config.Database) (n int, err error) {
	err = withDB(ctx, cfg, func(db *database.DB) error {
		query := map[config.Dialect]string{
			config.SQLite: "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'",
			config.Postgres: "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND" +
				" NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.deptype IN ('a', 'i') AND c.relkind = 'S') AND" + // of a column
				fmt.Sprintf(pgOwn, "pg_class", "c"),
			config.MySQL: "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()",
		}[cfg.URL.Dialect]
		return db.SQL().QueryRowContext(ctx, query).Scan(&n)
	})
	switch {
	case errors.Is(err, database.ErrNotExist):
		return -1, nil
	case err != nil:
		return 0, fmt.Errorf("backup: cannot look at the present database: %w", err)
	}
	return n, nil
}

// sessions counts who else is connected to the database of a server, as far as
// the user may see.
func sessions(ctx context.Context, cfg config.Database) (n int, err error) {
	query := "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
	if cfg.URL.Dialect == config.MySQL {
		query = "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
	}
	// Those that are just leaving are waited for.
	for deadline := time.Now().Add(leaving); ; {
		err = withDB(ctx, cfg, func(db *database.DB) error { return db.SQL().QueryRowContext(ctx, query).Scan(&n) })
		if err != nil {
			return 0, fmt.Errorf("backup: cannot see who has the database open: %w", err)
		}
		if n == 0 || time.Now().After(deadline) {
			return n, nil
		}
		select {
		case <-ctx.Done():
			return n, ctx.Err()
		case <-time.After(leaving / 10):
		}
	}
}

// leaving is how long a session takes to go at most once it was closed.
const leaving = time.Second

// refuseUse returns an *InUseError if others have the database open.
func refuseUse(ctx context.Context, cfg config.Database) error {
	n, err := sessions(ctx, cfg)
	if err == nil && n > 0 {
		err = &InUseError{Target: cfg.URL.Target(), Sessions: n}
	}
	return err
}

// exists reports whether there is a file.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
