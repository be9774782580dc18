package backup

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// restorePostgres restores into a new database, compares it with the archive, and
// renames it.
func restorePostgres(ctx context.Context, cfg config.Database, path string, present int, opts RestoreOptions) (result Result, err error) {
	if present >= 0 {
		if err := refuseUse(ctx, cfg); err != nil {
			return Result{}, err
		}
	}
	fresh, remove, err := newScratch(ctx, cfg)
	if err != nil {
		return Result{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	var flags []string
	if opts.NoOwner {
		flags = append(flags, "--no-owner", "--no-privileges")
	}
	opts.Progress(Progress{Stage: "restoring"})
	if err := pgRestore(ctx, fresh, path, flags...); err != nil {
		return Result{}, hintOwner(err)
	}
	opts.Progress(Progress{Stage: "verifying"})
	if result.Tables, err = comparePostgres(ctx, fresh, path); err != nil {
		return Result{}, err
	}
	result.Verified = Restored
	return result, renamePostgres(ctx, cfg, fresh.URL.Database, present >= 0)
}

// hintOwner names the way out where the server lacks the roles of an archive.
func hintOwner(err error) error {
	if failed, ok := errors.AsType[*RunError](err); ok && strings.Contains(failed.Output, "role ") {
		return fmt.Errorf("%w; --no-owner restores without the owners and grants of the archive", err)
	}
	return err
}

// comparePostgres compares a restored database with its archive, row counts with
// row counts.
func comparePostgres(ctx context.Context, fresh config.Database, path string) (rows map[string]int64, err error) {
	err = withDB(ctx, fresh, func(db *database.DB) error {
		want, err := readArchive(ctx, db, path)
		if err != nil {
			return err
		}
		got, err := pgContents(ctx, db.SQL())
		if err != nil {
			return err
		}
		rows = got.rows
		return compare(path, contents{rows: want}, contents{rows: got.rows})
	})
	return rows, err
}

// renamePostgres puts the fresh database in the place of the present one, in one
// transaction, and drops that.
func renamePostgres(ctx context.Context, cfg config.Database, fresh string, present bool) error {
	if present {
		if err := refuseUse(ctx, cfg); err != nil { // time has passed
			return err
		}
	}
	old := cfg
	old.URL.Database = fresh + "_old"
	server := cfg
	server.URL.Database = "postgres"
	err := withDB(ctx, server, func(db *database.DB) error {
		tx, err := db.SQL().BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // after a commit it does nothing
		if present {
			if _, err := tx.ExecContext(ctx, "ALTER DATABASE "+doubleQuoted(cfg.URL.Database)+" RENAME TO "+doubleQuoted(old.URL.Database)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "ALTER DATABASE "+doubleQuoted(fresh)+" RENAME TO "+doubleQuoted(cfg.URL.Database)); err != nil {
			return err
		}
		return tx.Commit()
	})
	if err != nil {
		return fmt.Errorf("backup: cannot replace %s: %w", cfg.URL.Target(), err)
	}
	if !present {
		return nil
	}
	if _, err := database.Drop(ctx, old); err != nil {
		return fmt.Errorf("backup: %s is restored; what it was before is left as the database %s: %w", cfg.URL.Target(), old.URL.Database, err)
	}
	return nil
}

func doubleQuoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
