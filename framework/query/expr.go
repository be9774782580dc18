package query

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Expr is a part of a statement that has a value: a column ([Col]), SQL ([Raw]),
// what a function makes of others.
type Expr func(*scope) (writer, error)

// Subquery is a builder, as a part of another statement.
type Subquery interface {
	selector(around *scope) (*sql.Selector, error)
	parts() *spec
}

// Col is a column: "title", or "author.name" of a join. One that is sensitive is
// an [ErrSensitive]; see [Secret].
func Col(name string) Expr {
	return func(s *scope) (writer, error) {
		text, _, err := s.column(name)
		return func(b *sql.Builder) { b.WriteString(text) }, err
	}
}

// Secret is a column that the schema calls sensitive, such as the hash of a
// password. [Col], and all that takes the name of a column, refuses those, so that
// a name that is chosen at run time never reads or compares one.
func Secret(name string) Expr {
	return func(s *scope) (writer, error) {
		text, _, err := s.lookup(name)
		return func(b *sql.Builder) { b.WriteString(text) }, err
	}
}

// Raw is SQL as it is: never what users write. Its parameters are ?, or :name
// with [Named]; tables have their names, joins those of their edges.
func Raw(text string, args ...any) Expr {
	return func(s *scope) (writer, error) {
		parts, bound, err := fragment(s.dialect, text, args)
		if err != nil {
			return nil, err
		}
		s.aggregates = s.aggregates || aggregates(s.dialect, text)
		return func(b *sql.Builder) {
			for i, part := range parts {
				if i > 0 {
					b.Arg(bound[i-1])
				}
				b.WriteString(part)
			}
		}, nil
	}
}

// call is a function of expressions.
func call(before string, args ...Expr) Expr {
	return func(s *scope) (writer, error) {
		writers := make([]writer, len(args))
		for i, e := range args {
			w, err := e(s)
			if err != nil {
				return nil, err
			}
			writers[i] = w
		}
		return func(b *sql.Builder) {
			b.WriteString(before)
			for i, w := range writers {
				if i > 0 {
					b.Comma()
				}
				w(b)
			}
			b.WriteString(")")
		}, nil
	}
}

// aggregate is a call that makes one value of many rows.
func aggregate(before, column string) Expr {
	of := call(before, Col(column))
	return func(s *scope) (writer, error) {
		s.aggregates = true
		return of(s)
	}
}

var aggregating = regexp.MustCompile(`(?i)\b(COUNT|SUM|AVG|MIN|MAX|TOTAL|[A-Z]+_AGG|GROUP_CONCAT|BOOL_AND|BOOL_OR|EVERY|STDDEV\w*|VAR\w*)\s*\(`)

// aggregates guesses whether SQL makes one row of many. It is not parsed: what it
// gets wrong is the order by id of FirstAs alone.
func aggregates(dialectName, text string) bool {
	tokens, err := lex(dialectName, text)
	if err != nil || slices.ContainsFunc(tokens, func(t token) bool { return t.is("OVER") || t.is("SELECT") }) {
		return false
	}
	return aggregating.MatchString(text)
}

// CountAll counts rows.
func CountAll() Expr { return Raw("COUNT(*)") }

// Count counts the rows with a value.
func Count(column string) Expr { return aggregate("COUNT(", column) }

// CountDistinct counts the values, each once, as joins want it that repeat rows.
func CountDistinct(column string) Expr { return aggregate("COUNT(DISTINCT ", column) }

// Sum adds up values; of none it is NULL.
func Sum(column string) Expr { return aggregate("SUM(", column) }

// Avg is the mean of the values.
func Avg(column string) Expr { return aggregate("AVG(", column) }

// Min is the least value.
func Min(column string) Expr { return aggregate("MIN(", column) }

// Max is the greatest value.
func Max(column string) Expr { return aggregate("MAX(", column) }

// Coalesce is the first value that is not NULL.
func Coalesce(of ...Expr) Expr { return call("COALESCE(", of...) }

// Value is a value, as a parameter.
func Value(v any) Expr { return Raw("?", v) }

// Concat puts texts together, NULL as none: columns with [Col], and strings.
func Concat(parts ...any) Expr {
	return func(s *scope) (writer, error) {
		texts := make([]writer, len(parts))
		for i, part := range parts {
			e, ok := part.(Expr)
			if text, isText := part.(string); isText {
				e, ok = Value(text), true
			}
			if !ok {
				return nil, fmt.Errorf("query: Concat takes columns and strings, not a %T", part)
			}
			var err error
			if texts[i], err = e(s); err != nil {
				return nil, err
			}
		}
		before, between := "(", " || "
		if s.dialect == dialect.MySQL {
			before, between = "CONCAT(", ", "
		}
		return func(b *sql.Builder) {
			b.WriteString(before)
			for i, w := range texts {
				if i > 0 {
					b.WriteString(between)
				}
				if s.dialect == dialect.Postgres {
					b.WriteString("COALESCE(CAST(")
					w(b)
					b.WriteString(" AS text), '')")
					continue
				}
				b.WriteString("COALESCE(")
				w(b)
				b.WriteString(", '')")
			}
			b.WriteString(")")
		}, nil
	}
}

// Unit is the length of a [Bucket].
type Unit uint8

// The units. A week begins on Monday.
const (
	Day Unit = iota + 1
	Week
	Month
)

// Bucket is the first day, in UTC, of the day, week or month that the time of the
// column is in, as the text "2006-01-02". NULL stays NULL.
func Bucket(column string, unit Unit) Expr {
	return func(s *scope) (writer, error) {
		text, f, err := s.column(column)
		if err != nil {
			return nil, err
		}
		if unit < Day || unit > Month {
			return nil, fmt.Errorf("query: unknown unit %d: it is query.Day, query.Week or query.Month", unit)
		}
		if f != nil && f.Kind != entity.Time && f.Kind != entity.Date {
			return nil, fmt.Errorf("query: %s is no time", column)
		}
		return func(b *sql.Builder) { b.WriteString(bucket(s.dialect, text, unit, f != nil && f.Kind == entity.Date)) }, nil
	}
}

// Of is the text of a [Bucket], for statements that are written by hand: column is
// an instant, as it is named there.
func (u Unit) Of(dialectName, column string) string { return bucket(dialectName, column, u, false) }

func bucket(dialectName, column string, unit Unit, date bool) string {
	switch dialectName {
	case dialect.Postgres:
		if !date {
			column += " AT TIME ZONE 'UTC'"
		}
		return "to_char(date_trunc('" + [...]string{"", "day", "week", "month"}[unit] + "', " + column + "), 'YYYY-MM-DD')"
	case dialect.MySQL:
		return [...]string{
			"", "DATE_FORMAT(" + column + ", '%Y-%m-%d')",
			"DATE_FORMAT(DATE_SUB(DATE(" + column + "), INTERVAL WEEKDAY(" + column + ") DAY), '%Y-%m-%d')",
			"DATE_FORMAT(" + column + ", '%Y-%m-01')",
		}[unit]
	}
	return [...]string{
		"", "strftime('%Y-%m-%d', " + column + ")",
		"strftime('%Y-%m-%d', " + column + ", 'weekday 0', '-6 days')", // from the Sunday that ends it
		"strftime('%Y-%m-01', " + column + ")",
	}[unit]
}

// Window says which rows a window function looks at, and in which order. What
// ranks rows wants a unique order: put the id last.
type Window struct {
	PartitionBy []string
	OrderBy     []Order
}

// Order is a column with a direction.
type Order struct {
	Column    string
	Direction Direction
}

// Over is a window function: Over(RowNumber(), Window{…}), Over(Sum("points"), …).
func Over(function Expr, w Window) Expr {
	return func(s *scope) (writer, error) {
		aggregates := s.aggregates
		f, err := function(s)
		s.aggregates = aggregates // a window keeps the rows
		if err != nil {
			return nil, err
		}
		var parts, orders []writer
		for _, c := range w.PartitionBy {
			p, err := Col(c)(s)
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
		}
		for _, o := range w.OrderBy {
			terms, err := order{expr: Col(o.Column), direction: o.Direction}.terms(s)
			if err != nil {
				return nil, err
			}
			orders = slices.Concat(orders, terms)
		}
		return func(b *sql.Builder) {
			f(b)
			b.WriteString(" OVER (")
			writeList(b, "PARTITION BY ", parts)
			if len(parts) > 0 && len(orders) > 0 {
				b.Pad()
			}
			writeList(b, "ORDER BY ", orders)
			b.WriteString(")")
		}, nil
	}
}

func writeList(b *sql.Builder, keyword string, writers []writer) {
	for i, w := range writers {
		if i == 0 {
			b.WriteString(keyword)
		} else {
			b.Comma()
		}
		w(b)
	}
}

// RowNumber numbers the rows of a window from 1.
func RowNumber() Expr { return Raw("ROW_NUMBER()") }

// Rank numbers the rows of a window; equal ones have the same number, and leave
// a gap behind.
func Rank() Expr { return Raw("RANK()") }

// DenseRank is Rank without gaps.
func DenseRank() Expr { return Raw("DENSE_RANK()") }

// PercentRank is the share of rows below, from 0 to 1.
func PercentRank() Expr { return Raw("PERCENT_RANK()") }

// Ntile parts the rows of a window into n buckets, as equal as can be.
func Ntile(n int) Expr {
	return func(s *scope) (writer, error) {
		if n < 1 {
			return nil, fmt.Errorf("query: %d buckets are not possible: there is at least 1", n)
		}
		return Raw("NTILE(" + strconv.Itoa(n) + ")")(s)
	}
}

// Lag is the value of the row before.
func Lag(column string) Expr { return call("LAG(", Col(column)) }

// Lead is the value of the row behind.
func Lead(column string) Expr { return call("LEAD(", Col(column)) }
