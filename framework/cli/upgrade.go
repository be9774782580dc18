package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newUpgrade(env *Env) *cobra.Command {
	var flags upgradeFlags
	cmd := &cobra.Command{
		Use:     "upgrade",
		Aliases: []string{"migrate"},
		Short:   "Apply the pending migrations",
		Long: "Apply the pending migrations in order and stop at the first that fails. Several\n" +
			"upgrades of one database wait for each other.\n\n" +
			"In production, migrations that lose data are asked about, and the database is\n" +
			"copied before, unless --backup=false says otherwise.",
		Example: example(env, "database upgrade", "database upgrade --revision 20260101120000", "database upgrade --dry-run",
			"database migrate --sql > upgrade.sql", "database:upgrade --env testing"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags.backupGiven = cmd.Flags().Changed("backup")
			return upgrade(cmd, env, flags)
		},
	}
	env.revisionFlag(cmd, &flags.revision, "last migration to apply; default the newest", wordHead)
	cmd.Flags().BoolVar(&flags.sql, "sql", false, "print the SQL instead of running it")
	cmd.Flags().StringVar(&flags.from, "from", "", "with --sql: the revision to start at, \"base\" for none; the database is then not asked")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "only list the migrations that would run")
	cmd.Flags().BoolVar(&flags.backup, "backup", false, "copy the database before; default in production where data would be lost")
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "do not ask")
	cmd.MarkFlagsMutuallyExclusive("sql", "dry-run")
	return cmd
}

type upgradeFlags struct {
	revision, from                        string
	sql, dryRun, yes, backup, backupGiven bool
}

func upgrade(cmd *cobra.Command, env *Env, flags upgradeFlags) error {
	ctx := cmd.Context()
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	dir, err := env.Migrations()
	if err != nil {
		return err
	}
	if flags.revision, err = resolveRevision(dir, flags.revision); err != nil {
		return err
	}
	if flags.from != "" {
		if !flags.sql {
			return &UsageError{Command: cmd.CommandPath(), Err: errors.New("--from needs --sql")}
		}
		return migration.WriteSQLFrom(env.Out, cfg.Database.URL.Dialect, dir, strings.TrimPrefix(flags.from, wordBase), flags.revision)
	}
	if err := env.warnMemory(); err != nil {
		return err
	}
	switch {
	case flags.sql:
		return env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
			return m.WriteSQL(ctx, env.Out, migration.UpgradeOptions{To: flags.revision})
		})
	case flags.dryRun:
		return upgradeDryRun(ctx, env, flags.revision)
	}
	if err := prepareUpgrade(cmd, env, flags); err != nil {
		return err
	}
	done, err := applyAll(ctx, env, flags.revision)
	if err != nil {
		return err
	}
	return env.maybeJSON(upgradedJSON{Database: cfg.Database.URL.Target(), Current: done.Current, Applied: versions(done.Steps)})
}

type upgradedJSON struct {
	Database string   `json:"database"`
	Current  string   `json:"current"`
	Applied  []string `json:"applied"`
	DryRun   bool     `json:"dryRun,omitempty"`
}

func upgradeDryRun(ctx context.Context, env *Env, revision string) error {
	steps, err := pendingSteps(ctx, env, revision)
	if err != nil {
		return err
	}
	for _, s := range steps {
		env.result(markPending, "Would run migration %s -> %s (%s)", orBase(s.From), s.Version, s.Description)
	}
	if len(steps) == 0 {
		env.Done("Database is already up to date")
	}
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	return env.maybeJSON(upgradedJSON{Database: cfg.Database.URL.Target(), Applied: versions(steps), DryRun: true})
}

func pendingSteps(ctx context.Context, env *Env, revision string) (steps []migration.Step, err error) {
	err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
		steps, err = m.PendingSteps(ctx, migration.UpgradeOptions{To: revision})
		return err
	})
	return steps, err
}

// prepareUpgrade asks and copies the database where migrations lose data.
func prepareUpgrade(cmd *cobra.Command, env *Env, flags upgradeFlags) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	if !cfg.Production() && !flags.backup {
		return nil
	}
	steps, err := pendingSteps(cmd.Context(), env, flags.revision)
	if err != nil || len(steps) == 0 {
		return err
	}
	losses := lossesOf(steps)
	if cfg.Production() && len(losses) > 0 {
		for _, loss := range losses {
			env.Warn("%s", loss)
		}
		if !flags.backupGiven {
			flags.backup = true
		}
		if err := env.Confirm(cmd, "These migrations lose data. Apply them?", flags.yes); err != nil {
			return err
		}
	}
	if !flags.backup {
		return nil
	}
	return backupFirst(cmd.Context(), env)
}

// lossesOf lists what the headers of migrations say about lost data.
func lossesOf(steps []migration.Step) (list []string) {
	for _, s := range steps {
		for _, risk := range s.Risks {
			kind, _, _ := strings.Cut(risk, ":")
			if kind == string(migration.Destructive) || kind == string(migration.Lossy) {
				list = append(list, s.Version+": "+risk)
			}
		}
	}
	return list
}

// applyAll applies pending migrations up to a revision and prints each.
func applyAll(ctx context.Context, env *Env, revision string) (done migration.Upgraded, err error) {
	err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
		bar := &progress{env: env}
		done, err = m.Upgrade(ctx, migration.UpgradeOptions{
			To:       revision,
			Progress: bar.begin,
			Data: func(p migration.DataProgress) {
				bar.clear()
				env.Note("%s", p)
			},
			Applied: func(s migration.Step) {
				bar.clear()
				env.Done("Running migration %s -> %s", orBase(s.From), s.Version)
			},
		})
		bar.clear()
		return err
	})
	if err != nil {
		return done, err
	}
	switch {
	case len(done.Steps) == 0:
		env.Done("Database is already up to date")
	case revision != "":
		env.Done("Database schema updated successfully")
	default:
		env.Done("Database schema updated successfully")
		env.Done("All migrations applied")
	}
	return done, nil
}

func versions(steps []migration.Step) []string {
	list := []string{}
	for _, s := range steps {
		list = append(list, s.Version)
	}
	return list
}

func orBase(version string) string {
	if version == "" {
		return "base"
	}
	return version
}

// progress shows, on a terminal, which migration is running.
type progress struct {
	env *Env
	bar *progressbar.ProgressBar
}

func (p *progress) begin(s migration.Step) {
	out := p.env.Err
	if !p.env.errStyle.terminal {
		out = io.Discard
	}
	p.bar = progressbar.NewOptions(s.Of,
		progressbar.OptionSetWriter(out),
		progressbar.OptionSetDescription(s.Version+" "+s.Description),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionUseANSICodes(p.env.errStyle.rich),
	)
	_ = p.bar.Set(s.Number - 1) // drawing is all that can fail
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
