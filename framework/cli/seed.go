package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/seed"
)

// seedsDir is where the fixtures are, in the project.
const seedsDir = "seeds"

// seedFlags are the flags of seed.
type seedFlags struct {
	dir                 string
	generate            []string
	seed                uint64
	tenant              string
	update, dryRun, yes bool
}

func newSeed(env *Env) *cobra.Command {
	var flags seedFlags
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Fill the database with fixtures, or with generated rows",
		Long: "Write the fixtures in " + seedsDir + "/*.yaml, all of them or, if anything is wrong, none.\n" +
			"Rows that are there already are left alone; those that differ from their fixture\n" +
			"are listed, and with --update brought back to it. A second run changes nothing.\n\n" +
			"With --generate, tables are topped up to a number of rows instead: the same --seed\n" +
			"gives the same rows. What they are required to refer to is generated too.\n\n" +
			"Rows of entities with tenants belong to --tenant, unless their fixture names another.",
		Example: example(env, "database seed", "database seed --update --dry-run",
			"database seed --generate users=20,posts=1000 --seed 42"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSeed(cmd, env, flags) },
	}
	cmd.Flags().StringVar(&flags.dir, "dir", "", "folder of the fixtures; default "+seedsDir+" in the project")
	cmd.Flags().BoolVar(&flags.update, "update", false, "bring rows that differ back to their fixture")
	cmd.Flags().StringSliceVar(&flags.generate, "generate", nil, "generate rows, such as posts=1000; may be repeated")
	cmd.Flags().Uint64Var(&flags.seed, "seed", 1, "seed of generated rows; another one gives other rows")
	cmd.Flags().StringVar(&flags.tenant, "tenant", "", "tenant whose rows they are, for entities with tenants")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show what would be written and stop")
	cmd.Flags().BoolVarP(&flags.yes, "yes", "y", false, "in production, do not ask")
	cmd.MarkFlagsMutuallyExclusive("generate", "update")
	cmd.MarkFlagsMutuallyExclusive("generate", "dir")
	return cmd
}

func runSeed(cmd *cobra.Command, env *Env, flags seedFlags) (err error) {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	counts := make([]seed.Count, len(flags.generate))
	for i, text := range flags.generate {
		if counts[i], err = seed.ParseCount(text); err != nil {
			return &UsageError{Command: cmd.CommandPath(), Err: err}
		}
	}
	if cfg.Production() && !flags.dryRun {
		if err := env.Confirm(cmd, "Write seeds into the production database '"+env.databaseName(cfg)+"'?", flags.yes); err != nil {
			return err
		}
	}
	db, err := env.Open(cmd.Context())
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := db.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("cannot close the database: %w", closeErr)
		}
	}()
	store, err := env.app.Seed(db)
	if err != nil {
		return err
	}
	report, err := writeSeeds(cmd.Context(), env, store, counts, flags)
	if err != nil {
		return err
	}
	if report.Inserted() > 0 && !flags.dryRun {
		if err := db.Analyze(cmd.Context()); err != nil {
			return err
		}
	}
	printSeeds(env, report, flags)
	return env.maybeJSON(seededJSON{Database: cfg.Database.URL.Target(), DryRun: flags.dryRun, Entities: append([]*seed.EntityReport{}, report.Entities...)})
}

type seededJSON struct {
	Database string               `json:"database"`
	DryRun   bool                 `json:"dryRun,omitempty"`
	Entities []*seed.EntityReport `json:"entities"`
}

func writeSeeds(ctx context.Context, env *Env, store *seed.Store, counts []seed.Count, flags seedFlags) (report seed.Report, err error) {
	bar := &rowProgress{env: env}
	defer bar.clear()
	if len(counts) > 0 {
		return store.Generate(ctx, seed.GenerateOptions{Counts: counts, Seed: flags.seed, Tenant: flags.tenant, DryRun: flags.dryRun, Progress: bar.show})
	}
	dir := flags.dir
	if dir == "" {
		dir = filepath.Join(env.config.Root, seedsDir)
	}
	report, err = store.Apply(ctx, os.DirFS(dir), seed.ApplyOptions{Update: flags.update, Tenant: flags.tenant, DryRun: flags.dryRun, Progress: bar.show})
	if errors.Is(err, seed.ErrNoFixtures) {
		return report, fmt.Errorf("there are no fixtures in %s: write %s/users.yaml, or generate rows with --generate users=10",
			relative(env.config.Root, dir), relative(env.config.Root, dir))
	}
	return report, err
}

// printSeeds prints a line for each entity, and the rows that were left alone.
func printSeeds(env *Env, report seed.Report, flags seedFlags) {
	different := 0
	for _, e := range report.Entities {
		env.Done("%s: %s", e.Table, seeded(e))
		for _, d := range e.Differences {
			different++
			env.Warn("%s %s differs from %s:%d: %s", e.Table, d.Label, d.File, d.Line, strings.Join(d.Fields, ", "))
		}
	}
	if different > 0 {
		env.Warn("rows that differ were left alone; --update brings them back to their fixtures")
	}
	if flags.dryRun {
		env.Print("Nothing was written: this was a dry run")
		return
	}
	env.Done("Database seeded successfully")
}

// seeded says what became of the rows of an entity.
func seeded(e *seed.EntityReport) string {
	parts := []string{}
	for _, part := range []struct {
		n    int
		word string
	}{
		{e.Inserted, "inserted"},
		{e.Updated, "updated"},
		{e.Unchanged, "unchanged"},
		{len(e.Differences), "different"},
		{e.Deleted, "deleted earlier"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// rowProgress shows, on a terminal, how many rows are written.
type rowProgress struct {
	env   *Env
	bar   *progressbar.ProgressBar
	total int
}

func (p *rowProgress) show(at seed.Progress) {
	if p.bar == nil || p.total != at.Total {
		p.clear()
		out := p.env.Err
		if !p.env.errStyle.terminal {
			out = io.Discard
		}
		p.total = at.Total
		p.bar = progressbar.NewOptions(at.Total,
			progressbar.OptionSetWriter(out),
			progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionUseANSICodes(p.env.errStyle.rich),
		)
	}
	p.bar.Describe(at.Entity)
	_ = p.bar.Set(at.Done) // drawing is all that can fail
}

func (p *rowProgress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
