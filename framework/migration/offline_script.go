package migration

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// writeScript writes jobs as a script for the command line client of a
// database. It consists of what a session does, in the same order; only the
// intents are left out, since nobody is there to compare them.
func writeScript(w io.Writer, d config.Dialect, work []job, create bool) error {
	p := &printer{dialect: d, out: bufio.NewWriter(w)}
	p.head(work)
	if create && len(work) > 0 {
		p.statement(createRevisions(d))
	}
	for _, job := range work {
		if err := p.job(job); err != nil {
			return err
		}
	}
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("migration: cannot write the SQL: %w", err)
	}
	return nil
}

// printer writes a script. Errors are kept by out until the end.
type printer struct {
	dialect config.Dialect
	out     *bufio.Writer
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// head makes the client stop at the first error, and read and write as the
// framework's own connections do.
func (p *printer) head(work []job) {
	if len(work) == 0 {
		p.line("-- Nothing to do.")
		return
	}
	switch p.dialect {
	case config.SQLite:
		p.line("-- For sqlite3; leave the next line out for other programs.\n.bail on")
	case config.Postgres:
		p.line("-- For psql; leave the next line out for other programs.\n\\set ON_ERROR_STOP on")
		p.line("SET client_encoding = 'UTF8';\nSET timezone = 'UTC';")
		p.line("SET lock_timeout = '%s';", lockWaitPostgres)
	case config.MySQL:
		p.line("-- For mysql or mariadb.\nSET NAMES utf8mb4 COLLATE utf8mb4_bin;\nSET SESSION time_zone = '+00:00';")
		p.line("SET SESSION lock_wait_timeout = %s;", lockWaitMySQL)
		p.line("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';")
	}
}

func (p *printer) job(w job) error {
	p.line("\n-- %s -> %s: %s", orBase(w.step.From), orBase(w.step.To), oneLine(w.step.Description, ""))
	if w.script != nil {
		if err := p.script(w.script); err != nil {
			return err
		}
	}
	if w.step.Data {
		p.line("-- The part of %s that is written in Go is run by the next upgrade.", w.step.Version)
	}
	return nil
}

// script prints what run does.
func (p *printer) script(sc *script) error {
	mode, err := transactionMode(sc.file)
	if err != nil {
		return err
	}
	if p.dialect != config.MySQL && mode != modeNone {
		if err := sc.refuseTransactions(); err != nil {
			return err
		}
	}
	for _, stmt := range sc.stmts[:sc.done()] {
		if keyword(stmt.Text) == "set" {
			p.statement(stmt.Text)
		}
	}
	switch {
	case p.dialect == config.MySQL && onlyData(sc.stmts):
		return p.whole(sc, "START TRANSACTION")
	case p.dialect == config.MySQL || mode == modeNone:
		return p.each(sc)
	case p.dialect == config.SQLite:
		p.statement("PRAGMA foreign_keys = off")
		if err := p.whole(sc, "BEGIN IMMEDIATE"); err != nil {
			return err
		}
		p.statement("PRAGMA foreign_keys = on")
		p.line("-- Each row that this prints points to nothing.")
		p.statement("PRAGMA foreign_key_check")
		return nil
	default:
		return p.whole(sc, "BEGIN")
	}
}

// whole prints a file as one transaction.
func (p *printer) whole(sc *script, begin string) error {
	p.statement(begin)
	for _, stmt := range sc.stmts[sc.done():] {
		p.statement(stmt.Text)
	}
	sc.note(len(sc.stmts))
	if err := p.row(sc); err != nil {
		return err
	}
	p.statement("COMMIT")
	return nil
}

// each prints a file with a note after each statement.
func (p *printer) each(sc *script) error {
	for i := sc.done(); i < len(sc.stmts); i++ {
		together := p.dialect == config.MySQL && changesData(sc.stmts[i].Text)
		if together {
			p.statement("START TRANSACTION")
		}
		patient := p.dialect == config.Postgres && concurrent.MatchString(sc.stmts[i].Text)
		if patient {
			p.statement("SET lock_timeout = 0")
		}
		p.statement(sc.stmts[i].Text)
		if patient {
			p.statement("SET lock_timeout = '" + lockWaitPostgres + "'")
		}
		sc.note(i + 1)
		if err := p.row(sc); err != nil {
			return err
		}
		if together {
			p.statement("COMMIT")
		}
	}
	if len(sc.stmts) == 0 {
		sc.note(0)
		return p.row(sc)
	}
	return nil
}

// row prints what writes the script's row of the history.
func (p *printer) row(sc *script) error {
	rev := sc.rev
	if sc.undo && sc.done() == len(sc.stmts) {
		p.statement("DELETE FROM " + RevisionsTable + " WHERE version = " + p.text(rev.Version))
		return nil
	}
	values, err := p.values(rev)
	if err != nil {
		return err
	}
	p.statement(upsert(p.dialect, values))
	return nil
}

// values are a row as literals, in the order of revisionColumns.
func (p *printer) values(rev *migrate.Revision) ([]string, error) {
	hashes := "NULL"
	if len(rev.PartialHashes) > 0 {
		text, err := json.Marshal(rev.PartialHashes)
		if err != nil {
			return nil, fmt.Errorf("migration: cannot write revision %s: %w", rev.Version, err)
		}
		hashes = p.text(string(text))
	}
	return []string{
		p.text(rev.Version), p.text(rev.Description), strconv.Itoa(int(rev.Type)), strconv.Itoa(rev.Applied), strconv.Itoa(rev.Total),
		"CURRENT_TIMESTAMP", "0", p.optional(rev.Error), p.optional(rev.ErrorStmt), p.text(rev.Hash), hashes, p.text(rev.OperatorVersion),
	}, nil
}

// statement prints one statement with what ends it.
func (p *printer) statement(text string) {
	text = strings.TrimRight(strings.TrimSpace(text), "; \n\t")
	last := text[strings.LastIndex(text, "\n")+1:]
	end := ";"
	if strings.Contains(last, "--") || p.dialect == config.MySQL && strings.Contains(last, "#") {
		end = "\n;" // may be a comment
	}
	if p.dialect != config.MySQL || !strings.Contains(text, ";") {
		p.line("%s%s", text, end)
		return
	}
	// The client would cut it at each semicolon, as in the body of a trigger.
	delimiter := "//"
	for strings.Contains(text, delimiter) {
		delimiter += "/"
	}
	p.line("DELIMITER %s\n%s\n%s\nDELIMITER ;", delimiter, text, delimiter)
}

func (p *printer) text(s string) string {
	if p.dialect == config.MySQL {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	return quoteText(s)
}

func (p *printer) optional(s string) string {
	if s == "" {
		return "NULL"
	}
	return p.text(s)
}

// orBase names the version of a database.
func orBase(version string) string {
	if version == "" {
		return base
	}
	return version
}
