package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// mysqlSource is a MySQL or MariaDB database that is open to be copied.
type mysqlSource struct {
	cfg    config.Database
	db     *database.DB
	dump   tool
	client tool
	access *mysqlAccess
}

func openMySQL(ctx context.Context, cfg config.Database) (_ source, err error) {
	cfg.Pool = config.Pool{Size: 1}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &mysqlSource{cfg: cfg, db: db}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.dump, err = mysqlTool(ctx, db, true); err != nil {
		return nil, err
	}
	if s.client, err = mysqlTool(ctx, db, false); err != nil {
		return nil, err
	}
	s.access, err = newMySQLAccess(ctx, cfg.URL, s.dump)
	return s, err
}

func (s *mysqlSource) Close() error { return errors.Join(s.access.remove(), s.db.Close()) }

// write dumps in one transaction. Nobody but the dump itself sees the snapshot of
// it, so the rows are counted before and after.
func (s *mysqlSource) write(ctx context.Context, path string, opts CopyOptions) (Result, error) {
	before, err := s.look(ctx)
	if err != nil {
		return Result{}, err
	}
	if err := s.dumpTo(ctx, path, opts.Progress); err != nil {
		return Result{}, err
	}
	after, err := s.look(ctx)
	if err != nil {
		return Result{}, err
	}
	opts.Progress(Progress{Stage: "verifying"})
	inFile, err := readDump(path)
	if err != nil {
		return Result{}, err
	}
	result := Result{Tables: inFile, Verified: Read}
	if result.Changed, err = weigh(path, before, after, inFile); err != nil || opts.Verify == Read {
		return result, err
	}
	made, err := inScratch(ctx, s.cfg, func(scratch config.Database) error {
		if err := fillMySQL(ctx, scratch, path); err != nil {
			return err
		}
		got, err := mysqlLook(ctx, scratch)
		if err != nil {
			return err
		}
		var objects []string // that were there before and after
		for _, object := range before.objects {
			if _, stayed := slices.BinarySearch(after.objects, object); stayed {
				objects = append(objects, object)
			}
		}
		return compare(path, contents{rows: inFile, objects: objects}, got)
	})
	switch {
	case !made:
		return result, err
	case err != nil:
		if _, told := errors.AsType[*IntegrityError](err); !told {
			err = &IntegrityError{Path: path, Problems: []string{err.Error()}}
		}
		return Result{}, err
	}
	result.Verified = Restored
	return result, nil
}

// weigh compares what a dump holds with what was there before and after it. A
// table that has other rows was written to meanwhile. A table that was there all
// the time and is not in the dump is an error.
func weigh(path string, before, after contents, inFile map[string]int64) (changed []string, err error) {
	var problems []string
	for table, rows := range before.rows {
		later, stayed := after.rows[table]
		n, dumped := inFile[table]
		switch {
		case !stayed:
			changed = append(changed, table) // dropped or renamed
		case !dumped:
			problems = append(problems, "table "+table+" is missing")
		case n != rows || n != later:
			changed = append(changed, table)
		}
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return nil, &IntegrityError{Path: path, Problems: problems}
	}
	slices.Sort(changed)
	return changed, nil
}

func (s *mysqlSource) dumpTo(ctx context.Context, path string, report func(Progress)) error {
	args := []string{
		s.access.argument(), "--single-transaction", "--quick", "--routines", "--triggers", "--events", "--hex-blob",
		"--no-tablespaces", "--default-character-set=utf8mb4", "--max-allowed-packet=1G",
	}
	if !s.access.mariadb {
		// What the server knows of other servers does not belong to the database,
		// and not every server knows its statistics of columns.
		args = append(args, "--set-gtid-purged=OFF", "--column-statistics=0")
	}
	return s.dump.into(ctx, path, report, append(args, "--", s.cfg.URL.Database)...)
}

func (s *mysqlSource) look(ctx context.Context) (found contents, err error) {
	err = inSnapshot(ctx, s.db, func(conn *sql.Conn) error {
		found, err = mysqlContents(ctx, conn)
		return err
	})
	return found, err
}

func mysqlLook(ctx context.Context, cfg config.Database) (found contents, err error) {
	err = withDB(ctx, cfg, func(db *database.DB) error {
		found, err = mysqlContents(ctx, db.SQL())
		return err
	})
	return found, err
}

// fillMySQL runs a dump in an empty database.
func fillMySQL(ctx context.Context, cfg config.Database, path string) error {
	return withDB(ctx, cfg, func(db *database.DB) (err error) {
		client, err := mysqlTool(ctx, db, false)
		if err != nil {
			return err
		}
		access, err := newMySQLAccess(ctx, cfg.URL, client)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, access.remove()) }()
		file, err := os.Open(path) //nolint:gosec // the backup that the caller names
		if err != nil {
			return fmt.Errorf("backup: cannot open the backup: %w", err)
		}
		defer func() { _ = file.Close() }() // it was only read
		return client.run(ctx, file, io.Discard, access.argument(), "--batch", "--binary-mode",
			"--default-character-set=utf8mb4", "--max-allowed-packet=1G", "--database="+cfg.URL.Database)
	})
}
