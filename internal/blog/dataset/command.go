package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/cli"
)

// Opener opens the client of the database that the command line names. The
// function that it returns closes it.
type Opener func(ctx context.Context) (client *ent.Client, closeClient func() error, err error)

// AutoScale is the scale of generated data where a machine has no package index.
const AutoScale = 10

// Command returns the command load, which fills the database. The report goes to
// standard output, progress and what was skipped to standard error.
func Command(open Opener) *cobra.Command {
	c := &loadCommand{open: open}
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Fill the database with a real or a generated data set",
		Long: `Fill the database with a data set.

The real one is the package index of a Debian system: maintainers become users,
packages posts, sections and debtags tags. The generated one has something to
show in every report. A second run adds only what is missing, so a run that was
interrupted is finished by the next.`,
		Example: `  load                                   the index of this machine, or generated data
  load --file Packages                   an index from a file, - for standard input
  load --source generated --scale 10     1000 users and 5000 posts`,
		Args: cobra.NoArgs,
		RunE: c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.source, "source", "auto", "auto, debian or generated; auto is debian where there is an index")
	flags.StringVar(&c.file, "file", "", "read the index from this file instead of from apt-cache, - for standard input")
	flags.IntVar(&c.scale, "scale", AutoScale, "size of generated data, times 100 users and 500 posts")
	flags.Uint64Var(&c.seed, "seed", 1, "seed of generated data, 1 or more; another one gives other data")
	flags.StringVar(&c.now, "now", "", "day (2026-01-31) or instant (RFC 3339) that generated data leads up to (default today, 00:00 UTC)")
	flags.StringVar(&c.report, "report", "", "write each skipped package to this file, one JSON object a line")
	flags.BoolVar(&c.json, "json", false, "print the report as JSON")
	return cmd
}

// loadCommand is one call of the command.
type loadCommand struct {
	open                      Opener
	source, file, now, report string
	scale                     int
	seed                      uint64
	json                      bool

	in     io.Reader
	stderr io.Writer
}

func (c *loadCommand) run(cmd *cobra.Command, _ []string) (err error) {
	c.in, c.stderr = cmd.InOrStdin(), cmd.ErrOrStderr()
	opts, err := c.check(cmd.Flags().Changed)
	if err != nil {
		return &cli.UsageError{Command: cmd.CommandPath(), Err: err}
	}
	ctx := cmd.Context()
	index, err := c.index(ctx)
	if err != nil {
		return err
	}
	if index != nil {
		defer func() { err = errors.Join(err, index.Close()) }()
	}
	client, closeClient, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeClient()) }()
	var report Report
	if index != nil {
		report, err = c.load(ctx, client, index)
	} else {
		report, err = c.generate(ctx, client, opts)
	}
	if report.Source == "" {
		return err // it did not begin
	}
	c.explain(report)
	if printed := c.print(cmd.OutOrStdout(), report); printed != nil {
		err = errors.Join(err, fmt.Errorf("load: cannot print the report: %w", printed))
	}
	return err
}

// check makes sure that the flags go together.
func (c *loadCommand) check(given func(flag string) bool) (GenerateOptions, error) {
	opts := GenerateOptions{Scale: c.scale, Seed: c.seed}
	switch c.source {
	case "auto", "debian", "generated":
	default:
		return opts, fmt.Errorf("load: --source %q is unknown: use auto, debian or generated", c.source)
	}
	if c.file != "" {
		if c.source == "generated" {
			return opts, errors.New("load: --file is an index, which --source generated does not read: leave one of them out")
		}
		c.source = "debian"
	}
	if c.source == "debian" {
		for _, flag := range []string{"scale", "seed", "now"} {
			if given(flag) {
				return opts, fmt.Errorf("load: --%s is for generated data: add --source generated, or leave it out", flag)
			}
		}
	}
	if c.scale < 1 || c.scale > MaxScale {
		return opts, fmt.Errorf("load: --scale %d is not possible: it is from 1 to %d", c.scale, MaxScale)
	}
	if c.seed == 0 {
		return opts, errors.New("load: --seed 0 is not possible: it is 1 or more")
	}
	opts.Now = time.Now().UTC().Truncate(day)
	if c.now != "" {
		var err error
		if opts.Now, err = parseNow(c.now); err != nil {
			return opts, err
		}
	}
	return opts, nil
}

func parseNow(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("load: --now %q is neither a day such as 2026-01-31 nor an instant such as 2026-01-31T12:00:00Z", text)
}

// index opens the index that the flags ask for, nil for generated data.
func (c *loadCommand) index(ctx context.Context) (io.ReadCloser, error) {
	switch {
	case c.source == "generated":
		return nil, nil //nolint:nilnil // documented
	case c.file == "-":
		return io.NopCloser(c.in), nil
	case c.file != "":
		file, err := os.Open(c.file)
		if err != nil {
			return nil, fmt.Errorf("load: cannot open the index of --file: %w", err)
		}
		return file, nil
	}
	index, err := AptIndex(ctx)
	if errors.Is(err, ErrNoIndex) && c.source == "auto" {
		c.note("This machine has no package index: generating data instead.")
		return nil, nil //nolint:nilnil // documented
	}
	return index, err
}

func (c *loadCommand) load(ctx context.Context, client *ent.Client, index io.Reader) (report Report, err error) {
	m := newMeter(c.stderr, "packages")
	defer m.finish()
	opts := Options{OnProgress: func(done int) { m.show(done, 0) }}
	if c.report != "" {
		file, failure := os.Create(c.report)
		if failure != nil {
			return Report{}, fmt.Errorf("load: cannot make the file of --report: %w", failure)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		lines := json.NewEncoder(file)
		opts.OnProblem = func(p Problem) error { return lines.Encode(p) }
	}
	return Load(ctx, client, Packages(index), opts)
}

func (c *loadCommand) generate(ctx context.Context, client *ent.Client, opts GenerateOptions) (Report, error) {
	m := newMeter(c.stderr, "rows")
	defer m.finish()
	opts.OnProgress = m.show
	return Generate(ctx, client, opts)
}

// note writes a line to standard error. A run does not fail when nobody reads it.
func (c *loadCommand) note(format string, args ...any) {
	_, _ = fmt.Fprintf(c.stderr, format+"\n", args...)
}

// explain tells what was skipped.
func (c *loadCommand) explain(report Report) {
	if report.Skipped == 0 {
		return
	}
	c.note("%d of %d packages were skipped:", report.Skipped, report.Read)
	for _, p := range report.Problems {
		c.note("  %s", p.Error())
	}
	if more := report.Skipped - len(report.Problems); more > 0 && c.report == "" {
		c.note("  and %d more; --report FILE lists them all", more)
	} else if more > 0 {
		c.note("  and %d more in %s", more, c.report)
	}
}

// print prints the report.
func (c *loadCommand) print(w io.Writer, report Report) error {
	if c.json {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(struct {
			Report
			Seconds float64 `json:"seconds"`
		}{report, report.Duration.Seconds()})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := []string{"inserted\tunchanged\t  table\n"}
	for _, t := range report.Tables {
		lines = append(lines, fmt.Sprintf("%d\t%d\t  %s\n", t.Inserted, t.Unchanged, t.Table))
	}
	if _, err := io.WriteString(table, strings.Join(lines, "")); err != nil {
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "Source: %s. %d rows inserted in %d batches, %.1f s.\n",
		report.Source, report.Inserted(), report.Batches, report.Duration.Seconds())
	return err
}
