package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newReset(env *Env) *cobra.Command {
	var revision string
	var flags destructionFlags
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Drop all tables and apply the migrations again",
		Long: "Drop everything in the database, then apply all migrations, or those up to\n" +
			"--revision. The database itself stays, so no right to create one is needed. All\n" +
			"data is lost: take a copy before with `database copy`, or with --backup.",
		Example: example(env, "database reset", "database reset --revision 20260101120000 --yes", "database reset --dry-run"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return reset(cmd, env, revision, flags) },
	}
	env.revisionFlag(cmd, &revision, "last migration to apply; default the newest", wordHead, wordBase)
	flags.add(cmd, true)
	return cmd
}

func reset(cmd *cobra.Command, env *Env, revision string, flags destructionFlags) error {
	ctx := cmd.Context()
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	dir, err := env.Migrations()
	if err != nil {
		return err
	}
	if revision, err = resolveRevision(dir, revision); err != nil {
		return err
	}
	if revision == "" || revision == wordBase {
		err = dir.Verify()
	} else {
		err = dir.Known(revision)
	}
	if err != nil { // before anything is lost
		return err
	}
	name := env.databaseName(cfg)
	if flags.dryRun {
		env.Print("All tables of the database '%s' would be dropped, then migrations applied up to %s.", name, orHead(revision))
		return env.maybeJSON(resetJSON{Database: cfg.Database.URL.Target(), DryRun: true, Current: orHead(revision)})
	}
	env.errStyle.line(env.Err, markWarning, "Warning: This will permanently delete all data")
	if err := env.ConfirmDestruction(cmd, fmt.Sprintf("Drop all tables of the database '%s'?", name), flags.yes, flags.force); err != nil {
		return err
	}
	if flags.backup {
		if err := backupFirst(ctx, env); err != nil {
			return err
		}
	}
	var dropped []string
	err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) (err error) {
		dropped, err = m.Clear(ctx)
		return err
	})
	if err != nil {
		return err
	}
	env.Done("Dropped %d tables and other objects", len(dropped))
	result := resetJSON{Database: cfg.Database.URL.Target(), Dropped: dropped, Applied: []string{}, Current: wordBase}
	if revision != wordBase {
		done, err := applyAll(ctx, env, revision)
		if err != nil {
			return err
		}
		result.Applied, result.Current = versions(done.Steps), done.Current
	}
	env.Done("Database reset successfully")
	return env.maybeJSON(result)
}

type resetJSON struct {
	Database string   `json:"database"`
	Dropped  []string `json:"dropped"`
	Applied  []string `json:"applied"`
	Current  string   `json:"current"`
	DryRun   bool     `json:"dryRun,omitempty"`
}

func orHead(revision string) string {
	if revision == "" {
		return wordHead
	}
	return revision
}

// destructionFlags are those of commands that lose data.
type destructionFlags struct {
	yes, force, dryRun, backup bool
}

func (f *destructionFlags) add(cmd *cobra.Command, withBackup bool) {
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask; in production --force is needed")
	cmd.Flags().BoolVar(&f.force, "force", false, "do not ask, in production either")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what would be done")
	if withBackup {
		cmd.Flags().BoolVar(&f.backup, "backup", false, "copy the database before")
	}
}
