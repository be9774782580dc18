package database

import "strings"

// The result codes of SQLite that matter here.
const (
	sqliteError                = 1
	sqliteBusy                 = 5
	sqliteLocked               = 6
	sqliteReadOnly             = 8 // and its extended codes
	sqliteFull                 = 13
	sqliteTooBig               = 18
	sqliteMismatch             = 20
	sqliteCantOpen             = 14 // and its extended codes
	sqliteConstraintCheck      = 19 | 1<<8
	sqliteConstraintForeignKey = 19 | 3<<8
	sqliteConstraintNotNull    = 19 | 5<<8
	sqliteConstraintTrigger    = 19 | 7<<8 // also ON DELETE RESTRICT
	sqliteConstraintPrimaryKey = 19 | 6<<8
	sqliteConstraintUnique     = 19 | 8<<8
	sqliteConstraintRowID      = 19 | 10<<8
)

// sqliteConstraint reads the errors of both SQLite drivers.
func sqliteConstraint(err error) *ConstraintError {
	code, message, ok := sqliteFailure(err)
	if !ok {
		return nil
	}
	result := &ConstraintError{Err: err}
	switch code {
	case sqliteConstraintUnique, sqliteConstraintPrimaryKey, sqliteConstraintRowID:
		result.Kind = Unique
		result.nameColumns(failed(message))
	case sqliteConstraintNotNull:
		result.Kind = NotNull
		result.nameColumns(failed(message))
	case sqliteConstraintForeignKey:
		result.Kind = ForeignKey
	case sqliteConstraintTrigger:
		// RAISE(ABORT) in a trigger has the same code, and a text of its own.
		if !strings.Contains(message, "FOREIGN KEY constraint failed") {
			return nil
		}
		result.Kind = ForeignKey
	case sqliteConstraintCheck:
		result.Kind, result.Constraint = Check, failed(message)
	default:
		return nil
	}
	return result
}

// failed returns what follows "… constraint failed: ", without the code that
// modernc.org/sqlite puts behind it.
func failed(message string) string {
	i := strings.LastIndex(message, " constraint failed: ")
	if i < 0 {
		return ""
	}
	name := message[i+len(" constraint failed: "):]
	if open := strings.LastIndex(name, " ("); open >= 0 && strings.Trim(name[open+2:], "0123456789") == ")" {
		name = name[:open]
	}
	return name
}

// nameColumns reads "table.column, table.column", or "index 'name'" for an index
// on expressions.
func (e *ConstraintError) nameColumns(text string) {
	if name, found := strings.CutPrefix(text, "index "); found {
		e.Constraint = strings.Trim(name, "'")
		return
	}
	if text == "" {
		return
	}
	for name := range strings.SplitSeq(text, ", ") {
		table, column, _ := strings.Cut(name, ".")
		e.Table = table
		e.Columns = append(e.Columns, column)
	}
}
