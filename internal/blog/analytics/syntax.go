package analytics

import (
	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/query"
)

// syntax writes what the databases write differently. Instants are stored in UTC
// on all of them. Columns are those of the reports, never a caller's.
type syntax struct{ dialect string }

// periodStart is the first day of the month or week of an instant.
func (s syntax) periodStart(p Period, column string) string {
	if p == Week {
		return query.Week.Of(s.dialect, column)
	}
	return query.Month.Of(s.dialect, column)
}

// day is the day of an instant.
func (s syntax) day(column string) string { return query.Day.Of(s.dialect, column) }

// seconds is an instant in whole seconds since 1970.
func (s syntax) seconds(column string) string {
	switch s.dialect {
	case dialect.Postgres:
		return "FLOOR(EXTRACT(EPOCH FROM " + column + "))"
	case dialect.SQLite:
		return "CAST(STRFTIME('%s', " + column + ") AS INTEGER)"
	default:
		return "TIMESTAMPDIFF(SECOND, '1970-01-01', " + column + ")"
	}
}

// characters is the length of a text, which LENGTH tells in bytes on MySQL.
func (s syntax) characters(column string) string {
	if s.dialect == dialect.MySQL {
		return "CHAR_LENGTH(" + column + ")"
	}
	return "LENGTH(" + column + ")"
}

// ratio is a quotient as a float, which orders rows alike everywhere: decimals
// have as many digits as each database likes.
func (s syntax) ratio(numerator, denominator string) string {
	t := "DOUBLE PRECISION"
	if s.dialect == dialect.MySQL {
		t = "DOUBLE"
	}
	return "CAST(" + numerator + " AS " + t + ") / NULLIF(" + denominator + ", 0)"
}

// published is the condition for what readers see of posts p. It has the
// parameter now.
const published = "p.status = 'published' AND p.published_at <= :now AND p.deleted_at IS NULL"

// publishedPosts is a CTE of the posts that readers see.
const publishedPosts = "published AS (SELECT p.id, p.user_id FROM posts p WHERE " + published + ")"
