package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newCurrent(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:     "current",
		Short:   "Print the revision of the database, for scripts",
		Long:    "Print the newest migration that is wholly applied, and nothing else. A database\nthat was never migrated is at \"base\".",
		Example: example(env, "database current", "database current --json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return printCurrent(cmd.Context(), env) },
	}
}

func printCurrent(ctx context.Context, env *Env) error {
	var s migration.Status
	err := env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) (err error) {
		s, err = m.Status(ctx)
		return err
	})
	if err != nil {
		return err
	}
	env.Print("%s", orBase(s.Current))
	return env.maybeJSON(struct {
		Current string `json:"current"`
	}{orBase(s.Current)})
}
