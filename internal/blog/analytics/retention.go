package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/rule"
)

// Retention is how many of the users who registered in one period did something
// so many periods later.
type Retention struct {
	CohortLabel   string  `json:"cohort_label"`
	CohortSize    int64   `json:"cohort_size"`
	PeriodsAfter  int     `json:"periods_after"` // 0 is the period of the registration itself
	RetainedUsers int64   `json:"retained_users"`
	RetentionRate float64 `json:"retention_rate"` // of the cohort, in percent, with two decimals
}

// RetentionParams say how users are grouped, and how far they are followed.
type RetentionParams struct {
	Period     Period // default Month
	Registered Range  // when
	Periods    int    // that are followed after the first; default 12
}

const maxPeriods = 520 // ten years of weeks

// Retention reports which part of each cohort came back: who wrote a post or a
// comment, liked or shared one, or signed in, as far as the log of the user and
// the last sign-in tell. Ratings have no date.
//
// All who registered are followed, accounts that were deactivated since included:
// they have not stayed. The present period is listed although it has not ended;
// later ones are not.
func (r *Repository) Retention(ctx context.Context, p RetentionParams) ([]Retention, error) {
	const report = "retention"
	period, err := oneOf(report, "period", p.Period, Month, Week)
	if err != nil {
		return nil, err
	}
	switch {
	case p.Periods < 0 || p.Periods > maxPeriods:
		return nil, invalid(report, "periods", rule.CodeOutOfRange, "must be from 1 to %d; 0 is the default, 12", maxPeriods)
	case p.Periods == 0:
		p.Periods = 12
	}
	registered := query.Named{}
	if err := p.Registered.bind(report, r.opts.Zone, registered); err != nil {
		return nil, err
	}
	type cohort struct {
		CohortStart time.Time
		Users       int64
	}
	type active struct {
		cohort
		PeriodStart time.Time
	}
	var (
		cohorts []cohort
		found   []active
		now     = r.now()
	)
	err = r.snapshot(ctx, func(ctx context.Context) (err error) {
		cohorts, err = read[cohort](ctx, r, report, `
			SELECT c.cohort_start, COUNT(*) AS users
			FROM (`+r.cohortUsers(period)+`) c
			GROUP BY c.cohort_start ORDER BY c.cohort_start`, registered)
		if err != nil {
			return err
		}
		found, err = read[active](ctx, r, report, `
			WITH members AS (`+r.cohortUsers(period)+`),
			active AS (
				SELECT a.id, a.cohort_start, `+r.sql.periodStart(period, "a.at")+` AS period_start
				FROM (`+activity+`) a
				WHERE a.at <= :now
			)
			SELECT cohort_start, period_start, COUNT(DISTINCT id) AS users
			FROM active WHERE period_start >= cohort_start
			GROUP BY cohort_start, period_start`,
			query.Named{"now": now, "from": registered["from"], "until": registered["until"]})
		return err
	})
	if err != nil {
		return nil, err
	}
	type key struct {
		cohort time.Time
		after  int
	}
	users := map[key]int64{}
	for _, f := range found {
		users[key{f.CohortStart, period.between(f.CohortStart, f.PeriodStart)}] = f.Users
	}
	rows := []Retention{}
	for _, c := range cohorts {
		for n := range min(p.Periods, period.between(c.CohortStart, period.start(now))) + 1 {
			retained := users[key{c.CohortStart, n}]
			rows = append(rows, Retention{period.label(c.CohortStart), c.Users, n, retained, *percent(retained, c.Users)})
		}
	}
	return rows, nil
}

// cohortUsers are the users with the beginning of their cohort.
func (r *Repository) cohortUsers(p Period) string {
	return "SELECT u.id, u.last_login, " + r.sql.periodStart(p, "u.created_at") + ` AS cohort_start
		FROM users u WHERE u.deleted_at IS NULL AND u.created_at >= :from AND u.created_at < :until`
}

// activity are the instants at which users of the cohorts, the CTE members, did
// something. Each kind is looked up for them alone; what hangs on a deleted post
// does not count.
const activity = `
			SELECT m.id, m.cohort_start, p.created_at AS at FROM members m
				INNER JOIN posts p ON p.user_id = m.id WHERE p.deleted_at IS NULL
			UNION ALL SELECT m.id, m.cohort_start, c.created_at FROM members m
				INNER JOIN comments c ON c.user_id = m.id INNER JOIN posts p ON p.id = c.post_id
				WHERE c.deleted_at IS NULL AND p.deleted_at IS NULL
			UNION ALL SELECT m.id, m.cohort_start, l.created_at FROM members m
				INNER JOIN post_likes l ON l.user_id = m.id INNER JOIN posts p ON p.id = l.post_id WHERE p.deleted_at IS NULL
			UNION ALL SELECT m.id, m.cohort_start, s.created_at FROM members m
				INNER JOIN post_shares s ON s.user_id = m.id INNER JOIN posts p ON p.id = s.post_id WHERE p.deleted_at IS NULL
			UNION ALL SELECT m.id, m.cohort_start, g.timestamp FROM members m
				INNER JOIN user_logs g ON g.user_id = m.id WHERE g.action = 'login'
			UNION ALL SELECT m.id, m.cohort_start, m.last_login FROM members m WHERE m.last_login IS NOT NULL`
