package cli

import (
	"context"
	"io"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newUpgrade(env *Env) *cobra.Command {
	var revision string
	cmd := &cobra.Command{
		Use:     "upgrade",
		Aliases: []string{"migrate"},
		Short:   "Apply the pending migrations",
		Long: "Apply the pending migrations in order and stop at the first that fails. Several\n" +
			"upgrades of one database wait for each other.",
		Example: example(env, "database upgrade", "database upgrade --revision 20260101120000", "database:upgrade --env testing"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return upgrade(cmd.Context(), env, revision) },
	}
	cmd.Flags().StringVar(&revision, "revision", "", "last migration to apply; default the newest")
	return cmd
}

func upgrade(ctx context.Context, env *Env, revision string) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	if err := env.warnMemory(); err != nil {
		return err
	}
	done, err := applyAll(ctx, env, revision)
	if err != nil {
		return err
	}
	return env.maybeJSON(upgradedJSON{Database: cfg.Database.URL.Target(), Current: done.Current, Applied: versions(done)})
}

type upgradedJSON struct {
	Database string   `json:"database"`
	Current  string   `json:"current"`
	Applied  []string `json:"applied"`
}

// applyAll applies pending migrations up to a revision and prints each.
func applyAll(ctx context.Context, env *Env, revision string) (done migration.Upgraded, err error) {
	err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
		bar := &progress{env: env}
		done, err = m.Upgrade(ctx, migration.UpgradeOptions{
			To:       revision,
			Progress: bar.begin,
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

func versions(done migration.Upgraded) []string {
	list := []string{}
	for _, s := range done.Steps {
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
