package migration

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// trial is a scratch database that is migrated as a real one is.
type trial struct {
	*scratch
	db       *database.DB
	migrator *Migrator
}

func openTrial(ctx context.Context, cfg CycleConfig) (_ *trial, err error) {
	t := &trial{scratch: &scratch{dialect: cfg.Server.URL.Dialect}}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close(ctx))
		}
	}()
	place, err := t.place(ctx, cfg.Server)
	if err != nil {
		return nil, err
	}
	if t.db, err = database.Open(ctx, place.WithDefaults()); err != nil {
		return nil, fmt.Errorf("migration: cannot open the scratch database: %w", err)
	}
	t.undo = append(t.undo, func(context.Context) error { return t.db.Close() })
	if t.conn, err = t.db.SQL().Conn(ctx); err != nil {
		return nil, fmt.Errorf("migration: cannot connect to the scratch database: %w", err)
	}
	t.undo = append(t.undo, func(context.Context) error { return t.conn.Close() })
	if t.driver, err = openDriver(t.dialect, t.conn); err != nil {
		return nil, err
	}
	t.migrator, err = Open(t.db, cfg.Dir, WithData(cfg.Data...))
	return t, err
}

// empty takes the rows out of all tables.
func (t *trial) empty(ctx context.Context) error {
	found, err := t.snapshot(ctx)
	if err != nil {
		return err
	}
	statements := []string{}
	for _, table := range found.schema.Tables {
		statements = append(statements, "DELETE FROM "+t.quote(table.Name))
	}
	switch t.dialect {
	case config.SQLite:
		statements = append([]string{"PRAGMA foreign_keys = off"}, append(statements, "PRAGMA foreign_keys = on")...)
	case config.MySQL:
		statements = append([]string{"SET foreign_key_checks = 0"}, append(statements, "SET foreign_key_checks = 1")...)
	case config.Postgres:
		names := make([]string, len(found.schema.Tables))
		for i, table := range found.schema.Tables {
			names[i] = t.quote(table.Name)
		}
		if statements = nil; len(names) > 0 {
			statements = []string{"TRUNCATE " + strings.Join(names, ", ") + " CASCADE"}
		}
	}
	for _, text := range statements {
		if _, err := t.conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("migration: cannot empty the scratch database: %w", err)
		}
	}
	return nil
}

// dependsOnRows reports whether a file says that it fails on some rows.
func dependsOnRows(f migrate.File) bool {
	for _, risk := range describe(f).Risks {
		if strings.HasPrefix(risk, string(DataDependent)) {
			return true
		}
	}
	return false
}
