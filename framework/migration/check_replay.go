package migration

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// replay runs the files on a scratch database, each with its down, and compares
// the end with what the entities ask for. It reports whether all files ran.
func (c *checker) replay(ctx context.Context) (ok bool, err error) {
	if c.scratch, err = openScratch(ctx, c.cfg.Server); err != nil {
		return false, err
	}
	// Closed is the one that is there then; see startOver.
	defer func() { err = errors.Join(err, c.scratch.Close(ctx)) }()
	var want *atlas.Schema
	if c.cfg.Tables != nil {
		if want, err = c.scratch.desired(ctx, c.cfg.Server, c.cfg.Tables); err != nil {
			return false, err
		}
	}
	at, err := c.scratch.snapshot(ctx)
	if err != nil {
		return false, err
	}
	for _, f := range replayable(c.contents) {
		c.cfg.Progress("Replaying " + f.Name())
		if at, err = c.replayOne(ctx, f, at); err != nil || at == nil {
			return false, err
		}
	}
	if want == nil {
		return true, nil
	}
	changes, err := c.scratch.compare(at.schema, want)
	if err != nil {
		return false, err
	}
	missing := summary(changes)
	if missing == "" {
		missing, err = c.scratch.companionSummary(ctx, c.cfg.Tables)
	}
	if missing != "" {
		c.find(Finding{
			Code: CodeMissingMigration, Severity: SeverityError,
			Message: "the entities ask for what no migration brings: " + missing,
			Advice:  "run: framefox database create-migration",
		})
	}
	return true, err
}

// replayOne returns the schema after the file, nil if it does not run.
func (c *checker) replayOne(ctx context.Context, f migrate.File, before *snapshot) (*snapshot, error) {
	if err := c.scratch.replay(ctx, f); err != nil {
		c.find(statementFinding(CodeReplay, f.Name(), err, "correct the file; nothing after it was checked"))
		return nil, ctx.Err()
	}
	after, err := c.scratch.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if c.changes[f.Version()], err = c.scratch.compare(before.schema, after.schema); err != nil {
		return nil, err
	}
	if c.risky(f) {
		c.risks(f, before)
		c.lostClauses(f, before, after)
	}
	if !c.since(f) || isCheckpoint(f) {
		return after, nil
	}
	undone, err := c.undo(ctx, f, before)
	if err != nil || !undone {
		return after, err
	}
	if err := c.scratch.replay(ctx, f); err != nil {
		c.find(statementFinding(CodeDownDiffers, path.Join(downFolder, downName(f.Name())), err,
			"the migration does not run again after it: correct the down file"))
		return nil, ctx.Err()
	}
	return after, nil
}

// lostClauses warns of what a rebuild has left out of a table of SQLite.
func (c *checker) lostClauses(f migrate.File, before, after *snapshot) {
	if c.dialect != config.SQLite {
		return
	}
	for _, d := range dependentDifferences(before.dependents, after.dependents) {
		table, ok := after.schema.Table(d.Table)
		if !ok || d.State != missing || !(dependent{kind: d.Kind}).clause() {
			continue
		}
		_, column := table.Column(d.Name)
		_, index := table.Index(d.Name)
		if column || index || d.Kind == kindDeferral {
			c.find(Finding{
				Code: CodeLostClause, Severity: SeverityWarning, File: f.Name(), Table: d.Table,
				Message: fmt.Sprintf("the %s %s of the table %s is gone after it", d.Kind, d.Name, d.Table),
				Advice:  "if that is not meant, write it into the statement that creates the table anew",
			})
		}
	}
}

// undo runs a file's down and compares what that leads to. It reports whether
// the file has to run again.
func (c *checker) undo(ctx context.Context, f migrate.File, before *snapshot) (undone bool, err error) {
	down, ok := c.contents.down(f.Version())
	if !ok {
		if len(c.contents.downs) > 0 && c.risky(f) {
			c.find(Finding{
				Code: CodeNoDown, Severity: SeverityWarning, File: f.Name(), Message: "nothing undoes it",
				Advice: "write " + path.Join(downFolder, downName(f.Name())) + ", then run: framefox database rehash",
			})
		}
		return false, nil
	}
	if reason := describe(down).Irreversible; reason != "" {
		if c.risky(f) {
			c.find(Finding{
				Code: CodeIrreversible, Severity: SeverityWarning, File: f.Name(), Message: "cannot be undone: " + reason,
				Advice: "copy the database before you apply it: framefox database copy",
			})
		}
		return false, nil
	}
	name := path.Join(downFolder, down.Name())
	if err := c.scratch.replay(ctx, down); err != nil {
		c.find(statementFinding(CodeDownFails, name, err, "correct the down file, then run: framefox database rehash"))
		return false, c.startOver(ctx, f)
	}
	found, err := c.scratch.snapshot(ctx)
	if err != nil {
		return false, err
	}
	list, err := differences(c.scratch.driver, before, found)
	if err != nil || len(list) == 0 {
		return true, err
	}
	for _, d := range list {
		c.find(Finding{
			Code: CodeDownDiffers, Severity: SeverityError, File: name, Table: d.Table,
			Message: "does not lead back: after it " + d.String(), Advice: "correct the down file, then run: framefox database rehash",
		})
	}
	return false, c.startOver(ctx, f)
}

// startOver begins a new scratch database with the files up to f, after
// something unforeseen was done to the old one.
func (c *checker) startOver(ctx context.Context, f migrate.File) error {
	fresh, err := openScratch(ctx, c.cfg.Server)
	if err != nil {
		return err
	}
	old := c.scratch
	c.scratch = fresh
	if err := old.Close(ctx); err != nil {
		return err
	}
	files := replayable(c.contents)
	i := slices.IndexFunc(files, func(other migrate.File) bool { return other.Version() == f.Version() })
	return fresh.replay(ctx, files[:i+1]...)
}

// statementFinding says where a file failed.
func statementFinding(code, file string, err error, advice string) Finding {
	f := Finding{Code: code, Severity: SeverityError, File: file, Message: strings.TrimPrefix(err.Error(), "migration: "), Advice: advice}
	if failed, ok := errors.AsType[*StatementError](err); ok {
		f.Line = failed.Line
		f.Message = fmt.Sprintf("statement %d of %d failed: %v: %s", failed.Number, failed.Total, failed.Err, shortened(failed.Statement))
	}
	return f
}

// shortened is the beginning of a statement, in one line.
func shortened(statement string) string {
	const most = 120
	text := []rune(strings.Join(strings.Fields(statement), " "))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
