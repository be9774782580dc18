package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// dropFlags are the flags of drop.
type dropFlags struct{ yes, force, dryRun bool }

func newDrop(env *Env) *cobra.Command {
	var flags dropFlags
	cmd := &cobra.Command{
		Use:   "drop",
		Short: "Remove the database and all its data",
		Long: "Remove the SQLite file and what is beside it, or the database on the server, with\n" +
			"all its data. On PostgreSQL the sessions of others are ended. A database that\n" +
			"does not exist is left alone, and that is a success.\n\n" +
			"It asks first, in production for the name of the database. A script confirms with\n" +
			"--yes, in production with --force: without them and without a terminal it fails.",
		Example: example(env, "database drop", "database drop --dry-run",
			"database drop --force && "+env.app.Name+" database create && "+env.app.Name+" database upgrade"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return drop(cmd, env, flags) },
	}
	cmd.Flags().BoolVarP(&flags.yes, "yes", "y", false, "do not ask; in production use --force")
	cmd.Flags().BoolVar(&flags.force, "force", false, "do not ask, in production neither")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show what would be removed and stop")
	return cmd
}

type droppedJSON struct {
	Database      string   `json:"database"`
	Type          string   `json:"type"`
	Dropped       bool     `json:"dropped"`
	DryRun        bool     `json:"dryRun,omitempty"`
	Files         []string `json:"files,omitempty"`
	EndedSessions int      `json:"endedSessions"`
}

func drop(cmd *cobra.Command, env *Env, flags dropFlags) error {
	ctx := cmd.Context()
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	url := cfg.Database.URL
	name := env.databaseName(cfg)
	out := droppedJSON{Database: url.Target(), Type: string(url.Dialect), DryRun: flags.dryRun}
	if url.Memory {
		env.result(markWarning, "The database is in memory: there is nothing to drop")
		return env.maybeJSON(out)
	}
	there, err := present(ctx, cfg.Database, &out)
	if err != nil {
		return fmt.Errorf("cannot look at the database '%s': %w", name, err)
	}
	if !there {
		env.result(markWarning, "The database '%s' does not exist: there is nothing to drop", name)
		return env.maybeJSON(out)
	}
	env.Print("Type: %s\nName: %s", url.Dialect, name)
	env.result(markWarning, "Warning: This will permanently delete all data")
	if flags.dryRun {
		printDropped(env, cfg, out)
		return env.maybeJSON(out)
	}
	if err := env.ConfirmDestruction(cmd, "Drop the database '"+name+"'?", flags.yes, flags.force); err != nil {
		return err
	}
	if out.Dropped, err = remove(ctx, cfg.Database, out.Files); err != nil {
		return fmt.Errorf("cannot drop the database '%s': %w", name, err)
	}
	if out.EndedSessions > 0 {
		env.Done("%s ended", plural(out.EndedSessions, "other session"))
	}
	env.Done("Database '%s' dropped successfully", name)
	return env.maybeJSON(out)
}

// present finds out whether there is something to drop: files of SQLite, or a
// database on the server, with the sessions that PostgreSQL will end.
func present(ctx context.Context, cfg config.Database, out *droppedJSON) (bool, error) {
	if cfg.URL.Dialect == config.SQLite {
		var err error
		out.Files, err = sqliteFiles(cfg.URL.Database)
		return len(out.Files) > 0, err
	}
	there, err := database.Exists(ctx, cfg)
	if err != nil || !there || cfg.URL.Dialect != config.Postgres {
		return there, err
	}
	cfg.Pool = config.Pool{Size: 1}
	cfg.EchoSQL = false
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return true, err
	}
	err = db.SQL().QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`).Scan(&out.EndedSessions)
	return true, errors.Join(err, db.Close())
}

// sqliteFiles lists the file of a database and what is beside it.
func sqliteFiles(path string) (list []string, err error) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", migration.LockSuffix} {
		info, err := os.Lstat(path + suffix)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		case info.IsDir():
			return nil, fmt.Errorf("%s is a folder", path+suffix)
		}
		list = append(list, path+suffix)
	}
	return list, nil
}

// remove drops the database, with files that an earlier one has left.
func remove(ctx context.Context, cfg config.Database, files []string) (dropped bool, err error) {
	if dropped, err = database.Drop(ctx, cfg); err != nil {
		return dropped, err
	}
	for _, path := range files {
		if err := os.Remove(path); err == nil {
			dropped = true
		} else if !errors.Is(err, fs.ErrNotExist) {
			return dropped, err
		}
	}
	return dropped, nil
}

// printDropped says what drop would do.
func printDropped(env *Env, cfg *config.Config, out droppedJSON) {
	for _, path := range out.Files {
		env.Print("Would remove %s", relative(cfg.Root, path))
	}
	if len(out.Files) == 0 {
		env.Print("Would drop %s", out.Database)
	}
	if out.EndedSessions > 0 {
		env.Print("Would end %s", plural(out.EndedSessions, "other session"))
	}
}
