package migration

import (
	"regexp"
	"slices"
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
		checks[shorten(name)] = a.checkExpr(t, expr)
	}
	if expr := t.Annotation.Check; expr != "" {
		checks[shorten("ck_"+t.Name)] = a.checkExpr(t, expr)
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

// checkToken matches what a check is read by: a quoted piece, which is to stay, or
// a word, with the parenthesis behind it if it is a function.
var checkToken = regexp.MustCompile("'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\\b[a-zA-Z_]\\w*\\b(?:\\s*\\()?")

// checkExpr translates the neutral text of a check: length and char_length
// both count characters. SQLite knows only length, and MySQL's length counts
// bytes. Columns are quoted: a name may be a word of the dialect's language.
func (a *adapted) checkExpr(t *schema.Table, expr string) string {
	return checkToken.ReplaceAllStringFunc(expr, func(part string) string {
		switch word := strings.ToLower(strings.TrimRight(part, "( \t\n")); {
		case strings.ContainsAny(part[:1], "'\"`"):
			return part
		case strings.HasSuffix(part, "("):
			if word != "length" && word != "char_length" {
				return part
			}
			if a.dialect == config.MySQL {
				return "char_length("
			}
			return "length("
		case t.HasColumn(part) && !checkOperator(word):
			return a.quoteName(part)
		default:
			return part
		}
	})
}

// checkOperator reports whether a word of a check is none of its columns, even where
// one has that name: such a column has to be quoted in the schema.
func checkOperator(word string) bool {
	return slices.Contains([]string{
		"and", "or", "not", "xor", "in", "is", "null", "like", "glob", "regexp", "between", "true", "false", "escape",
		"case", "when", "then", "else", "end", "exists", "collate", "div", "mod", "cast", "as", "interval", "binary",
	}, word)
}
