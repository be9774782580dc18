package search

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// Index is the index of the words of one table. On SQLite it is a table, on
// PostgreSQL an index, on MySQL a computed column with an index, each of them
// called Name.
type Index struct {
	Name    string
	ID      string   // column of the id
	Columns []string // that are searched
}

// Suffix is what the name of an index has behind that of its table.
const Suffix = "_search"

// maxTable is how much of the name of a table the name of its index has: with
// what SQLite and the planner add, it stays within the 63 bytes of PostgreSQL.
const maxTable = 48

// IndexName names the index of a table.
func IndexName(table string) string {
	if len(table) > maxTable {
		sum := sha256.Sum256([]byte(table))
		table = table[:maxTable-9] + "_" + hex.EncodeToString(sum[:4])
	}
	return table + Suffix
}

// IndexTypes are the types by which the planner of migrations knows an index of
// words among the others of a table.
func IndexTypes() map[string]string {
	return map[string]string{dialect.SQLite: "FTS5", dialect.Postgres: "GIN", dialect.MySQL: "FULLTEXT"}
}

// Reserved are the names that a column of FTS5 must not have.
func Reserved() []string { return []string{"rank", "rowid"} }

// Where restricts a query to the rows that hold the words of the text. A text
// that [Check] refuses fails the query.
func (i *Index) Where(s *sql.Selector, text string) {
	p, err := i.Matches(s.C, text)
	if err != nil {
		s.AddError(err)
		return
	}
	s.Where(p)
}

// Matches is the predicate that a row holds the words of the text. The function
// qualifies the name of a column of the table. The error is a *[QueryError].
func (i *Index) Matches(qualify func(column string) string, text string) (*sql.Predicate, error) {
	q, err := parse(text)
	if err != nil {
		return nil, err
	}
	return sql.P(func(b *sql.Builder) {
		switch b.Dialect() {
		case dialect.SQLite:
			b.Ident(qualify(i.ID)).WriteString(" IN (SELECT rowid FROM ").Ident(i.Name).
				WriteString(" WHERE ").Ident(i.Name).WriteString(" MATCH ").Arg(q.sqlite()).WriteString(")")
		case dialect.Postgres:
			columns := make([]string, len(i.Columns))
			for n, c := range i.Columns {
				columns[n] = qualify(c)
			}
			b.WriteString(postgresVector(columns)).WriteString(" @@ to_tsquery('simple', ").Arg(q.postgres()).WriteString(")")
		default:
			b.WriteString("MATCH(").Ident(qualify(i.Name)).WriteString(") AGAINST (LOWER(").Arg(q.mysql()).WriteString(") IN BOOLEAN MODE)")
		}
	}), nil
}

// mark begins each word in the computed column of MySQL, which indexes no words
// of less than three letters, and none that are frequent in English.
const mark = "x_"

// MySQLText is the expression of the computed column: the words of the columns,
// each with a mark. It has no reference to a group, which MySQL and MariaDB
// write differently.
func (i *Index) MySQLText() string {
	return "CONCAT('" + mark + "', REGEXP_REPLACE(LOWER(CONCAT_WS(' ', " + strings.Join(quoted(i.Columns, "`"), ", ") +
		`)), '([^\\p{L}\\p{M}\\p{Nd}]|[\\x{FE00}-\\x{FE0F}])+', ' ` + mark + "'))"
}

// PostgresVector is the expression of the index, which a query must repeat.
func (i *Index) PostgresVector() string { return postgresVector(quoted(i.Columns, `"`)) }

// postgresVector takes the punctuation of ASCII away, in which PostgreSQL would
// see addresses, paths and signed numbers, and the selectors of an emoji's style. The configuration "simple" knows no
// language: it changes nothing but the case of words.
func postgresVector(columns []string) string {
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = "COALESCE(" + c + ", '')"
	}
	return "to_tsvector('simple', regexp_replace(" + strings.Join(values, " || ' ' || ") +
		`, '[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f\ufe00-\ufe0f]+', ' ', 'g'))`
}

// SQLite lists the statements that make the index of a table and fill it, in
// order: a virtual table that reads the text of the rows in their own table, and
// triggers that tell it of changes.
func (i *Index) SQLite(table string) []string {
	name, id, columns := quote(i.Name), quote(i.ID), quoted(i.Columns, "`")
	list := strings.Join(columns, ", ")
	of := func(row string) string {
		return row + "." + id + ", " + row + "." + strings.Join(columns, ", "+row+".")
	}
	remove := "INSERT INTO " + name + " (" + name + ", rowid, " + list + ") VALUES ('delete', " + of("old") + ");"
	add := "INSERT INTO " + name + " (rowid, " + list + ") VALUES (" + of("new") + ");"
	trigger := func(event, on, body string) string {
		return "CREATE TRIGGER " + quote(i.Name+"_"+event) + " AFTER " + on + " ON " + quote(table) + " BEGIN " + body + " END"
	}
	return []string{
		"CREATE VIRTUAL TABLE " + name + " USING fts5(" + list + ", content=" + text(table) + ", content_rowid=" + text(i.ID) +
			`, tokenize="unicode61 remove_diacritics 0 categories 'L* M* Nd' separators '` + pictographs() + `'")`,
		"INSERT INTO " + name + " (" + name + ") VALUES ('rebuild')",
		trigger("insert", "INSERT", add),
		trigger("delete", "DELETE", remove),
		trigger("update", "UPDATE OF "+id+", "+list, remove+" "+add),
	}
}

// pictographs are what may touch a word without being a part of it, and is one to
// FTS5: what came to Unicode after version 6.1 is a letter there. They are the
// pictographs of later versions, and the selectors of their style.
func pictographs() string {
	list := []rune{0xFE0E, 0xFE0F}
	for _, block := range [][2]rune{{0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}} {
		for r := block[0]; r <= block[1]; r++ {
			list = append(list, r)
		}
	}
	return string(list)
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoted(names []string, mark string) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = mark + strings.ReplaceAll(n, mark, mark+mark) + mark
	}
	return list
}
