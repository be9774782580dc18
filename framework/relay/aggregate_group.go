package relay

import (
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

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

// Grouping is one thing that rows can be grouped by: a field; the day, week,
// month or year of one; or a foreign key of the row at an edge to one.
type Grouping struct {
	Name   string // CREATED_AT_MONTH, POST_USER_ID
	Key    string // name of the field of the key: createdAtMonth, postUserID
	Field  *entity.Field
	Bucket Bucket
	Via    *entity.Edge // to the row that has the field; nil for the row itself
}

// Groupings lists what rows of the entity can be grouped by. Of two with one
// name the first stays: fields come before what is made of them.
func Groupings(registry entity.Registry, e *entity.Entity) []Grouping {
	var list []Grouping
	taken := make(map[string]bool, len(e.Fields))
	for _, f := range e.Fields {
		taken[f.GraphQL] = true
		taken[strings.ToUpper(f.Name)] = true
	}
	add := func(g Grouping) {
		if !taken[g.Name] && !taken[g.Key] {
			taken[g.Name], taken[g.Key] = true, true
			list = append(list, g)
		}
	}
	for _, f := range e.Fields {
		if !aggregated(e, f) {
			continue
		}
		for _, b := range buckets(f) {
			g := Grouping{Name: strings.ToUpper(f.Name), Key: f.GraphQL, Field: f, Bucket: b}
			if b == NoBucket {
				list = append(list, g)
				continue
			}
			g.Name += "_" + strings.ToUpper(string(b))
			g.Key += string(b)
			add(g)
		}
	}
	for _, edge := range e.Edges {
		if edge.GraphQL == "" || !edge.OwnsFK {
			continue
		}
		for _, f := range registry[edge.Target].Fields {
			if f.Target != "" && aggregated(registry[edge.Target], f) {
				add(Grouping{Name: strings.ToUpper(edge.Name + "_" + f.Name), Key: edge.GraphQL + capital(f.GraphQL), Field: f, Via: edge})
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

// expression is what a row of the statement has of the grouping. A row that
// is reached through an edge is looked up, not joined, and is NULL where it may
// not be seen.
func (g Grouping) expression(s *sql.Selector, registry entity.Registry) sql.Querier {
	if g.Via == nil {
		return sql.Raw(g.text(s.Dialect(), s.C(g.Field.Column)))
	}
	target := registry[g.Via.Target]
	d := sql.Dialect(s.Dialect())
	at := d.Table(target.Table).As("framefox_via")
	found := d.Select().AppendSelectExpr(sql.Raw(g.text(s.Dialect(), at.C(g.Field.Column)))).From(at).
		Where(sql.ColumnsEQ(at.C(target.ID().Column), s.C(g.Via.Column)))
	if alive := target.Visible(s.Context(), at); alive != nil {
		found.Where(alive)
	}
	return found
}

// text is a column as the grouping takes it; a bucket is text, YYYY-MM-DD, on
// every dialect.
func (g Grouping) text(d, column string) string {
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
