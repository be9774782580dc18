package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// RestoreInfix is in the name of the file beside a SQLite database that becomes
// the database when it is complete: app.db.restore-123456.part.
const RestoreInfix = ".restore-"

// restoreSQLite copies the backup to a file beside the database, checks that, and
// renames it.
func restoreSQLite(ctx context.Context, cfg config.Database, path string, present int, opts RestoreOptions) (Result, error) {
	target := cfg.URL.Database
	if same(path, target) {
		return Result{}, fmt.Errorf("backup: cannot restore %s from itself", target)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return Result{}, fmt.Errorf("backup: cannot make the folder of the database: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+RestoreInfix+"*"+PartSuffix)
	if err != nil {
		return Result{}, fmt.Errorf("backup: cannot write beside the database: %w", err)
	}
	defer func() { _ = removeSQLite(part.Name()) }() // gone already if all went well
	if err := part.Close(); err != nil {
		return Result{}, fmt.Errorf("backup: cannot write beside the database: %w", err)
	}
	found, err := copyBackup(ctx, path, part.Name(), opts.Progress)
	if err != nil {
		return Result{}, err
	}
	if err := flush(part.Name()); err != nil {
		return Result{}, err
	}
	if present < 0 {
		err = leftovers(target)
		if err == nil {
			err = publish(part.Name(), target)
		}
	} else {
		err = swapSQLite(ctx, cfg, part.Name())
	}
	if err != nil {
		return Result{}, err
	}
	return Result{Tables: found.rows, Verified: Opened}, flush(filepath.Dir(target))
}

// copyBackup copies a backup as a live database is copied: it may be one.
func copyBackup(ctx context.Context, from, to string, progress func(Progress)) (contents, error) {
	from, err := filepath.Abs(from)
	if err != nil {
		return contents{}, fmt.Errorf("backup: cannot find the backup: %w", err)
	}
	db, err := database.Open(ctx, config.Database{
		URL:  config.URL{Dialect: config.SQLite, Database: from, Params: url.Values{"mode": {"ro"}}},
		Pool: config.Pool{Size: 1},
	})
	if err != nil {
		return contents{}, &IntegrityError{Path: from, Problems: []string{err.Error()}}
	}
	var want contents
	err = inSnapshot(ctx, db, func(conn *sql.Conn) (err error) {
		if want, err = sqliteContents(ctx, conn); err != nil {
			return err
		}
		return copyPages(ctx, conn, to, progress)
	})
	if err = errors.Join(err, db.Close()); err != nil {
		if ctx.Err() != nil {
			return contents{}, err
		}
		return contents{}, &IntegrityError{Path: from, Problems: []string{err.Error()}}
	}
	progress(Progress{Stage: "verifying"})
	got, err := checkSQLite(ctx, to)
	if damaged, ok := errors.AsType[*IntegrityError](err); ok {
		damaged.Path = from
	}
	if err != nil {
		return contents{}, err
	}
	return got, compare(from, want, got)
}

// leftovers makes sure that nothing of an earlier database is beside the target,
// which SQLite would take for its own.
func leftovers(target string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		found, err := exists(target + suffix)
		if err != nil {
			return fmt.Errorf("backup: cannot look beside the database: %w", err)
		}
		if found {
			return fmt.Errorf("backup: cannot restore to %s: %s is there without its database; move it away first", target, target+suffix)
		}
	}
	return nil
}

// swapSQLite puts the part in the place of the database, which nobody else may
// have open: a process that has goes on with the file that is gone.
func swapSQLite(ctx context.Context, cfg config.Database, part string) error {
	target := cfg.URL.Database
	own := config.Database{
		// Out of WAL mode goes only who is alone. It also leaves one file.
		URL:  config.URL{Dialect: config.SQLite, Database: target, Params: url.Values{"mode": {"rw"}, "_busy_timeout": {"500"}}},
		Pool: config.Pool{Size: 1},
	}
	db, err := database.Open(ctx, own)
	if err != nil {
		return fmt.Errorf("backup: cannot open the present database: %w", err)
	}
	conn, err := db.SQL().Conn(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("backup: cannot open the present database: %w", err), db.Close())
	}
	var mode string
	err = conn.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	if err == nil && mode == "delete" {
		// Who opens it now waits, and finds that the file was moved.
		_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil || mode != "delete" {
		return errors.Join(&InUseError{Target: target}, conn.Close(), db.Close())
	}
	renamed := os.Rename(part, target)
	_, rolledBack := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	if err := errors.Join(renamed, rolledBack, conn.Close(), db.Close()); err != nil {
		return fmt.Errorf("backup: cannot replace the database: %w", err)
	}
	return nil
}

// same reports whether two paths are one file.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
