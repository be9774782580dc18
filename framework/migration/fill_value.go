package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
)

const (
	zeroUUID = "'00000000-0000-0000-0000-000000000000'"
	zeroDate = "1970-01-02" // MySQL's timestamp begins on the first
)

// value is a value that a column can hold and its checks accept, as SQL.
func (u *undo) value(ctx context.Context, t *atlas.Table, c *atlas.Column) (string, bool) {
	first := u.zero(c)
	if first == "" {
		return "", false
	}
	checks := checksOf(t, c.Name)
	for _, candidate := range append([]string{first}, candidates(c, checks)...) {
		if u.passes(ctx, c, candidate, checks) {
			return candidate, true
		}
	}
	return "", false
}

// zero is the plainest value of a type, "" if none is known.
func (u *undo) zero(c *atlas.Column) string {
	switch t := c.Type.Type.(type) {
	case *atlas.StringType:
		if t.Size == 36 && t.T == mysql.TypeChar { // a UUID
			return zeroUUID
		}
		return "''"
	case *atlas.IntegerType, *atlas.DecimalType, *atlas.FloatType:
		return "0"
	case *atlas.BoolType:
		return "false"
	case *atlas.JSONType:
		return "'{}'"
	case *atlas.UUIDType:
		return zeroUUID
	case *atlas.BinaryType:
		return "''"
	case *atlas.EnumType:
		if len(t.Values) > 0 {
			return quoteText(t.Values[0])
		}
		return ""
	case *atlas.TimeType:
		return zeroTime(t)
	default:
		return ""
	}
}

func zeroTime(t *atlas.TimeType) string {
	switch name := strings.ToLower(t.T); {
	case name == "date":
		return "'" + zeroDate + "'"
	case name == "year":
		return "2000"
	case strings.HasPrefix(name, "time") && !strings.HasPrefix(name, "timestamp"):
		return "'00:00:00'"
	default:
		return "'" + zeroDate + " 00:00:00'"
	}
}

// mentionOf matches expressions that name a column.
func mentionOf(column string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(column) + `\b`)
}

// checksOf are the conditions on a table that mention a column.
func checksOf(t *atlas.Table, column string) (list []string) {
	mention := mentionOf(column)
	for _, a := range t.Attrs {
		if c, ok := a.(*atlas.Check); ok && mention.MatchString(c.Expr) {
			list = append(list, c.Expr)
		}
	}
	return list
}

var textOrNumber = regexp.MustCompile(`'(?:[^']|'')*'|\b\d+\b`)

// candidates are values that the checks themselves name, and such as often
// satisfy them.
func candidates(c *atlas.Column, checks []string) (list []string) {
	_, text := c.Type.Type.(*atlas.StringType)
	for _, check := range checks {
		for _, found := range textOrNumber.FindAllString(check, -1) {
			n, err := strconv.Atoi(found)
			switch {
			case err != nil:
				list = append(list, found)
			case text && n <= maxVarchar:
				list = append(list, "'"+strings.Repeat("x", n)+"'", "'"+strings.Repeat("x", n+1)+"'")
			case !text:
				list = append(list, found, strconv.Itoa(n+1), strconv.Itoa(n-1), "-"+found)
			}
		}
	}
	if text {
		list = append(list, "'x'", "'unknown'", "'unknown@example.org'", "'https://example.org/'", "'2000-01-01'")
	}
	return list
}

// passes tries a value on the database. A check that also mentions other
// columns cannot be tried and is taken for satisfied.
func (u *undo) passes(ctx context.Context, c *atlas.Column, value string, checks []string) bool {
	if t, ok := c.Type.Type.(*atlas.StringType); ok && t.Size > 0 && len(value)-2 > t.Size {
		return false
	}
	typed := value
	if u.dialect == config.Postgres {
		if name, err := postgres.FormatType(c.Type.Type); err == nil {
			typed = value + "::" + name
		}
	}
	for _, check := range checks {
		row := typed + " AS " + u.quote(c.Name)
		query := fmt.Sprintf("SELECT CASE WHEN (%s) THEN 1 ELSE 0 END FROM (SELECT %s) AS t", check, row) //nolint:gosec // the check is the schema's own
		holds := sql.NullBool{}
		err := u.conn.QueryRowContext(ctx, query).Scan(&holds)
		if errors.Is(err, context.Canceled) || err == nil && !holds.Bool {
			return false
		}
	}
	return true
}

// distinctValue is an expression that is different for each row.
func (u *undo) distinctValue(t *atlas.Table, c *atlas.Column) (string, bool) {
	if refers(t, c) || t.PrimaryKey != nil && indexed(t.PrimaryKey, c) || len(checksOf(t, c.Name)) > 0 {
		return "", false
	}
	const enough = 16 // letters, so that no two rows get the same
	switch k := c.Type.Type.(type) {
	case *atlas.StringType:
		if k.Size == 36 && k.T == mysql.TypeChar {
			return u.randomUUID(), true
		}
		size := 32
		if k.Size > 0 {
			size = min(size, k.Size)
		}
		return u.randomText(size), size >= enough
	case *atlas.UUIDType:
		return u.randomUUID(), true
	case *atlas.IntegerType:
		if t.PrimaryKey == nil || len(t.PrimaryKey.Parts) != 1 || t.PrimaryKey.Parts[0].C == nil {
			return "", false
		}
		id := t.PrimaryKey.Parts[0].C
		return u.quote(id.Name), sameType(id, c)
	default:
		return "", false
	}
}

func (u *undo) randomText(size int) string {
	switch u.dialect {
	case config.SQLite:
		return fmt.Sprintf("substr(lower(hex(randomblob(16))), 1, %d)", size)
	case config.Postgres:
		return fmt.Sprintf("left(replace(gen_random_uuid()::text, '-', ''), %d)", size)
	default:
		return fmt.Sprintf("LEFT(MD5(RAND()), %d)", size)
	}
}

func (u *undo) randomUUID() string {
	switch u.dialect {
	case config.SQLite:
		return "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
	case config.Postgres:
		return "gen_random_uuid()"
	default:
		return "UUID()"
	}
}

// withDefault is a copy of a column with a default, which a later step takes
// off again.
func withDefault(d config.Dialect, c *atlas.Column, value string) *atlas.Column {
	filled := *c
	filled.Default = &atlas.Literal{V: value}
	if d == config.MySQL {
		long := false
		switch t := c.Type.Type.(type) {
		case *atlas.StringType:
			long = strings.Contains(strings.ToLower(t.T), "text")
		case *atlas.JSONType, *atlas.BinaryType:
			long = true
		}
		if long { // MySQL takes only an expression there
			filled.Default = &atlas.RawExpr{X: "(" + value + ")"}
		}
	}
	return &filled
}

func (s *scratch) quote(name string) string { return (&adapted{dialect: s.dialect}).quoteName(name) }

// counting reports whether the database numbers the column by itself.
func counting(c *atlas.Column) bool {
	for _, a := range c.Attrs {
		switch a.(type) {
		case *postgres.Identity, *mysql.AutoIncrement, *sqlite.AutoIncrement:
			return true
		}
	}
	_, serial := c.Type.Type.(*postgres.SerialType)
	return serial
}
