package migration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
)

// WriteSQL writes what Upgrade would run as a script for psql, mysql or
// sqlite3: the statements of the files, those that begin and end transactions,
// and the rows of the history. It changes nothing and takes no lock. A part in
// Go becomes a comment: it is left for the next Upgrade.
func (m *Migrator) WriteSQL(ctx context.Context, w io.Writer, opts UpgradeOptions) error {
	return m.peek(ctx, func(s *session) error {
		h, err := s.history(ctx)
		if err != nil {
			return err
		}
		work, err := s.pending(ctx, h, opts.To)
		if err != nil {
			return err
		}
		tables, err := s.revs.tables(ctx)
		if err != nil {
			return err
		}
		known := slices.Contains(tables, RevisionsTable)
		if !known && len(tables) > 0 && len(work) > 0 {
			return &NotEmptyError{Tables: tables}
		}
		return writeScript(w, s.dialect, work, !known)
	})
}

// WriteDowngradeSQL writes what Downgrade would run, as WriteSQL does. A part
// in Go that would have to be undone is an *[IrreversibleError].
func (m *Migrator) WriteDowngradeSQL(ctx context.Context, w io.Writer, opts DowngradeOptions) error {
	return m.peek(ctx, func(s *session) error {
		h, err := s.history(ctx)
		if err != nil {
			return err
		}
		work, err := s.applied(ctx, h, opts)
		if err != nil {
			return err
		}
		for _, job := range work {
			if job.step.Data {
				return &IrreversibleError{
					Version: job.step.Version, File: job.step.File,
					Reason: "its part in Go cannot be written as SQL; use a downgrade",
				}
			}
		}
		return writeScript(w, s.dialect, work, false)
	})
}

// WriteSQLFrom is WriteSQL without a database: it writes what leads from one
// version to another, by default from an empty database to the newest version.
func WriteSQLFrom(w io.Writer, d config.Dialect, dir *Dir, from, to string) error {
	if dir == nil {
		return errors.New("migration: a folder is required")
	}
	c, err := dir.read()
	if err != nil {
		return err
	}
	driver := map[config.Dialect]migrate.Driver{
		config.SQLite: &sqlite.Driver{}, config.Postgres: &postgres.Driver{}, config.MySQL: &mysql.Driver{},
	}[d]
	if driver == nil {
		return fmt.Errorf("migration: dialect %q: %w", d, config.ErrUnsupportedDialect)
	}
	s := &session{Migrator: &Migrator{dir: dir, dialect: d}, contents: c, revs: &revisions{dialect: d}, driver: driver}
	files, err := newHistory(c, nil).stamped(from)
	if err != nil {
		return err
	}
	var revs []*migrate.Revision
	for _, f := range files {
		rev, err := s.stampRevision(f, nil)
		if err != nil {
			return err
		}
		revs = append(revs, rev)
	}
	work, err := s.pending(context.Background(), newHistory(c, revs), to) // reads nothing but the folder
	if err != nil {
		return err
	}
	return writeScript(w, d, work, from == "")
}
