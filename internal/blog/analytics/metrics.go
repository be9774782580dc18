package analytics

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/internal/blog/localday"
)

// Metrics are the numbers of the whole blog.
type Metrics struct {
	Months     []MonthMetrics    `json:"months"` // the last 12, newest first, without gaps
	Engagement EngagementMetrics `json:"engagement"`
	Content    ContentMetrics    `json:"content"`
}

// MonthMetrics are the registrations of one month.
type MonthMetrics struct {
	Month          string   `json:"month"`            // 2026-01
	NewUsers       int64    `json:"new_users"`        // deactivated ones included
	PrevMonthUsers *int64   `json:"prev_month_users"` // of the month before; nil for the oldest
	GrowthRate     *float64 `json:"growth_rate"`      // in percent, with two decimals; nil after a month without any
}

// EngagementMetrics tell how recently active users signed in.
type EngagementMetrics struct {
	DailyActive       int64    `json:"daily_active"`   // within one day
	WeeklyActive      int64    `json:"weekly_active"`  // within 7 days
	MonthlyActive     int64    `json:"monthly_active"` // within 30 days
	TotalUsers        int64    `json:"total_users"`
	AvgDaysSinceLogin *float64 `json:"avg_days_since_login"` // of those who ever did, with one decimal
}

// ContentMetrics are about published posts.
type ContentMetrics struct {
	TotalPosts    int64    `json:"total_posts"`
	ActiveAuthors int64    `json:"active_authors"`  // who have a published post
	AvgPostLength *float64 `json:"avg_post_length"` // in characters, without decimals; of posts with content
	PostsThisWeek int64    `json:"posts_this_week"` // created within 7 days
}

const metricMonths = 12

// Metrics reports the registrations of the last twelve months, of which the
// present one has not ended, and the activity of users and authors now.
func (r *Repository) Metrics(ctx context.Context) (m Metrics, err error) {
	now := r.now()
	err = r.snapshot(ctx, func(ctx context.Context) error {
		if m.Months, err = r.monthMetrics(ctx, now); err != nil {
			return err
		}
		if m.Engagement, err = r.engagementMetrics(ctx, now); err != nil {
			return err
		}
		m.Content, err = r.contentMetrics(ctx, now)
		return err
	})
	return m, err
}

// monthMetrics counts between the instants that begin the months, which are bound:
// so months may be those of any time zone.
func (r *Repository) monthMetrics(ctx context.Context, now time.Time) ([]MonthMetrics, error) {
	local := now.In(r.opts.Zone)
	begins := func(n int) time.Time { // of month 0 to 12, the one after this
		return localday.Begin(local.Year(), local.Month()+time.Month(n+1-metricMonths), 1, r.opts.Zone)
	}
	values := query.Named{"from": begins(0), "until": begins(metricMonths)}
	var series, cases strings.Builder
	for n := range metricMonths {
		if n > 0 {
			series.WriteString(" UNION ALL SELECT ")
			name := fmt.Sprintf("month%d", n)
			values[name] = begins(n)
			fmt.Fprintf(&cases, " WHEN u.created_at < :%s THEN %d", name, n-1)
		}
		fmt.Fprintf(&series, "%d", n)
		if n == 0 {
			series.WriteString(" AS n")
		}
	}
	type row struct {
		N, NewUsers    int64
		PrevMonthUsers *int64
	}
	found, err := read[row](ctx, r, "metrics", fmt.Sprintf(`
		WITH months AS (SELECT %s),
		users_by_month AS (
			SELECT CASE%s ELSE %d END AS n
			FROM users u
			WHERE u.deleted_at IS NULL AND u.created_at >= :from AND u.created_at < :until
		),
		registrations AS (
			SELECT m.n, COUNT(b.n) AS new_users
			FROM months m LEFT JOIN users_by_month b ON b.n = m.n
			GROUP BY m.n
		)
		SELECT g.n, g.new_users, LAG(g.new_users) OVER (ORDER BY g.n) AS prev_month_users
		FROM registrations g
		ORDER BY g.n DESC`, series.String(), cases.String(), metricMonths-1), values)
	if err != nil {
		return nil, err
	}
	months := make([]MonthMetrics, len(found))
	for i, f := range found {
		months[i] = MonthMetrics{Month: begins(int(f.N)).In(r.opts.Zone).Format("2006-01"), NewUsers: f.NewUsers, PrevMonthUsers: f.PrevMonthUsers}
		if prev := f.PrevMonthUsers; prev != nil {
			months[i].GrowthRate = percent(f.NewUsers-*prev, *prev)
		}
	}
	return months, nil
}

func (r *Repository) engagementMetrics(ctx context.Context, now time.Time) (EngagementMetrics, error) {
	type row struct {
		DailyActive, WeeklyActive, MonthlyActive, TotalUsers int64

		SignedIn, SecondsSum int64
	}
	f, err := readOne[row](ctx, r, "metrics", `
		SELECT COUNT(CASE WHEN u.last_login >= :day THEN 1 END) AS daily_active,
			COUNT(CASE WHEN u.last_login >= :week THEN 1 END) AS weekly_active,
			COUNT(CASE WHEN u.last_login >= :month THEN 1 END) AS monthly_active,
			COUNT(*) AS total_users,
			COUNT(u.last_login) AS signed_in,
			COALESCE(SUM(`+r.sql.seconds("u.last_login")+`), 0) AS seconds_sum
		FROM users u
		WHERE u.is_active AND u.deleted_at IS NULL`,
		query.Named{"day": now.Add(-day), "week": now.Add(-7 * day), "month": now.Add(-30 * day)})
	return EngagementMetrics{
		f.DailyActive, f.WeeklyActive, f.MonthlyActive, f.TotalUsers,
		rounded(f.SignedIn*now.Unix()-f.SecondsSum, f.SignedIn*int64(day/time.Second), 1),
	}, err
}

func (r *Repository) contentMetrics(ctx context.Context, now time.Time) (ContentMetrics, error) {
	type row struct {
		TotalPosts, ActiveAuthors, PostsThisWeek, WithContent, Characters int64
	}
	f, err := readOne[row](ctx, r, "metrics", `
		SELECT COUNT(*) AS total_posts,
			COUNT(DISTINCT p.user_id) AS active_authors,
			COUNT(CASE WHEN p.created_at >= :week THEN 1 END) AS posts_this_week,
			COUNT(p.content) AS with_content,
			COALESCE(SUM(`+r.sql.characters("p.content")+`), 0) AS characters
		FROM posts p
		WHERE `+published, query.Named{"now": now, "week": now.Add(-7 * day)})
	return ContentMetrics{f.TotalPosts, f.ActiveAuthors, rounded(f.Characters, f.WithContent, 0), f.PostsThisWeek}, err
}
