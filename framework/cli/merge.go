package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

func newMerge(env *Env) *cobra.Command {
	var (
		flags           planFlags
		message, rebase string
		dryRun          bool
	)
	cmd := &cobra.Command{
		Use:   "merge",
		Short: "Join the migrations of merged branches",
		Long: "After two branches with migrations were merged, mend atlas.sum and write an empty\n" +
			"migration that comes after both. All files are tried in the order of their versions\n" +
			"first. Databases that have the later branch apply the other one's files with it.\n\n" +
			"--rebase gives one migration and its down a version after all others instead. It\n" +
			"must not be applied yet anywhere that matters.\n\n" +
			scratchHelp,
		Example: example(env, `database merge --message "merge posts and tags"`,
			"database merge --all",
			"database merge --rebase 20260101120000"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rebase != "" {
				return rebaseMigration(cmd, env, flags, rebase)
			}
			return mergeHeads(cmd, env, flags, message, dryRun)
		},
	}
	addScratchFlags(cmd, &flags, "merge")
	cmd.Flags().StringVarP(&message, "message", "m", "", "description of the migration; default \"merge branches\"")
	cmd.Flags().StringVar(&rebase, "rebase", "", "revision or file to move after all others")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "try the merge, and write nothing")
	cmd.MarkFlagsMutuallyExclusive("message", "rebase")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "rebase")
	_ = cmd.RegisterFlagCompletionFunc("rebase", env.completeRevisions())
	return cmd
}

// mergedJSON is the result for one dialect.
type mergedJSON struct {
	Dialect  config.Dialect `json:"dialect"`
	File     string         `json:"file,omitempty"` // "" if there was one head
	Version  string         `json:"version,omitempty"`
	Heads    []string       `json:"heads"`
	Rehashed bool           `json:"rehashed"` // atlas.sum was mended

	Downs []migration.Finding `json:"downs,omitempty"` // which do not lead back any more
}

func mergeHeads(cmd *cobra.Command, env *Env, flags planFlags, message string, dryRun bool) error {
	cfg, servers, err := flags.servers(cmd, env)
	if err != nil {
		return err
	}
	merges := make([]*migration.Merged, len(servers))
	now := time.Now()                // one version for all
	for i, server := range servers { // all or none
		merges[i], err = migration.Merge(cmd.Context(), migration.MergeConfig{
			Message: message, Server: server, Dir: migration.OpenDir(env.migrationsPath(cfg, server.URL.Dialect)),
			Now: func() time.Time { return now },
		})
		if err != nil && !errors.Is(err, migration.ErrNothingToMerge) {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
	}
	results := []mergedJSON{}
	for i, m := range merges {
		result := mergedJSON{Dialect: servers[i].URL.Dialect, Heads: []string{}}
		end := suffix(servers, result.Dialect)
		if m == nil {
			env.Done("There is one head, nothing to merge.%s", end)
			results = append(results, result)
			continue
		}
		if dryRun {
			result.Heads, result.Rehashed = append(result.Heads, m.Heads...), m.Rehashed
			env.result(markPending, "Would merge %s%s", strings.Join(m.Heads, " and "), end)
			results = append(results, result)
			continue
		}
		file, err := m.Write()
		if err != nil {
			return err
		}
		result.Rehashed = m.Rehashed
		if m.Rehashed {
			env.Done("Checksums mended%s", end)
		}
		if file != "" {
			result.File, result.Version, result.Heads = relative(cfg.Root, file), m.Version, m.Heads
			env.Done("Merged %s: %s", strings.Join(m.Heads, " and "), result.File)
			if result.Downs, err = downsThatDiffer(cmd.Context(), env, servers[i], env.migrationsPath(cfg, result.Dialect)); err != nil {
				return err
			}
		}
		results = append(results, result)
	}
	return env.maybeJSON(results)
}

// downsThatDiffer warns of down files that do not lead back any more, such as
// the rebuild of a table that has got another column from the other branch.
func downsThatDiffer(ctx context.Context, env *Env, server config.Database, folder string) (list []migration.Finding, err error) {
	report, err := migration.Check(ctx, migration.CheckConfig{Dir: migration.OpenDir(folder), Server: server})
	if err != nil {
		return nil, fmt.Errorf("merged, but not checked: %w", err)
	}
	for _, f := range report.Findings {
		if f.Code != migration.CodeDownDiffers && f.Code != migration.CodeDownFails {
			continue
		}
		version, _, _ := strings.Cut(path.Base(f.File), "_")
		env.Warn("%s %s; plan it anew: %s database create-migration --dialect %s --down %s --force",
			f.File, f.Message, env.app.Name, server.URL.Dialect, version)
		list = append(list, f)
	}
	return list, nil
}

func rebaseMigration(cmd *cobra.Command, env *Env, flags planFlags, name string) error {
	cfg, servers, err := flags.servers(cmd, env)
	if err != nil {
		return err
	}
	type rebasedJSON struct {
		Dialect config.Dialect `json:"dialect"`
		From    string         `json:"from"`
		To      string         `json:"to"`
		Files   []string       `json:"files"`
	}
	results := []rebasedJSON{}
	for _, server := range servers {
		done, err := migration.Rebase(cmd.Context(), migration.MergeConfig{
			Server: server, Dir: migration.OpenDir(env.migrationsPath(cfg, server.URL.Dialect)),
		}, name)
		if err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
		env.Done("Moved %s to %s: %s%s", done.From, done.To, strings.Join(done.Files, ", "), suffix(servers, server.URL.Dialect))
		results = append(results, rebasedJSON{Dialect: server.URL.Dialect, From: done.From, To: done.To, Files: done.Files})
	}
	return env.maybeJSON(results)
}
