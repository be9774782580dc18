package migration

import (
	"context"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// CycleConfig says what to try. Dir and Server.URL.Dialect are required.
type CycleConfig struct {
	Dir  *Dir
	Data []DataMigration // the Go parts of the migrations

	// Server is where scratch databases are made and dropped again, as for
	// [Plan]. No other database is touched.
	Server config.Database

	NoRows   bool         // leave out the second round, with rows in the tables
	Progress func(string) // told what is being done; may be nil
}

// CycleReport is what TestCycle has found.
type CycleReport struct {
	Files        int            // that were tried
	Problems     []CycleProblem // in the order in which they were found
	Irreversible []string       // files that say that they cannot be undone, with the reason
	Expected     []string       // files that fail on rows, as their headers say
	Unfilled     []string       // tables that no row could be made for, with the reason
}

// CycleProblem is something that goes wrong on the way up or down.
type CycleProblem struct {
	File       string `json:"file"`
	Step       string `json:"step"` // "up", "down", "up again", "all down", "all up"
	Rows       bool   `json:"rows"` // with rows in the tables
	Difference string `json:"difference,omitempty"`
	Error      string `json:"error,omitempty"`
}

// String says it in words.
func (p CycleProblem) String() string {
	with := ""
	if p.Rows {
		with = " with rows"
	}
	if p.Error != "" {
		return fmt.Sprintf("%s, %s%s: %s", p.File, p.Step, with, p.Error)
	}
	return fmt.Sprintf("%s, %s%s: %s", p.File, p.Step, with, p.Difference)
}

// TestCycle applies each migration to a scratch database, undoes it and applies
// it again, and compares the schema after each step: tables, views, triggers
// and functions. Then it undoes all and applies all. It does so without rows and
// again with some rows in each table. Migrations run as [Migrator.Upgrade] and
// [Migrator.Downgrade] run them.
//
// What goes wrong is in the report; an error means that it could not be tried.
func TestCycle(ctx context.Context, cfg CycleConfig) (CycleReport, error) {
	if cfg.Dir == nil {
		return CycleReport{}, errors.New("migration: CycleConfig.Dir is required")
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	c, err := cfg.Dir.read()
	if err != nil {
		return CycleReport{}, err
	}
	report := CycleReport{Files: len(replayable(c))}
	rounds := []bool{false, true}
	if cfg.NoRows {
		rounds = rounds[:1]
	}
	for _, rows := range rounds {
		round := &cycle{cfg: cfg, contents: c, files: replayable(c), rows: rows, report: &report}
		if err := round.run(ctx); err != nil {
			return report, err
		}
		if len(report.Problems) > 0 {
			break // with rows it would only be the same again
		}
	}
	return report, nil
}

// cycle is one round.
type cycle struct {
	cfg      CycleConfig
	contents *contents
	files    []migrate.File
	rows     bool
	report   *CycleReport

	trial    *trial
	states   []*snapshot // states[i] is before files[i]
	bottom   int         // how many files cannot be undone any more
	unfilled map[string]string
}

func (c *cycle) run(ctx context.Context) (err error) {
	if c.trial, err = openTrial(ctx, c.cfg); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.trial.Close(ctx)) }()
	empty, err := c.trial.snapshot(ctx)
	if err != nil {
		return err
	}
	c.states, c.unfilled = []*snapshot{empty}, map[string]string{}
	for i := range c.files {
		if goOn, err := c.step(ctx, i); err != nil || !goOn {
			return err
		}
	}
	c.reportUnfilled()
	return c.sweep(ctx)
}

// step takes one file up, down and up. It reports whether the round can go on.
func (c *cycle) step(ctx context.Context, i int) (bool, error) {
	f := c.files[i]
	c.tell("%s: up, down, up", f.Name())
	if c.rows {
		if err := c.fill(ctx, f); err != nil {
			return false, err
		}
	}
	if ok, err := c.up(ctx, f, "up"); err != nil || !ok {
		return false, err
	}
	after, err := c.trial.snapshot(ctx)
	if err != nil {
		return false, err
	}
	c.states = append(c.states, after)
	if reason := c.irreversible(f); reason != "" {
		c.bottom = i + 1
		if !c.rows {
			c.report.Irreversible = append(c.report.Irreversible, f.Name()+": "+reason)
		}
		return true, nil
	}
	if c.rows { // so that a table that the file made has rows on the way down
		if err := c.fill(ctx, f); err != nil {
			return false, err
		}
	}
	if ok, err := c.down(ctx, DowngradeOptions{Steps: 1}, f, "down", c.states[i]); err != nil || !ok {
		return false, err
	}
	if ok, err := c.up(ctx, f, "up again"); err != nil || !ok {
		return false, err
	}
	return c.compare(ctx, f, "up again", after)
}

// sweep takes all files down, as far as they go, and up again.
func (c *cycle) sweep(ctx context.Context) error {
	if len(c.files) == 0 || c.bottom == len(c.files) {
		return nil
	}
	last := c.files[len(c.files)-1]
	if c.rows {
		if err := c.fill(ctx, last); err != nil {
			return err
		}
	}
	c.tell("all down, all up")
	if ok, err := c.down(ctx, DowngradeOptions{Steps: len(c.files) - c.bottom}, c.files[c.bottom], "all down", c.states[c.bottom]); err != nil || !ok {
		return err
	}
	if ok, err := c.up(ctx, last, "all up"); err != nil || !ok {
		return err
	}
	_, err := c.compare(ctx, last, "all up", c.states[len(c.files)])
	return err
}

// up applies all files up to one. If rows stand in the way of a file that says
// so in its header, it takes them away.
func (c *cycle) up(ctx context.Context, f migrate.File, step string) (bool, error) {
	_, err := c.trial.migrator.Upgrade(ctx, UpgradeOptions{To: f.Version()})
	if err != nil && c.rows && dependsOnRows(f) && ctx.Err() == nil {
		if step == "up" {
			c.report.Expected = append(c.report.Expected, f.Name())
		}
		if err := c.trial.empty(ctx); err != nil {
			return false, err
		}
		_, err = c.trial.migrator.Upgrade(ctx, UpgradeOptions{To: f.Version()})
	}
	return c.noted(ctx, f, step, err)
}

func (c *cycle) down(ctx context.Context, opts DowngradeOptions, f migrate.File, step string, want *snapshot) (bool, error) {
	_, err := c.trial.migrator.Downgrade(ctx, opts)
	if ok, err := c.noted(ctx, f, step, err); err != nil || !ok {
		return false, err
	}
	return c.compare(ctx, f, step, want)
}

// noted makes what a file does wrong a problem. An error that ends everything
// is returned.
func (c *cycle) noted(ctx context.Context, f migrate.File, step string, err error) (bool, error) {
	if err == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, err
	}
	c.report.Problems = append(c.report.Problems, CycleProblem{File: f.Name(), Step: step, Rows: c.rows, Error: err.Error()})
	return false, nil
}

func (c *cycle) compare(ctx context.Context, f migrate.File, step string, want *snapshot) (bool, error) {
	have, err := c.trial.snapshot(ctx)
	if err != nil {
		return false, err
	}
	list, err := differences(c.trial.driver, want, have)
	for _, d := range list {
		c.report.Problems = append(c.report.Problems, CycleProblem{File: f.Name(), Step: step, Rows: c.rows, Difference: d.String()})
	}
	return len(list) == 0, err
}

// irreversible is why a file cannot be undone, or "".
func (c *cycle) irreversible(f migrate.File) string {
	m := c.contents.describe(f)
	switch {
	case m.Irreversible != "":
		return m.Irreversible
	case m.Down == "":
		return "there is no down file"
	default:
		return ""
	}
}

func (c *cycle) tell(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if c.rows {
		text += ", with rows"
	}
	c.cfg.Progress(text)
}
