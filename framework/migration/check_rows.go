package migration

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
)

// risks warns of what a file does. Those that depend on the rows are settled by
// rows where there is a database.
func (c *checker) risks(f migrate.File, before *snapshot) {
	seen := map[string]bool{}
	list := append(risks(c.dialect, before.schema, c.changes[f.Version()]), statementRisks(c.dialect, f)...)
	for _, r := range list {
		key := strings.Join([]string{r.Code, r.Table, r.Column}, " ")
		if seen[key] {
			continue
		}
		seen[key] = true
		c.find(Finding{
			Code: r.Code, Severity: SeverityWarning, File: f.Name(), Table: r.Table,
			Message: string(r.Kind) + ": " + r.Reason, Advice: r.Advice,
		})
	}
}

// demand is something that a change asks of the rows that are there.
type demand struct {
	table string
	what  string // "hold NULL in name"
	query string // counts the rows that stand in the way
}

// rows counts, for each pending change that depends on them, the rows of the
// database that stand in its way. What an earlier pending statement may put
// right is left alone.
func (c *checker) rows(ctx context.Context, live *snapshot) error {
	c.cfg.Progress("Counting rows that stand in the way of pending migrations")
	pending := c.pending()
	touched := map[string]bool{} // tables whose rows or shape a pending file changes first
	for _, f := range replayable(c.contents) {
		if !slices.Contains(pending, f.Version()) {
			continue
		}
		for table := range changesRows(f) {
			touched[table] = true
		}
		for _, d := range c.demands(f, live) {
			if touched[strings.ToLower(d.table)] {
				continue
			}
			if err := c.settle(ctx, f, d); err != nil {
				return err
			}
		}
		for _, change := range c.changes[f.Version()] {
			if m, ok := change.(*atlas.ModifyTable); ok {
				touched[strings.ToLower(m.T.Name)] = true
			}
		}
	}
	return nil
}

func (c *checker) settle(ctx context.Context, f migrate.File, d demand) error {
	var n int
	err := each(ctx, c.cfg.DB.SQL(), "count rows of "+d.table, d.query, func(rows *sql.Rows) error { return rows.Scan(&n) })
	if err != nil || n == 0 {
		return err
	}
	c.find(Finding{
		Code: CodeRows, Severity: SeverityError, File: f.Name(), Table: d.table,
		Message: fmt.Sprintf("%d %s of %s %s", n, plural(n, "row", "rows"), d.table, d.what),
		Advice:  "put them right before you upgrade, or with a statement at the beginning of the file",
	})
	return nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

var rowStatement = regexp.MustCompile("(?i)\\b(?:update|insert\\s+into|delete\\s+from|replace\\s+into|truncate(?:\\s+table)?)\\s+(?:only\\s+)?[`\"]?(\\w+)")

// changesRows are the tables, in lower case, whose rows a file changes.
func changesRows(f migrate.File) map[string]bool {
	tables := map[string]bool{}
	for _, m := range rowStatement.FindAllStringSubmatch(string(f.Bytes()), -1) {
		tables[strings.ToLower(m[1])] = true
	}
	return tables
}

// copiedRows are the columns into which a file copies the rows of a table that
// SQLite rebuilds.
var copiedRows = regexp.MustCompile("(?i)\\binsert\\s+into\\s+[`\"]?new_(\\w+)[`\"]?\\s*\\(([^)]*)\\)")

// copies reports whether a file gives the rows that are there a value for a new
// column, in the statement that copies them.
func copies(f migrate.File, table, column string) bool {
	for _, m := range copiedRows.FindAllStringSubmatch(string(f.Bytes()), -1) {
		if !strings.EqualFold(m[1], table) {
			continue
		}
		for name := range strings.SplitSeq(m[2], ",") {
			if strings.EqualFold(strings.Trim(name, " \t\r\n`\""), column) {
				return true
			}
		}
	}
	return false
}

// demands are what a file asks of the rows of tables that the database has.
func (c *checker) demands(f migrate.File, live *snapshot) (list []demand) {
	for _, change := range c.changes[f.Version()] {
		m, ok := change.(*atlas.ModifyTable)
		if !ok {
			continue
		}
		t, ok := live.schema.Table(m.T.Name)
		if !ok {
			continue
		}
		q := rowQuery{dialect: c.dialect, table: t}
		for _, part := range m.Changes {
			if add, ok := part.(*atlas.AddColumn); ok && c.dialect == config.SQLite && copies(f, t.Name, add.C.Name) {
				continue
			}
			if what, condition := q.demand(part, live.schema); condition != "" {
				list = append(list, demand{table: t.Name, what: what, query: q.count(condition)})
			}
		}
	}
	return list
}

// rowQuery writes the conditions of one table.
type rowQuery struct {
	dialect config.Dialect
	table   *atlas.Table
}

func (q rowQuery) quote(name string) string { return (&adapted{dialect: q.dialect}).quoteName(name) }

// count is the query for the number of rows that meet a condition, or of groups
// where the condition is a whole query.
func (q rowQuery) count(condition string) string {
	if strings.HasPrefix(condition, "SELECT ") {
		return "SELECT count(*) FROM (" + condition + ") AS found"
	}
	return "SELECT count(*) FROM " + q.quote(q.table.Name) + " AS child WHERE " + condition
}

// demand is what a change asks of the rows, "" for nothing that can be counted.
func (q rowQuery) demand(c atlas.Change, live *atlas.Schema) (what, condition string) {
	switch c := c.(type) {
	case *atlas.AddColumn:
		// MySQL fills in a zero value, the others refuse.
		if !c.C.Type.Null && c.C.Default == nil && !filled(c.C) && q.dialect != config.MySQL {
			return "would have no value in the new column " + c.C.Name, "1 = 1"
		}
	case *atlas.ModifyColumn:
		if c.Change.Is(atlas.ChangeNull) && !c.To.Type.Null && q.has(c.To.Name) && (q.dialect != config.SQLite || c.To.Default == nil) {
			return "hold NULL in " + c.To.Name, "child." + q.quote(c.To.Name) + " IS NULL"
		}
	case *atlas.AddIndex:
		return q.duplicates(c.I)
	case *atlas.ModifyIndex:
		return q.duplicates(c.To)
	case *atlas.AddForeignKey:
		return q.orphans(c.F, live)
	case *atlas.AddCheck:
		return q.broken(c.C)
	}
	return "", ""
}

func (q rowQuery) has(column string) bool {
	_, ok := q.table.Column(column)
	return ok
}

// filled reports whether the database finds a value by itself.
func filled(c *atlas.Column) bool {
	return slices.ContainsFunc(c.Attrs, func(a atlas.Attr) bool {
		switch a.(type) {
		case *atlas.GeneratedExpr, *postgres.Identity, *sqlite.AutoIncrement:
			return true
		default:
			return false
		}
	})
}

func (q rowQuery) duplicates(idx *atlas.Index) (what, condition string) {
	if !idx.Unique {
		return "", ""
	}
	names := make([]string, len(idx.Parts))
	columns, conditions := make([]string, len(idx.Parts)), make([]string, len(idx.Parts))
	for i, p := range idx.Parts {
		if p.C == nil || !q.has(p.C.Name) {
			return "", ""
		}
		names[i], columns[i] = p.C.Name, q.quote(p.C.Name)
		conditions[i] = columns[i] + " IS NOT NULL"
	}
	for _, a := range idx.Attrs {
		switch a := a.(type) {
		case *postgres.IndexPredicate:
			conditions = append(conditions, "("+a.P+")")
		case *sqlite.IndexPredicate:
			conditions = append(conditions, "("+a.P+")")
		}
	}
	key := strings.Join(columns, ", ")
	return "share their value of " + strings.Join(names, ", ") + " with another, of which there may be one",
		"SELECT 1 FROM " + q.quote(q.table.Name) + " WHERE " + strings.Join(conditions, " AND ") + " GROUP BY " + key + " HAVING count(*) > 1"
}

func (q rowQuery) orphans(fk *atlas.ForeignKey, live *atlas.Schema) (what, condition string) {
	if len(fk.Columns) != 1 || len(fk.RefColumns) != 1 || fk.RefTable == nil || !q.has(fk.Columns[0].Name) {
		return "", ""
	}
	parent, ok := live.Table(fk.RefTable.Name)
	if !ok {
		return "", ""
	}
	if _, ok := parent.Column(fk.RefColumns[0].Name); !ok {
		return "", ""
	}
	child := "child." + q.quote(fk.Columns[0].Name)
	return fmt.Sprintf("point to no row of %s by %s", parent.Name, fk.Columns[0].Name),
		child + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " + q.quote(parent.Name) + " AS parent WHERE parent." + q.quote(fk.RefColumns[0].Name) + " = " + child + ")"
}

// broken counts what a new check would refuse, if the columns that it mentions
// are there.
func (q rowQuery) broken(check *atlas.Check) (what, condition string) {
	for _, name := range quotedName.FindAllString(check.Expr, -1) {
		if !q.has(strings.Trim(name, "`\"")) {
			return "", ""
		}
	}
	return "break the new check " + check.Name, "NOT (" + check.Expr + ")"
}

var quotedName = regexp.MustCompile("`[^`]+`|\"[^\"]+\"")
