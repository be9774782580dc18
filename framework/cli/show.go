package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newShow(env *Env) *cobra.Command {
	var pending bool
	cmd := &cobra.Command{
		Use:   "show [revision]",
		Short: "Show the text of a migration, or list the pending ones",
		Long: "Show both files of a migration: what it does and what undoes it. \"head\" is the\n" +
			"newest and \"current\" that of the database. Without a revision all migrations\n" +
			"are listed, with --pending those that the next upgrade would apply.",
		Example:           example(env, "database show head", "database show 20260101120000", "database show --pending"),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: env.completeRevisions(wordHead, wordCurrent),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case pending && len(args) > 0:
				return &UsageError{Command: cmd.CommandPath(), Err: errors.New("give either a revision or --pending")}
			case pending:
				return showPending(cmd.Context(), env)
			case len(args) == 0:
				return printHistory(cmd.Context(), env)
			default:
				return showOne(cmd.Context(), env, args[0])
			}
		},
	}
	cmd.Flags().BoolVar(&pending, "pending", false, "list the migrations that are not applied")
	return cmd
}

const wordCurrent = "current" // the revision of the database

func showPending(ctx context.Context, env *Env) error {
	s, err := env.statusOrFolder(ctx)
	if err != nil {
		return err
	}
	printPending(env, s)
	list := []itemJSON{}
	for _, item := range s.Pending() {
		list = append(list, newItemJSON(item))
	}
	return env.maybeJSON(list)
}

func showOne(ctx context.Context, env *Env, revision string) error {
	dir, err := env.Migrations()
	if err != nil {
		return err
	}
	if revision == wordCurrent {
		err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
			s, err := m.Status(ctx)
			revision = s.Current
			return err
		})
		if err == nil && revision == "" {
			err = errors.New("no migration is applied to the database")
		}
	} else {
		revision, err = resolveRevision(dir, revision)
	}
	if err != nil {
		return err
	}
	up, down, err := dir.Read(revision)
	if err != nil {
		return err
	}
	if env.JSON() {
		return env.PrintJSON(struct {
			Version string `json:"version"`
			Up      string `json:"up"`
			Down    string `json:"down,omitempty"`
		}{revision, string(up), string(down)})
	}
	env.Print("%s", strings.TrimRight(string(up), "\n"))
	if len(down) > 0 {
		env.Print("\n-- ---- down ----\n\n%s", strings.TrimRight(string(down), "\n"))
	}
	return nil
}
