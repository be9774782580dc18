package migration

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// operator is what the history names as the one who applied a migration.
const operator = "Framefox"

// apply runs one file, in a transaction where that means something. It reports
// false if another migrator has applied the file meanwhile.
func (u *upgrade) apply(ctx context.Context, f migrate.File) (bool, error) {
	mode, err := transactionMode(f)
	if err != nil {
		return false, err
	}
	switch {
	case mode == modeNone:
		return true, u.execute(ctx, f, u.revs)
	case u.dialect == config.SQLite:
		return u.applySQLite(ctx, f)
	case u.dialect == config.MySQL:
		return true, u.applyMySQL(ctx, f)
	default:
		return true, u.within(ctx, func(revs *revisions) error { return u.execute(ctx, f, revs) })
	}
}

// within runs do in a transaction, which is rolled back if do fails. The
// transaction itself does not follow the context, else it would be rolled back
// behind the back of whoever uses the connection next; its statements do.
func (u *upgrade) within(ctx context.Context, do func(*revisions) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("migration: cannot begin: %w", err)
	}
	tx, err := u.conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("migration: cannot begin: %w", err)
	}
	if err := do(&revisions{dialect: u.dialect, db: tx}); err != nil {
		// It fails only where nothing is left to roll back: the connection is
		// gone, or the engine has rolled back by itself.
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migration: cannot commit: %w", err)
	}
	return nil
}

// applyMySQL runs a file on MySQL, where a change of the schema ends the
// transaction. A file that only changes data is rolled back as a whole. Else
// each statement is followed by the note that it was applied; a process that is
// killed between the two leaves a statement that the next run repeats.
func (u *upgrade) applyMySQL(ctx context.Context, f migrate.File) error {
	stmts, err := statements(u.driver, f)
	if err != nil {
		return err
	}
	if onlyData(stmts) {
		err = u.within(ctx, func(revs *revisions) error { return u.execute(ctx, f, revs) })
	} else {
		err = u.applyEach(ctx, f)
	}
	var failed *StatementError
	if !errors.As(err, &failed) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	switch rev, readErr := u.revs.ReadRevision(ctx, f.Version()); {
	case readErr != nil && !errors.Is(readErr, migrate.ErrRevisionNotExist):
		failed.RolledBack, failed.Unknown = false, true
		return err
	case readErr != nil: // all of it was rolled back
		return err
	case rev.Applied > 0:
		failed.RolledBack, failed.Applied = false, rev.Applied
		return err
	default: // not one statement stayed, so leave no half-begun file behind
		return errors.Join(err, u.revs.DeleteRevision(ctx, f.Version()))
	}
}

func (u *upgrade) applyEach(ctx context.Context, f migrate.File) error {
	revs := &revisions{dialect: u.dialect, db: u.conn, commitEach: true}
	if err := revs.exec(ctx, "START TRANSACTION"); err != nil {
		return err
	}
	// The server finishes a change of the schema although its client has gone,
	// and then nobody would note it: a file that was begun is ended.
	err := u.execute(context.WithoutCancel(ctx), f, revs)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	if err == nil {
		return revs.exec(end, "COMMIT")
	}
	_ = revs.exec(end, "ROLLBACK") // as in within
	return err
}

// execute has Atlas run the statements of a file that are not yet applied, on
// the connection or transaction of revs, and keep its book there.
func (u *upgrade) execute(ctx context.Context, f migrate.File, revs *revisions) error {
	driver, err := openDriver(u.dialect, revs.db)
	if err != nil {
		return err
	}
	ex, err := migrate.NewExecutor(driver, u.mem, revs, migrate.WithOperatorVersion(operator))
	if err != nil {
		return fmt.Errorf("migration: cannot apply %s: %w", f.Name(), err)
	}
	err = ex.Execute(ctx, f)
	if err == nil {
		return nil
	}
	var (
		failed  *migrate.StmtExecError
		changed migrate.HistoryChangedError
	)
	switch {
	case errors.As(err, &failed):
		return u.statementError(ctx, f, failed)
	case errors.As(err, &changed):
		return &FileChangedError{File: f.Name(), Applied: changed.Stmt, Reason: fmt.Sprintf("statement %d is different now", changed.Stmt)}
	default:
		return fmt.Errorf("migration: cannot apply %s: %w", f.Name(), err)
	}
}

func (u *upgrade) statementError(ctx context.Context, f migrate.File, failed *migrate.StmtExecError) error {
	e := &StatementError{File: f.Name(), Statement: failed.Stmt.Text, Line: line(f, failed.Stmt), RolledBack: true, Err: failed.Err}
	if stmts, err := statements(u.driver, f); err == nil {
		e.Total = len(stmts)
		for i, stmt := range stmts {
			if stmt.Pos == failed.Stmt.Pos {
				e.Number = i + 1
			}
		}
	}
	if mode, err := transactionMode(f); err == nil && mode == modeNone {
		if rev, err := u.revs.ReadRevision(ctx, f.Version()); err == nil {
			e.RolledBack, e.Applied = rev.Applied == 0, rev.Applied
		}
	}
	return e
}

// The values of the directive "-- atlas:txmode".
const (
	modeFile = "file"
	modeNone = "none"
)

// transactionMode reads a file's directive.
func transactionMode(f migrate.File) (string, error) {
	file, ok := f.(interface{ Directive(string) []string })
	if !ok {
		return modeFile, nil
	}
	switch modes := file.Directive("txmode"); {
	case len(modes) == 0:
		return modeFile, nil
	case len(modes) == 1 && (modes[0] == modeFile || modes[0] == modeNone):
		return modes[0], nil
	default:
		return "", fmt.Errorf("migration: %s: unknown directive atlas:txmode %s; use file or none", f.Name(), strings.Join(modes, ", "))
	}
}

var dataStatement = regexp.MustCompile(`(?i)^\s*(?:(?:--|#)[^\n]*\n\s*|/\*[^!](?s:.*?)\*/\s*)*(insert|update|delete|replace|select|set|with)\b`)

// onlyData reports whether no statement changes the schema, so that MySQL can
// roll all of them back.
func onlyData(stmts []*migrate.Stmt) bool {
	for _, stmt := range stmts {
		if !dataStatement.MatchString(stmt.Text) {
			return false
		}
	}
	return true
}
