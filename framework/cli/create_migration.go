package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql/schema"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

func newCreateMigration(env *Env) *cobra.Command {
	var flags planFlags
	cmd := &cobra.Command{
		Use:   "create-migration [name]",
		Short: "Write a migration for what has changed in the entities",
		Long: "Compare what the migrations lead to with what the entities ask for, and write\n" +
			"the difference as the next migration. The database itself is not looked at.\n\n" +
			"To find the difference, scratch databases are made and dropped again: for SQLite\n" +
			"in a temporary folder, for PostgreSQL and MySQL on the server of the configured\n" +
			"database, or on the one that --dev-url or FRAMEFOX_DEV_<DIALECT>_URL names.\n" +
			"A URL with a password belongs into the environment variable.",
		Example: example(env, `database create-migration "add posts"`,
			`database create-migration "add posts" --all`,
			`database create-migration --dialect postgres --dev-url postgres=postgres://root@localhost/postgres`),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return createMigration(cmd, env, strings.Join(args, ""), flags)
		},
	}
	cmd.Flags().BoolVar(&flags.all, "all", false, "plan for every dialect")
	cmd.Flags().StringSliceVar(&flags.dialects, "dialect", nil, "plan for these dialects: sqlite, postgres, mysql; default the configured one")
	cmd.Flags().StringArrayVar(&flags.devURLs, "dev-url", nil, "server for scratch databases, as dialect=url; may be repeated")
	cmd.MarkFlagsMutuallyExclusive("all", "dialect")
	return cmd
}

// plannedFile is one line of the result.
type plannedFile struct {
	Dialect    config.Dialect `json:"dialect"`
	File       string         `json:"file,omitempty"` // "" if nothing has changed
	Version    string         `json:"version,omitempty"`
	Statements int            `json:"statements"`
}

func createMigration(cmd *cobra.Command, env *Env, name string, flags planFlags) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	servers, err := flags.servers(cmd, cfg)
	if err != nil {
		return err
	}
	tables, err := env.app.Tables()
	if err != nil {
		return fmt.Errorf("cannot read the tables of the entities: %w", err)
	}
	plans := make([]*migration.Planned, len(servers))
	for i, server := range servers { // all or none: plan them all before writing any
		if plans[i], err = planFor(cmd.Context(), env, server, name, tables); err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
	}
	files := []plannedFile{}
	for i, p := range plans {
		file := plannedFile{Dialect: servers[i].URL.Dialect}
		if p == nil {
			env.Done("No changes detected since the last migration.%s", suffix(servers, file.Dialect))
		} else {
			path, err := p.Write()
			if err != nil {
				return err
			}
			file.File, file.Version, file.Statements = relative(cfg.Root, path), p.Version, len(p.Statements)
			env.Done("Migration created: %s", file.File)
		}
		files = append(files, file)
	}
	if slices.ContainsFunc(files, func(f plannedFile) bool { return f.File != "" }) {
		env.Done("Review the file, then apply it with: %s database upgrade", env.app.Name)
	}
	return env.maybeJSON(files)
}

// planFor returns nil if nothing has changed.
func planFor(ctx context.Context, env *Env, server config.Database, name string, tables []*schema.Table) (*migration.Planned, error) {
	p, err := migration.Plan(ctx, migration.PlanConfig{
		Name: name, Tables: tables, Server: server,
		Dir: migration.OpenDir(env.migrationsPath(env.config, server.URL.Dialect)),
	})
	if errors.Is(err, migration.ErrNoChanges) {
		return nil, nil //nolint:nilnil // nothing to write is a result here
	}
	return p, err
}

// suffix names the dialect where there are several.
func suffix(servers []config.Database, d config.Dialect) string {
	if len(servers) == 1 {
		return ""
	}
	return " (" + string(d) + ")"
}
