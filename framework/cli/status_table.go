package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// printStatusTables prints the status as two tables: the database, and the
// migrations.
func printStatusTables(env *Env, cfg *config.Config, s migration.Status) error {
	table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) } // Flush tells of errors
	row("COMPONENT", "STATUS", "DETAILS")
	row("Database", "exists", env.databaseName(cfg))
	row("Connection", "ok", cfg.Database.URL.Target())
	row("Type", string(cfg.Database.URL.Dialect), "")
	row("")
	row("VERSION", "DESCRIPTION", "STATUS")
	for _, item := range s.Migrations {
		state := strings.ToUpper(string(item.State))
		if item.Current {
			state = "CURRENT"
		}
		row(item.Version, item.Description, state)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the status: %w", err)
	}
	switch n := len(s.Pending()); n {
	case 0:
		env.Print("\nThe database is up to date")
	case 1:
		env.Print("\n1 pending migration")
	default:
		env.Print("\n%d pending migrations", n)
	}
	return nil
}
