package cli

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/monitor"
)

func newStats(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Show the size of the database, its tables and its connections",
		Long: "Show what the database itself knows: its version and size, its tables, and how\n" +
			"many connections it has. Rows are counted on SQLite, and the server's estimate\n" +
			"elsewhere.",
		Example: example(env, "database stats", "database stats --json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return databaseStats(cmd.Context(), env) },
	}
}

func databaseStats(ctx context.Context, env *Env) error {
	db, err := env.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s, err := monitor.StatsOf(ctx, db)
	if err != nil {
		return err
	}
	if env.JSON() {
		return env.PrintJSON(s)
	}
	env.Print("Database:     %s", db.URL().Target())
	env.Print("Version:      %s %s", s.Dialect, s.Version)
	env.Print("Size:         %s", size(s.Bytes))
	server := db.Dialect() != config.SQLite
	if server {
		env.Print("Connections:  %d of %d that the server takes", s.Connections, s.MaxConnections)
	}
	if len(s.Tables) == 0 {
		env.Print("Tables:       none")
		return nil
	}
	env.Print("")
	table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	if server {
		_, _ = fmt.Fprintln(table, "TABLE\tROWS (ABOUT)\tSIZE\tINDEXES")
	} else {
		_, _ = fmt.Fprintln(table, "TABLE\tROWS")
	}
	for _, t := range s.Tables {
		if server {
			_, _ = fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", t.Name, t.Rows, size(t.Bytes), size(t.IndexBytes))
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\n", t.Name, t.Rows)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the statistics: %w", err)
	}
	return nil
}

// size writes bytes for people.
func size(bytes int64) string {
	value, units := float64(bytes), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for value >= 1024 && len(units) > 1 {
		value, units = value/1024, units[1:]
	}
	digits := 1
	if units[0] == "B" || value >= 100 {
		digits = 0
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + units[0]
}
