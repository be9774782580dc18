package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
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
func unknownCommand(cmd *cobra.Command, word string) error {
	err := &UsageError{Command: cmd.CommandPath(), Err: fmt.Errorf("unknown command %q for %q", word, cmd.CommandPath())}
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	for _, name := range cmd.SuggestionsFor(word) {
		err.DidYouMean = append(err.DidYouMean, cmd.CommandPath()+" "+name)
	}
	if len(err.DidYouMean) == 0 {
		err.DidYouMean = namesake(cmd.Root(), word)
	}
	return err
}

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
