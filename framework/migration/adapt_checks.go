package migration

import (
	"regexp"
	"strings"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/config"
)

// adaptChecks writes a table's checks in the dialect's words, names those
// without a name, and adds one for the values of each enum.
func (a *adapted) adaptChecks(t *schema.Table) {
	checks := make(map[string]string, len(t.Annotation.Checks)+1)
	for name, expr := range t.Annotation.Checks {
		checks[shorten(name)] = a.checkExpr(expr)
	}
	if expr := t.Annotation.Check; expr != "" {
		checks[shorten("ck_"+t.Name)] = a.checkExpr(expr)
		t.Annotation.Check = ""
	}
	for _, c := range t.Columns {
		if c.Type == field.TypeEnum && len(c.Enums) > 0 {
			checks[shorten("ck_"+t.Name+"_"+c.Name+"_values")] = a.in(c)
		}
	}
	t.Annotation.Checks = checks
}

// in is the condition that a column holds one of its enum values.
func (a *adapted) in(c *schema.Column) string {
	values := make([]string, len(c.Enums))
	for i, v := range c.Enums {
		values[i] = a.quoteText(v)
	}
	return a.quoteName(c.Name) + " IN (" + strings.Join(values, ", ") + ")"
}

func (a *adapted) quoteText(s string) string {
	if a.dialect == config.MySQL {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

func (a *adapted) quoteName(s string) string {
	if a.dialect == config.Postgres {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return "`" + strings.ReplaceAll(s, "`", "``") + "`"
}

// quotedOrLength matches a quoted piece, which is to stay, or the function that
// counts characters.
var quotedOrLength = regexp.MustCompile(`(?i)'(?:[^']|'')*'|"[^"]*"|\b(?:char_)?length\s*\(`)

// checkExpr translates the neutral text of a check: length and char_length
// both count characters. SQLite knows only length, and MySQL's length counts
// bytes.
func (a *adapted) checkExpr(expr string) string {
	return quotedOrLength.ReplaceAllStringFunc(expr, func(part string) string {
		switch {
		case part[0] == '\'' || part[0] == '"':
			return part
		case a.dialect == config.MySQL:
			return "char_length("
		}
		return "length("
	})
}
