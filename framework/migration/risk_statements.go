package migration

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/search"
)

// A table's or column's name, perhaps with its schema before it.
const named = "(?:[`\"]?\\w+[`\"]?\\.)?[`\"]?(\\w+)[`\"]?"

var (
	createsTable = regexp.MustCompile(`(?is)^CREATE\s+(?:\w+\s+)*?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?` + named)
	renamesInto  = regexp.MustCompile(`(?is)^ALTER\s+TABLE\s+` + named + `\s+RENAME\s+TO\s+` + named)
	dropsTables  = regexp.MustCompile(`(?is)^DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?(.+)$`)
	dropsType    = regexp.MustCompile(`(?is)^DROP\s+(?:TYPE|DOMAIN|EXTENSION)\s+(?:IF\s+EXISTS\s+)?` + named + `.*\bCASCADE\b`)
	startsNamed  = regexp.MustCompile(`(?is)^\s*(?:ONLY\s+)?` + named)
	dropsSchema  = regexp.MustCompile(`(?is)^DROP\s+(?:SCHEMA|DATABASE)\s+(?:IF\s+EXISTS\s+)?` + named)
	truncates    = regexp.MustCompile(`(?is)^TRUNCATE\s+(?:TABLE\s+)?(.+)$`)
	deletes      = regexp.MustCompile(`(?is)^DELETE\s+FROM\s+(?:ONLY\s+)?` + named)
	altersTable  = regexp.MustCompile(`(?is)^ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?` + named + `\s+(.*)$`)
	dropsColumn  = regexp.MustCompile(`(?is)\bDROP\s+(?:COLUMN\s+)?(?:IF\s+EXISTS\s+)?` + named)
	buildsIndex  = regexp.MustCompile(`(?is)^CREATE\s+(UNIQUE\s+)?INDEX\s+(CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:` + named + `\s+)?ON\s+(?:ONLY\s+)?` + named)
	dropsSearch  = regexp.MustCompile("(?is)^DROP\\s+TRIGGER\\s+(?:IF\\s+EXISTS\\s+)?[`\"]?(\\w+" + search.Suffix + ")_insert\\b")
	hasWhere     = regexp.MustCompile(`(?i)\bWHERE\b`)
	leadComments = regexp.MustCompile(`^(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*(?s:.*?)\*/)+`)
	quotedText   = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// notColumn reports whether a word that follows DROP within ALTER TABLE says
// what is dropped, and is no name of a column.
func notColumn(word string) bool {
	switch strings.ToLower(word) {
	case "constraint", "index", "key", "primary", "foreign", "check", "default", "not", "identity", "expression", "partition":
		return true
	default:
		return false
	}
}

// statementRisks lists what the statements of a file can do to a database in
// use, whoever wrote them. Unlike risks it also sees changes of rows, and what
// a later statement of the file hides. The codes are those of risks.
func statementRisks(d config.Dialect, f migrate.File) []Risk {
	list := scan(d, f)
	r := &statementReader{riskFinder: riskFinder{dialect: d}, fresh: map[string]bool{}, rebuilt: map[string]bool{}}
	for _, text := range list { // a table that is built anew keeps its rows
		if m := renamesInto.FindStringSubmatch(text); m != nil {
			r.rebuilt[strings.ToLower(m[2])] = true
		}
		if m := dropsSearch.FindStringSubmatch(text); m != nil && d == config.SQLite { // what is in an index of words is in its table
			r.rebuilt[strings.ToLower(m[1])] = true
		}
	}
	for _, text := range list {
		r.read(text)
	}
	return r.list
}

// withLosses adds to the risks that the header of a file names the losses that
// its statements show: somebody may have written it by hand.
func withLosses(risks []string, d config.Dialect, f migrate.File) []string {
	list := slices.Clone(risks)
	for _, r := range statementRisks(d, f) {
		if text := r.String(); (r.Kind == Destructive || r.Kind == Lossy) && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// scan splits a file as the dialect does, and takes off comments and the
// content of text. What cannot be split has no statements.
func scan(d config.Dialect, f migrate.File) (list []string) {
	split := map[config.Dialect]func(string) ([]*migrate.Stmt, error){
		config.SQLite: (*sqlite.Driver)(nil).ScanStmts, config.Postgres: (*postgres.Driver)(nil).ScanStmts, config.MySQL: (*mysql.Driver)(nil).ScanStmts,
	}[d]
	if split == nil {
		return nil
	}
	stmts, err := split(string(f.Bytes()))
	if err != nil {
		return nil
	}
	for _, stmt := range stmts {
		list = append(list, quotedText.ReplaceAllString(leadComments.ReplaceAllString(stmt.Text, ""), "''"))
	}
	return list
}

// statementReader goes through the statements of a file in order.
type statementReader struct {
	riskFinder
	fresh   map[string]bool // tables that the file creates
	rebuilt map[string]bool // tables that another one is renamed into
}

func (r *statementReader) read(text string) {
	found := func(re *regexp.Regexp) (m []string, ok bool) {
		m = re.FindStringSubmatch(text)
		return m, m != nil
	}
	if m, ok := found(createsTable); ok {
		r.fresh[strings.ToLower(m[1])] = true
	} else if m, ok := found(dropsTables); ok {
		for _, table := range r.unknown(m[1]) {
			r.add(Destructive, "drop-table", table, "", fmt.Sprintf("table %s and its rows are dropped", table),
				"back the database up before; drop the table only when no running program uses it")
		}
	} else if m, ok := found(dropsType); ok && r.dialect == config.Postgres {
		r.add(Destructive, "drop-type-cascade", "", "", fmt.Sprintf("the columns of type %s and their values are dropped", m[1]),
			"back the database up before, or leave out CASCADE")
	} else if m, ok := found(dropsSchema); ok {
		r.add(Destructive, "drop-schema", "", "", m[1]+" and all in it is dropped", "back the database up before")
	} else if m, ok := found(truncates); ok {
		for _, table := range r.unknown(m[1]) {
			r.add(Destructive, "delete-all-rows", table, "", fmt.Sprintf("all rows of %s are deleted", table), "back the database up before")
		}
	} else if m, ok := found(deletes); ok && !r.known(m[1]) && !hasWhere.MatchString(text) {
		r.add(Destructive, "delete-all-rows", m[1], "", fmt.Sprintf("all rows of %s are deleted", m[1]), "back the database up before, or say WHERE")
	} else if m, ok := found(altersTable); ok && !r.known(m[1]) {
		r.alter(m[1], m[2])
	} else if m, ok := found(buildsIndex); ok && !r.known(m[4]) {
		r.index(m[4], m[3], m[1] != "", m[2] != "")
	}
}

// unknown are those of a list of tables that are not known.
func (r *statementReader) unknown(list string) (tables []string) {
	for name := range strings.SplitSeq(list, ",") {
		if m := startsNamed.FindStringSubmatch(name); m != nil && !r.known(m[1]) {
			tables = append(tables, m[1])
		}
	}
	return tables
}

// known reports whether a table has no rows yet, or keeps them.
func (r *statementReader) known(table string) bool {
	table = strings.ToLower(table)
	return r.fresh[table] || r.rebuilt[table]
}

func (r *statementReader) alter(table, actions string) {
	for _, m := range dropsColumn.FindAllStringSubmatch(actions, -1) {
		marker := r.dialect == config.MySQL && (strings.HasSuffix(m[1], "_where") || m[1] == search.IndexName(table)) // computed, see markPartial and markSearched
		if !notColumn(m[1]) && !marker {
			r.add(Destructive, "drop-column", table, m[1], fmt.Sprintf("column %s.%s and its values are dropped", table, m[1]),
				"back the database up before; drop the column only when no running program uses it")
		}
	}
}

func (r *statementReader) index(table, name string, unique, concurrently bool) {
	if unique {
		r.add(DataDependent, "add-unique", table, "", fmt.Sprintf("index %s makes values unique, which fails where rows share them", name),
			"look for duplicates before, and merge or change them")
	}
	if r.dialect == config.Postgres && !concurrently {
		r.add(Locking, "index-blocks-writes", table, "", fmt.Sprintf("while index %s is built, nobody can write to %s", name, table),
			"for a large table build it in a migration of its own that begins with -- atlas:txmode none, with CREATE INDEX CONCURRENTLY")
	}
}
