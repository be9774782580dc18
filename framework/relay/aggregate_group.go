package relay

import (
	"strings"

	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/entity"
)

// Bucket is what a time is cut to before rows are grouped by it, in UTC.
type Bucket string

// The buckets. A week begins on Monday.
const (
	NoBucket Bucket = ""
	Day      Bucket = "Day"
	Week     Bucket = "Week"
	Month    Bucket = "Month"
	Year     Bucket = "Year"
)

// Grouping is one thing that rows can be grouped by: a field, or the day,
// week, month or year of one.
type Grouping struct {
	Name   string // CREATED_AT_MONTH
	Key    string // name of the field of the key: createdAtMonth
	Field  *entity.Field
	Bucket Bucket
}

// Groupings lists what rows of the entity can be grouped by. Where a field has
// the name that a bucket of another would have, the field keeps it.
func Groupings(e *entity.Entity) []Grouping {
	var list []Grouping
	taken := make(map[string]bool, len(e.Fields))
	for _, f := range e.Fields {
		taken[f.GraphQL] = true
		taken[strings.ToUpper(f.Name)] = true
	}
	for _, f := range e.Fields {
		if !aggregated(e, f) {
			continue
		}
		for _, b := range buckets(f) {
			g := Grouping{Name: strings.ToUpper(f.Name), Key: f.GraphQL, Field: f, Bucket: b}
			if b != NoBucket {
				g.Name += "_" + strings.ToUpper(string(b))
				g.Key += string(b)
			}
			if b == NoBucket || !taken[g.Name] && !taken[g.Key] {
				list = append(list, g)
			}
		}
	}
	return list
}

// buckets of a field: whole instants and fractions hardly ever are the same,
// so they make no groups.
func buckets(f *entity.Field) []Bucket {
	switch f.Kind {
	case entity.Time:
		return []Bucket{Day, Week, Month, Year}
	case entity.Date:
		return []Bucket{NoBucket, Week, Month, Year}
	case entity.Bool, entity.Enum, entity.Int, entity.BigInt, entity.String, entity.UUID:
		return []Bucket{NoBucket}
	default:
		return nil
	}
}

// expression is what a row has of the grouping, as SQL; a bucket is text,
// YYYY-MM-DD, on every dialect.
func (g Grouping) expression(d, column string) string {
	if g.Bucket == NoBucket {
		return exactly(d, g.Field, column)
	}
	switch d {
	case dialect.Postgres: // sessions are in UTC
		return "to_char(date_trunc('" + strings.ToLower(string(g.Bucket)) + "', " + column + "), 'YYYY-MM-DD')"
	case dialect.MySQL:
		first := map[Bucket]string{
			Day: "%Y-%m-%d", Week: "%Y-%m-%d", Month: "%Y-%m-01", Year: "%Y-01-01",
		}[g.Bucket]
		if g.Bucket == Week {
			column = "DATE_SUB(" + column + ", INTERVAL WEEKDAY(" + column + ") DAY)"
		}
		return "DATE_FORMAT(" + column + ", '" + first + "')"
	default:
		back := map[Bucket]string{
			Day: "", Week: ", 'weekday 0', '-6 days'", Month: ", 'start of month'", Year: ", 'start of year'",
		}[g.Bucket]
		return "date(" + column + back + ")"
	}
}

// exactly is a column whose values are told apart and ordered alike on
// every dialect: MySQL would take text for the same that differs in spaces at
// its end.
func exactly(d string, f *entity.Field, column string) string {
	if d == dialect.MySQL && (f.Kind == entity.String || f.Kind == entity.Enum) {
		return "CAST(" + column + " AS BINARY)"
	}
	return column
}
