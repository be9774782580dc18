package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

func newTestCycle(env *Env) *cobra.Command {
	var (
		flags  planFlags
		noRows bool
	)
	cmd := &cobra.Command{
		Use:   "test-cycle",
		Short: "Try every migration up, down and up again on a scratch database",
		Long: "Apply each migration to a scratch database, undo it and apply it again, and compare\n" +
			"the schema after each step; then undo all and apply all. This is done without rows\n" +
			"and again with a few in each table. The configured database is not touched.\n\n" +
			"A migration that cannot be undone is listed and ends the way down.\n\n" +
			scratchHelp,
		Example: example(env, "database test-cycle", "database test-cycle --all", "database test-cycle --no-rows --json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return testCycle(cmd, env, flags, noRows) },
	}
	addScratchFlags(cmd, &flags, "try")
	cmd.Flags().BoolVar(&noRows, "no-rows", false, "leave out the round with rows in the tables")
	return cmd
}

// cycledJSON is the result for one dialect.
type cycledJSON struct {
	Dialect      config.Dialect           `json:"dialect"`
	Files        int                      `json:"files"`
	OK           bool                     `json:"ok"`
	Problems     []migration.CycleProblem `json:"problems"`
	Irreversible []string                 `json:"irreversible"`
	Expected     []string                 `json:"failOnRows"` // as their headers say
	Unfilled     []string                 `json:"unfilled"`   // tables without rows
}

func testCycle(cmd *cobra.Command, env *Env, flags planFlags, noRows bool) error {
	_, servers, err := flags.servers(cmd, env)
	if err != nil {
		return err
	}
	results, problems := []cycledJSON{}, 0
	for _, server := range servers {
		dir, err := env.folder(server.URL.Dialect)
		if err != nil {
			return err
		}
		report, err := migration.TestCycle(cmd.Context(), migration.CycleConfig{
			Dir: dir, Server: server, NoRows: noRows, Data: env.app.Data,
			Progress: func(text string) { _, _ = fmt.Fprintln(env.Err, text) },
		})
		if err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
		problems += len(report.Problems)
		printCycle(env, report, suffix(servers, server.URL.Dialect))
		results = append(results, cycledJSON{
			Dialect: server.URL.Dialect, Files: report.Files, OK: len(report.Problems) == 0,
			Problems:     append([]migration.CycleProblem{}, report.Problems...),
			Irreversible: append([]string{}, report.Irreversible...),
			Expected:     append([]string{}, report.Expected...),
			Unfilled:     append([]string{}, report.Unfilled...),
		})
	}
	if err := env.maybeJSON(results); err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("found on the way up and down: %s", plural(problems, "problem"))
	}
	return nil
}

func printCycle(env *Env, report migration.CycleReport, suffix string) {
	for _, p := range report.Problems {
		env.result(markFailed, "%s%s", p, suffix)
	}
	for _, text := range report.Irreversible {
		env.result(markWarning, "cannot be undone: %s%s", text, suffix)
	}
	for _, text := range report.Expected {
		env.result(markWarning, "fails on rows, as it says: %s%s", text, suffix)
	}
	for _, text := range report.Unfilled {
		env.result(markWarning, "was tried without rows in %s%s", text, suffix)
	}
	if len(report.Problems) == 0 {
		env.Done("%s tried up, down and up again%s", plural(report.Files, "migration"), suffix)
	}
}
