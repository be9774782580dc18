package migration

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// run runs one file, up or down, in a transaction where that means something.
// It reports false if another migrator has done so meanwhile.
func (s *session) run(ctx context.Context, sc *script) (bool, error) {
	mode, err := transactionMode(sc.file)
	if err != nil {
		return false, err
	}
	switch {
	case s.dialect == config.MySQL:
		return true, s.runMySQL(ctx, sc)
	case mode == modeNone:
		return true, s.runNone(ctx, sc)
	}
	if err := sc.refuseTransactions(); err != nil {
		return false, err
	}
	if s.dialect == config.SQLite {
		return s.runSQLite(ctx, sc)
	}
	return true, s.runWhole(ctx, sc)
}

// runWhole runs all that is left of a file, and the note of it, in one
// transaction.
func (s *session) runWhole(ctx context.Context, sc *script) error {
	return s.within(ctx, sc, func(revs *revisions) error { return sc.all(ctx, revs) })
}

// all runs what is left of the file.
func (sc *script) all(ctx context.Context, revs *revisions) error {
	for i := sc.done(); i < len(sc.stmts); i++ {
		if err := sc.exec(ctx, revs.db, i); err != nil {
			return err
		}
	}
	sc.note(len(sc.stmts))
	return sc.write(ctx, revs)
}

var errOwnTransaction = errors.New("the file runs in one transaction, which this would begin or end: " +
	"take it out, or begin the file with -- atlas:txmode none")

// refuseTransactions returns an error for a statement after which the file
// would no longer be rolled back as a whole.
func (sc *script) refuseTransactions() error {
	for i, stmt := range sc.stmts {
		if ownTransaction.MatchString(stmt.Text) {
			return sc.failed(i, errOwnTransaction)
		}
	}
	return nil
}

// exec runs one statement of the file.
func (sc *script) exec(ctx context.Context, db querier, i int) error {
	if _, err := db.ExecContext(ctx, sc.stmts[i].Text); err != nil {
		return sc.failed(i, err)
	}
	return nil
}

// failed describes a statement that failed, as if all that is not noted were
// rolled back; who knows better changes it.
func (sc *script) failed(i int, err error) *StatementError {
	return &StatementError{
		File: sc.name(), Statement: sc.stmts[i].Text, Line: line(sc.file, sc.stmts[i]), Number: i + 1,
		Total: len(sc.stmts), Down: sc.undo, Applied: sc.done(), RolledBack: sc.done() == 0, Err: err,
	}
}

// name is the file's name as seen from the folder of migrations.
func (sc *script) name() string {
	if sc.undo {
		return downFolder + "/" + sc.file.Name()
	}
	return sc.file.Name()
}

// within runs do in a transaction, which is rolled back if do fails. The
// transaction itself does not follow the context, else it would be rolled back
// behind the back of whoever uses the connection next; its statements do.
func (s *session) within(ctx context.Context, sc *script, do func(*revisions) error) error {
	return s.transaction(ctx, sc.name(), do)
}

func (s *session) transaction(ctx context.Context, what string, do func(*revisions) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("migration: cannot begin %s: %w", what, err)
	}
	tx, err := s.conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("migration: cannot begin %s: %w", what, err)
	}
	if err := do(s.revs.on(tx)); err != nil {
		// It fails only where nothing is left to roll back: the connection is
		// gone, or the engine has rolled back by itself.
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migration: cannot commit %s: %w", what, err)
	}
	return nil
}

// runEach runs what is left of a file statement by statement, each of them
// noted. one runs a single statement and its note.
func (s *session) runEach(ctx context.Context, sc *script, one func(context.Context, *script, int) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("migration: cannot begin %s: %w", sc.name(), err)
	}
	if err := s.repeatSettings(ctx, sc); err != nil {
		return err
	}
	if sc.done() == len(sc.stmts) { // such as a file of comments
		sc.note(sc.done())
		return sc.write(ctx, s.revs)
	}
	for i := sc.done(); i < len(sc.stmts); i++ {
		err := one(ctx, sc, i)
		if failed, ok := errors.AsType[*StatementError](err); ok {
			return s.stopped(ctx, sc, failed, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stopped notes which statement failed, and tells from whether that could be
// noted what is known about the state of the database.
func (s *session) stopped(ctx context.Context, sc *script, failed *StatementError, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	failed.Applied, failed.RolledBack = sc.done(), sc.done() == 0 && !failed.Unknown
	var writeErr error
	switch {
	case failed.Unknown:
		return err
	case sc.done() > 0:
		sc.remark(firstLine(failed.Err.Error()), failed.Statement)
		writeErr = sc.write(ctx, s.revs)
	case sc.undo: // not one statement stayed, so leave no half-begun file behind
		sc.note(0)
		writeErr = sc.write(ctx, s.revs)
	default:
		writeErr = s.revs.DeleteRevision(ctx, sc.rev.Version)
	}
	if writeErr != nil {
		failed.RolledBack, failed.Unknown = false, true
	}
	return err
}

// repeatSettings runs the SET statements among those that are done: they were
// for the connection of a run that is over.
func (s *session) repeatSettings(ctx context.Context, sc *script) error {
	for i := range sc.done() {
		if keyword(sc.stmts[i].Text) == "set" {
			if err := sc.exec(ctx, s.conn, i); err != nil {
				return err
			}
		}
	}
	return nil
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

var firstWord = regexp.MustCompile(`^\s*(?:(?:--|#)[^\n]*\n\s*|/\*[^!](?s:.*?)\*/\s*)*(\w+)\b`)

// ownTransaction matches what begins or ends a transaction, and not ROLLBACK TO
// a savepoint.
var ownTransaction = regexp.MustCompile(`(?i)^\s*(?:(?:--|#)[^\n]*\n\s*|/\*[^!](?s:.*?)\*/\s*)*` +
	`(?:begin|start\s+transaction|commit|end|abort|rollback)(?:\s+(?:work|transaction|deferred|immediate|exclusive|isolation|read|and)\b[^;]*)?\s*;?\s*$`)

// keyword is the first word of a statement in lower case, without the comments
// before it.
func keyword(statement string) string {
	if m := firstWord.FindStringSubmatch(statement); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

// changesData reports whether a statement leaves the schema alone, so that
// MySQL can roll it back.
func changesData(statement string) bool {
	return slices.Contains([]string{"insert", "update", "delete", "replace", "select", "set", "with"}, keyword(statement))
}

// onlyData reports whether no statement changes the schema.
func onlyData(stmts []*migrate.Stmt) bool {
	return !slices.ContainsFunc(stmts, func(stmt *migrate.Stmt) bool { return !changesData(stmt.Text) })
}

// firstLine keeps remarks readable.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
