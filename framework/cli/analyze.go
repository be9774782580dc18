package cli

import (
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/plan"
)

// newAnalyze is database analyze, and monitor explain.
func newAnalyze(env *Env, name string) *cobra.Command {
	var q plan.Query
	var args []string
	group := map[string]string{"analyze": "database ", "explain": "monitor "}[name]
	cmd := &cobra.Command{
		Use:   name + " SQL",
		Short: "Show how the database runs a statement, and what is slow about it",
		Long: "Show how the database runs a statement, and what is slow about it.\n\n" +
			"One statement that reads is explained, and not run. Values for ? come from --arg, in\n" +
			"order. With --run it is run in a transaction that is rolled back, so that the numbers\n" +
			"of rows are measured (PostgreSQL and MariaDB).",
		Example: example(env, group+name+` "SELECT * FROM posts WHERE status = ? ORDER BY published_at" --arg published`,
			group+name+` "DELETE FROM posts WHERE status = 'old'" --writes`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, words []string) (err error) {
			q.SQL = words[0]
			for _, arg := range args {
				q.Args = append(q.Args, arg)
			}
			db, err := env.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, db.Close()) }()
			a, err := plan.Analyze(cmd.Context(), db, q, plan.Options{Logger: slog.New(slog.DiscardHandler)}) // the error is shown
			if errors.Is(err, plan.ErrNotReadOnly) || errors.Is(err, plan.ErrSeveral) {
				return &UsageError{Command: cmd.CommandPath(), Err: err}
			}
			if err != nil {
				return err
			}
			if env.JSON() {
				return env.PrintJSON(a)
			}
			env.printAnalysis(a)
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&args, "arg", nil, "value of the next ?, once for each")
	cmd.Flags().BoolVar(&q.Writes, "writes", false, "explain INSERT, UPDATE and DELETE too; they are not run")
	cmd.Flags().BoolVar(&q.Run, "run", false, "run it, and roll it back")
	return cmd
}

func (e *Env) printAnalysis(a *plan.Analysis) {
	e.Print("%s\n", a.Plan)
	unit := "as the planner counts"
	if a.Plan.Unit == plan.Visits {
		unit = "rows visited, estimated"
	}
	e.Print("Cost: %.6g (%s)", a.Plan.Cost, unit)
	for _, f := range a.Findings {
		if f.Small {
			e.result(markDone, "%s: %s; so few rows are nothing to care about", f.Rule, f.Detail)
		} else {
			e.result(markWarning, "%s: %s", f.Rule, f.Detail)
		}
	}
	if len(a.Findings) == 0 {
		e.Done("nothing to recommend")
	}
	for _, text := range append(append([]string{}, a.Recommendations...), a.Suggestions...) {
		e.Print("  %s", text)
	}
}
