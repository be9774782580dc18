package cli

import (
	"context"
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
)

// cacheDir holds what can be made again, in the project.
const cacheDir = "var/cache"

// leftoverAge is from when a temporary file or a scratch database can belong to no process that still
// works on it.
const leftoverAge = 24 * time.Hour

func newClearMetadata(env *Env) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "clear-metadata",
		Short: "Remove caches and leftovers, and optimize the database",
		Long: "Remove what is in " + cacheDir + ", what killed processes of the framework have left in\n" +
			"the temporary folder, among the backups and on the server of the database, as\n" +
			"scratch databases without sessions (a day old or older), and have the database\n" +
			"tidy itself up: VACUUM and ANALYZE, on MySQL ANALYZE TABLE.\n\n" +
			"Data are never removed. Only what was really done is listed.",
		Example: example(env, "database clear-metadata", "database clear-metadata --dry-run"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return clearMetadata(cmd.Context(), env, dryRun) },
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be done and stop")
	return cmd
}

type clearedJSON struct {
	Database  string   `json:"database"`
	DryRun    bool     `json:"dryRun,omitempty"`
	Cache     []string `json:"cache"`
	Temporary []string `json:"temporary"`
	Databases []string `json:"databases"`
	Optimized bool     `json:"optimized"`
}

func clearMetadata(ctx context.Context, env *Env, dryRun bool) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	out := clearedJSON{Database: cfg.Database.URL.Target(), DryRun: dryRun, Cache: []string{}, Temporary: []string{}, Databases: []string{}}
	cached, err := cacheFiles(env, cfg)
	if err != nil {
		return err
	}
	temporary, err := leftovers(cfg, time.Now())
	if err != nil {
		return err
	}
	if out.Cache, err = clean(env, cfg, cached, dryRun); err != nil {
		return err
	}
	if len(out.Cache) > 0 && !dryRun {
		env.Done("Metadata cache cleared")
	}
	if out.Temporary, err = clean(env, cfg, temporary, dryRun); err != nil {
		return err
	}
	if len(out.Temporary) > 0 && !dryRun {
		env.Done("Temporary files removed")
	}
	if out.Databases, err = clearScratch(ctx, env, cfg, dryRun); err != nil {
		return err
	}
	if out.Optimized, err = optimize(ctx, env, cfg, dryRun); err != nil {
		return err
	}
	if out.Optimized && !dryRun {
		env.Done("Database optimized")
	}
	if len(out.Cache)+len(out.Temporary)+len(out.Databases) == 0 && !out.Optimized {
		env.Print("There is nothing to clear")
	}
	return env.maybeJSON(out)
}

// cacheFiles lists what is in the cache.
func cacheFiles(env *Env, cfg *config.Config) (list []string, err error) {
	dir := filepath.Join(cfg.Root, cacheDir)
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot look at the cache: %w", err)
	case !info.IsDir():
		env.Warn("%s is no folder: it is left alone", cacheDir)
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot look at the cache: %w", err)
	}
	for _, entry := range entries {
		list = append(list, filepath.Join(dir, entry.Name()))
	}
	return list, nil
}

// leftovers lists what killed processes of the framework have left: folders of
// scratch databases, and backups and restores that never were complete.
func leftovers(cfg *config.Config, now time.Time) (list []string, err error) {
	patterns := []string{
		filepath.Join(os.TempDir(), database.ScratchPrefix+"*"),
		filepath.Join(cfg.Root, backup.DefaultDir, "*_backup_*"+backup.PartSuffix+"*"),
	}
	if url := cfg.Database.URL; url.Dialect == config.SQLite && !url.Memory {
		patterns = append(patterns, url.Database+backup.RestoreInfix+"*"+backup.PartSuffix+"*")
	}
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("cannot look for temporary files: %w", err)
		}
		for _, path := range found {
			if newest, err := lastChange(path); err == nil && now.Sub(newest) > leftoverAge {
				list = append(list, path)
			}
		}
	}
	return list, nil
}

// lastChange is when a file, or anything in a folder, was last written to.
func lastChange(path string) (newest time.Time, err error) {
	err = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	return newest, err
}

// clean removes files and folders, or says that it would. It returns how messages
// call them.
func clean(env *Env, cfg *config.Config, paths []string, dryRun bool) ([]string, error) {
	names := []string{}
	for _, path := range paths {
		name := relative(cfg.Root, path)
		if dryRun {
			env.Print("Would remove %s", name)
		} else if err := os.RemoveAll(path); err != nil {
			return names, fmt.Errorf("cannot remove %s: %w", name, err)
		}
		names = append(names, name)
	}
	return names, nil
}

// clearScratch drops the scratch databases that killed processes have left on the
// server, or says that it would. It returns their names.
func clearScratch(ctx context.Context, env *Env, cfg *config.Config, dryRun bool) ([]string, error) {
	find, say, text := database.DropLeftovers, env.Done, "Scratch database %s dropped"
	if dryRun {
		find, say, text = database.Leftovers, env.Print, "Would drop the scratch database %s"
	}
	names, err := find(ctx, cfg.Database, time.Now().Add(-leftoverAge))
	for _, name := range names {
		say(text, name)
	}
	if err != nil {
		return names, fmt.Errorf("cannot clear scratch databases: %w", err)
	}
	return append([]string{}, names...), nil
}

// optimize has the database tidy itself up. It reports false where there is none.
func optimize(ctx context.Context, env *Env, cfg *config.Config, dryRun bool) (done bool, err error) {
	if cfg.Database.URL.Memory {
		return false, nil
	}
	there, err := database.Exists(ctx, cfg.Database)
	if err != nil {
		return false, fmt.Errorf("cannot look at the database '%s': %w", env.databaseName(cfg), err)
	}
	if !there {
		env.Warn("the database '%s' does not exist: there is nothing to optimize", env.databaseName(cfg))
		return false, nil
	}
	vacuum := map[config.Dialect]string{config.SQLite: "VACUUM", config.Postgres: "VACUUM (ANALYZE)"}[cfg.Database.URL.Dialect]
	if dryRun {
		env.Print("Would optimize the database '%s'", env.databaseName(cfg))
		return true, nil
	}
	db, err := env.Open(ctx)
	if err != nil {
		return false, err
	}
	if vacuum != "" {
		_, err = db.SQL().ExecContext(ctx, vacuum)
	}
	if err == nil && cfg.Database.URL.Dialect != config.Postgres {
		err = db.Analyze(ctx)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return false, fmt.Errorf("cannot optimize the database '%s': %w", env.databaseName(cfg), err)
	}
	return true, nil
}
