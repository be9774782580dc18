package migration

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// What a table of SQLite says and Atlas does not know is lost when the table is
// rebuilt: how a column or an index compares text, what a rule does with rows
// that break it, and that a foreign key is checked at the commit only.
const (
	kindCollation      = "collation"
	kindConflict       = "ON CONFLICT clause"
	kindDeferral       = "deferral of the constraint"
	kindIndexCollation = "collation of the index"
)

// clause reports whether a dependent is a part of its table, with which it goes.
func (o dependent) clause() bool {
	return slices.Contains([]string{kindCollation, kindConflict, kindDeferral, kindIndexCollation, kindUnvalidated}, o.kind)
}

// clauses lists such parts of all tables.
func clauses(ctx context.Context, db querier) (list []dependent, err error) {
	const query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL " +
		"AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'"
	err = each(ctx, db, "read the schema", query, func(rows *sql.Rows) error {
		var kind, name, table, text string
		if err := rows.Scan(&kind, &name, &table, &text); err != nil {
			return err
		}
		switch {
		case bookkeeping(table):
		case kind == "table":
			list = append(list, tableClauses(table, text)...)
		case collates.MatchString(quotedText.ReplaceAllString(text, "''")):
			list = append(list, dependent{kind: kindIndexCollation, name: name, table: table, definition: plain(text)})
		}
		return nil
	})
	return list, err
}

var (
	collates   = regexp.MustCompile("(?i)\\bCOLLATE\\s+[`\"\\[]?(\\w+)")
	conflicts  = regexp.MustCompile(`(?i)\bON\s+CONFLICT\s+(\w+)`)
	deferrable = regexp.MustCompile(`(?i)(\bNOT\s+)?\bDEFERRABLE(\s+INITIALLY\s+DEFERRED)?`)
	firstName  = regexp.MustCompile("^\\s*(?:`([^`]*)`|\"([^\"]*)\"|\\[([^\\]]*)\\]|(\\w+))")
)

func tableClauses(table, create string) (list []dependent) {
	for _, part := range tableParts(create) {
		m := firstName.FindStringSubmatch(part.text)
		if m == nil {
			continue
		}
		name, column := m[1]+m[2]+m[3]+m[4], true
		if slices.Contains([]string{"constraint", "primary", "unique", "check", "foreign"}, strings.ToLower(m[4])) {
			column = false
			if name = ""; len(part.inner) > 0 {
				name = plain(part.inner[0])
			}
		}
		add := func(kind, definition string) {
			list = append(list, dependent{kind: kind, name: name, table: table, definition: strings.ToUpper(definition)})
		}
		if m := collates.FindStringSubmatch(part.text); m != nil && column {
			add(kindCollation, m[1])
		}
		if m := conflicts.FindStringSubmatch(part.text); m != nil {
			add(kindConflict, m[1])
		}
		if m := deferrable.FindStringSubmatch(part.text); m != nil && m[1] == "" && m[2] != "" { // else it has no effect
			add(kindDeferral, "DEFERRABLE INITIALLY DEFERRED")
		}
	}
	return list
}

// tablePart is one column or rule of a table.
type tablePart struct {
	text  string   // without comments, text, and what is in parentheses
	inner []string // what is in parentheses
}

// tableParts splits the statement that creates a table of SQLite.
func tableParts(create string) (list []tablePart) {
	var (
		part  tablePart
		inner strings.Builder
		depth int
	)
	write := func(s string) {
		switch depth {
		case 0:
		case 1:
			part.text += s
		default:
			inner.WriteString(s)
		}
	}
	for _, token := range tableToken.FindAllString(create, -1) {
		switch {
		case strings.HasPrefix(token, "--"), strings.HasPrefix(token, "/*"):
			write(" ")
		case token[0] == '\'':
			write("''")
		case token == "(":
			write("(")
			depth++
		case token == ")":
			if depth--; depth == 1 {
				part.inner = append(part.inner, inner.String())
				inner.Reset()
			}
			if depth == 0 {
				return append(list, part)
			}
			write(")")
		case token == "," && depth == 1:
			list, part = append(list, part), tablePart{}
		default:
			write(token)
		}
	}
	return list
}

var tableToken = regexp.MustCompile("--[^\n]*|/\\*(?s:.*?)\\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\\[[^\\]]*\\]|[(),]|[^-/'\"`\\[(),]+|.")

// keepClauses writes into the plan of a rebuild what the old table says and
// Atlas does not know. What cannot be kept is found by comparing afterwards.
func (s *scratch) keepClauses(ctx context.Context, plan *migrate.Plan) error {
	list, err := clauses(ctx, s.conn)
	if err != nil {
		return err
	}
	indexes := map[string]string{}
	err = each(ctx, s.conn, "read the schema", "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL", func(rows *sql.Rows) error {
		var name, text string
		err := rows.Scan(&name, &text)
		indexes[name] = text
		return err
	})
	for _, c := range plan.Changes {
		for _, o := range list {
			creates := strings.HasPrefix(c.Cmd, "CREATE TABLE "+quoteSQLite("new_"+o.table)+" ")
			name := regexp.QuoteMeta(quoteSQLite(o.name))
			switch {
			case creates && o.kind == kindCollation:
				c.Cmd = replaceFirst(c.Cmd, name+" \\w[^`']*?\\bNULL\\b", " COLLATE "+o.definition)
			case creates && o.kind == kindDeferral:
				c.Cmd = replaceFirst(c.Cmd, "FOREIGN KEY \\("+name+"\\) REFERENCES `[^`]+` \\([^)]*\\)(?: ON (?:UPDATE|DELETE) (?:NO ACTION|SET NULL|SET DEFAULT|CASCADE|RESTRICT))*", " "+o.definition)
			case o.kind == kindIndexCollation && regexp.MustCompile("^CREATE (?:UNIQUE )?INDEX "+name+" ").MatchString(c.Cmd):
				c.Cmd = indexes[o.name]
			}
		}
	}
	return err
}

// replaceFirst puts text after what a pattern matches first.
func replaceFirst(s, pattern, text string) string {
	at := regexp.MustCompile(pattern).FindStringIndex(s)
	if at == nil {
		return s
	}
	return s[:at[1]] + text + s[at[1]:]
}
