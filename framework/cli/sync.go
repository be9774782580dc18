package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// syncFlags are the flags of sync.
type syncFlags struct {
	planFlags
	dryRun, yes bool
}

func newSync(env *Env) *cobra.Command {
	var flags syncFlags
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Bring a prototype's database to the entities, without migrations",
		Long: "Change the tables of the configured database directly to what the entities ask for,\n" +
			"without a migration: for prototypes, whose data may go. Tables that no entity asks\n" +
			"for are dropped; what loses rows or values has to be confirmed.\n\n" +
			"It is refused in production, and on a database that has a history of migrations.\n\n" +
			scratchHelp,
		Example: example(env, "database sync", "database sync --dry-run", "database sync --yes"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return syncDatabase(cmd, env, flags) },
	}
	cmd.Flags().StringArrayVar(&flags.devURLs, "dev-url", nil, "server for scratch databases, as dialect=url")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "print the statements and change nothing")
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "do not ask before rows or values are lost")
	return cmd
}

// syncedJSON is the result.
type syncedJSON struct {
	Database   string           `json:"database"`
	Applied    bool             `json:"applied"`
	Statements []string         `json:"statements"`
	Risks      []migration.Risk `json:"risks"`
}

func syncDatabase(cmd *cobra.Command, env *Env, flags syncFlags) (err error) {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	if cfg.Production() {
		return errors.New("sync is refused in production: use migrations, see " + env.app.Name + " database create-migration --help")
	}
	_, servers, err := flags.servers(cmd, env)
	if err != nil {
		return err
	}
	tables, err := env.wantedTables(cmd.Context(), true)
	if err != nil {
		return err
	}
	db, err := env.Open(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	plan, err := migration.Sync(cmd.Context(), migration.SyncConfig{DB: db, Tables: tables, Server: servers[0]})
	if errors.Is(err, migration.ErrInSync) {
		env.Done("The database is as the entities ask.")
		return env.maybeJSON(syncedJSON{Database: cfg.Database.URL.Target(), Statements: []string{}, Risks: []migration.Risk{}})
	}
	if err != nil {
		return err
	}
	return applySync(cmd, env, flags, cfg, plan)
}

func applySync(cmd *cobra.Command, env *Env, flags syncFlags, cfg *config.Config, plan *migration.SyncPlan) error {
	result := syncedJSON{
		Database: cfg.Database.URL.Target(), Statements: plan.Statements, Risks: append([]migration.Risk{}, plan.Risks...),
	}
	for _, r := range plan.Risks {
		if r.Kind != migration.Locking {
			env.Warn("%s: %s", r.Kind, r.Reason)
		}
	}
	if flags.dryRun {
		for _, text := range plan.Statements {
			env.Print("%s;", text)
		}
		return env.maybeJSON(result)
	}
	if plan.Destructive() {
		question := fmt.Sprintf("Rows or values of the database '%s' will be lost. Go on?", env.databaseName(cfg))
		if err := env.Confirm(cmd, question, flags.yes); err != nil {
			return err
		}
	}
	if err := plan.Apply(cmd.Context()); err != nil {
		return err
	}
	result.Applied = true
	env.Done("Database synchronised with the entities: %s", plural(len(plan.Statements), "statement"))
	return env.maybeJSON(result)
}
