package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// cleanupTime bounds what must be done even though the context has ended.
const cleanupTime = 15 * time.Second

// scratch is an empty database to try schemas on. SQLite has it in a temporary
// folder, the others on a server. All of it runs on one connection.
type scratch struct {
	dialect config.Dialect
	conn    *sql.Conn
	driver  migrate.Driver
	undo    []func(context.Context) error // last first
}

func openScratch(ctx context.Context, server config.Database) (_ *scratch, err error) {
	s := &scratch{dialect: server.URL.Dialect}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close(ctx))
		}
	}()
	cfg, err := s.place(ctx, server)
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot open the scratch database: %w", err)
	}
	s.undo = append(s.undo, func(context.Context) error { return db.Close() })
	if s.conn, err = db.SQL().Conn(ctx); err != nil {
		return nil, fmt.Errorf("migration: cannot connect to the scratch database: %w", err)
	}
	s.undo = append(s.undo, func(context.Context) error { return s.conn.Close() })
	s.driver, err = openDriver(s.dialect, s.conn)
	return s, err
}

// place makes room for the database and returns how to reach it.
func (s *scratch) place(ctx context.Context, server config.Database) (config.Database, error) {
	cfg := config.Database{URL: server.URL, Charset: server.Charset, Collation: server.Collation}
	if s.dialect == config.SQLite {
		dir, err := os.MkdirTemp("", database.ScratchPrefix)
		if err != nil {
			return cfg, fmt.Errorf("migration: cannot make a folder for the scratch database: %w", err)
		}
		s.undo = append(s.undo, func(context.Context) error { return os.RemoveAll(dir) })
		cfg.URL.Database, cfg.URL.Memory = filepath.Join(dir, "scratch.db"), false
		cfg.URL.Params = nil
		_, err = database.Create(ctx, cfg)
		return cfg, err
	}
	cfg.URL.Database = database.ScratchName()
	if _, err := database.Create(ctx, cfg); err != nil {
		return cfg, fmt.Errorf("migration: cannot create a scratch database on %s; planning needs a server where it may, such as a local one: %w",
			server.URL.Target(), err)
	}
	s.undo = append(s.undo, func(ctx context.Context) error {
		_, err := database.Drop(ctx, cfg)
		return err
	})
	return cfg, nil
}

// Close drops the database, also when ctx has ended.
func (s *scratch) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	var errs []error
	for len(s.undo) > 0 {
		last := len(s.undo) - 1
		errs = append(errs, s.undo[last](ctx))
		s.undo = s.undo[:last]
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("migration: cannot remove the scratch database: %w", err)
	}
	return nil
}

// inspect reads the schema of the database.
func (s *scratch) inspect(ctx context.Context) (*atlas.Schema, error) {
	found, err := s.driver.InspectSchema(ctx, "", &atlas.InspectOptions{Mode: atlas.InspectSchemas | atlas.InspectTables})
	if err != nil {
		return nil, fmt.Errorf("migration: cannot read the schema of the scratch database: %w", err)
	}
	forgetCounters(found)
	return found, forgetVirtual(ctx, s.dialect, s.conn, found)
}

// forgetCounters takes out of a schema how far ids have been given out, which
// is no part of it.
func forgetCounters(s *atlas.Schema) {
	forget := func(list []atlas.Attr) {
		for _, a := range list {
			switch a := a.(type) {
			case *mysql.AutoIncrement:
				a.V = 0
			case *sqlite.AutoIncrement:
				a.Seq = 0
			}
		}
	}
	for _, t := range s.Tables {
		forget(t.Attrs)
		if t.PrimaryKey != nil {
			forget(t.PrimaryKey.Attrs)
		}
		for _, c := range t.Columns {
			forget(c.Attrs)
		}
	}
}

// replay applies files in order. Nothing is recorded and nothing is in a
// transaction: when it fails, the database is thrown away.
func (s *scratch) replay(ctx context.Context, files ...migrate.File) error {
	if s.dialect == config.SQLite {
		if _, err := s.conn.ExecContext(ctx, "PRAGMA foreign_keys = off"); err != nil {
			return fmt.Errorf("migration: cannot prepare the scratch database: %w", err)
		}
	}
	for _, f := range files {
		stmts, err := statements(s.driver, f)
		if err != nil {
			return err
		}
		for i, stmt := range stmts {
			if _, err := s.conn.ExecContext(ctx, stmt.Text); err != nil {
				return &StatementError{
					File: f.Name(), Line: line(f, stmt), Statement: stmt.Text,
					Number: i + 1, Total: len(stmts), RolledBack: true, Err: err,
				}
			}
		}
	}
	return nil
}

// openDriver opens Atlas on one connection or transaction.
func openDriver(d config.Dialect, db atlas.ExecQuerier) (migrate.Driver, error) {
	open := map[config.Dialect]func(atlas.ExecQuerier) (migrate.Driver, error){
		config.SQLite: sqlite.Open, config.Postgres: postgres.Open, config.MySQL: mysql.Open,
	}[d]
	if open == nil {
		return nil, fmt.Errorf("migration: dialect %q: %w", d, config.ErrUnsupportedDialect)
	}
	driver, err := open(db)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot ask the database for its version: %w", err)
	}
	return driver, nil
}

func statements(driver migrate.Driver, f migrate.File) ([]*migrate.Stmt, error) {
	stmts, err := migrate.FileStmtDecls(driver, f)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot split %s into statements: %w", f.Name(), err)
	}
	return stmts, nil
}

// line is where a statement begins in its file, counted from 1.
func line(f migrate.File, stmt *migrate.Stmt) int {
	n := 1
	for i, b := range f.Bytes() {
		if i >= stmt.Pos {
			break
		}
		if b == '\n' {
			n++
		}
	}
	return n
}
