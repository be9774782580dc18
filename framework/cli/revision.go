package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/migration"
)

// Words that stand for a revision on the command line.
const (
	wordHead = "head" // the newest migration
	wordBase = "base" // before the first
)

// resolveRevision replaces "head" by the newest version of the folder. Other
// text stays, "base" too; packages below say whether it is known.
func resolveRevision(dir *migration.Dir, text string) (string, error) {
	if text != wordHead {
		return text, nil
	}
	list, err := dir.Migrations()
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", errors.New("there is no migration yet; plan one with create-migration")
	}
	return list[len(list)-1].Version, nil
}

// completeRevisions offers the versions of the folder, with the words given
// before them.
func (e *Env) completeRevisions(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		offers := append([]cobra.Completion{}, words...)
		dir, err := e.Migrations()
		if err != nil {
			return offers, cobra.ShellCompDirectiveNoFileComp
		}
		list, err := dir.Migrations()
		if err != nil {
			return offers, cobra.ShellCompDirectiveNoFileComp
		}
		for _, m := range list {
			offers = append(offers, cobra.CompletionWithDesc(m.Version, m.Description))
		}
		return offers, cobra.ShellCompDirectiveNoFileComp
	}
}

// revisionFlag adds --revision with completion.
func (e *Env) revisionFlag(cmd *cobra.Command, target *string, usage string, words ...string) {
	cmd.Flags().StringVar(target, "revision", "", usage)
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("revision", e.completeRevisions(words...))
}
