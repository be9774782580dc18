package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// UsageError says that a command was called wrongly. Commands of applications
// may return it; the exit code is then 2.
type UsageError struct {
	Command    string   // "framefox database create"; "" if unknown
	Err        error    // what is wrong
	DidYouMean []string // whole commands that were probably meant
}

func (e *UsageError) Error() string {
	lines := []string{e.Err.Error()}
	for _, command := range e.DidYouMean {
		lines = append(lines, "Did you mean: "+command)
	}
	if e.Command != "" {
		lines = append(lines, "See: "+e.Command+" --help")
	}
	return strings.Join(lines, "\n")
}

func (e *UsageError) Unwrap() error { return e.Err }

// exitError ends the program with a code and says nothing.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func exitCode(err error) int {
	var (
		usage *UsageError
		exit  exitError
	)
	switch {
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &usage):
		return exitUsage
	default:
		return exitFailure
	}
}

// unknownCommand suggests commands of the group, or else of the whole tree.
func unknownCommand(cmd *cobra.Command, words []string) error {
	err := &UsageError{Command: cmd.CommandPath(), Err: fmt.Errorf("unknown command %q for %q", words[0], cmd.CommandPath())}
	if group, command, ok := strings.Cut(words[0], ":"); ok {
		words = append([]string{group, command}, words[1:]...)
	}
	for _, child := range similar(cmd, words[0]) {
		err.DidYouMean = append(err.DidYouMean, deeper(child, words[1:])...)
	}
	if len(err.DidYouMean) == 0 {
		err.DidYouMean = namesake(cmd.Root(), words[0])
	}
	return err
}

// deeper follows the further words as far as they name commands, or nearly.
func deeper(cmd *cobra.Command, words []string) (paths []string) {
	if len(words) > 0 {
		for _, child := range similar(cmd, words[0]) {
			paths = append(paths, child.CommandPath())
		}
	}
	if len(paths) == 0 {
		paths = []string{cmd.CommandPath()}
	}
	return paths
}

// similar are the commands of a group that a word names, or nearly does.
func similar(cmd *cobra.Command, word string) (list []*cobra.Command) {
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = maxTypos
	}
	suggested := cmd.SuggestionsFor(word)
	for _, child := range cmd.Commands() {
		if child.Name() == word || child.HasAlias(word) {
			return []*cobra.Command{child}
		}
		if slices.Contains(suggested, child.Name()) {
			list = append(list, child)
		}
	}
	return list
}

// flagError suggests the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	usage := &UsageError{Command: cmd.CommandPath(), Err: err}
	if missing, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := missing.GetSpecifiedName()
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			if !flag.Hidden && levenshtein.ComputeDistance(name, flag.Name) <= maxTypos {
				usage.DidYouMean = append(usage.DidYouMean, cmd.CommandPath()+" --"+flag.Name)
			}
		})
	}
	return usage
}

// maxTypos is how different a word may be from what was probably meant.
const maxTypos = 2

// namesake finds commands of that name anywhere below cmd.
func namesake(cmd *cobra.Command, word string) (paths []string) {
	for _, child := range cmd.Commands() {
		if child.Name() == word || child.HasAlias(word) {
			paths = append(paths, child.CommandPath())
		}
		paths = append(paths, namesake(child, word)...)
	}
	return paths
}

// splitColon turns "database:create" into "database create" where database is
// a group. Only the first word that is no flag can be a command.
func splitColon(root *cobra.Command, args []string) []string {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return args
		}
		if i == 0 && len(args) > 2 && (arg == cobra.ShellCompRequestCmd || arg == cobra.ShellCompNoDescRequestCmd) {
			continue // what follows is to be completed
		}
		if strings.HasPrefix(arg, "-") {
			if flag := root.PersistentFlags().Lookup(strings.TrimPrefix(arg, "--")); flag != nil && flag.NoOptDefVal == "" {
				i++ // the next word is its value
			}
			continue
		}
		group, command, ok := strings.Cut(arg, ":")
		if !ok || group == "" || command == "" || !isGroup(root, group) {
			return args
		}
		return slices.Concat(args[:i], []string{group, command}, args[i+1:])
	}
	return args
}

func isGroup(root *cobra.Command, name string) bool {
	return slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool {
		return c.HasSubCommands() && (c.Name() == name || c.HasAlias(name))
	})
}

// example formats the examples of a command.
func example(env *Env, lines ...string) string {
	for i, line := range lines {
		lines[i] = "  " + env.app.Name + " " + line
	}
	return strings.Join(lines, "\n")
}
