package blog

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/internal/blog/analytics"
	"github.com/framefox-go/framefox/internal/blog/posts"
	"github.com/framefox-go/framefox/internal/blog/users"
)

// ReportCommand is the application's own command that prints reports: one command
// below it for each.
func ReportCommand(env *cli.Env) *cobra.Command {
	r := &reportCommand{env: env}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Print a report about users and posts",
		Example: `  report metrics                              the whole blog
  report cohorts --period week --json         as JSON
  report content --from 2026-01-01 --limit 5  the posts with most views since
  report calendar 2026-01 --zone Europe/Paris`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := cmd.PersistentFlags()
	flags.BoolVar(&r.json, "json", false, "print the report as JSON")
	flags.StringVar(&r.zone, "zone", "UTC", "time zone of days and months")
	cmd.AddCommand(
		r.about("users", "What active users have published, and what came of it", "from", "to", "limit"),
		r.about("cohorts", "How recently the users of each month or week signed in", "period"),
		r.about("retention", "Which part of the users of each month or week came back", "period", "periods", "from", "to"),
		r.about("metrics", "Registrations by month, activity and content"),
		r.about("segments", "Users by engagement and activity", "limit"),
		r.about("content", "Views, reactions and ranks of posts", "from", "to", "limit"),
		r.about("engagement", "How much active users do"),
		r.about("statistics", "Numbers of users"),
		r.about("popular", "Posts with most views and comments", "days", "limit"),
		r.about("recent", "Users who registered lately", "days", "limit"),
		r.about("calendar [month]", "Days of a month with posts, planned ones included; default is this month"),
		r.about("post <id>", "What came of a post"),
		r.about("related <id>", "Posts about the same", "limit"),
	)
	return cmd
}

// reportCommand is one call of the command.
type reportCommand struct {
	env                    *cli.Env
	json                   bool
	zone, from, to, period string
	limit, days, periods   int
}

// about makes the command of one report, with the flags that it understands.
func (r *reportCommand) about(use, short string, flags ...string) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	switch cmd.Name() {
	case "post", "related":
		cmd.Args = cobra.ExactArgs(1)
	case "calendar":
		cmd.Args = cobra.MaximumNArgs(1)
	}
	for _, flag := range flags {
		switch flag {
		case "from":
			cmd.Flags().StringVar(&r.from, flag, "", "first day (2026-01-31) or instant (RFC 3339)")
		case "to":
			cmd.Flags().StringVar(&r.to, flag, "", "last day or instant, itself included")
		case "period":
			cmd.Flags().StringVar(&r.period, flag, string(analytics.Month), "month or week")
		case "periods":
			cmd.Flags().IntVar(&r.periods, flag, 0, "how many periods to follow (default 12)")
		case "days":
			cmd.Flags().IntVar(&r.days, flag, 0, "how many days back")
		case "limit":
			cmd.Flags().IntVar(&r.limit, flag, 0, "how many rows at most")
		}
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		rows, err := r.run(cmd.Context(), cmd.Name(), args)
		if err != nil {
			return err
		}
		if r.json {
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetIndent("", "  ")
			return out.Encode(rows)
		}
		return printReport(cmd.OutOrStdout(), rows)
	}
	return cmd
}

// run makes the report.
func (r *reportCommand) run(ctx context.Context, name string, args []string) (rows any, err error) {
	var between analytics.Range
	if between.From, err = analytics.ParseBound(r.from); err != nil {
		return nil, fmt.Errorf("report: --from: %w", err)
	}
	if between.To, err = analytics.ParseBound(r.to); err != nil {
		return nil, fmt.Errorf("report: --to: %w", err)
	}
	zone, err := time.LoadLocation(r.zone)
	if err != nil {
		return nil, fmt.Errorf("report: --zone: %w", err)
	}
	month, id := time.Now().In(zone), int64(0)
	switch {
	case name == "calendar" && len(args) > 0:
		if month, err = time.Parse("2006-01", args[0]); err != nil {
			return nil, fmt.Errorf("report: %q is no month such as 2026-01", args[0])
		}
	case len(args) > 0:
		if id, err = strconv.ParseInt(args[0], 10, 64); err != nil {
			return nil, fmt.Errorf("report: %q is no id of a post", args[0])
		}
	}
	db, err := r.env.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	reports, period := analytics.New(db, analytics.Options{Zone: zone}), analytics.Period(r.period)
	client := ent.NewClient(ent.Driver(db.Driver()))
	people, articles := users.NewRepository(client), posts.NewRepository(client)
	switch name {
	case "users":
		return reports.UserAnalytics(ctx, analytics.UserAnalyticsParams{Registered: between, Limit: r.limit})
	case "cohorts":
		return reports.Cohorts(ctx, analytics.CohortParams{Period: period})
	case "retention":
		return reports.Retention(ctx, analytics.RetentionParams{Period: period, Registered: between, Periods: r.periods})
	case "metrics":
		return reports.Metrics(ctx)
	case "segments":
		return reports.Segmentation(ctx, analytics.SegmentationParams{Limit: r.limit})
	case "content":
		return reports.ContentPerformance(ctx, analytics.ContentPerformanceParams{Published: between, Limit: r.limit})
	case "engagement":
		return reports.UserEngagement(ctx)
	case "statistics":
		return people.Statistics(ctx)
	case "popular":
		found, err := articles.FindPopular(ctx, cmp.Or(r.days, 30), cmp.Or(r.limit, 10))
		return each(found, err, listPopular)
	case "recent":
		found, err := people.FindRecent(ctx, cmp.Or(r.days, 7), cmp.Or(r.limit, 20))
		return each(found, err, listRecent)
	case "calendar":
		return articles.Calendar(ctx, month.Year(), month.Month(), zone)
	case "post":
		report, err := articles.Report(ctx, id)
		if err != nil {
			return nil, err
		}
		return reportPost(report), nil
	default:
		found, err := articles.FindRelated(ctx, id, cmp.Or(r.limit, 5))
		return each(found, err, listRelated)
	}
}
