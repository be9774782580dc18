package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
)

func newCreate(env *Env) *cobra.Command {
	var migrate bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create the database if it does not exist",
		Long: "Create the SQLite file, or the database on the PostgreSQL or MySQL server, and\n" +
			"prove that it can be reached. A database that exists is left as it is.",
		Example: example(env, "database create", "database create --migrate", "database:create --env testing"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return create(cmd.Context(), env, migrate) },
	}
	cmd.Flags().BoolVar(&migrate, "migrate", false, "apply all migrations too")
	return cmd
}

func create(ctx context.Context, env *Env, migrate bool) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	if err := env.warnMemory(); err != nil {
		return err
	}
	name := env.databaseName(cfg)
	created, err := database.Create(ctx, cfg.Database)
	if err != nil {
		return fmt.Errorf("cannot create the database '%s': %w", name, err)
	}
	if err := reach(ctx, env); err != nil {
		return fmt.Errorf("cannot reach the database '%s': %w", name, err)
	}
	if created {
		env.Done("Database '%s' created successfully", name)
	} else {
		env.result(markWarning, "The database '%s' already exists", name)
	}
	if !env.JSON() {
		_, _ = fmt.Fprintln(env.Err, "Location:", cfg.Database.URL.Target())
	}
	if migrate {
		done, err := applyAll(ctx, env, "")
		if err != nil {
			return err
		}
		return env.maybeJSON(createdJSON{Database: cfg.Database.URL.Target(), Created: created, Current: done.Current, Applied: versions(done.Steps)})
	}
	env.Done("Ready for migrations and table creation")
	return env.maybeJSON(createdJSON{Database: cfg.Database.URL.Target(), Created: created})
}

type createdJSON struct {
	Database string   `json:"database"`
	Created  bool     `json:"created"`
	Current  string   `json:"current,omitempty"`
	Applied  []string `json:"applied,omitempty"`
}

// reach opens the database and closes it again.
func reach(ctx context.Context, env *Env) error {
	db, err := env.Open(ctx)
	if err != nil {
		return err
	}
	if err := db.Ping(ctx); err != nil {
		_ = db.Close() // the first error tells more
		return err
	}
	return db.Close()
}

// maybeJSON prints v with --json, else nothing.
func (e *Env) maybeJSON(v any) error {
	if !e.json {
		return nil
	}
	return e.PrintJSON(v)
}
