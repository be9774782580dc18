package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newHistory(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "history",
		Short: "List all migrations with their parents and when they were applied",
		Long: "List all migrations in order. Without a database the folder alone is listed, and\n" +
			"nothing counts as applied.",
		Example: example(env, "database history", "database history --json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return printHistory(cmd.Context(), env) },
	}
}

func printHistory(ctx context.Context, env *Env) error {
	s, err := env.statusOrFolder(ctx)
	if err != nil {
		return err
	}
	if env.JSON() {
		list := []itemJSON{}
		for _, item := range s.Migrations {
			list = append(list, newItemJSON(item))
		}
		return env.PrintJSON(list)
	}
	if len(s.Migrations) == 0 {
		env.Print("No migrations")
		return nil
	}
	table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "REVISION\tPARENT\tSTATE\tAPPLIED\tDESCRIPTION") // Flush tells of errors
	for _, item := range s.Migrations {
		state := string(item.State)
		if item.Current {
			state += " (current)"
		}
		applied := "-"
		if !item.AppliedAt.IsZero() {
			applied = item.AppliedAt.UTC().Format(time.DateTime)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", item.Version, orBase(item.Revises), state, applied, item.Description)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the history: %w", err)
	}
	return nil
}

// statusOrFolder is the status of the database or, where there is none, of the
// folder alone.
func (e *Env) statusOrFolder(ctx context.Context) (s migration.Status, err error) {
	cfg, err := e.Config()
	if err != nil {
		return s, err
	}
	exists, err := database.Exists(ctx, cfg.Database)
	if err == nil && exists {
		err = e.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
			s, err = m.Status(ctx)
			return err
		})
		return s, err
	}
	var open *database.OpenError
	if err != nil && !errors.As(err, &open) {
		return s, err
	}
	if err != nil {
		e.Warn("cannot reach the database, so this is the folder alone: %v", err)
	} else {
		e.Warn("the database '%s' does not exist, so this is the folder alone", e.databaseName(cfg))
	}
	dir, err := e.Migrations()
	if err != nil {
		return s, err
	}
	list, err := dir.Migrations()
	for _, m := range list {
		s.Migrations = append(s.Migrations, migration.StatusItem{Migration: m, State: migration.Pending})
	}
	return s, err
}
