package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newDowngrade(env *Env) *cobra.Command {
	var (
		target downgradeTarget
		flags  destructionFlags
		sql    bool
	)
	cmd := &cobra.Command{
		Use:   "downgrade",
		Short: "Roll back the newest migration, or several",
		Long: "Roll back the newest applied migration with its file in down/. --revision rolls back\n" +
			"everything after that revision, which stays applied; \"base\" rolls back all.\n" +
			"If one of them cannot be undone, nothing is.",
		Example: example(env, "database downgrade", "database downgrade --steps 2", "database downgrade --revision 20260101120000",
			"database downgrade --revision base --yes", "database downgrade --sql"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			target.stepsGiven = cmd.Flags().Changed("steps")
			if sql {
				return downgradeSQL(cmd.Context(), env, target)
			}
			return downgrade(cmd, env, target, flags)
		},
	}
	env.revisionFlag(cmd, &target.revision, "revision to go back to; it stays applied", wordBase)
	cmd.Flags().IntVar(&target.steps, "steps", 1, "how many migrations to roll back; 0 or less rolls back all")
	cmd.Flags().BoolVar(&sql, "sql", false, "print the SQL instead of running it")
	cmd.MarkFlagsMutuallyExclusive("revision", "steps")
	flags.add(cmd, true)
	return cmd
}

// downgradeTarget is how far to go back.
type downgradeTarget struct {
	revision   string
	steps      int
	stepsGiven bool
}

func (t downgradeTarget) options() migration.DowngradeOptions {
	return migration.DowngradeOptions{
		To:    t.to(),
		Base:  t.revision == wordBase || t.stepsGiven && t.steps <= 0,
		Steps: t.steps,
	}
}

func (t downgradeTarget) to() string {
	if t.revision == wordBase {
		return ""
	}
	return t.revision
}

func downgrade(cmd *cobra.Command, env *Env, target downgradeTarget, flags destructionFlags) error {
	ctx := cmd.Context()
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	var done migration.Downgraded
	err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
		opts := target.options()
		steps, err := m.DowngradeSteps(ctx, opts)
		if err != nil {
			return err
		}
		if len(steps) == 0 {
			s, err := m.Status(ctx)
			done.Current = s.Current
			return err
		}
		if flags.dryRun {
			for _, s := range steps {
				env.result(markPending, "Would roll back migration %s -> %s (%s)", s.Version, orBase(s.To), s.Description)
			}
			done.Steps, done.Current = steps, steps[len(steps)-1].To
			return nil
		}
		if err := confirmDowngrade(cmd, env, steps, flags); err != nil {
			return err
		}
		if flags.backup {
			if err := backupFirst(ctx, env); err != nil {
				return err
			}
		}
		opts.Data = func(p migration.DataProgress) { env.Note("%s", p) }
		opts.Reverted = func(s migration.Step) {
			env.Done("Rolling back migration %s -> %s", s.Version, orBase(s.To))
		}
		done, err = m.Downgrade(ctx, opts)
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case flags.dryRun && len(done.Steps) > 0:
	case len(done.Steps) == 0 && done.Current == "":
		env.Done("No migrations applied: there is nothing to roll back")
	case len(done.Steps) == 0:
		env.Done("Database is already at %s", done.Current)
	default:
		env.Done("Database schema reverted successfully")
	}
	return env.maybeJSON(downgradedJSON{
		Database: cfg.Database.URL.Target(), Current: orBase(done.Current), Reverted: versions(done.Steps), DryRun: flags.dryRun,
	})
}

type downgradedJSON struct {
	Database string   `json:"database"`
	Current  string   `json:"current"`
	Reverted []string `json:"reverted"`
	DryRun   bool     `json:"dryRun,omitempty"`
}

// confirmDowngrade asks in production, and where nothing would be left: also
// where that is a single step back.
func confirmDowngrade(cmd *cobra.Command, env *Env, steps []migration.Step, flags destructionFlags) error {
	cfg, err := env.Config()
	if base := steps[len(steps)-1].To == ""; err != nil || !base && !cfg.Production() {
		return err
	}
	for _, s := range steps {
		for _, risk := range s.DownRisks {
			env.Warn("%s: %s", s.Version, risk)
		}
	}
	return env.ConfirmDestruction(cmd, fmt.Sprintf("Roll back %d migrations of the database '%s'?", len(steps), env.databaseName(cfg)), flags.yes, flags.force)
}

func downgradeSQL(ctx context.Context, env *Env, target downgradeTarget) error {
	return env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
		return m.WriteDowngradeSQL(ctx, env.Out, target.options())
	})
}
