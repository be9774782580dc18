package migration

import (
	"fmt"
	"reflect"
	"strings"

	"ariga.io/atlas/sql/mysql"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// changeType looks at a column that gets another type.
func (r *riskFinder) changeType(c *atlas.ModifyColumn) {
	table, column := r.table.Name, c.To.Name
	types := columnType(r.dialect, c.From) + " to " + columnType(r.dialect, c.To)
	a, b := c.From.Type.Type, c.To.Type.Type
	switch lost, reason := narrowed(a, b); {
	case reason == "":
	case lost:
		r.add(Lossy, "narrow-type", table, column,
			fmt.Sprintf("column %s.%s changes from %s: %s", table, column, types, reason),
			"keep the old column until the new values are checked")
	default:
		r.add(DataDependent, "narrow-type", table, column,
			fmt.Sprintf("column %s.%s changes from %s, which fails %s", table, column, types, reason),
			"look for such values before, and change them")
	}
	if r.dialect != config.SQLite && rewrites(r.dialect, a, b) {
		r.add(Locking, "table-rewrite", table, column,
			fmt.Sprintf("the new type of %s.%s makes the database write table %s anew, and blocks it meanwhile", table, column, table),
			"for a large table add a new column, fill it in batches, and drop the old one later")
	}
}

// narrowed says which values a new type cannot hold as they are: whether they
// are lost, or else where the change fails. The reason is "" if it holds all.
func narrowed(a, b atlas.Type) (lost bool, reason string) {
	from, to := family(a), family(b)
	switch {
	case from == "number" && to == "number":
		return narrowedNumber(a, b)
	case from == "text" && to == "text":
		if limit := textSize(b); limit > 0 && (textSize(a) == 0 || textSize(a) > limit) {
			return false, fmt.Sprintf("where a value is longer than %d", limit)
		}
		return false, ""
	case from == "time" && to == "time":
		if keepsLess(a, b) {
			return true, "a part of each time is cut off"
		}
		return false, ""
	case to == "text" && from != "binary":
		if limit := textSize(b); limit > 0 && limit < 40 {
			return false, fmt.Sprintf("where a value is longer than %d", limit)
		}
		return false, ""
	case from == "bool" && to == "number", from == to:
		return false, ""
	case from == "number" && to == "bool":
		return true, "all numbers but 0 become true"
	default:
		return false, "where a value cannot be read as the new type"
	}
}

func narrowedNumber(a, b atlas.Type) (lost bool, reason string) {
	digitsOf := func(t atlas.Type) (whole, fraction int) {
		switch t := t.(type) {
		case *atlas.IntegerType:
			return integerBits(t), 0
		case *atlas.DecimalType:
			return 4 * (t.Precision - t.Scale), t.Scale // a digit is about four bits, rounded up
		default:
			return 1024, 1024
		}
	}
	wholeA, fractionA := digitsOf(a)
	wholeB, fractionB := digitsOf(b)
	_, floatB := b.(*atlas.FloatType)
	switch {
	case fractionB < fractionA:
		return true, "values are rounded"
	case floatB && !reflect.DeepEqual(a, b):
		return true, "numbers of many digits are rounded"
	case wholeB < wholeA:
		return false, "where a number is too large"
	default:
		return false, ""
	}
}

func integerBits(t *atlas.IntegerType) int {
	bits := 64
	switch name := strings.ToLower(t.T); {
	case strings.HasPrefix(name, "tinyint"):
		bits = 8
	case strings.HasPrefix(name, "smallint"), name == "int2":
		bits = 16
	case strings.HasPrefix(name, "mediumint"):
		bits = 24
	case name == "int" || name == "integer" || name == "int4":
		bits = 32
	}
	if t.Unsigned {
		bits++ // holds what a signed one of its size does not, and the reverse
	}
	return bits
}

// textSize is the longest text that a type holds, 0 for any.
func textSize(t atlas.Type) int {
	s, ok := t.(*atlas.StringType)
	if !ok {
		return 0
	}
	switch name := strings.ToLower(s.T); name {
	case mysql.TypeTinyText:
		return 255
	case mysql.TypeMediumText:
		return 1<<24 - 1
	case mysql.TypeLongText:
		return 0
	default:
		return s.Size
	}
}

// keepsLess reports whether a type of time holds less than another: a date no
// hours, a shorter precision no microseconds.
func keepsLess(a, b atlas.Type) bool {
	from, okA := a.(*atlas.TimeType)
	to, okB := b.(*atlas.TimeType)
	if !okA || !okB {
		return false
	}
	day := func(t *atlas.TimeType) bool { return strings.EqualFold(t.T, "date") || strings.EqualFold(t.T, "year") }
	if day(to) != day(from) {
		return day(to)
	}
	return from.Precision != nil && to.Precision != nil && *to.Precision < *from.Precision
}

// rewrites reports whether a change of type writes the whole table anew. A text
// that may only be longer does not.
func rewrites(d config.Dialect, a, b atlas.Type) bool {
	if family(a) != "text" || family(b) != "text" {
		return true
	}
	shorter := textSize(b) > 0 && (textSize(a) == 0 || textSize(b) < textSize(a))
	if d == config.Postgres {
		return shorter
	}
	const short = 63 // letters whose length fits in a byte, at four bytes each
	from, okA := a.(*atlas.StringType)
	to, okB := b.(*atlas.StringType)
	return !okA || !okB || from.T != to.T || shorter || from.Size <= short && to.Size > short
}
