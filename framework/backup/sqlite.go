package backup

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// pagesPerStep is how much SQLite copies before it looks whether to go on.
const pagesPerStep = 1000

// sqliteSource is a SQLite database that is open to be copied.
type sqliteSource struct{ db *database.DB }

func openSQLite(ctx context.Context, cfg config.Database) (source, error) {
	cfg.Pool = config.Pool{Size: 1}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &sqliteSource{db}, nil
}

func (s *sqliteSource) Close() error { return s.db.Close() }

// write copies in one read transaction, whose snapshot is what is counted too.
func (s *sqliteSource) write(ctx context.Context, path string, opts CopyOptions) (Result, error) {
	var want contents
	err := inSnapshot(ctx, s.db, func(conn *sql.Conn) (err error) {
		if want, err = sqliteContents(ctx, conn); err != nil {
			return err
		}
		return copyPages(ctx, conn, path, opts.Progress)
	})
	if err != nil {
		return Result{}, err
	}
	opts.Progress(Progress{Stage: "verifying"})
	got, err := checkSQLite(ctx, path)
	if err != nil {
		return Result{}, err
	}
	if err := compare(path, want, got); err != nil {
		return Result{}, err
	}
	return Result{Tables: got.rows, Verified: Opened}, nil
}

// inSnapshot runs use on a connection whose reads all see the same instant.
func inSnapshot(ctx context.Context, db *database.DB, use func(*sql.Conn) error) (err error) {
	conn, err := db.SQL().Conn(ctx)
	if err != nil {
		return fmt.Errorf("backup: cannot connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // it gives the connection back
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: snapshot(db.Dialect())})
	if err != nil {
		return fmt.Errorf("backup: cannot begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	return use(conn)
}

// snapshot is the isolation level at which all reads see the same instant.
func snapshot(d config.Dialect) sql.IsolationLevel {
	if d == config.SQLite {
		return sql.LevelDefault
	}
	return sql.LevelRepeatableRead
}

// copyPages runs SQLite's online backup on the open transaction of conn.
func copyPages(ctx context.Context, conn *sql.Conn, path string, progress func(Progress)) error {
	var pages, size int64
	if err := conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return fmt.Errorf("backup: cannot read the size of the database: %w", err)
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA page_size").Scan(&size); err != nil {
		return fmt.Errorf("backup: cannot read the size of the database: %w", err)
	}
	var done int64
	stepped := func() error {
		done = min(done+pagesPerStep, pages)
		progress(Progress{Stage: "copying", Done: done * size, Total: pages * size})
		return ctx.Err()
	}
	err := conn.Raw(func(raw any) error {
		inner, ok := raw.(interface{ Unwrap() driver.Conn })
		if !ok {
			return fmt.Errorf("unexpected connection %T", raw)
		}
		return copyConn(inner.Unwrap(), sqliteURI(path), pagesPerStep, stepped)
	})
	if err != nil {
		return fmt.Errorf("backup: cannot copy the database: %w", err)
	}
	return nil
}

// sqliteURI names a file that exists.
func sqliteURI(path string) string {
	return (&url.URL{Scheme: "file", Path: path}).String() + "?mode=rw"
}

// checkSQLite opens a copy, has SQLite check it page by page, and counts.
func checkSQLite(ctx context.Context, path string) (found contents, err error) {
	// Not in WAL mode a database is one file, also while it is read.
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: path, Params: url.Values{
		"_journal_mode": {"DELETE"}, "_synchronous": {"FULL"},
	}}}
	cfg.Pool = config.Pool{Size: 1}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return contents{}, &IntegrityError{Path: path, Problems: []string{err.Error()}}
	}
	defer func() {
		if closeErr := db.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("backup: cannot close %s: %w", path, closeErr)
		}
	}()
	lines, err := texts(ctx, db.SQL(), "PRAGMA integrity_check(10)")
	if ctx.Err() != nil {
		return contents{}, ctx.Err()
	}
	if err != nil {
		return contents{}, &IntegrityError{Path: path, Problems: []string{err.Error()}}
	}
	if len(lines) != 1 || lines[0][0] != "ok" {
		damaged := &IntegrityError{Path: path}
		for _, line := range lines {
			damaged.Problems = append(damaged.Problems, line[0])
		}
		return contents{}, damaged
	}
	return sqliteContents(ctx, db.SQL())
}

// sqliteContents counts the rows of all real tables: what a virtual table shows
// is kept in those.
func sqliteContents(ctx context.Context, db querier) (found contents, err error) {
	found.objects, err = objects(ctx, db, "SELECT type, name || ': ' || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
	if err != nil {
		return contents{}, err
	}
	tables, err := texts(ctx, db, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') AND name NOT IN ('sqlite_schema', 'sqlite_master')")
	if err != nil {
		return contents{}, fmt.Errorf("backup: cannot list the tables: %w", err)
	}
	found.rows = make(map[string]int64, len(tables))
	for _, table := range tables {
		if strings.HasPrefix(table[0], "sqlite_") {
			continue // SQLite's own
		}
		if found.rows[table[0]], err = count(ctx, db, `"`+strings.ReplaceAll(table[0], `"`, `""`)+`"`); err != nil {
			return contents{}, err
		}
	}
	return found, nil
}

// removeSQLite removes a database file and what SQLite keeps beside it.
func removeSQLite(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
