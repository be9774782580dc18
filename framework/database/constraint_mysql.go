package database

import (
	"errors"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// mysqlConstraint reads the errors of MySQL and MariaDB. They have a number and a
// text; what is quoted in the text is found by its place in it, whatever the
// language.
func mysqlConstraint(err error) *ConstraintError {
	e, ok := errors.AsType[*mysql.MySQLError](err)
	if !ok {
		return nil
	}
	result := &ConstraintError{Err: e}
	switch e.Number {
	case 1022, 1062, 1169, 1557, 1586, 1859, 1761, 1762:
		result.Kind = Unique
		result.nameUniqueKey(e.Message)
	case 1216, 1217, 1451, 1452:
		result.Kind = ForeignKey
		result.nameForeignKey(e.Message)
	case 1048, 1138, 1263, 1364, 1566:
		result.Kind = NotNull
		if names := quoted(e.Message, '\''); len(names) > 0 {
			result.Columns = names[:1]
		}
	case 3819: // MySQL: Check constraint 'name' is violated.
		result.Kind, result.Constraint = Check, lastQuoted(e.Message, '\'')
	case 4025: // MariaDB: CONSTRAINT `name` failed for `database`.`table`
		result.Kind = Check
		if names := quoted(e.Message, '`'); len(names) > 0 {
			// The check of a column is called `table`.`column`.
			result.Constraint, result.Table = names[0], names[len(names)-1]
			if len(names) > 3 {
				result.Constraint = names[1]
			}
		}
	default:
		return nil
	}
	return result
}

// nameUniqueKey reads "Duplicate entry 'value' for key 'table.name'"; MariaDB and
// old versions of MySQL leave the table out. The value may hold anything, so the
// name is the last thing in quotes.
func (e *ConstraintError) nameUniqueKey(message string) {
	name := lastQuoted(message, '\'')
	if table, key, found := strings.Cut(name, "."); found {
		e.Table, name = table, key
	}
	e.Constraint = name
}

// nameForeignKey reads "… fails (`database`.`table`, CONSTRAINT `name` FOREIGN KEY
// (`column`, …) REFERENCES `parent` (…) …)".
func (e *ConstraintError) nameForeignKey(message string) {
	head, rest, found := strings.Cut(message, " CONSTRAINT ")
	if !found {
		return
	}
	if names := quoted(head, '`'); len(names) > 0 {
		e.Table = names[len(names)-1]
	}
	name, rest, found := strings.Cut(rest, " FOREIGN KEY ")
	if names := quoted(name, '`'); len(names) > 0 {
		e.Constraint = names[0]
	}
	if found {
		columns, _, _ := strings.Cut(rest, " REFERENCES ")
		e.Columns = quoted(columns, '`')
	}
}

// quoted returns what stands between pairs of quotes.
func quoted(text string, quote byte) []string {
	var found []string
	parts := strings.Split(text, string(quote))
	for i := 1; i+1 < len(parts); i += 2 {
		found = append(found, parts[i])
	}
	return found
}

// lastQuoted returns what stands between the last two quotes.
func lastQuoted(text string, quote byte) string {
	end := strings.LastIndexByte(text, quote)
	if end < 0 {
		return ""
	}
	return text[strings.LastIndexByte(text[:end], quote)+1 : end]
}
