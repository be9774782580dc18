package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

func newStatus(env *Env) *cobra.Command {
	var (
		code   bool
		layout string
	)
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show which migrations are applied and which are pending",
		Example: example(env, "database status", "database status --json", "database status --exit-code", "database status --layout table"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if layout != layoutList && layout != layoutTable {
				return &UsageError{Command: cmd.CommandPath(), Err: fmt.Errorf("unknown layout %q: use %s or %s", layout, layoutList, layoutTable)}
			}
			pending, err := status(cmd.Context(), env, layout)
			if err == nil && code && pending {
				return exitError(exitUsage)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&layout, "layout", layoutList, "how to print it: list or table")
	cmd.Flags().BoolVar(&code, "exit-code", false, "exit with code 2 if migrations are pending")
	return cmd
}

// The layouts of the status.
const (
	layoutList  = "list"
	layoutTable = "table"
)

func status(ctx context.Context, env *Env, layout string) (pending bool, err error) {
	cfg, err := env.Config()
	if err != nil {
		return false, err
	}
	var s migration.Status
	err = env.withMigrator(ctx, func(_ *database.DB, m *migration.Migrator) error {
		s, err = m.Status(ctx)
		return err
	})
	if err != nil {
		return false, err
	}
	pending = len(s.Pending()) > 0
	if env.JSON() {
		return pending, env.PrintJSON(newStatusJSON(cfg.Database.URL.Target(), s))
	}
	if layout == layoutTable {
		err = printStatusTables(env, cfg, s)
	} else {
		printStatus(env, s)
	}
	if err != nil {
		return pending, err
	}
	if s.Problem != nil {
		env.Warn("upgrade would refuse: %v", s.Problem)
	}
	if len(s.Heads) > 1 {
		env.Warn("branches were merged, none of these comes after the other: %s; join them with: %s database merge", strings.Join(s.Heads, ", "), env.app.Name)
	}
	return pending, nil
}

func printStatus(env *Env, s migration.Status) {
	current := s.Current
	if current == "" {
		current = "none (no migrations applied)"
	}
	env.Print("Current revision: %s\n\nMigration History:", current)
	begun := false
	for _, item := range s.Migrations {
		if item.State != migration.Pending && item.State != migration.Partial {
			begun = true
			printItem(env, item)
		}
	}
	if !begun {
		env.Print("None")
	}
	env.Print("")
	printPending(env, s)
}

func printPending(env *Env, s migration.Status) {
	if len(s.Pending()) == 0 {
		env.Print("Pending migrations: None")
		return
	}
	env.Print("Pending migrations:")
	for _, item := range s.Pending() {
		printItem(env, item)
	}
}

func printItem(env *Env, item migration.StatusItem) {
	text := item.Version + " - " + item.Description
	sign := markDone
	switch item.State {
	case migration.Pending:
		sign = markPending
	case migration.Partial:
		sign = markFailed
		text += fmt.Sprintf(" (stopped after %d of %d statements%s)", item.Applied, item.Total, because(item.Error))
	case migration.Missing:
		sign = markWarning
		text += " (file is missing)"
	case migration.Folded:
		text += " (squashed)"
	case migration.Skipped:
		sign = markWarning
		text += " (not applied, older than the current revision)"
	case migration.Covered:
		text += " (baseline)"
	case migration.Undoing:
		sign = markFailed
		text += " (a downgrade stopped half-way; run the downgrade again)"
	case migration.Applied:
	}
	switch item.Data {
	case "", migration.DataDone:
	default:
		text += fmt.Sprintf(" (its part in Go is %s)", item.Data)
	}
	if item.Edited {
		sign = markWarning
		text += " (the file was edited after it was applied)"
	}
	if item.Current {
		text += " (current)"
	}
	env.result(sign, "%s", text)
}

// because is the first line of an error, "" if the process had no time to note one.
func because(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if line == "" {
		return ""
	}
	return ": " + line
}

type statusJSON struct {
	Database   string     `json:"database"`
	Current    string     `json:"current"`
	UpToDate   bool       `json:"upToDate"`
	Dirty      bool       `json:"dirty"`
	Problem    string     `json:"problem,omitempty"`
	Heads      []string   `json:"heads"` // several after branches were merged
	Migrations []itemJSON `json:"migrations"`
}

type itemJSON struct {
	Version     string          `json:"version"`
	Description string          `json:"description"`
	File        string          `json:"file,omitempty"`
	Parent      string          `json:"parent"`
	State       migration.State `json:"state"`
	Current     bool            `json:"current"`
	AppliedAt   *time.Time      `json:"appliedAt,omitempty"`
	TookMS      int64           `json:"tookMs,omitempty"`
	Applied     int             `json:"appliedStatements,omitempty"`
	Total       int             `json:"totalStatements,omitempty"`
	Error       string          `json:"error,omitempty"`

	Edited       bool                `json:"edited,omitempty"`
	Data         migration.DataState `json:"data,omitempty"`
	Irreversible string              `json:"irreversible,omitempty"`
	Risks        []string            `json:"risks,omitempty"`
}

func newStatusJSON(target string, s migration.Status) statusJSON {
	out := statusJSON{
		Database: target, Current: s.Current, UpToDate: len(s.Pending()) == 0 && s.Problem == nil,
		Dirty: s.Dirty(), Heads: append([]string{}, s.Heads...), Migrations: []itemJSON{},
	}
	if s.Problem != nil {
		out.Problem = s.Problem.Error()
	}
	for _, m := range s.Migrations {
		out.Migrations = append(out.Migrations, newItemJSON(m))
	}
	return out
}

func newItemJSON(m migration.StatusItem) itemJSON {
	item := itemJSON{
		Version: m.Version, Description: m.Description, File: m.File, Parent: orBase(m.Revises), State: m.State, Current: m.Current,
		TookMS: m.Took.Milliseconds(), Applied: m.Applied, Total: m.Total, Error: m.Error,
		Edited: m.Edited, Data: m.Data, Irreversible: m.Irreversible, Risks: m.Risks,
	}
	if !m.AppliedAt.IsZero() {
		item.AppliedAt = &m.AppliedAt
	}
	return item
}
