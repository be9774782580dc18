package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"entgo.io/ent/dialect/sql/schema"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// checkFlags are the flags of check.
type checkFlags struct {
	planFlags
	drift, noDrift, strict bool
	since                  string
}

func newCheck(env *Env) *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Look for what is wrong with the migrations and the database",
		Long: "Look for what is wrong, or may go wrong, and change nothing: checksums, branches\n" +
			"that were merged, files that do not run, downs that do not lead back, entities\n" +
			"without a migration, and what pending files may destroy, lose, refuse or block.\n\n" +
			"If the database exists it is looked at too: what was changed in it by hand, applied\n" +
			"files that were edited or deleted, and rows that stand in the way of a pending file.\n" +
			"--drift insists on that, --no-drift leaves it out.\n\n" +
			"Errors end it with code 1, with --strict warnings too. A file that begins with the\n" +
			"line \"-- atlas:nolint\" is not warned about; codes after it choose which warnings.\n\n" +
			scratchHelp,
		Example: example(env, "database check", "database check --all --no-drift --json", "database check --strict --since 20260101120000"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return check(cmd, env, flags) },
	}
	addScratchFlags(cmd, &flags.planFlags, "check")
	cmd.Flags().BoolVar(&flags.drift, "drift", false, "fail if the database does not exist")
	cmd.Flags().BoolVar(&flags.noDrift, "no-drift", false, "do not look at the database")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "fail on warnings too")
	cmd.Flags().StringVar(&flags.since, "since", "", "check single files only after this revision")
	cmd.MarkFlagsMutuallyExclusive("drift", "no-drift")
	return cmd
}

// scratchHelp says what commands that try migrations need.
const scratchHelp = "To try the files, scratch databases are made and dropped again: for SQLite in a\n" +
	"temporary folder, for PostgreSQL and MySQL on the server of the configured\n" +
	"database, or on the one that --dev-url or FRAMEFOX_DEV_<DIALECT>_URL names.\n" +
	"A URL with a password belongs into the environment variable."

// addScratchFlags adds the flags that choose dialects and their servers.
func addScratchFlags(cmd *cobra.Command, flags *planFlags, verb string) {
	cmd.Flags().BoolVar(&flags.all, "all", false, verb+" the folders of all dialects")
	cmd.Flags().StringSliceVar(&flags.dialects, "dialect", nil, verb+" these: sqlite, postgres, mysql; default the configured one")
	cmd.Flags().StringArrayVar(&flags.devURLs, "dev-url", nil, "server for scratch databases, as dialect=url; may be repeated")
	cmd.MarkFlagsMutuallyExclusive("all", "dialect")
}

// checkedJSON is the result for one dialect.
type checkedJSON struct {
	Dialect  config.Dialect      `json:"dialect"`
	Files    int                 `json:"files"`
	Pending  int                 `json:"pending"`
	Live     bool                `json:"live"` // the database was looked at
	OK       bool                `json:"ok"`
	Findings []migration.Finding `json:"findings"`
}

func check(cmd *cobra.Command, env *Env, flags checkFlags) error {
	cfg, servers, err := flags.servers(cmd, env)
	if err != nil {
		return err
	}
	tables, err := env.wantedTables(cmd.Context(), false)
	if err != nil {
		return err
	}
	results := []checkedJSON{}
	errs, warnings := 0, 0
	for _, server := range servers {
		report, err := checkOne(cmd.Context(), env, flags, server, tables)
		if err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
		result := checkedJSON{
			Dialect: server.URL.Dialect, Files: report.Files, Pending: report.Pending, Live: report.Live,
			OK: !report.Failed(flags.strict), Findings: append([]migration.Finding{}, report.Findings...),
		}
		results = append(results, result)
		for _, f := range report.Findings {
			errs += btoi(f.Severity == migration.SeverityError)
			warnings += btoi(f.Severity == migration.SeverityWarning)
			printFinding(env, cfg, server.URL.Dialect, f)
		}
		if result.OK {
			env.Done("%s checked%s%s", plural(report.Files, "migration"), besides(report), suffix(servers, result.Dialect))
		}
	}
	if err := env.maybeJSON(results); err != nil {
		return err
	}
	if errs == 0 && (warnings == 0 || !flags.strict) {
		return nil
	}
	return fmt.Errorf("check found %s and %s", plural(errs, "error"), plural(warnings, "warning"))
}

func besides(report migration.Report) string {
	if !report.Live {
		return ""
	}
	if report.Pending == 0 {
		return ", and the database, which has all of them"
	}
	return fmt.Sprintf(", and the database, which lacks %d of them", report.Pending)
}

// checkOne checks the folder of one dialect and, if it is that of the
// configured database, the database.
func checkOne(ctx context.Context, env *Env, flags checkFlags, server config.Database, tables []*schema.Table) (report migration.Report, err error) {
	dir, err := env.folder(server.URL.Dialect)
	if err != nil {
		return report, err
	}
	cfg := migration.CheckConfig{Dir: dir, Tables: tables, Server: server, Since: flags.since, Progress: env.tell}
	live, err := flags.live(ctx, env, server.URL.Dialect)
	if err != nil || !live {
		if err == nil {
			report, err = migration.Check(ctx, cfg)
		}
		return report, err
	}
	if cfg.DB, err = env.Open(ctx); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, cfg.DB.Close()) }()
	return migration.Check(ctx, cfg)
}

// live reports whether to look at the configured database.
func (f checkFlags) live(ctx context.Context, env *Env, d config.Dialect) (bool, error) {
	cfg := env.config.Database
	if f.noDrift || cfg.URL.Dialect != d || cfg.URL.Memory {
		return false, nil
	}
	exists, err := database.Exists(ctx, cfg)
	if err != nil && !f.drift {
		env.Warn("the database was not looked at: %v", err)
		return false, nil
	}
	return exists || f.drift, err
}

func printFinding(env *Env, cfg *config.Config, d config.Dialect, f migration.Finding) {
	m := map[migration.Severity]mark{
		migration.SeverityError: markFailed, migration.SeverityWarning: markWarning, migration.SeverityHint: markPending,
	}[f.Severity]
	place := f.Place()
	if f.File != "" {
		place = filepath.Join(relative(cfg.Root, env.migrationsPath(cfg, d)), place)
	}
	if place != "" {
		place += ": "
	}
	env.result(m, "%s%s [%s]", place, f.Message, f.Code)
	if f.Advice != "" {
		env.Print("    %s", f.Advice)
	}
}

// folder is the folder of one dialect: for the configured database the one that
// is applied to it.
func (e *Env) folder(d config.Dialect) (*migration.Dir, error) {
	cfg, err := e.Config()
	if err != nil {
		return nil, err
	}
	if d == cfg.Database.URL.Dialect {
		return e.Migrations()
	}
	return migration.OpenDir(e.migrationsPath(cfg, d)), nil
}

// tell shows, where someone is watching, what is being done.
func (e *Env) tell(text string) {
	if e.errStyle.terminal && !e.json {
		_, _ = fmt.Fprintln(e.Err, text+" …")
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
