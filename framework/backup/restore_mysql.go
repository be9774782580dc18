package backup

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// restoreMySQL fills the database anew. A present one is replaced only after the
// backup has been restored into a scratch database and the present one was copied:
// MySQL cannot rename databases.
func restoreMySQL(ctx context.Context, cfg config.Database, path string, present int, opts RestoreOptions) (Result, error) {
	want, err := readDump(path)
	if err != nil {
		return Result{}, err
	}
	result := Result{Tables: want, Verified: Restored}
	if present <= 0 {
		return result, fillEmpty(ctx, cfg, path, want, present < 0)
	}
	if err := refuseUse(ctx, cfg); err != nil {
		return Result{}, err
	}
	opts.Progress(Progress{Stage: "trying"})
	made, err := inScratch(ctx, cfg, func(scratch config.Database) error { return fillAndCompare(ctx, scratch, path, want) })
	if err == nil && !made {
		err = errors.New("backup: cannot create a scratch database to try the backup in; restore into an empty database instead")
	}
	if err != nil {
		return Result{}, err
	}
	previous, err := Copy(ctx, cfg, CopyOptions{Dir: opts.Dir, Verify: Read, Progress: opts.Progress})
	if err != nil {
		return Result{}, fmt.Errorf("backup: cannot copy the present database, which is not touched without a copy: %w", err)
	}
	result.Previous = previous.Path
	if err := refuseUse(ctx, cfg); err != nil { // time has passed
		return result, err
	}
	opts.Progress(Progress{Stage: "restoring"})
	_, err = database.Drop(ctx, cfg)
	if err == nil {
		_, err = database.Create(ctx, cfg)
	}
	if err == nil {
		err = fillAndCompare(ctx, cfg, path, want)
	}
	if err != nil {
		return result, fmt.Errorf("backup: the restore stopped half-way; the database as it was is in %s: %w", previous.Path, err)
	}
	return result, nil
}

// fillEmpty restores into a database that has no tables, or does not exist. If
// that fails it is as it was.
func fillEmpty(ctx context.Context, cfg config.Database, path string, want map[string]int64, create bool) error {
	if create {
		if _, err := database.Create(ctx, cfg); err != nil {
			return err
		}
	}
	err := fillAndCompare(ctx, cfg, path, want)
	if err == nil {
		return nil
	}
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	_, dropErr := database.Drop(cleanup, cfg)
	if dropErr == nil && !create {
		_, dropErr = database.Create(cleanup, cfg)
	}
	return errors.Join(err, dropErr)
}

func fillAndCompare(ctx context.Context, cfg config.Database, path string, want map[string]int64) error {
	if err := fillMySQL(ctx, cfg, path); err != nil {
		return err
	}
	got, err := mysqlLook(ctx, cfg)
	if err != nil {
		return err
	}
	return compare(path, contents{rows: want}, contents{rows: got.rows})
}
