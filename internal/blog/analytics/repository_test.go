package analytics_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog/analytics"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// all makes every report with its defaults.
func all(t *testing.T, ctx context.Context, r *analytics.Repository) map[string]any { //nolint:revive // the test first, as everywhere
	t.Helper()
	got := map[string]any{}
	keep := func(name string, rows any, err error) {
		require.NoError(t, err, name)
		got[name] = rows
	}
	users, err := r.UserAnalytics(ctx, analytics.UserAnalyticsParams{})
	keep("users", users, err)
	months, err := r.Cohorts(ctx, analytics.CohortParams{})
	keep("months", months, err)
	weeks, err := r.Cohorts(ctx, analytics.CohortParams{Period: analytics.Week})
	keep("weeks", weeks, err)
	retention, err := r.Retention(ctx, analytics.RetentionParams{})
	keep("retention", retention, err)
	weekly, err := r.Retention(ctx, analytics.RetentionParams{Period: analytics.Week})
	keep("weekly", weekly, err)
	metrics, err := r.Metrics(ctx)
	keep("metrics", metrics, err)
	segments, err := r.Segmentation(ctx, analytics.SegmentationParams{})
	keep("segments", segments, err)
	content, err := r.ContentPerformance(ctx, analytics.ContentPerformanceParams{})
	keep("content", content, err)
	engagement, err := r.UserEngagement(ctx)
	keep("engagement", engagement, err)
	return got
}

// Without any rows, lists are empty and counts are zero; averages of nothing are
// null, and the mean score is 0.
//
// Covers: E55, E60, E74.
func TestEmptyDatabase(t *testing.T) {
	eachWorld(t, func(w *world) {
		text, err := json.Marshal(all(w.T, w.Context(), w.reports))
		require.NoError(w, err)
		var got map[string]any
		require.NoError(w, json.Unmarshal(text, &got))
		for _, list := range []string{"users", "months", "weeks", "retention", "weekly", "segments", "content"} {
			require.Equal(w, []any{}, got[list], list)
		}
		zero := float64(0)
		require.Equal(w, map[string]any{"total_users": zero, "total_posts": zero, "avg_engagement": zero, "active_users_7d": zero}, got["engagement"])
		metrics := got["metrics"].(map[string]any)
		require.Len(w, metrics["months"], 12)
		require.Equal(w, map[string]any{
			"daily_active": zero, "weekly_active": zero, "monthly_active": zero, "total_users": zero, "avg_days_since_login": nil,
		}, metrics["engagement"])
		require.Equal(w, map[string]any{"total_posts": zero, "active_authors": zero, "avg_post_length": nil, "posts_this_week": zero}, metrics["content"])
	})
}

// The generated data set fills every bucket of every report, and all databases
// answer alike, to the last digit.
//
// Covers: L38, E79, E81.
func TestGeneratedData(t *testing.T) {
	var first []byte
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) { // one after the other is compared
			app := blogtest.New(t, testkit.Open(t, engine))
			_, err := dataset.Generate(t.Context(), app.Client, dataset.GenerateOptions{Now: present})
			require.NoError(t, err)
			got := all(t, t.Context(), analytics.New(app.DB, analytics.Options{Now: clock}))
			text, err := json.Marshal(got)
			require.NoError(t, err)
			if first == nil {
				first = text
				requireBuckets(t, got)
			}
			require.True(t, bytes.Equal(first, text), "%s answers otherwise than %s", engine, testkit.Dialects()[0])
		})
	}
}

func requireBuckets(t *testing.T, got map[string]any) {
	t.Helper()
	for name, rows := range got {
		require.NotEmpty(t, rows, name)
	}
	seen := map[any]bool{}
	for _, u := range got["users"].([]analytics.UserAnalytics) {
		seen[u.ActivityLevel], seen[u.EngagementStatus] = true, true
	}
	for _, u := range got["segments"].([]analytics.SegmentedUser) {
		seen[u.ActivityStatus], seen[u.UserLifecycle], seen[u.UserSegment] = true, true, true
	}
	for _, p := range got["content"].([]analytics.ContentPerformance) {
		seen[p.PerformanceCategory] = true
	}
	for _, period := range []string{"months", "weeks"} {
		for _, c := range got[period].([]analytics.Cohort) {
			require.LessOrEqual(t, c.RetentionRate, 100.0)
			if c.RetainedUsers > 0 {
				seen[c.RetentionPeriod] = true
			}
		}
	}
	for _, bucket := range []any{
		analytics.HighActivity, analytics.MediumActivity, analytics.LowActivity,
		analytics.EngagementActive, analytics.EngagementInactive, analytics.EngagementDormant,
		analytics.Active, analytics.Occasional, analytics.Inactive, analytics.Dormant,
		analytics.NewUser, analytics.GrowingUser, analytics.EstablishedUser, analytics.VeteranUser,
		analytics.Champion, analytics.Loyal, analytics.PotentialLoyal, analytics.NewCustomer, analytics.AtRisk, analytics.CannotLose, analytics.Others,
		analytics.TopPerformer, analytics.HighEngagement, analytics.NeedsPromotion, analytics.Average,
		analytics.WithinWeek, analytics.WithinMonth, analytics.WithinQuarter,
	} {
		require.True(t, seen[bucket], "nobody is %s", bucket)
	}
	retained := false
	for _, r := range got["retention"].([]analytics.Retention) {
		require.LessOrEqual(t, r.RetentionRate, 100.0)
		retained = retained || r.PeriodsAfter > 0 && r.RetainedUsers > 0
	}
	require.True(t, retained)
}

// Reports only read, also within a transaction that may write, and join one that
// reads. They end with their context.
//
// Covers: E83, E85.
func TestReportsOnlyRead(t *testing.T) {
	eachWorld(t, func(w *world) {
		require.NoError(w, w.app.DB.Transact(w.Context(), func(ctx context.Context) error {
			all(w.T, ctx, w.reports)
			return nil
		}, database.ToRead()))
		// Whatever their statements were, they could not write.
		write := func(ctx context.Context) error {
			_, err := query.Exec(ctx, w.reports.Source(), "DELETE FROM tags")
			return err
		}
		require.Error(w, write(w.Context()))
		require.Error(w, w.app.DB.Transact(w.Context(), write))
		require.Error(w, w.app.DB.Transact(w.Context(), write, database.ToRead()))

		ctx, cancel := context.WithCancel(w.Context())
		cancel()
		_, err := w.reports.Metrics(ctx)
		require.ErrorIs(w, err, context.Canceled)
		late := analytics.New(w.app.Client, analytics.Options{Timeout: time.Nanosecond})
		_, err = late.UserEngagement(w.Context())
		require.ErrorIs(w, err, context.DeadlineExceeded)
	})
}

// A limit may be as large as one likes, and parameters that make no sense are named.
//
// Covers: E50, E83, S03.
func TestParameters(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx := w.Context()
		w.post(w.user("ada", ago(day), nil), ago(hour), 1)
		rows, err := w.reports.ContentPerformance(ctx, analytics.ContentPerformanceParams{Limit: 1 << 40})
		require.NoError(w, err)
		require.Len(w, rows, 1)
		_, err = w.reports.ContentPerformance(ctx, analytics.ContentPerformanceParams{Limit: -1})
		require.ErrorContains(w, err, "content performance is not valid: limit must not be negative")
		_, err = w.reports.UserAnalytics(ctx, analytics.UserAnalyticsParams{Registered: analytics.Range{From: analytics.Day(2026, 3, 2), To: analytics.Day(2026, 3, 1)}})
		require.ErrorContains(w, err, "to must not be before from")
		_, err = w.reports.UserAnalytics(ctx, analytics.UserAnalyticsParams{Registered: analytics.Range{To: analytics.Day(20260, 3, 1)}})
		require.ErrorContains(w, err, "to must be in the years 1000 to 9998")
		_, err = analytics.ParseBound("yesterday")
		require.ErrorContains(w, err, `"yesterday" is neither a day`)
	})
}
