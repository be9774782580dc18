package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// squashFlags are the flags of squash.
type squashFlags struct {
	planFlags
	to                      string
	keepData, dropData, yes bool
	dryRun                  bool
}

func newSquash(env *Env) *cobra.Command {
	var flags squashFlags
	cmd := &cobra.Command{
		Use:   "squash",
		Short: "Fold old migrations into a checkpoint",
		Long: "Replace the migrations up to a revision by one file, a checkpoint. New databases\n" +
			"begin with it, those that have the folded migrations pass it over, with the stock\n" +
			"atlas too. The folded files and their downs are removed, so nothing leads back behind\n" +
			"the checkpoint; a database that has only a part of them can no longer be upgraded.\n\n" +
			"That new databases come out the same is tried first. Rows that the folded files put\n" +
			"into them are kept with --keep-data, forgotten with --drop-data, and else refused.\n\n" +
			scratchHelp,
		Example: example(env, "database squash --to 20260101120000", "database squash --all --keep-data --yes"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return squash(cmd, env, flags) },
	}
	addScratchFlags(cmd, &flags.planFlags, "squash")
	cmd.Flags().StringVar(&flags.to, "to", "", "last revision to fold; default the newest")
	cmd.Flags().BoolVar(&flags.keepData, "keep-data", false, "keep the statements of the folded files, which put rows into new databases")
	cmd.Flags().BoolVar(&flags.dropData, "drop-data", false, "forget the rows that the folded files put into new databases")
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "try the checkpoint, and write nothing")
	cmd.MarkFlagsMutuallyExclusive("keep-data", "drop-data")
	_ = cmd.RegisterFlagCompletionFunc("to", env.completeRevisions(wordHead))
	return cmd
}

// squashedJSON is the result for one dialect.
type squashedJSON struct {
	Dialect config.Dialect `json:"dialect"`
	File    string         `json:"file"`
	Version string         `json:"version"`
	Folded  []string       `json:"folded"`
}

func squash(cmd *cobra.Command, env *Env, flags squashFlags) error {
	cfg, servers, err := flags.servers(cmd, env)
	if err != nil {
		return err
	}
	squashes := make([]*migration.Squashed, len(servers))
	folded := 0
	for i, server := range servers { // all or none
		env.tell("Trying the checkpoint on scratch databases")
		dir := migration.OpenDir(env.migrationsPath(cfg, server.URL.Dialect))
		to, err := resolveRevision(dir, flags.to)
		if err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
		squashes[i], err = migration.Squash(cmd.Context(), migration.SquashConfig{
			To: to, KeepData: flags.keepData, DropData: flags.dropData, Server: server, Dir: dir,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
		folded += len(squashes[i].Folded)
	}
	if flags.dryRun {
		return showSquashes(env, servers, squashes)
	}
	question := fmt.Sprintf("This removes %s and what undoes them.", plural(folded, "migration"))
	if err := env.Confirm(cmd, question+" Squash them?", flags.yes); err != nil {
		return err
	}
	results := []squashedJSON{}
	for i, q := range squashes {
		path, err := q.Write()
		if err != nil {
			return err
		}
		result := squashedJSON{Dialect: servers[i].URL.Dialect, File: relative(cfg.Root, path), Version: q.Version, Folded: q.Folded}
		env.Done("%s squashed into %s", plural(len(q.Folded), "migration"), result.File)
		results = append(results, result)
	}
	return env.maybeJSON(results)
}

// showSquashes says what would be folded.
func showSquashes(env *Env, servers []config.Database, squashes []*migration.Squashed) error {
	results := []squashedJSON{}
	for i, q := range squashes {
		result := squashedJSON{Dialect: servers[i].URL.Dialect, Version: q.Version, Folded: q.Folded}
		env.result(markPending, "Would squash %s up to %s%s", plural(len(q.Folded), "migration"), q.Version, suffix(servers, result.Dialect))
		results = append(results, result)
	}
	return env.maybeJSON(results)
}
