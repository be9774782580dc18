package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/backup"
)

// restoreFlags are the flags of restore.
type restoreFlags struct {
	replace, noOwner, yes, force bool
	dir                          string
}

func newRestore(env *Env) *cobra.Command {
	var flags restoreFlags
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Restore the database from a backup",
		Long: "Restore the database from a file that copy has written. A database that does not\n" +
			"exist is created; one that has tables is replaced only with --replace, after a\n" +
			"question, and while nobody else has it open.\n\n" +
			"The backup is restored beside the present database and verified first, so a\n" +
			"damaged file changes nothing. MySQL cannot rename databases: there the present\n" +
			"one is copied to the folder of backups before it is replaced.",
		Example: example(env, "database restore backups/app_backup_20240603_152345.db",
			"database restore backups/app_backup_20240603_152345.db --replace --yes"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return restore(cmd, env, args[0], flags) },
	}
	cmd.Flags().BoolVar(&flags.replace, "replace", false, "replace what is in the database")
	cmd.Flags().BoolVar(&flags.noOwner, "no-owner", false, "PostgreSQL: leave out owners and grants, for a server without their roles")
	cmd.Flags().StringVar(&flags.dir, "dir", "", "MySQL: folder for the copy of the present database; default "+backup.DefaultDir+" in the project")
	cmd.Flags().BoolVarP(&flags.yes, "yes", "y", false, "do not ask; in production use --force")
	cmd.Flags().BoolVar(&flags.force, "force", false, "do not ask, in production neither")
	return cmd
}

func restore(cmd *cobra.Command, env *Env, path string, flags restoreFlags) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	name := env.databaseName(cfg)
	if flags.replace {
		env.result(markWarning, "Warning: This will replace all data of the database '%s'", name)
		if err := env.ConfirmDestruction(cmd, "Replace the database '"+name+"'?", flags.yes, flags.force); err != nil {
			return err
		}
	}
	bar := &transfer{env: env}
	result, err := backup.Restore(cmd.Context(), cfg.Database, path, backup.RestoreOptions{
		Replace: flags.replace, NoOwner: flags.noOwner, Dir: backupDir(cfg, flags.dir), Progress: bar.show,
	})
	bar.clear()
	if err != nil {
		if _, full := errors.AsType[*backup.NotEmptyError](err); full {
			return &UsageError{Command: cmd.CommandPath(), Err: err}
		}
		return err
	}
	env.Done("Database '%s' restored successfully", name)
	env.Done("Restored: %s, %s", plural(len(result.Tables), "table"), plural(int(result.Rows()), "row"))
	if result.Previous != "" {
		env.Done("What it was before is saved in: %s", relative(cfg.Root, result.Previous))
	}
	return env.maybeJSON(restoredJSON{
		Database: cfg.Database.URL.Target(), Backup: path, Rows: result.Rows(), Tables: result.Tables,
		Previous: relative(cfg.Root, result.Previous),
	})
}

type restoredJSON struct {
	Database string           `json:"database"`
	Backup   string           `json:"backup"`
	Rows     int64            `json:"rows"`
	Tables   map[string]int64 `json:"tables"`
	Previous string           `json:"previous,omitempty"`
}
