package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

func newCopy(env *Env) *cobra.Command {
	var dir, verify string
	cmd := &cobra.Command{
		Use:     "copy",
		Aliases: []string{"backup"},
		Short:   "Write a verified backup of the database",
		Long: "Write a backup of the whole database as it is at this instant, while it stays in\n" +
			"use, and verify it: a SQLite file by opening it, a dump of PostgreSQL or MySQL by\n" +
			"restoring it into a scratch database, and both by counting their rows.\n\n" +
			"An older backup is never overwritten, and only you can read the new one.\n" +
			"PostgreSQL needs pg_dump and pg_restore, MySQL mysqldump and mysql (or\n" +
			"mariadb-dump and mariadb).",
		Example: example(env, "database copy", "database copy --dir /var/backups --json",
			"database copy && "+env.app.Name+" database upgrade"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("a copy names itself, so %q is one argument too many; --dir chooses its folder", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			how := backup.Verification(verify)
			if verify == "restore" {
				how = backup.Restored
			}
			if how != backup.Restored && how != backup.Read {
				return &UsageError{Command: cmd.CommandPath(), Err: fmt.Errorf("--verify %q is unknown: use restore or read", verify)}
			}
			return copyDatabase(cmd.Context(), env, dir, how)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder of the backup; default "+backup.DefaultDir+" in the project")
	cmd.Flags().StringVar(&verify, "verify", "restore", "how a dump is verified: restore (into a scratch database) or read")
	return cmd
}

func copyDatabase(ctx context.Context, env *Env, dir string, how backup.Verification) error {
	result, err := writeBackup(ctx, env, dir, how)
	if err != nil {
		return err
	}
	cfg := env.config
	return env.maybeJSON(copiedJSON{
		Database: cfg.Database.URL.Target(), Backup: relative(cfg.Root, result.Path), Size: result.Size,
		Rows: result.Rows(), Tables: result.Tables, Verified: result.Verified, Changed: append([]string{}, result.Changed...),
	})
}

type copiedJSON struct {
	Database string              `json:"database"`
	Backup   string              `json:"backup"`
	Size     int64               `json:"size"`
	Rows     int64               `json:"rows"`
	Tables   map[string]int64    `json:"tables"`
	Verified backup.Verification `json:"verified"`
	Changed  []string            `json:"changed"`
}

// backupFirst writes a backup before something dangerous. It is verified by
// reading it: a scratch database would be a load on a server in production.
func backupFirst(ctx context.Context, env *Env) error {
	_, err := writeBackup(ctx, env, "", backup.Read)
	return err
}

// writeBackup copies the database and says so.
func writeBackup(ctx context.Context, env *Env, dir string, how backup.Verification) (backup.Result, error) {
	cfg, err := env.Config()
	if err != nil {
		return backup.Result{}, err
	}
	bar := &transfer{env: env}
	result, err := backup.Copy(ctx, cfg.Database, backup.CopyOptions{Dir: backupDir(cfg, dir), Verify: how, Progress: bar.show})
	bar.clear()
	if errors.Is(err, database.ErrNotExist) {
		return backup.Result{}, env.absent(cfg)
	}
	if err != nil {
		return backup.Result{}, err
	}
	env.Done("Database copied successfully")
	env.Done("Backup saved to: %s", relative(cfg.Root, result.Path))
	env.Done("Backup verified: %s", counted(result))
	if len(result.Changed) > 0 {
		env.Warn("written to while it was copied, so that their rows could not be compared: %s", list(result.Changed))
	}
	return result, nil
}

// backupDir is the folder for backups: the given one, or the one in the project.
func backupDir(cfg *config.Config, dir string) string {
	if dir != "" {
		return dir
	}
	return filepath.Join(cfg.Root, backup.DefaultDir)
}

// absent is the error for a database that does not exist.
func (e *Env) absent(cfg *config.Config) error {
	return fmt.Errorf("the database '%s' does not exist; create it with: %s database create", e.databaseName(cfg), e.app.Name)
}

// counted says how a backup was verified and what is in it.
func counted(r backup.Result) string {
	how := map[backup.Verification]string{
		backup.Restored: "restored into a scratch database", backup.Read: "read to its end", backup.Opened: "integrity checked",
	}[r.Verified]
	return fmt.Sprintf("%s, %s (%s)", plural(len(r.Tables), "table"), plural(int(r.Rows()), "row"), how)
}

// plural is "1 row" or "2 rows".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// list joins names, but not endlessly.
func list(names []string) (text string) {
	const most = 10
	for i, name := range names {
		switch {
		case i == most:
			return text + fmt.Sprintf(" and %d more", len(names)-most)
		case i > 0:
			text += ", "
		}
		text += name
	}
	return text
}

// transfer shows, on a terminal, how far a copy or a restore is.
type transfer struct {
	env   *Env
	bar   *progressbar.ProgressBar
	stage string
}

func (t *transfer) show(p backup.Progress) {
	if t.bar == nil || t.stage != p.Stage {
		t.clear()
		t.begin(p)
	}
	_ = t.bar.Set64(p.Done) // drawing is all that can fail
}

func (t *transfer) begin(p backup.Progress) {
	total := p.Total
	if total == 0 {
		total = -1 // a spinner
	}
	out := t.env.Err
	if !t.env.errStyle.terminal {
		out = io.Discard
	}
	t.stage = p.Stage
	t.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(out),
		progressbar.OptionSetDescription(p.Stage),
		progressbar.OptionShowBytes(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionUseANSICodes(t.env.errStyle.rich),
	)
}

func (t *transfer) clear() {
	if t.bar != nil {
		_ = t.bar.Clear()
		t.bar = nil
	}
}
