package analytics

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/framework/query"
)

// Period is what users are grouped by, after when they registered.
type Period string

// The periods.
const (
	Month Period = "month" // labels such as 2026-01
	Week  Period = "week"  // ISO weeks, from Monday, with labels such as 2026-W01
)

// label is the name of the period that begins on the day. A week belongs to the
// year that has most of its days, all seven of them.
func (p Period) label(start time.Time) string {
	if p == Week {
		year, week := start.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	return start.Format("2006-01")
}

// between is how many periods lie between the beginnings of two.
func (p Period) between(from, to time.Time) int {
	if p == Week {
		return int(to.Sub(from) / (7 * day))
	}
	return 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month())
}

// start is the beginning of the period of an instant.
func (p Period) start(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	if p == Week {
		return time.Date(y, m, d-(int(t.UTC().Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

// Recency tells how long ago a user of a cohort signed in. Each user has one.
type Recency string

// The recencies.
const (
	WithinWeek     Recency = "week_1"  // within 7 days
	WithinMonth    Recency = "month_1" // within 30 days, not 7
	WithinQuarter  Recency = "month_3" // within 90 days, not 30
	withinNoPeriod Recency = "inactive"
)

// recencies are in the order of their names, which is that of the rows.
func recencies() []Recency { return []Recency{WithinMonth, WithinQuarter, WithinWeek} }

// Cohort is how many of the users who registered in one period signed in so
// recently.
type Cohort struct {
	CohortLabel     string  `json:"cohort_label"`
	CohortSize      int64   `json:"cohort_size"`
	RetentionPeriod Recency `json:"retention_period"`
	RetainedUsers   int64   `json:"retained_users"`
	RetentionRate   float64 `json:"retention_rate"` // of the cohort, in percent, with two decimals
}

// CohortParams say how users are grouped.
type CohortParams struct {
	Period Period // default Month
}

// Cohorts reports, for the active users who registered in each period, how
// recently they signed in: three rows a cohort, zeros included.
//
// The recencies exclude each other and are those of the present: who was here
// today is not in month_1. Whether users come back after they registered is told
// by [Repository.Retention].
func (r *Repository) Cohorts(ctx context.Context, p CohortParams) ([]Cohort, error) {
	const report = "cohorts"
	period, err := oneOf(report, "period", p.Period, Month, Week)
	if err != nil {
		return nil, err
	}
	type row struct {
		CohortStart time.Time
		Recency     Recency
		Users       int64
	}
	now := r.now()
	found, err := read[row](ctx, r, report, `
		SELECT c.cohort_start, c.recency, COUNT(*) AS users
		FROM (
			SELECT `+r.sql.periodStart(period, "u.created_at")+` AS cohort_start,
				CASE
					WHEN u.last_login >= :week THEN 'week_1'
					WHEN u.last_login >= :month THEN 'month_1'
					WHEN u.last_login >= :quarter THEN 'month_3'
					ELSE 'inactive'
				END AS recency
			FROM users u
			WHERE u.is_active AND u.deleted_at IS NULL
		) c
		GROUP BY c.cohort_start, c.recency
		ORDER BY c.cohort_start, c.recency`,
		query.Named{"week": now.Add(-7 * day), "month": now.Add(-30 * day), "quarter": now.Add(-90 * day)})
	if err != nil {
		return nil, err
	}
	rows := []Cohort{}
	for len(found) > 0 {
		start, size, users := found[0].CohortStart, int64(0), map[Recency]int64{}
		for len(found) > 0 && found[0].CohortStart.Equal(start) {
			users[found[0].Recency] = found[0].Users
			size += found[0].Users
			found = found[1:]
		}
		for _, recency := range recencies() {
			rows = append(rows, Cohort{period.label(start), size, recency, users[recency], *percent(users[recency], size)})
		}
	}
	return rows, nil
}
