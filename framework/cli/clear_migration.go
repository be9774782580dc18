package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// clearFlags are the flags of clear-migration.
type clearFlags struct{ yes, dryRun bool }

func newClearMigration(env *Env) *cobra.Command {
	var flags clearFlags
	cmd := &cobra.Command{
		Use:   "clear-migration",
		Short: "Delete the migration files of the dialect and forget that they were applied",
		Long: "Delete the migrations of the configured dialect, their down files and checksums,\n" +
			"and empty the history in the database, if there is one. Its tables stay. For a\n" +
			"fresh start while nobody else has the migrations: it works in development and\n" +
			"testing only.\n\n" +
			"It asks first, and copies the folder to " + backup.DefaultDir + " before it deletes anything.",
		Example: example(env, "database clear-migration", "database clear-migration --yes", "database clear-migration --dry-run"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return clearMigration(cmd, env, flags) },
	}
	cmd.Flags().BoolVarP(&flags.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show what would be deleted and stop")
	return cmd
}

type clearedMigrationJSON struct {
	Dialect   config.Dialect `json:"dialect"`
	DryRun    bool           `json:"dryRun,omitempty"`
	Files     []string       `json:"files"`
	Copy      string         `json:"copy,omitempty"`
	Forgotten bool           `json:"historyEmptied"`
}

func clearMigration(cmd *cobra.Command, env *Env, flags clearFlags) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	if cfg.Production() {
		return fmt.Errorf("clear-migration works in development and testing only, and the environment is %s", cfg.Environment)
	}
	dialect := cfg.Database.URL.Dialect
	dir := env.migrationsPath(cfg, dialect)
	out := clearedMigrationJSON{Dialect: dialect, DryRun: flags.dryRun, Files: []string{}}
	files, err := migrationFiles(dir)
	if err != nil {
		return fmt.Errorf("cannot list the migrations: %w", err)
	}
	for _, name := range files {
		out.Files = append(out.Files, relative(cfg.Root, filepath.Join(dir, name)))
	}
	there := false
	if !cfg.Database.URL.Memory {
		if there, err = database.Exists(cmd.Context(), cfg.Database); err != nil {
			return fmt.Errorf("cannot look at the database '%s': %w", env.databaseName(cfg), err)
		}
	}
	env.result(markWarning, "Warning: This will delete %s of %s and forget which were applied", plural(len(files), "file"), dialect)
	if flags.dryRun {
		for _, name := range out.Files {
			env.Print("Would delete %s", name)
		}
		if there {
			env.Print("Would empty the history of '%s'", env.databaseName(cfg))
		}
		return env.maybeJSON(out)
	}
	if err := env.Confirm(cmd, "Delete the migrations of "+string(dialect)+"?", flags.yes); err != nil {
		return err
	}
	if out.Copy, err = putAway(cfg, dir, dialect, files); err != nil {
		return err
	}
	if len(files) > 0 {
		env.Done("Copied to: %s", out.Copy)
	}
	if there {
		err := env.withMigrator(cmd.Context(), func(_ *database.DB, m *migration.Migrator) error { return m.Forget(cmd.Context()) })
		if err != nil {
			return err
		}
		out.Forgotten = true
		env.Done("History emptied")
	}
	for _, name := range files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("cannot delete the migration: %w", err)
		}
	}
	env.Done("%s deleted", plural(len(files), "file"))
	if there {
		env.Done("The tables are still there: begin anew with %s database drop, or adopt them with create-migration and stamp", env.app.Name)
	}
	return env.maybeJSON(out)
}

// migrationFiles lists the migrations, the downs and the checksums of a folder,
// and nothing else that may be there.
func migrationFiles(dir string) (list []string, err error) {
	for _, pattern := range []string{"*.sql", "atlas.sum", "down/*.sql", "down/atlas.sum"} {
		names, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			return nil, err
		}
		list = append(list, names...)
	}
	return list, nil
}

// putAway copies the files to the folder of backups. It returns "" if there are
// none.
func putAway(cfg *config.Config, dir string, dialect config.Dialect, files []string) (string, error) {
	if len(files) == 0 {
		return "", nil
	}
	parent := filepath.Join(cfg.Root, backup.DefaultDir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", fmt.Errorf("cannot make the folder of the backups: %w", err)
	}
	base := filepath.Join(parent, fmt.Sprintf("migrations_%s_%s", dialect, time.Now().UTC().Format("20060102_150405")))
	target := base
	for n := 2; ; n++ {
		err := os.Mkdir(target, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("cannot copy the migrations: %w", err)
		}
		target = fmt.Sprintf("%s_%d", base, n)
	}
	for _, name := range files {
		to := filepath.Join(target, name)
		text, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // the project's own file
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o700)
		}
		if err == nil {
			err = os.WriteFile(to, text, 0o600) //nolint:gosec // a name of the listed folder
		}
		if err != nil {
			return "", fmt.Errorf("cannot copy the migrations: %w", err)
		}
	}
	return relative(cfg.Root, target), nil
}
