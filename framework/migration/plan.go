package migration

import (
	"context"
	"errors"
	"fmt"
	"time"

	atlas "ariga.io/atlas/sql/schema"
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

	// Renames are columns and tables that are not gone but have another name.
	// Those that do not fit are a *[RenameError].
	Renames []Rename

	// Ask is called for each further pair of a column or table that goes and one
	// like it that comes. If it returns true they are one that is renamed. Nil
	// takes none for renamed.
	Ask func(context.Context, Rename) (bool, error)

	Force bool             // lets PlanDown replace a file that says something else
	Now   func() time.Time // default time.Now
}

// Planned is a migration that is not yet written, and the file that undoes it.
type Planned struct {
	Migration
	Content    []byte   // of the file
	Statements []string // in order
	UpRisks    []Risk   // of the statements, for a database in use
	Renamed    []Rename // what is renamed

	DownContent    []byte   // of the file that undoes it
	DownStatements []string // in order; none if it is irreversible
	DownRisks      []Risk   // of undoing it

	dir     *Dir
	present *contents // the folder when it was planned
	written bool      // the file is in the folder, only the down is new
}

// Plan finds the statements that lead from the folder of migrations to the
// tables, and those that lead back. It tries both on a scratch database and
// returns them as a migration that [Planned.Write] adds to the folder. It
// returns [ErrNoChanges] if the folder leads there already.
//
// A change that cannot be undone is planned nevertheless: its down file says
// why, and Irreversible too.
func Plan(ctx context.Context, cfg PlanConfig) (_ *Planned, err error) {
	p, err := newPlanned(cfg)
	if err != nil {
		return nil, err
	}
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
	if err := s.replay(ctx, p.present.files...); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	before, err := s.origin(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.planUp(ctx, s, cfg, want); err != nil {
		return nil, err
	}
	return p, p.planDown(ctx, s, before)
}

// newPlanned names a migration that comes after those in the folder.
func newPlanned(cfg PlanConfig) (*Planned, error) {
	if cfg.Dir == nil {
		return nil, errors.New("migration: PlanConfig.Dir is required")
	}
	present, err := cfg.Dir.read()
	if err != nil {
		return nil, err
	}
	version, err := nextVersion(cfg.now(), present.last())
	if err != nil {
		return nil, err
	}
	name := slug(cfg.Name)
	p := &Planned{dir: cfg.Dir, present: present}
	p.Migration = Migration{
		Version: version, Description: oneLine(cfg.Name, name), Revises: present.last(),
		File: version + "_" + name + ".sql", Created: cfg.now(),
	}
	p.Down = downName(p.File)
	return p, nil
}

// now is the time as a header can hold it.
func (cfg PlanConfig) now() time.Time {
	now := time.Now
	if cfg.Now != nil {
		now = cfg.Now
	}
	return now().UTC().Truncate(time.Second)
}

// planUp fills in the file, and takes its steps on the scratch database.
func (p *Planned) planUp(ctx context.Context, s *scratch, cfg PlanConfig, want *atlas.Schema) error {
	d := &draft{scratch: s, name: p.File}
	companions, err := companions(s.dialect, cfg.Tables)
	if err != nil {
		return err
	}
	if err := d.dropCompanions(ctx, companions); err != nil {
		return err
	}
	r := &renamer{draft: d, want: want, asked: cfg.Renames, ask: cfg.Ask}
	if err := r.settle(ctx); err != nil {
		return err
	}
	first := true
	err = d.lead(ctx, want, func(_ context.Context, have *atlas.Schema, changes []atlas.Change) error {
		if first { // what remains after it is a rest of the same changes
			p.UpRisks = d.risks(have, changes)
		}
		first = false
		return nil
	})
	if err == nil {
		err = d.createCompanions(ctx, companions)
	}
	var failed *StatementError
	switch {
	case errors.As(err, &failed):
		return fmt.Errorf("migration: the planned changes do not run, write the migration by hand: %w", err)
	case errors.Is(err, errNoStatement):
		return fmt.Errorf("%w; write the migration by hand", err)
	case err != nil:
		return err
	case len(d.changes) == 0:
		return ErrNoChanges
	}
	p.Renamed, p.Statements, p.Risks = r.done, d.statements(), riskLines(p.UpRisks)
	text, err := format(p.File, d.changes)
	p.Content = withHeader(p.header(), text)
	return err
}
