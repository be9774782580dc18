package migration

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// readHistory looks how far the database is.
func (c *checker) readHistory(ctx context.Context) error {
	if c.cfg.DB == nil {
		return nil
	}
	revs, err := (&revisions{dialect: c.dialect, db: c.cfg.DB.SQL()}).ReadRevisions(ctx)
	if err != nil {
		return err
	}
	c.history = newHistory(c.contents, revs)
	c.report.Live, c.report.Pending = true, len(c.pending())
	return nil
}

// live compares the database with the files. Of files that do not run nothing
// follows.
func (c *checker) live(ctx context.Context, replayed bool) error {
	c.cfg.Progress("Comparing the database with its history")
	known := c.checkHistory()
	live, _, err := readLive(ctx, c.cfg.DB, c.contents)
	if err != nil {
		return err
	}
	if len(c.history.revs) == 0 && len(live.schema.Tables) > 0 {
		c.find(Finding{
			Code: CodeNoHistory, Severity: SeverityError,
			Message: fmt.Sprintf("the database has %d tables but no history of migrations", len(live.schema.Tables)),
			Advice:  "if the tables are those of a migration, say so: framefox database stamp VERSION",
		})
		return nil
	}
	if err := c.invalidIndexes(ctx); err != nil {
		return err
	}
	if !known || !replayed || !c.comparable() {
		return nil
	}
	if err := c.drift(ctx, live); err != nil {
		return err
	}
	if len(c.pending()) == 0 {
		return nil
	}
	if err := c.rows(ctx, live); err != nil {
		return err
	}
	return c.rehearse(ctx)
}

// comparable reports whether it is known what the database should look like.
func (c *checker) comparable() bool { return c.history.comparable() == nil }

// checkHistory reports whether it is known which files the database has.
func (c *checker) checkHistory() bool {
	for _, rev := range c.history.missing() {
		if slices.Contains(c.history.unknown(), rev.Version) {
			c.find(Finding{
				Code: CodeAppliedMissing, Severity: SeverityError, File: rev.Version + "_" + rev.Description + ".sql",
				Message: "is applied, but is not in the folder", Advice: "restore the file, or use the program that applied it",
			})
		}
	}
	for _, f := range c.contents.files {
		rev := c.history.revision(f.Version())
		if rev != nil && undoing(rev) {
			c.find(Finding{
				Code: CodeHalfApplied, Severity: SeverityError, File: f.Name(), Message: rev.Error,
				Advice: "finish it with: framefox database downgrade",
			})
		}
		if rev == nil || !partial(rev) {
			continue
		}
		c.find(Finding{
			Code: CodeHalfApplied, Severity: SeverityError, File: f.Name(),
			Message: fmt.Sprintf("stopped after %d of %d statements: %s", rev.Applied, rev.Total, cmp.Or(rev.Error, "the process ended")),
			Advice:  "finish it with: framefox database upgrade",
		})
	}
	if len(c.history.revs) > 0 {
		for _, name := range c.history.outOfOrder() {
			c.find(Finding{
				Code: CodeOutOfOrder, Severity: SeverityError, File: name,
				Message: "is older than the newest applied migration, " + c.history.revs[len(c.history.revs)-1].Version + ", and not applied",
				Advice:  "give it a later version: framefox database merge --rebase " + name,
			})
		}
	}
	c.editedFiles()
	_, err := c.history.pending()
	var (
		unknown *UnknownRevisionError
		order   *OutOfOrderError
	)
	if err != nil && !errors.As(err, &unknown) && !errors.As(err, &order) {
		message, advice, _ := strings.Cut(strings.TrimPrefix(err.Error(), "migration: "), "; ")
		c.find(Finding{Code: CodeHistory, Severity: SeverityError, Message: message, Advice: advice})
	}
	return err == nil
}

func (c *checker) drift(ctx context.Context, live *snapshot) (err error) {
	s, err := openScratch(ctx, live.like(c.cfg.Server))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	list, err := s.drift(ctx, c.history, live)
	for _, d := range list {
		f := Finding{
			Code: CodeDrift, Severity: SeverityError, Table: d.Table, Message: "in the database " + d.String(),
			Advice: "undo the change in the database, or make it a migration",
		}
		if d.State == missing && d.Kind == "table" {
			f.Code, f.Message = CodeDroppedTable, "the table "+d.Table+" was dropped by hand"
			f.Advice = "restore it from a copy: framefox database restore"
		}
		c.find(f)
	}
	return err
}

// invalidIndexes finds those that a failed CREATE INDEX CONCURRENTLY leaves on
// PostgreSQL: they cost writes and serve no query.
func (c *checker) invalidIndexes(ctx context.Context) error {
	if c.dialect != config.Postgres {
		return nil
	}
	const query = `SELECT x.relname, t.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
		JOIN pg_namespace n ON n.oid = x.relnamespace WHERE NOT i.indisvalid AND n.nspname = current_schema() ORDER BY 1`
	return each(ctx, c.cfg.DB.SQL(), "look for invalid indexes", query, func(rows *sql.Rows) error {
		var index, table string
		err := rows.Scan(&index, &table)
		c.find(Finding{
			Code: CodeInvalidIndex, Severity: SeverityError, Table: table,
			Message: fmt.Sprintf("the index %s of %s is invalid: CREATE INDEX CONCURRENTLY did not finish", index, table),
			Advice:  fmt.Sprintf("drop it, then create it again: DROP INDEX CONCURRENTLY %q", index),
		})
		return err
	})
}

// rehearse runs the pending files on a copy of the schema of a SQLite database,
// with its own views and triggers: a rebuild fails under the ones and drops the
// others.
func (c *checker) rehearse(ctx context.Context) (err error) {
	if c.dialect != config.SQLite {
		return nil
	}
	c.cfg.Progress("Trying the pending migrations on a copy of the schema")
	s, err := openScratch(ctx, c.cfg.Server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	if err := s.copySchema(ctx, c.cfg.DB.SQL()); err != nil {
		return err
	}
	for _, f := range replayable(c.contents) {
		if !slices.Contains(c.pending(), f.Version()) {
			continue
		}
		before, err := catalogDependents(ctx, c.dialect, s.conn)
		if err != nil {
			return err
		}
		if err := s.replay(ctx, f); err != nil {
			c.find(statementFinding(CodePendingFails, f.Name(), err,
				"it fails on this database though not on an empty one: look at its own views and tables"))
			return ctx.Err()
		}
		after, err := s.snapshot(ctx)
		if err != nil {
			return err
		}
		for _, d := range dependentDifferences(before, after.dependents) {
			if _, ok := after.schema.Table(d.Table); !ok || d.State != missing || strings.Contains(string(f.Bytes()), d.Name) {
				continue
			}
			c.find(Finding{
				Code: CodeLostTrigger, Severity: SeverityError, File: f.Name(), Table: d.Table,
				Message: "rebuilds the table " + d.Table + " and drops its trigger " + d.Name,
				Advice:  "create it again at the end of the file, or drop it by name",
			})
		}
	}
	return nil
}

// copySchema creates on s what a SQLite database holds, in the order of
// creation.
func (s *scratch) copySchema(ctx context.Context, from querier) error {
	const query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' " +
		"AND tbl_name NOT IN ('" + RevisionsTable + "', '" + DataTable + "') AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid"
	var list []string
	err := each(ctx, from, "read the schema", query, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		list = append(list, text)
		return err
	})
	if err != nil {
		return err
	}
	for _, text := range list {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("migration: cannot copy the schema to a scratch database: %w", err)
		}
	}
	return nil
}

// editedFiles finds files that were changed after they were applied.
func (c *checker) editedFiles() {
	for _, e := range c.history.edited() {
		c.find(Finding{
			Code: CodeAppliedEdited, Severity: SeverityError, File: e.file.Name(),
			Message: "was changed after it was applied to this database",
			Advice:  "restore the file and write another migration for the change",
		})
	}
}
