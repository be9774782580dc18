package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

func newRehash(env *Env) *cobra.Command {
	var (
		flags planFlags
		yes   bool
		dry   bool
	)
	cmd := &cobra.Command{
		Use:   "rehash",
		Short: "Trust migrations that were edited by hand",
		Long: "Write the checksums of the migrations and of the files that undo them anew, and\n" +
			"say which files have changed. Needed after each change by hand.\n\n" +
			"Do not change what a database has already applied: it will not be applied again.",
		Example: example(env, "database rehash", "database rehash --all --yes"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return rehash(cmd, env, flags, yes, dry) },
	}
	cmd.Flags().BoolVar(&flags.all, "all", false, "the folders of all dialects")
	cmd.Flags().StringSliceVar(&flags.dialects, "dialect", nil, "these: sqlite, postgres, mysql; default the configured one")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask where a file is gone")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say which files have changed")
	cmd.MarkFlagsMutuallyExclusive("all", "dialect")
	return cmd
}

// rehashedJSON is the result for one dialect.
type rehashedJSON struct {
	Dialect config.Dialect `json:"dialect"`
	Changed []string       `json:"changed"`
}

func rehash(cmd *cobra.Command, env *Env, flags planFlags, yes, dry bool) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	dialects, err := flags.chosen(cfg.Database.URL.Dialect)
	if err != nil {
		return &UsageError{Command: cmd.CommandPath(), Err: err}
	}
	result := []rehashedJSON{}
	for _, d := range dialects {
		dir := migration.OpenDir(env.migrationsPath(cfg, d))
		folder := relative(cfg.Root, dir.Path())
		changed, err := dir.Changed()
		if err != nil {
			return err
		}
		if dry {
			for _, name := range changed {
				env.result(markPending, "Would trust %s/%s", folder, name)
			}
			result = append(result, rehashedJSON{Dialect: d, Changed: append([]string{}, changed...)})
			continue
		}
		if gone := removed(changed); len(gone) > 0 {
			question := fmt.Sprintf("Accept that %s is gone from %s?", strings.Join(gone, ", "), folder)
			if err := env.Confirm(cmd, question, yes); err != nil {
				return err
			}
		}
		if _, err := dir.Rehash(); err != nil {
			return err
		}
		for _, name := range changed {
			env.Done("%s/%s", folder, name)
		}
		if len(changed) == 0 {
			env.Done("The checksums of %s are right", folder)
		} else {
			env.Done("The checksums of %s were refreshed", folder)
		}
		result = append(result, rehashedJSON{Dialect: d, Changed: append([]string{}, changed...)})
	}
	return env.maybeJSON(result)
}

// removed are the files of a list that are gone, without the reason.
func removed(changed []string) (names []string) {
	for _, text := range changed {
		if name, ok := strings.CutSuffix(text, " (removed)"); ok {
			names = append(names, name)
		}
	}
	return names
}
