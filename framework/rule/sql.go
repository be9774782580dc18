package rule

import (
	"fmt"
	"strconv"
	"strings"
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
	if limits := s.limits(column); len(limits) > 0 {
		checks[name("range")] = strings.Join(limits, " AND ")
	}
	return checks
}

func (s Set) limits(column string) []string {
	var limits []string
	add := func(operator string, n *float64) {
		if n != nil {
			limits = append(limits, column+" "+operator+" "+number(*n))
		}
	}
	add(">", s.GT)
	add(">=", s.GE)
	add("<", s.LT)
	add("<=", s.LE)
	return limits
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
