package migration

import (
	"fmt"
	"regexp"
	"strings"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/config"
)

// maxVarchar is the longest varchar that is also given to PostgreSQL as a
// limit; longer text is unlimited there.
const maxVarchar = 65535

// adaptColumn gives a column the same meaning on every dialect. A type that
// the schema asks for by SchemaType stays.
func (a *adapted) adaptColumn(c *schema.Column) {
	if a.dialect != config.MySQL {
		c.Collation = "" // collations of ent are MySQL's
	}
	switch c.Type { //nolint:exhaustive // the others mean the same everywhere
	case field.TypeEnum:
		// A native enum of MySQL is ordered by position, not by text. The
		// values are held by a CHECK on every dialect; see adaptChecks.
		c.Type, c.Enums, c.Size = field.TypeString, nil, 0
	case field.TypeString:
		if c.Size > 0 && c.Size <= maxVarchar {
			a.defaultType(c, config.Postgres, fmt.Sprintf("varchar(%d)", c.Size))
		}
	case field.TypeTime:
		a.defaultType(c, config.MySQL, "datetime(6)")
		a.adaptNow(c)
	case field.TypeUUID:
		// One folder serves MySQL, which has no uuid, and MariaDB, whose own
		// orders them differently.
		a.defaultType(c, config.MySQL, "char(36)")
	}
	if a.dialect == config.Postgres && a.textual(c) {
		c.Collation = "C"
	}
}

// defaultType sets the column's type for one dialect unless the schema did.
func (a *adapted) defaultType(c *schema.Column, d config.Dialect, sqlType string) {
	if a.dialect != d || a.sqlType(c) != "" {
		return
	}
	if c.SchemaType == nil {
		c.SchemaType = map[string]string{}
	}
	c.SchemaType[entDialect(d)] = sqlType
}

// sqlType is the type that the schema asks for on this dialect, or "".
func (a *adapted) sqlType(c *schema.Column) string {
	return strings.ToLower(c.SchemaType[entDialect(a.dialect)])
}

var textType = regexp.MustCompile(`^(text|varchar|char|character|bpchar)\b`)

// textual reports whether a column of PostgreSQL holds collatable text.
func (a *adapted) textual(c *schema.Column) bool {
	if asked := a.sqlType(c); asked != "" {
		return textType.MatchString(asked)
	}
	return c.Type == field.TypeString
}

var precision = regexp.MustCompile(`^(?:datetime|timestamp)(\(\d\))?$`)

// adaptNow writes the default "now" of a time in the dialect's words. MySQL
// wants the precision of the column.
func (a *adapted) adaptNow(c *schema.Column) {
	var text string
	switch x := c.Default.(type) {
	case string:
		text = x
	case schema.Expr:
		text = string(x)
	default:
		return // a literal, or a map with an expression for each dialect
	}
	switch strings.ToLower(strings.Trim(text, "() ")) {
	case "current_timestamp", "now":
	default:
		return
	}
	c.Default = "CURRENT_TIMESTAMP"
	if a.dialect == config.MySQL {
		if m := precision.FindStringSubmatch(a.sqlType(c)); m != nil {
			c.Default = "CURRENT_TIMESTAMP" + m[1]
		}
	}
}
