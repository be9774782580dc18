package migration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
)

// PlanDown plans the file that undoes a migration which is in the folder
// already, such as one written by hand; [Planned.Write] writes it. Renames in
// that migration are found in its statements; cfg.Renames and cfg.Ask tell of
// others. cfg.Tables and cfg.Name are not used.
//
// If there is such a file and it says something else, it is replaced only with
// cfg.Force; else that is a *[DownExistsError]. If it says the same, PlanDown
// returns [ErrNoChanges].
func PlanDown(ctx context.Context, cfg PlanConfig, version string) (_ *Planned, err error) {
	p, err := newPlanned(cfg)
	if err != nil {
		return nil, err
	}
	f, ok := p.present.file(version)
	if !ok {
		return nil, &UnknownVersionError{Version: version, Known: newHistory(p.present, nil).nearest(version)}
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
	at := slices.IndexFunc(p.present.files, func(f migrate.File) bool { return f.Version() == version })
	if err := s.replay(ctx, p.present.files[:at]...); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	before, err := s.origin(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.replay(ctx, f); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	p.adopt(f, at, cfg)
	if p.Renamed, err = s.renamedBy(ctx, f, before, cfg); err != nil {
		return nil, err
	}
	if err := p.planDown(ctx, s, before); err != nil {
		return nil, err
	}
	return p, p.mayReplace(cfg.Force)
}

// adopt makes the plan that of a file in the folder.
func (p *Planned) adopt(f migrate.File, at int, cfg PlanConfig) {
	p.Migration = p.present.describe(f)
	p.Content, p.written = f.Bytes(), true
	p.Created, p.Irreversible = cfg.now(), ""
	if p.Revises = ""; at > 0 {
		p.Revises = p.present.files[at-1].Version()
	}
	if p.Down == "" {
		p.Down = downName(p.File)
	}
}

// mayReplace compares with the file that is there.
func (p *Planned) mayReplace(force bool) error {
	old, ok := p.present.down(p.Version)
	switch {
	case !ok:
		return nil
	case bytes.Equal(body(old.Bytes()), body(p.DownContent)):
		return ErrNoChanges
	case !force && len(body(old.Bytes())) > 0:
		return &DownExistsError{File: path.Join(downFolder, old.Name())}
	default:
		return nil
	}
}

// body is the text of a file without its comments.
func body(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("--")) {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

// origin is what a down has to lead back to.
type origin struct {
	*snapshot
	creations map[string]string // statements that create the dependents, by their keys
}

func (s *scratch) origin(ctx context.Context) (*origin, error) {
	before, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	forgetCounters(before.schema)
	creations, err := s.creations(ctx, before.dependents)
	return &origin{snapshot: before, creations: creations}, err
}

// planDown fills in the file that undoes the migration, whose steps are taken
// on the scratch database, and takes them back there.
func (p *Planned) planDown(ctx context.Context, s *scratch, before *origin) error {
	u := &undo{draft: &draft{scratch: s, name: p.Down, fills: map[string]string{}}, before: before, filled: map[string]bool{}}
	err := u.back(ctx, p.Renamed)
	if err == nil && len(u.changes) == 0 {
		err = fmt.Errorf("it does not change the schema, and which rows it changed is not known: %w", errNoStatement)
	}
	if reason := irreversible(ctx, err); reason != "" {
		p.Irreversible, p.DownRisks, p.DownStatements = reason, nil, nil
		p.DownContent = withHeader(p.downHeader(nil, reason), []byte(irreversibleText))
		return nil
	}
	if err != nil {
		return err
	}
	text, err := format(p.Down, u.changes)
	p.DownRisks, p.DownStatements = u.risks, u.statements()
	p.DownContent = withHeader(p.downHeader(riskLines(u.risks), ""), text)
	return err
}

const irreversibleText = `-- To make it reversible, write the statements that undo it here, take out the
-- line "Irreversible", and refresh the checksums: framefox database rehash
`

// irreversible is why the way back was not found, in one line; "" if it was
// found, or not even looked for.
func irreversible(ctx context.Context, err error) string {
	var (
		failed  *StatementError
		renamed *RenameError
	)
	switch {
	case err == nil || ctx.Err() != nil:
		return ""
	case errors.As(err, &failed):
		return oneLine(fmt.Sprintf("%v: %s", failed.Err, failed.Statement), "")
	case errors.As(err, &renamed), errors.Is(err, errNoStatement):
		text := strings.TrimPrefix(err.Error(), "migration: ")
		return oneLine(strings.TrimSuffix(text, ": "+errNoStatement.Error()), "")
	default:
		return ""
	}
}

// undo is the draft of a down file.
type undo struct {
	*draft
	before *origin
	risks  []Risk
	filled map[string]bool // "table.column" that got values for its rows
}

// back leads the database back to what it was: names first, then tables, and
// last what is built on them, or they on it.
func (u *undo) back(ctx context.Context, renamed []Rename) error {
	for _, r := range slices.Backward(renamed) {
		have, err := u.inspect(ctx)
		if err != nil {
			return err
		}
		r.From, r.To = r.To, r.From
		if err := u.rename(ctx, have, r); err != nil {
			return err
		}
	}
	left, err := u.dropDependents(ctx)
	if err != nil && len(left) == 0 {
		return err
	}
	if err := u.lead(ctx, u.before.schema, u.adapt); err != nil {
		return err
	}
	left, err = u.runAny(ctx, left) // which no table needs any more, or which can be replaced
	if err != nil && len(left) == 0 {
		return err
	}
	if creationErr := u.createDependents(ctx); creationErr != nil {
		return errors.Join(err, creationErr)
	}
	return nil
}

// adapt notes what a step can do to rows, and gives values to those that a
// column comes back to.
func (u *undo) adapt(ctx context.Context, have *atlas.Schema, changes []atlas.Change) error {
	found := u.draft.risks(have, changes)
	for _, c := range changes {
		switch c := c.(type) {
		case *atlas.AddTable:
			u.note(Risk{
				Kind: Lossy, Code: "table-returns-empty", Table: c.T.Name,
				Reason: "table " + c.T.Name + " comes back without its rows", Advice: "restore them from a backup",
			})
		case *atlas.ModifyTable:
			if err := u.fill(ctx, have, c, &found); err != nil {
				return err
			}
		}
	}
	u.note(found...)
	return nil
}

// note keeps each risk once.
func (u *undo) note(list ...Risk) {
	for _, r := range list {
		if !slices.ContainsFunc(u.risks, func(old Risk) bool {
			return old.Code == r.Code && old.Table == r.Table && old.Column == r.Column
		}) {
			u.risks = append(u.risks, r)
		}
	}
}
