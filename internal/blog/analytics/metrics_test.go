package analytics_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// Registrations: 2 in April 2025, the oldest of the twelve months, 1 in May, none
// until January, 3 then, 1 in March; one on the last instant of March 2025 is too
// old. Growth: May (1 - 2) / 2 = -50 %, June (0 - 1) / 1 = -100 %; after a month
// without anybody there is none.
//
// Of the 5 active users, 1 signed in within a day, 2 within 7, 3 within 30, one
// never: days ago are 0.5, 6, 20 and 40, on average 66.5 / 4 = 16.625, so 16.6.
// "Since the last midnight" would count who was here 13 hours ago differently.
//
// Two authors have 3 published posts; two of them have contents, of 3 and 4
// characters (9 and 4 bytes): 3.5, so 4. One was created this week.
//
// Covers: E56, E57, E58, E59, E60, E80.
func TestMetrics(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", at(2025, 4, 1, 0, 0), new(ago(12*hour)))
		bob := w.user("bob", at(2025, 4, 30, 23, 59), new(ago(6*day)))
		w.user("cyd", at(2025, 5, 1, 0, 0), new(ago(20*day)))
		w.user("dan", at(2025, 3, 31, 23, 59), new(ago(40*day)))
		off := w.user("off", at(2026, 1, 1, 0, 0), new(present))
		w.app.Client.User.UpdateOne(off).SetIsActive(false).ExecX(w.Context())
		w.app.Client.User.UpdateOne(w.user("off2", at(2026, 1, 2, 0, 0), nil)).SetIsActive(false).ExecX(w.Context())
		w.app.Client.User.UpdateOne(w.user("off3", at(2026, 1, 31, 0, 0), nil)).SetIsActive(false).ExecX(w.Context())
		w.user("eve", at(2026, 3, 15, 11, 0), nil)
		w.app.Client.User.DeleteOne(w.user("gone", at(2026, 3, 1, 0, 0), new(present))).ExecX(w.Context())

		content := func(text string) func(*ent.PostCreate) {
			return func(c *ent.PostCreate) { c.SetContent(text) }
		}
		w.post(ada, ago(7*day), 0, content("日本語"))
		w.post(ada, ago(8*day), 0, content("four"))
		w.post(bob, ago(9*day), 0)
		w.post(off, present.Add(hour), 0, content(strings.Repeat("x", 1000))) // not yet published

		m, err := w.reports.Metrics(w.Context())
		require.NoError(w, err)
		n := func(n int64) *int64 { return &n }
		require.Equal(w, []analytics.MonthMetrics{
			{"2026-03", 1, n(0), nil},
			{"2026-02", 0, n(3), new(-100.0)},
			{"2026-01", 3, n(0), nil},
			{"2025-12", 0, n(0), nil},
			{"2025-11", 0, n(0), nil},
			{"2025-10", 0, n(0), nil},
			{"2025-09", 0, n(0), nil},
			{"2025-08", 0, n(0), nil},
			{"2025-07", 0, n(0), nil},
			{"2025-06", 0, n(1), new(-100.0)},
			{"2025-05", 1, n(2), new(-50.0)},
			{"2025-04", 2, nil, nil},
		}, m.Months)
		require.Equal(w, analytics.EngagementMetrics{
			DailyActive: 1, WeeklyActive: 2, MonthlyActive: 3, TotalUsers: 5, AvgDaysSinceLogin: new(16.6),
		}, m.Engagement)
		require.Equal(w, analytics.ContentMetrics{TotalPosts: 3, ActiveAuthors: 2, AvgPostLength: new(4.0), PostsThisWeek: 1}, m.Content)

		// West of Greenwich, ada registered in March 2025.
		west := analytics.New(w.app.Client, analytics.Options{Now: clock, Zone: time.FixedZone("west", -3600)})
		m, err = west.Metrics(w.Context())
		require.NoError(w, err)
		require.Equal(w, analytics.MonthMetrics{"2025-04", 2, nil, nil}, m.Months[11]) // bob, and cyd an hour before May
		require.Equal(w, analytics.MonthMetrics{"2025-12", 1, n(0), nil}, m.Months[3]) // off
	})
}

// Where nobody registered for a year, all other numbers are there still. Joined to
// the months that have registrations they would be gone.
//
// Covers: E60.
func TestMetricsWithoutRegistrations(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.post(w.user("ada", at(2020, 1, 1, 0, 0), new(present)), ago(day), 0)
		m, err := w.reports.Metrics(w.Context())
		require.NoError(w, err)
		require.Len(w, m.Months, 12)
		require.EqualValues(w, 1, m.Engagement.DailyActive)
		require.EqualValues(w, 1, m.Content.TotalPosts)
	})
}

// A month begins with its first instant, also where that is one o'clock.
//
// Covers: E56, E82.
func TestMetricsWithoutMidnight(t *testing.T) {
	asuncion, err := time.LoadLocation("America/Asuncion")
	require.NoError(t, err)
	eachWorld(t, func(w *world) {
		w.user("september", time.Date(2023, time.September, 30, 23, 30, 0, 0, asuncion), nil)
		w.user("october", time.Date(2023, time.October, 1, 1, 0, 0, 0, asuncion), nil)
		w.user("october2", time.Date(2023, time.October, 31, 23, 59, 0, 0, asuncion), nil)
		now := func() time.Time { return at(2023, 11, 15, 12, 0) }
		m, err := analytics.New(w.app.Client, analytics.Options{Now: now, Zone: asuncion}).Metrics(w.Context())
		require.NoError(w, err)
		for i, want := range []struct {
			month string
			users int64
		}{{"2023-11", 0}, {"2023-10", 2}, {"2023-09", 1}} {
			require.Equal(w, want.month, m.Months[i].Month)
			require.Equal(w, want.users, m.Months[i].NewUsers)
		}
	})
}
