package migration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// PlanConfig says what to plan. Dir and Server.URL.Dialect are required.
type PlanConfig struct {
	Name   string          // description of the change; default "migration"
	Dir    *Dir            // the dialect's folder of migrations
	Tables []*schema.Table // what the entities ask for; they are not changed

	// Server is where scratch databases are made and dropped again: any server
	// of the dialect where the user may create databases. Its database is
	// neither read nor changed. SQLite needs only the dialect.
	Server config.Database

	Now func() time.Time // default time.Now
}

// Planned is a migration that is not yet written.
type Planned struct {
	Migration
	Content    []byte   // of the file
	Statements []string // in order

	dir     *Dir
	present []migrate.File // in the folder when it was planned
}

// Plan finds the statements that lead from the folder of migrations to the
// tables, tries them on a scratch database, and returns them as a migration
// that [Planned.Write] adds to the folder. It returns [ErrNoChanges] if the
// folder leads there already.
func Plan(ctx context.Context, cfg PlanConfig) (*Planned, error) {
	if cfg.Dir == nil {
		return nil, errors.New("migration: PlanConfig.Dir is required")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	present, err := cfg.Dir.read()
	if err != nil {
		return nil, err
	}
	p, err := newPlanned(cfg, present)
	if err != nil {
		return nil, err
	}
	plan, err := p.diff(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for _, c := range plan.Changes {
		p.Statements = append(p.Statements, c.Cmd)
	}
	return p, nil
}

// newPlanned names a migration that comes after those present.
func newPlanned(cfg PlanConfig, present *contents) (*Planned, error) {
	version, err := nextVersion(cfg.Now(), present.last())
	if err != nil {
		return nil, err
	}
	name := slug(cfg.Name)
	p := &Planned{dir: cfg.Dir, present: present.files}
	p.Migration = Migration{
		Version: version, Description: oneLine(cfg.Name, name), Revises: present.last(),
		File: version + "_" + name + ".sql",
	}
	return p, nil
}

// diff fills in the content of the file.
func (p *Planned) diff(ctx context.Context, cfg PlanConfig) (_ *migrate.Plan, err error) {
	s, err := openScratch(ctx, cfg.Server)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := s.Close(ctx); err == nil {
			err = closeErr
		}
	}()
	want, err := s.desired(ctx, cfg.Server, cfg.Tables)
	if err != nil {
		return nil, err
	}
	if err := s.replay(ctx, p.present...); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	have, err := s.inspect(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := s.compare(have, want)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, ErrNoChanges
	}
	if s.dialect == config.SQLite {
		forceRebuilds(changes)
	}
	plan, err := s.driver.PlanChanges(ctx, slug(cfg.Name), changes, unqualified)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot plan the changes: %w", err)
	}
	if len(plan.Changes) == 0 {
		return nil, fmt.Errorf("migration: the schemas differ in what %s cannot change; write the migration by hand", s.dialect)
	}
	portable(s.dialect, plan)
	if s.dialect == config.SQLite {
		if err := s.keepDependents(ctx, plan); err != nil {
			return nil, err
		}
	}
	plan.Version = p.Version
	file, err := migrate.DefaultFormatter.FormatFile(plan)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot write the changes as a file: %w", err)
	}
	p.Content = withHeader(header(p.Description, p.Version, p.Revises, cfg.Now()), file.Bytes())

	// What is written must run, and must leave nothing to plan.
	if err := s.replay(ctx, migrate.NewLocalFile(p.File, p.Content)); err != nil {
		return nil, fmt.Errorf("migration: the planned changes do not run: %w", err)
	}
	if have, err = s.inspect(ctx); err != nil {
		return nil, err
	}
	if changes, err = s.compare(have, want); err != nil {
		return nil, err
	}
	if len(changes) > 0 {
		return nil, fmt.Errorf("migration: the planned changes do not lead to the wanted schema, there remains %s; write the migration by hand", summary(changes))
	}
	return plan, nil
}

// Write adds the migration to its folder, brings atlas.sum up to date and
// returns the path of the new file. It refuses to overwrite a file.
func (p *Planned) Write() (path string, err error) {
	if p.dir.path == "" {
		return "", ErrReadOnly
	}
	sum, err := migrate.NewHashFile(append(slices.Clip(p.present), migrate.NewLocalFile(p.File, p.Content)))
	if err != nil {
		return "", fmt.Errorf("migration: cannot compute %s: %w", migrate.HashFileName, err)
	}
	sums, err := sum.MarshalText()
	if err != nil {
		return "", fmt.Errorf("migration: cannot compute %s: %w", migrate.HashFileName, err)
	}
	if err := os.MkdirAll(p.dir.path, 0o750); err != nil {
		return "", fmt.Errorf("migration: cannot make the folder of migrations: %w", err)
	}
	path = filepath.Join(p.dir.path, p.File)
	if err := writeNew(path, p.Content); err != nil {
		return "", err
	}
	if err := replaceFile(filepath.Join(p.dir.path, migrate.HashFileName), sums); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}

// writeNew writes a file that must not exist.
func writeNew(path string, text []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // source code of a project
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("migration: cannot write %s: it exists already", path)
	}
	if err != nil {
		return fmt.Errorf("migration: cannot write the migration: %w", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("migration: cannot write the migration: %w", closeErr)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if _, err = f.Write(text); err != nil {
		return fmt.Errorf("migration: cannot write the migration: %w", err)
	}
	return nil
}

// replaceFile writes a file so that a reader sees the old text or the new.
func replaceFile(path string, text []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, text, 0o644); err != nil { //nolint:gosec // as above
		return fmt.Errorf("migration: cannot write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("migration: cannot replace %s: %w", filepath.Base(path), err)
	}
	return nil
}
