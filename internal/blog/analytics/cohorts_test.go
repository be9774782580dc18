package analytics_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// January has three active users: one was here now, one 8 days ago, one never.
// February has one who was here 90 days before the present to the instant, and
// one a microsecond longer ago (before they registered, which the report does not
// mind). Deleted and deactivated users are in no cohort. Rates: 1 of 3 is 33.33 %,
// 1 of 2 is 50 %.
//
// Covers: E51, E52, E54, E55, X44.
func TestCohortsByMonth(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.user("now", at(2026, 1, 1, 0, 0), new(present))
		w.user("lately", at(2026, 1, 15, 12, 0), new(ago(8*day)))
		w.user("never", at(2026, 2, 1, 0, 0).Add(-time.Microsecond), nil)
		w.user("just", at(2026, 2, 1, 0, 0), new(ago(90*day)))
		w.user("over", at(2026, 2, 2, 0, 0), new(ago(90*day+time.Microsecond)))
		w.app.Client.User.DeleteOne(w.user("gone", at(2026, 1, 2, 0, 0), nil)).ExecX(w.Context())
		w.app.Client.User.UpdateOne(w.user("off", at(2026, 1, 2, 0, 0), nil)).SetIsActive(false).ExecX(w.Context())

		expected := []analytics.Cohort{
			{"2026-01", 3, "month_1", 1, 33.33},
			{"2026-01", 3, "month_3", 0, 0},
			{"2026-01", 3, "week_1", 1, 33.33},
			{"2026-02", 2, "month_1", 0, 0},
			{"2026-02", 2, "month_3", 1, 50},
			{"2026-02", 2, "week_1", 0, 0},
		}
		for _, period := range []analytics.Period{"", analytics.Month} {
			rows, err := w.reports.Cohorts(w.Context(), analytics.CohortParams{Period: period})
			require.NoError(w, err)
			require.Equal(w, expected, rows)
		}
		_, err := w.reports.Cohorts(w.Context(), analytics.CohortParams{Period: "quarter"})
		var invalid *entity.ValidationError
		require.ErrorAs(w, err, &invalid)
		require.ErrorContains(w, err, `period "quarter" is unknown: there is month, week`)
	})
}

// The week from Monday 29 December 2025 to Sunday 4 January 2026 is one cohort,
// the first of 2026: two users in it, both here this week, are 100 %. Grouped by
// Monday and by the year of the day they are two cohorts of one user each, which
// joined by the Monday alone have two retained users of one: 200 %.
//
// Covers: E53.
func TestCohortsByWeekAtNewYear(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.user("old", at(2025, 12, 31, 23, 59), new(ago(hour)))
		w.user("new", at(2026, 1, 1, 0, 0), new(ago(hour)))
		w.user("sunday", at(2026, 1, 4, 23, 59), nil)
		w.user("monday", at(2026, 1, 5, 0, 0), nil)
		w.user("before", at(2025, 12, 28, 23, 59), nil)
		w.user("leap", at(2021, 1, 3, 0, 0), nil) // the last day of week 53 of 2020

		rows, err := w.reports.Cohorts(w.Context(), analytics.CohortParams{Period: analytics.Week})
		require.NoError(w, err)
		require.Equal(w, []analytics.Cohort{
			{"2020-W53", 1, "month_1", 0, 0},
			{"2020-W53", 1, "month_3", 0, 0},
			{"2020-W53", 1, "week_1", 0, 0},
			{"2025-W52", 1, "month_1", 0, 0},
			{"2025-W52", 1, "month_3", 0, 0},
			{"2025-W52", 1, "week_1", 0, 0},
			{"2026-W01", 3, "month_1", 0, 0},
			{"2026-W01", 3, "month_3", 0, 0},
			{"2026-W01", 3, "week_1", 2, 66.67},
			{"2026-W02", 1, "month_1", 0, 0},
			{"2026-W02", 1, "month_3", 0, 0},
			{"2026-W02", 1, "week_1", 0, 0},
		}, rows)
	})
}

// Three users registered in December. In January two did something, one of them
// three times; in February none; in March one signed in. 2 of 3 is 66.67 %, 1 of 3
// is 33.33 %. In December itself ada wrote. What lies in the future, and what was
// deleted or hangs on a deleted post, is no activity. Bob is of January, and was there in it.
//
// Covers: E54, X44.
func TestRetention(t *testing.T) {
	eachWorld(t, func(w *world) {
		c := w.app.Client
		ada := w.user("ada", at(2025, 12, 1, 0, 0), new(present))
		eve := w.user("eve", at(2025, 12, 31, 0, 0), nil)
		w.app.Client.User.UpdateOne(w.user("off", at(2025, 12, 9, 0, 0), nil)).SetIsActive(false).ExecX(w.Context())
		bob := w.user("bob", at(2026, 1, 31, 0, 0), nil)

		p := w.post(ada, at(2025, 12, 2, 0, 0), 0)
		c.PostLike.Create().SetPost(p).SetUser(eve).SetCreatedAt(at(2026, 1, 1, 0, 0)).ExecX(w.Context())
		c.Comment.Create().SetPost(p).SetUser(ada).SetContent("!").SetCreatedAt(at(2026, 1, 2, 0, 0)).ExecX(w.Context())
		c.Comment.Create().SetPost(p).SetUser(ada).SetContent("!").SetCreatedAt(at(2026, 1, 3, 0, 0)).ExecX(w.Context())
		c.PostShare.Create().SetPost(p).SetUser(ada).SetCreatedAt(at(2026, 1, 4, 0, 0)).ExecX(w.Context())
		c.Comment.DeleteOne(c.Comment.Create().SetPost(p).SetUser(ada).SetContent("!").SetCreatedAt(at(2026, 2, 3, 0, 0)).SaveX(w.Context())).ExecX(w.Context())
		c.UserLog.Create().SetUserID(bob.ID).SetAction("login").SetTimestamp(at(2026, 1, 31, 1, 0)).ExecX(w.Context())
		c.Comment.Create().SetPost(p).SetUser(eve).SetContent("!").SetCreatedAt(present.Add(hour)).ExecX(w.Context())
		gone := w.post(ada, at(2025, 12, 3, 0, 0), 0)
		c.PostLike.Create().SetPost(gone).SetUser(eve).SetCreatedAt(at(2026, 2, 1, 0, 0)).ExecX(w.Context())
		c.PostShare.Create().SetPost(gone).SetUser(eve).SetCreatedAt(at(2026, 2, 1, 0, 0)).ExecX(w.Context())
		c.Comment.Create().SetPost(gone).SetUser(eve).SetContent("!").SetCreatedAt(at(2026, 2, 1, 0, 0)).ExecX(w.Context())
		w.exec("UPDATE posts SET deleted_at = created_at WHERE id = ?", gone.ID) // and nothing with it

		rows, err := w.reports.Retention(w.Context(), analytics.RetentionParams{})
		require.NoError(w, err)
		require.Equal(w, []analytics.Retention{
			{"2025-12", 3, 0, 1, 33.33},
			{"2025-12", 3, 1, 2, 66.67},
			{"2025-12", 3, 2, 0, 0},
			{"2025-12", 3, 3, 1, 33.33},
			{"2026-01", 1, 0, 1, 100},
			{"2026-01", 1, 1, 0, 0},
			{"2026-01", 1, 2, 0, 0},
		}, rows)

		january := analytics.Range{From: analytics.Day(2026, 1, 1)}
		rows, err = w.reports.Retention(w.Context(), analytics.RetentionParams{Registered: january, Periods: 1})
		require.NoError(w, err)
		require.Equal(w, []analytics.Retention{{"2026-01", 1, 0, 1, 100}, {"2026-01", 1, 1, 0, 0}}, rows)

		// Bob's week is that from 26 January, ISO week 5; the present is week 11.
		rows, err = w.reports.Retention(w.Context(), analytics.RetentionParams{Registered: january, Period: analytics.Week})
		require.NoError(w, err)
		require.Len(w, rows, 7)
		require.Equal(w, analytics.Retention{"2026-W05", 1, 0, 1, 100}, rows[0])
		require.Equal(w, analytics.Retention{"2026-W05", 1, 6, 0, 0}, rows[6])

		_, err = w.reports.Retention(w.Context(), analytics.RetentionParams{Periods: -1})
		require.ErrorContains(w, err, "periods must be from 1 to 520")
	})
}
