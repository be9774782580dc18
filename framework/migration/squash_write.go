package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
)

// Write puts the checkpoint into the folder, brings the checksums up to date
// and then removes the folded files and their downs, the last one first: as long
// as that shares its version with the checkpoint, none is gone, and a process that
// was killed is undone by deleting the checkpoint. It returns the path of the
// checkpoint.
func (q *Squashed) Write() (string, error) {
	if q.dir.path == "" {
		return "", ErrReadOnly
	}
	file := filepath.Join(q.dir.path, q.File)
	if err := writeNew(file, q.Content); err != nil {
		return "", err
	}
	if err := q.dir.writeSum("", q.ups); err != nil {
		return "", errors.Join(err, os.Remove(file))
	}
	if len(q.foldedDowns) > 0 {
		if err := q.dir.writeSum(downFolder, q.downs); err != nil {
			return "", err
		}
	}
	for _, f := range slices.Backward(q.folded) {
		if err := remove(filepath.Join(q.dir.path, f.Name())); err != nil {
			return "", err
		}
	}
	for _, f := range slices.Backward(q.foldedDowns) {
		if err := remove(filepath.Join(q.dir.path, downFolder, f.Name())); err != nil {
			return "", err
		}
	}
	return file, nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("migration: cannot remove %s, which is squashed now; remove it by hand: %w", path, err)
	}
	return nil
}

// stages are what a folder leads to on an empty database.
type stages struct {
	middle *origin   // after the checkpoint, or the files that it replaces
	rows   []string  // that are there then: "roles (3 rows)"
	end    *snapshot // after the files that follow
}

func (s *scratch) stages(ctx context.Context, first, rest []migrate.File) (*stages, error) {
	if err := s.replay(ctx, first...); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	middle, err := s.origin(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.rowCounts(ctx, middle.schema.Tables)
	if err != nil || len(rest) == 0 {
		return &stages{middle: middle, rows: rows, end: middle.snapshot}, err
	}
	if err := s.replay(ctx, rest...); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	end, err := s.snapshot(ctx)
	return &stages{middle: middle, rows: rows, end: end}, err
}

// rowCounts lists the tables that are not empty.
func (s *scratch) rowCounts(ctx context.Context, tables []*atlas.Table) (list []string, err error) {
	for _, t := range tables {
		query := rowQuery{dialect: s.dialect, table: t}.count("1 = 1")
		err := each(ctx, s.conn, "count rows of "+t.Name, query, func(rows *sql.Rows) error {
			var n int
			err := rows.Scan(&n)
			if n > 0 {
				list = append(list, fmt.Sprintf("%s (%d %s)", t.Name, n, plural(n, "row", "rows")))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
