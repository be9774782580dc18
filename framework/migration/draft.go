package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// draft is a migration in the making. It grows step by step; each step is run
// on the scratch database before the next one is planned, so that what is
// written is known to run.
type draft struct {
	*scratch
	name    string
	changes []*migrate.Change
	fills   map[string]string // SQLite: expressions for "table.column" while a table is copied
	later   []*migrate.Change // to be run right after the next step
	aside   []atlas.Change    // what a rename on MySQL has put aside, with the new name
}

// errNoStatement means that schemas differ in what no statement can change.
var errNoStatement = errors.New("no statement can change that")

// lead adds what leads from the database as it is to the wanted schema. What
// Atlas cannot do in one step it does in the next. The function adapt may change
// a step before it is taken.
func (d *draft) lead(ctx context.Context, want *atlas.Schema, adapt func(ctx context.Context, have *atlas.Schema, changes []atlas.Change) error) error {
	for range maxRounds {
		have, err := d.inspect(ctx)
		if err != nil {
			return err
		}
		changes, err := d.compare(have, want)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err := adapt(ctx, have, changes); err != nil {
			return err
		}
		if changes, err = d.prepare(ctx, changes); err != nil {
			return err
		}
		if err := d.apply(ctx, changes); err != nil {
			return err
		}
	}
	return d.settled(ctx, want)
}

// settled returns an error if the database is not as wanted.
func (d *draft) settled(ctx context.Context, want *atlas.Schema) error {
	have, err := d.inspect(ctx)
	if err != nil {
		return err
	}
	changes, err := d.compare(have, want)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		return fmt.Errorf("migration: the planned changes do not lead to the wanted schema, there remains %s: %w", summary(changes), errNoStatement)
	}
	return nil
}

// prepare adapts changes to what the dialect can do.
func (d *draft) prepare(ctx context.Context, changes []atlas.Change) ([]atlas.Change, error) {
	switch d.dialect {
	case config.SQLite:
		forceRebuilds(changes)
	case config.Postgres:
		renameIndexes(changes)
		if err := d.apply(ctx, dropDefaults(changes)); err != nil {
			return nil, err
		}
		convertTypes(changes)
	default:
		renameIndexes(changes)
	}
	return changes, nil
}

// apply plans changes, runs them and keeps them.
func (d *draft) apply(ctx context.Context, changes []atlas.Change) error {
	if len(changes) == 0 {
		return nil
	}
	plan, err := d.driver.PlanChanges(ctx, d.name, changes, unqualified)
	if err != nil {
		return fmt.Errorf("migration: cannot plan the changes (%s): %w", summary(changes), errors.Join(errNoStatement, err))
	}
	if len(plan.Changes) == 0 {
		return fmt.Errorf("migration: the schemas differ in what %s cannot change (%s): %w", d.dialect, summary(changes), errNoStatement)
	}
	portable(d.dialect, plan)
	if d.dialect == config.SQLite {
		d.fillCopies(plan)
		if err := d.keepClauses(ctx, plan); err != nil {
			return err
		}
		if err := d.keepDependents(ctx, plan); err != nil {
			return err
		}
	}
	if err := d.run(ctx, plan.Changes...); err != nil {
		return err
	}
	later := d.later
	d.later = nil
	return d.run(ctx, later...)
}

// run runs statements as they will be written and keeps them.
func (d *draft) run(ctx context.Context, statements ...*migrate.Change) error {
	if len(statements) == 0 {
		return nil
	}
	text, err := format(d.name, statements)
	if err != nil {
		return err
	}
	if err := d.replay(ctx, migrate.NewLocalFile(d.name, text)); err != nil {
		return err
	}
	d.changes = append(d.changes, statements...)
	return nil
}

// statements lists the text of what the draft holds.
func (d *draft) statements() []string {
	list := make([]string, len(d.changes))
	for i, c := range d.changes {
		list[i] = c.Cmd
	}
	return list
}

// format writes statements as the text of a file.
func format(name string, statements []*migrate.Change) ([]byte, error) {
	if slices.ContainsFunc(statements, compound) {
		return delimited(statements), nil
	}
	file, err := migrate.DefaultFormatter.FormatFile(&migrate.Plan{Version: "1", Name: name, Changes: statements})
	if err != nil {
		return nil, fmt.Errorf("migration: cannot write the changes as a file: %w", err)
	}
	return file.Bytes(), nil
}

// compound reports whether a statement holds others, as a trigger does.
func compound(c *migrate.Change) bool {
	return strings.Contains(quotedText.ReplaceAllString(c.Cmd, "''"), ";")
}

// delimited is a file whose statements do not end at a semicolon, at which the
// stock atlas would cut a trigger in two.
func delimited(statements []*migrate.Change) []byte {
	list := make([]string, len(statements))
	for i, c := range statements {
		if c.Comment != "" {
			list[i] = "-- " + strings.ToUpper(c.Comment[:1]) + c.Comment[1:] + "\n"
		}
		list[i] += c.Cmd + ";"
	}
	return delimitedText("", list)
}
