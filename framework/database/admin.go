package database

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// Exists reports whether the database of cfg exists. A SQLite database in memory
// always does.
func Exists(ctx context.Context, cfg config.Database) (bool, error) {
	if cfg.URL.Dialect == config.SQLite {
		err := checkFile(cfg.URL, "rw")
		if errors.Is(err, ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, openError(cfg.URL, err)
		}
		return true, nil
	}
	var exists bool
	err := withServer(ctx, cfg, func(server *DB) error {
		query := "SELECT COUNT(*) > 0 FROM pg_database WHERE datname = $1"
		if cfg.URL.Dialect == config.MySQL {
			query = "SELECT COUNT(*) > 0 FROM information_schema.schemata WHERE BINARY schema_name = ?"
		}
		return server.sql.QueryRowContext(ctx, query, cfg.URL.Database).Scan(&exists)
	})
	return exists, err
}

// Create makes the database of cfg: a SQLite file that only its owner can read, or
// an empty database on the server, in UTF-8. It reports false if it was there.
func Create(ctx context.Context, cfg config.Database) (created bool, err error) {
	cfg = cfg.WithDefaults()
	switch {
	case cfg.URL.Memory:
		return false, nil
	case cfg.URL.Dialect == config.SQLite:
		created, err := createFile(cfg.URL.Database)
		if err != nil {
			return false, openError(cfg.URL, err)
		}
		return created, nil
	}
	statement := fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", quoteDouble(cfg.URL.Database))
	if cfg.URL.Dialect == config.MySQL {
		statement = fmt.Sprintf("CREATE DATABASE %s CHARACTER SET %s COLLATE %s",
			quoteBack(cfg.URL.Database), quoteBack(cfg.Charset), quoteBack(cfg.Collation))
	}
	err = withServer(ctx, cfg, func(server *DB) error {
		_, err := server.sql.ExecContext(ctx, statement)
		return err
	})
	switch code := serverCode(err); {
	case code == "42P04", code == "1007", code == "23505": // 23505 when two make it at once
		return false, nil
	case code == "42501", code == "1044": // who may not create databases may still have one
		if exists, existsErr := Exists(ctx, cfg); exists && existsErr == nil {
			return false, nil
		}
		return false, err
	case err != nil:
		return false, err
	}
	return true, nil
}

// Drop removes the database of cfg and all that is in it; on PostgreSQL it ends
// the connections to it. It reports false if there was none.
func Drop(ctx context.Context, cfg config.Database) (dropped bool, err error) {
	switch {
	case cfg.URL.Memory:
		return false, nil
	case cfg.URL.Dialect == config.SQLite:
		dropped, err := removeFiles(cfg.URL.Database)
		if err != nil {
			return dropped, fmt.Errorf("database: cannot remove %s: %w", cfg.URL.Target(), err)
		}
		return dropped, nil
	}
	statement := fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", quoteDouble(cfg.URL.Database))
	if cfg.URL.Dialect == config.MySQL {
		statement = "DROP DATABASE " + quoteBack(cfg.URL.Database)
	}
	err = withServer(ctx, cfg, func(server *DB) error {
		_, err := server.sql.ExecContext(ctx, statement)
		return err
	})
	switch code := serverCode(err); {
	case code == "3D000", code == "1008":
		return false, nil
	case err != nil:
		return false, err
	}
	return true, nil
}

// withServer connects to the server without needing the database of cfg.
func withServer(ctx context.Context, cfg config.Database, use func(*DB) error) error {
	target := cfg.URL
	if target.Database == "" {
		return &OpenError{Dialect: target.Dialect, Target: target.Target(), Err: errors.New("the database URL names no database")}
	}
	cfg.Pool = config.Pool{Size: 1}
	cfg.EchoSQL = false
	var server *DB
	var err error
	for _, name := range maintenanceDatabases(target.Dialect) {
		cfg.URL.Database = name
		server, err = Open(ctx, cfg)
		if !errors.Is(err, ErrNotExist) {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := use(server); err != nil {
		return errors.Join(fmt.Errorf("database: cannot manage %s: %w", target.Target(), err), server.Close())
	}
	return server.Close()
}

// maintenanceDatabases are databases that every server has.
func maintenanceDatabases(d config.Dialect) []string {
	if d == config.Postgres {
		return []string{"postgres", "template1"}
	}
	return []string{""}
}

func quoteDouble(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteBack(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
