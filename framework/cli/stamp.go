package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newStamp(env *Env) *cobra.Command {
	var yes, dryRun bool
	cmd := &cobra.Command{
		Use:   "stamp <revision>",
		Short: "Say that the database is at a revision, without running anything",
		Long: "Write into the database's history that exactly the migrations up to a revision are\n" +
			"applied, and run none of them. Use it to adopt a database whose tables were made by\n" +
			"other means, or after a repair by hand. \"head\" is the newest, \"base\" empties the\n" +
			"history. Prove with `database check` that the tables are what the history says.",
		Example:           example(env, "database stamp 20260101120000", "database stamp head --yes", "database stamp base"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: env.completeRevisions(wordHead, wordBase),
		RunE: func(cmd *cobra.Command, args []string) error {
			return stamp(cmd, env, args[0], yes, dryRun)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	return cmd
}

func stamp(cmd *cobra.Command, env *Env, revision string, yes, dryRun bool) error {
	ctx := cmd.Context()
	dir, err := env.Migrations()
	if err != nil {
		return err
	}
	if revision, err = resolveRevision(dir, revision); err != nil {
		return err
	}
	if revision != wordBase {
		if err := dir.Known(revision); err != nil {
			return err
		}
	}
	return env.withMigrator(ctx, func(db *database.DB, m *migration.Migrator) error {
		s, err := m.Status(ctx)
		if err != nil {
			return err
		}
		question := fmt.Sprintf("The history goes from %s to %s and no migration is run.", orBase(s.Current), revision)
		if dryRun {
			env.Print("%s", question)
			return env.maybeJSON(stampedJSON{From: orBase(s.Current), Current: revision, DryRun: true})
		}
		if err := confirmStamp(ctx, cmd, env, db, question, yes); err != nil {
			return err
		}
		version := revision
		if version == wordBase {
			version = ""
		}
		if err := m.Stamp(ctx, version); err != nil {
			return err
		}
		env.Done("Database stamped with revision %s", revision)
		return env.maybeJSON(stampedJSON{From: orBase(s.Current), Current: revision})
	})
}

type stampedJSON struct {
	From    string `json:"from"`
	Current string `json:"current"`
	DryRun  bool   `json:"dryRun,omitempty"`
}

// confirmStamp asks where the database has tables: a wrong history makes later
// migrations fail on them.
func confirmStamp(ctx context.Context, cmd *cobra.Command, env *Env, db *database.DB, question string, yes bool) error {
	empty, err := migration.Empty(ctx, db)
	if err != nil || empty {
		return err
	}
	return env.Confirm(cmd, question+" Go on?", yes)
}
