package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/monitor"
)

// slowFlags say which statements are shown.
type slowFlags struct {
	url    string
	limit  int
	sort   string
	server bool
}

func newMonitorSlow(env *Env) *cobra.Command {
	f := slowFlags{}
	cmd := &cobra.Command{
		Use:   "slow",
		Short: "List the statements that take most of the time",
		Long: "List the statements that take most of the time, and those that run again and\n" +
			"again within one request.\n\n" +
			"With --server the figures are those that PostgreSQL keeps in pg_stat_statements,\n" +
			"of all programs; they are also shown where the application's server does not\n" +
			"answer. Times are in milliseconds, and no value of a statement is shown.",
		Example: example(env, "monitor slow", "monitor slow --limit 5 --sort p95", "monitor slow --server --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.limit < 1 || !slices.Contains([]string{"total", "mean", "p95", "count"}, f.sort) {
				return &UsageError{Command: cmd.CommandPath(), Err: errors.New("--limit is above 0, and --sort is total, mean, p95 or count")}
			}
			return monitorSlow(cmd.Context(), env, f)
		},
	}
	cmd.Flags().StringVar(&f.url, "url", "", "address of the server; default from the configuration")
	cmd.Flags().IntVar(&f.limit, "limit", monitor.DefaultTop, "how many statements to list")
	cmd.Flags().StringVar(&f.sort, "sort", "total", "what comes first: total, mean, p95 or count")
	cmd.Flags().BoolVar(&f.server, "server", false, "read what the database keeps instead of asking the application")
	return cmd
}

type slowJSON struct {
	Database   string                    `json:"database"`
	Source     string                    `json:"source"` // application or database
	Statements []monitor.StatementStats  `json:"statements,omitempty"`
	Server     []monitor.ServerStatement `json:"serverStatements,omitempty"`
	Repeats    []monitor.Repeat          `json:"repeats,omitempty"`
}

func monitorSlow(ctx context.Context, env *Env, f slowFlags) error {
	if f.server {
		return monitorServer(ctx, env, f.limit)
	}
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	r, err := report(ctx, env, f.url, 1_000_000) // sorted here
	if _, gone := errors.AsType[*unreachableError](err); gone && f.url == "" && cfg.Database.URL.Dialect == config.Postgres {
		env.Note("%v\nThese are the figures of PostgreSQL:", err)
		if failed := monitorServer(ctx, env, f.limit); failed != nil {
			return errors.Join(err, failed)
		}
		return nil
	}
	if err != nil {
		return err
	}
	sortStatements(r.Statements, f.sort)
	r.Statements = r.Statements[:min(f.limit, len(r.Statements))]
	if env.JSON() {
		return env.PrintJSON(slowJSON{Database: poolTarget(r), Source: "application", Statements: r.Statements, Repeats: r.Repeats})
	}
	if len(r.Statements) == 0 {
		env.Print("No statement has run yet.")
		return nil
	}
	table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "COUNT\tFAILED\tROWS\tTOTAL\tMEAN\tP50\tP95\tP99\tMAX\tSTATEMENT")
	for _, s := range r.Statements {
		_, _ = fmt.Fprintf(table, "%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Count, s.Failures, s.Rows, milliseconds(s.Total),
			milliseconds(s.Mean), milliseconds(s.P50), milliseconds(s.P95), milliseconds(s.P99), milliseconds(s.Max), oneLine(s.Statement))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the statements: %w", err)
	}
	for _, repeat := range r.Repeats {
		env.Print("\n%s runs one statement up to %d times in a request%s, in %d requests:\n  %s\n  %s", repeat.Operation, repeat.Most,
			forField(repeat.Field), repeat.Requests, oneLine(repeat.Statement), repeat.Fix)
	}
	return nil
}

func forField(field string) string {
	if field == "" {
		return ""
	}
	return " for " + field
}

func sortStatements(list []monitor.StatementStats, by string) {
	key := func(s monitor.StatementStats) float64 {
		switch by {
		case "mean":
			return float64(s.Mean)
		case "p95":
			return float64(s.P95)
		case "count":
			return float64(s.Count)
		default:
			return float64(s.Total)
		}
	}
	slices.SortStableFunc(list, func(a, b monitor.StatementStats) int { return cmp.Compare(key(b), key(a)) })
}

// monitorServer lists the statements that the database keeps.
func monitorServer(ctx context.Context, env *Env, limit int) error {
	db, err := env.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	list, err := monitor.ServerStatements(ctx, db, limit)
	if err != nil {
		return err
	}
	if env.JSON() {
		return env.PrintJSON(slowJSON{Database: db.URL().Target(), Source: "database", Server: list})
	}
	table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "COUNT\tROWS\tTOTAL\tMEAN\tMAX\tIN MEMORY\tSTATEMENT")
	for _, s := range list {
		_, _ = fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\t%.0f %%\t%s\n", s.Count, s.Rows, milliseconds(s.Total), milliseconds(s.Mean),
			milliseconds(s.Max), 100*s.HitRatio, oneLine(s.Statement))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the statements: %w", err)
	}
	return nil
}
