package rule

import (
	"fmt"
	"strconv"
)

// Checks returns the CHECK constraints that hold the rules in the database
// too, keyed by constraint name. The expressions use length for the
// length of text; the migration planner writes them in each dialect.
func (s Set) Checks(table, column string) map[string]string {
	checks := make(map[string]string)
	name := func(what string) string { return "ck_" + table + "_" + column + "_" + what }
	if s.MinLen != nil && *s.MinLen > 0 {
		checks[name("length")] = fmt.Sprintf("length(%s) >= %d", column, *s.MinLen)
	}
	if s.Email {
		checks[name("format")] = column + " LIKE '%@%.%'"
	}
	var low, high string
	switch {
	case s.GT != nil:
		low = column + " > " + number(*s.GT)
	case s.GE != nil:
		low = column + " >= " + number(*s.GE)
	}
	switch {
	case s.LT != nil:
		high = column + " < " + number(*s.LT)
	case s.LE != nil:
		high = column + " <= " + number(*s.LE)
	}
	switch {
	case low != "" && high != "":
		checks[name("range")] = low + " AND " + high
	case low != "" || high != "":
		checks[name("range")] = low + high
	}
	return checks
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
