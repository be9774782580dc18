package migration

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// risks lists what changes to a schema can do to a database in use.
func risks(d config.Dialect, _ *atlas.Schema, changes []atlas.Change) []Risk {
	r := &riskFinder{dialect: d}
	for _, c := range changes {
		switch c := c.(type) {
		case *atlas.DropTable:
			r.add(Destructive, "drop-table", c.T.Name, "",
				fmt.Sprintf("table %s and its rows are dropped", c.T.Name),
				"back the database up before; drop the table only when no running program uses it")
		case *atlas.ModifyTable:
			r.modify(c)
		case *atlas.ModifyObject:
			r.object(c)
		}
	}
	return r.list
}

// riskFinder collects risks.
type riskFinder struct {
	dialect config.Dialect
	table   *atlas.Table    // as it becomes
	added   map[string]bool // columns that are new, so that no row has a value in them
	list    []Risk
}

func (r *riskFinder) add(kind RiskKind, code, table, column, reason, advice string) {
	r.list = append(r.list, Risk{Kind: kind, Code: code, Table: table, Column: column, Reason: reason, Advice: advice})
}

// modify looks at the changes of one table.
func (r *riskFinder) modify(m *atlas.ModifyTable) {
	r.table, r.added = m.T, map[string]bool{}
	for _, c := range m.Changes {
		if add, ok := c.(*atlas.AddColumn); ok {
			r.added[add.C.Name] = true
		}
	}
	for _, c := range m.Changes {
		if !renewed(m, c) {
			r.part(c)
		}
	}
	if r.dialect == config.SQLite && rebuilds(m) {
		r.add(Locking, "table-rebuild", m.T.Name, "",
			fmt.Sprintf("SQLite rebuilds table %s: it copies all rows and blocks writers meanwhile", m.T.Name),
			"for a large table choose a quiet hour")
	}
}

// renewed reports whether a change only gives another name to a rule that rows
// satisfy already.
func renewed(m *atlas.ModifyTable, c atlas.Change) bool {
	return slices.ContainsFunc(m.Changes, func(other atlas.Change) bool {
		switch c := c.(type) {
		case *atlas.AddCheck:
			drop, ok := other.(*atlas.DropCheck)
			return ok && plain(drop.C.Expr) == plain(c.C.Expr)
		case *atlas.AddIndex:
			drop, ok := other.(*atlas.DropIndex)
			return ok && sameIndex(drop.I, c.I)
		case *atlas.AddForeignKey:
			drop, ok := other.(*atlas.DropForeignKey)
			return ok && sameReference(drop.F, c.F)
		default:
			return false
		}
	})
}

func sameReference(a, b *atlas.ForeignKey) bool {
	same := func(a, b []*atlas.Column) bool {
		return slices.EqualFunc(a, b, func(a, b *atlas.Column) bool { return a.Name == b.Name })
	}
	return a.RefTable != nil && b.RefTable != nil && a.RefTable.Name == b.RefTable.Name && same(a.Columns, b.Columns) && same(a.RefColumns, b.RefColumns)
}

func (r *riskFinder) part(c atlas.Change) {
	table := r.table.Name
	switch c := c.(type) {
	case *atlas.AddColumn:
		r.addColumn(c.C)
	case *atlas.DropColumn:
		if !generated(c.C) {
			r.add(Destructive, "drop-column", table, c.C.Name,
				fmt.Sprintf("column %s.%s and its values are dropped", table, c.C.Name),
				"back the database up before; drop the column only when no running program uses it")
		}
	case *atlas.ModifyColumn:
		r.modifyColumn(c)
	case *atlas.AddIndex:
		r.addIndex(c.I)
	case *atlas.ModifyIndex:
		r.addIndex(c.To)
	case *atlas.AddForeignKey:
		r.addForeignKey(c.F)
	case *atlas.ModifyForeignKey:
		if c.Change.Is(atlas.ChangeColumn | atlas.ChangeRefColumn | atlas.ChangeRefTable) {
			r.addForeignKey(c.To)
		}
	case *atlas.AddCheck:
		r.addCheck(c.C, nil)
	case *atlas.ModifyCheck:
		r.addCheck(c.To, c.From)
	case *atlas.AddPrimaryKey, *atlas.ModifyPrimaryKey:
		r.add(DataDependent, "change-primary-key", table, "",
			fmt.Sprintf("the primary key of %s changes, which fails where rows share the new key or lack it", table),
			"make the new key unique and complete before")
	}
}

// computed are the calls in a default whose value is another for each row.
var computed = regexp.MustCompile(`(?i)\b(?:gen_random_uuid|uuid\w*|random|clock_timestamp|timeofday|nextval|rand)\s*\(`)

func (r *riskFinder) addColumn(c *atlas.Column) {
	if r.dialect != config.SQLite && (stored(c) || computed.MatchString(quotedText.ReplaceAllString(defaultText(c), "''"))) {
		advice := "for a large table add the column without it, fill it in batches, and set the default later"
		if generated(c) {
			advice = "for a large table choose a quiet hour"
		}
		r.add(Locking, "table-rewrite", r.table.Name, c.Name,
			fmt.Sprintf("each row gets a computed value in the new column %s.%s, so that the database writes table %s anew, and blocks it meanwhile", r.table.Name, c.Name, r.table.Name),
			advice)
	}
	if required(c) {
		outcome := "which fails where the table has rows"
		if r.dialect == config.MySQL {
			outcome = "so rows that are there get an empty value, or it fails"
		}
		r.add(DataDependent, "not-null-without-default", r.table.Name, c.Name,
			fmt.Sprintf("column %s.%s is required and has no default, %s", r.table.Name, c.Name, outcome),
			"add it as optional, fill it, and make it required in a later migration; or give it a default in the database")
	}
}

func (r *riskFinder) modifyColumn(c *atlas.ModifyColumn) {
	table, column := r.table.Name, c.To.Name
	if c.Change.Is(atlas.ChangeNull) && !c.To.Type.Null {
		r.add(DataDependent, "set-not-null", table, column,
			fmt.Sprintf("column %s.%s becomes required, which fails where it is NULL", table, column),
			"fill the NULLs in a migration before this one")
	}
	if c.Change.Is(atlas.ChangeType) {
		r.changeType(c)
	}
	if c.Change.Is(atlas.ChangeCharset | atlas.ChangeCollate) {
		r.add(Locking, "change-collation", table, column,
			fmt.Sprintf("the character set or collation of %s.%s changes: its values are compared in another way, and its indexes are built anew", table, column),
			"look for values that become equal under a unique index; for a large table choose a quiet hour")
	}
}

func (r *riskFinder) addIndex(idx *atlas.Index) {
	table := r.table.Name
	if idx.Unique && !r.allNew(idx) {
		r.add(DataDependent, "add-unique", table, "",
			fmt.Sprintf("index %s makes values unique, which fails where rows share them", idx.Name),
			"look for duplicates before, and merge or change them")
	}
	if r.dialect == config.Postgres {
		r.add(Locking, "index-blocks-writes", table, "",
			fmt.Sprintf("while index %s is built, nobody can write to %s", idx.Name, table),
			"for a large table build it in a migration of its own that begins with -- atlas:txmode none, with CREATE INDEX CONCURRENTLY")
	}
}

// allNew reports whether an index holds a column that is new and without a
// default: NULL in all rows, of which a unique index takes any number, or
// required, which is a risk of its own.
func (r *riskFinder) allNew(idx *atlas.Index) bool {
	return slices.ContainsFunc(idx.Parts, func(p *atlas.IndexPart) bool {
		return p.C != nil && r.added[p.C.Name] && p.C.Default == nil && !generated(p.C)
	})
}

func (r *riskFinder) addForeignKey(fk *atlas.ForeignKey) {
	if slices.ContainsFunc(fk.Columns, func(c *atlas.Column) bool { return r.added[c.Name] && c.Type.Null && c.Default == nil }) {
		return
	}
	parent := ""
	if fk.RefTable != nil {
		parent = fk.RefTable.Name
	}
	r.add(DataDependent, "add-foreign-key", r.table.Name, "",
		fmt.Sprintf("foreign key %s fails where rows of %s point to nothing in %s, and blocks writers of both while it is checked", fk.Symbol, r.table.Name, parent),
		"look for such rows before, and repair or delete them")
}

var inValues = regexp.MustCompile(`'(?:[^']|'')*'`)

// addCheck tells a list of values that only grows from a new condition.
func (r *riskFinder) addCheck(c, old *atlas.Check) {
	table := r.table.Name
	if strings.HasSuffix(c.Name, "_values") && old != nil {
		values := inValues.FindAllString(c.Expr, -1)
		var gone []string
		for _, v := range inValues.FindAllString(old.Expr, -1) {
			if !slices.Contains(values, v) {
				gone = append(gone, v)
			}
		}
		if len(gone) > 0 {
			r.add(DataDependent, "enum-value-removed", table, r.mentioned(c.Expr),
				fmt.Sprintf("%s no longer allows %s, which fails where a row has it", c.Name, strings.Join(gone, ", ")),
				"change such rows in a migration before this one")
		}
		return
	}
	if column := r.mentioned(c.Expr); column != "" || !r.onlyNew(c.Expr) {
		r.add(DataDependent, "add-check", table, column,
			fmt.Sprintf("check %s fails where a row does not satisfy it", c.Name),
			"look for such rows before, and change them")
	}
}

// mentioned is the old column that an expression is about, if it is one.
func (r *riskFinder) mentioned(expr string) (column string) {
	for _, c := range r.table.Columns {
		if r.added[c.Name] || !mentionsWord(expr, c.Name) {
			continue
		}
		if column != "" {
			return ""
		}
		column = c.Name
	}
	return column
}

// onlyNew reports whether an expression is about columns that are new.
func (r *riskFinder) onlyNew(expr string) bool {
	found := false
	for _, c := range r.table.Columns {
		if mentionsWord(expr, c.Name) {
			if !r.added[c.Name] {
				return false
			}
			found = true
		}
	}
	return found
}

func mentionsWord(expr, word string) bool {
	return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(word) + `\b`).MatchString(expr)
}

// object looks at types of PostgreSQL.
func (r *riskFinder) object(c *atlas.ModifyObject) {
	from, ok := c.From.(*atlas.EnumType)
	to, okTo := c.To.(*atlas.EnumType)
	if !ok || !okTo {
		return
	}
	for _, v := range from.Values {
		if !slices.Contains(to.Values, v) {
			r.add(DataDependent, "enum-value-removed", "", "",
				fmt.Sprintf("type %s no longer has the value '%s', which fails where a row has it", to.T, v),
				"change such rows in a migration before this one")
		}
	}
}

// rebuilds reports whether SQLite copies the table for a change.
func rebuilds(m *atlas.ModifyTable) bool {
	return slices.ContainsFunc(m.Changes, func(c atlas.Change) bool {
		switch c := c.(type) {
		case *atlas.AddIndex, *atlas.DropIndex, *atlas.RenameIndex, *atlas.RenameColumn:
			return false
		case *atlas.AddColumn:
			literal, _ := c.C.Default.(*atlas.Literal)
			constant := c.C.Default == nil || literal != nil && !strings.HasPrefix(literal.V, "CURRENT_")
			return required(c.C) || !constant || len(c.C.Indexes) > 0 || len(c.C.ForeignKeys) > 0
		default:
			return true
		}
	})
}
