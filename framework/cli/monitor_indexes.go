package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/advice"
	"github.com/framefox-go/framefox/framework/plan"
)

func newMonitorIndexes(env *Env) *cobra.Command {
	var file string
	var opts advice.Options
	cmd := &cobra.Command{
		Use:   "indexes",
		Short: "Advise indexes for recorded statements, each tried in a copy of the database",
		Long: "Advise indexes for recorded statements, and list the indexes that are there for\n" +
			"nothing. Each index is built in a copy of the database, which is removed again, and\n" +
			"the statements are explained once more.\n\n" +
			"The statements are JSON: what monitor slow --json prints, or a list of objects with\n" +
			"sql, and where known args, count and totalSeconds. \"-\" reads them from stdin.",
		Example: example(env, "monitor indexes --workload slow.json", "monitor slow --json | "+env.app.Name+" monitor indexes --workload -"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return &UsageError{Command: cmd.CommandPath(), Err: errors.New("--workload says where the recorded statements are")}
			}
			statements, err := env.workload(file)
			if err != nil {
				return err
			}
			return monitorIndexes(cmd.Context(), env, statements, opts)
		},
	}
	cmd.Flags().StringVar(&file, "workload", "", "file with the recorded statements, or -")
	cmd.Flags().IntVar(&opts.Indexes, "limit", 0, "how many indexes to advise at most (default 10)")
	cmd.Flags().Int64Var(&opts.MaxBytes, "max-bytes", 0, "how large a database may be copied (default 1 GiB)")
	return cmd
}

func monitorIndexes(ctx context.Context, env *Env, statements []advice.Statement, opts advice.Options) (err error) {
	db, err := env.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	report, err := advice.Advise(ctx, db, statements, opts)
	if err != nil {
		return err
	}
	if env.JSON() {
		return env.PrintJSON(report)
	}
	env.printAdvice(report, string(db.Dialect()))
	return nil
}

func (e *Env) printAdvice(r *advice.Report, dialect string) {
	for _, s := range r.Skipped {
		e.Warn("%s: %s", s.Reason, s.SQL)
	}
	for _, a := range r.Advice {
		e.result(markPending, "%s: cost %.6g -> %.6g", a.Table, a.Before, a.After)
		e.Print("    %s", strings.ReplaceAll(a.Code, "\n", "\n    "))
		e.Print("    %s;", a.Migrations[dialect])
		for _, s := range a.Statements {
			e.Print("    %dx %.6g -> %.6g  %s", s.Count, s.Before, s.After, s.SQL)
		}
	}
	if len(r.Advice) == 0 {
		e.Done("no index would make these statements cheaper")
	} else {
		unit := "as the planner counts"
		if r.Unit == plan.Visits {
			unit = "rows visited, estimated"
		}
		e.Print("Together: cost %.6g -> %.6g (%s)", r.Before, r.After, unit)
	}
	for _, x := range r.Redundant {
		what := "is the beginning of"
		if x.Same {
			what = "is the same as"
		}
		e.result(markWarning, "%s: index %s %s %s", x.Table, x.Index, what, x.By)
	}
	for _, x := range r.Unused {
		e.result(markWarning, "%s: index %s is not used, says the %s", x.Table, x.Index, x.Source)
	}
}

// recordedJSON is a statement of a file.
type recordedJSON struct {
	SQL       string  `json:"sql"`
	Statement string  `json:"statement"` // what monitor slow calls it
	Args      []any   `json:"args"`
	Count     int     `json:"count"`
	Total     float64 `json:"totalSeconds"`
}

// workload reads the recorded statements.
func (e *Env) workload(file string) ([]advice.Statement, error) {
	in := e.In
	if file != "-" {
		f, err := os.Open(file) //nolint:gosec // the file that the user names
		if err != nil {
			return nil, fmt.Errorf("cannot read the recorded statements: %w", err)
		}
		defer func() { _ = f.Close() }() // only read
		in = f
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("cannot read the recorded statements: %w", err)
	}
	var list []recordedJSON
	var document struct {
		Statements []recordedJSON `json:"statements"`
		Server     []recordedJSON `json:"serverStatements"`
	}
	if json.Unmarshal(data, &list) != nil {
		if err := json.Unmarshal(data, &document); err != nil {
			return nil, fmt.Errorf("cannot read the recorded statements: %w", err)
		}
		list = slices.Concat(document.Statements, document.Server)
	}
	statements := make([]advice.Statement, 0, len(list))
	for n, s := range list {
		text := cmp.Or(s.SQL, s.Statement)
		if text == "" {
			return nil, fmt.Errorf("cannot read the recorded statements: number %d has no sql", n+1)
		}
		for i, arg := range s.Args {
			if whole, ok := arg.(float64); ok && whole == math.Trunc(whole) {
				s.Args[i] = int64(whole)
			}
		}
		statements = append(statements, advice.Statement{
			SQL: text, Args: s.Args, Count: s.Count, Total: time.Duration(s.Total * float64(time.Second)),
		})
	}
	return statements, nil
}
