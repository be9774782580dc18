package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"

	"entgo.io/ent/dialect/sql/schema"
	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/diagram"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/seed"
)

// App describes an application to its command line. The zero value has the
// commands of the framework that need nothing of the application.
type App struct {
	Name    string // of the program; default "framefox"
	Version string // default: from the build information

	// Migrations are the folders sqlite, postgres and mysql, embedded in the
	// program. They are applied in production, and wherever MigrationsDir has no
	// folder for the dialect.
	Migrations fs.FS

	// MigrationsDir is where create-migration writes and, outside of production,
	// where migrations are read. It is relative to the project's root; default
	// "migrate".
	MigrationsDir string

	// Tables are what the entities ask for, usually the generated
	// migrate.Tables. Without it there is no create-migration.
	Tables func() ([]*schema.Table, error)

	// Source reads the same tables from the source of the entities in the
	// project's root, usually [entschema.Tables]. An error that is
	// [fs.ErrNotExist] says that there is no source, one that is
	// [exec.ErrNotFound] that there is no go command; then Tables is used.
	//
	// [entschema.Tables]: https://pkg.go.dev/github.com/framefox-go/framefox/framework/entschema#Tables
	// [exec.ErrNotFound]: https://pkg.go.dev/os/exec#ErrNotFound
	Source func(ctx context.Context, root string) ([]*schema.Table, error)

	// Diagram reads the entities from the source as a diagram, usually
	// entschema.Diagram. Its errors are those of Source. Without it, database
	// diagram draws Tables.
	Diagram func(ctx context.Context, root string) (*diagram.Diagram, error)

	// Data are the parts of migrations that are written in Go.
	Data []migration.DataMigration

	// Seed puts a seed.Store on the database, usually
	// seed.NewStore(ent.NewClient(ent.Driver(db.Driver())), ent.Entities(), migrate.Tables).
	// Without it there is no database seed.
	Seed func(db *database.DB) (*seed.Store, error)

	// DefaultURL is the database where the configuration names none. Default
	// none, which is an error.
	DefaultURL string

	// Commands are the application's own.
	Commands []func(*Env) *cobra.Command
}

func (a App) withDefaults() App {
	if a.Name == "" {
		a.Name = "framefox"
	}
	if a.Version == "" {
		a.Version = buildVersion()
	}
	if a.MigrationsDir == "" {
		a.MigrationsDir = "migrate"
	}
	return a
}

// Run runs the command that args, without the program's name, ask for, and
// returns the exit code: 0 for success, 1 for failure, 2 for wrong usage.
func Run(ctx context.Context, app App, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	env := newEnv(app, stdin, stdout, stderr)
	env.stopped = ctx.Done()
	root := newRoot(env) //nolint:contextcheck // commands get theirs from ExecuteContext
	root.SetArgs(splitColon(root, args))
	cmd, err := root.ExecuteContextC(ctx)
	err = cmp.Or(err, env.unprinted)
	if err == nil {
		return exitOK
	}
	env.report(cmd, err)
	return exitCode(err)
}

// newRoot builds the tree of commands.
func newRoot(env *Env) *cobra.Command {
	root := &cobra.Command{
		Use:   env.app.Name,
		Short: "Manage the application and its database",
		Example: example(env, "database create --migrate",
			"database status"),
		Version:       env.app.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&env.environment, "env", "", "environment to use instead of FRAMEFOX_ENV, such as testing")
	flags.BoolVar(&env.json, "json", false, "print the result as JSON")
	root.AddCommand(newDatabase(env), newGenerators(env), newMonitor(env), newConfig(env), newVersion(env))
	for _, command := range env.app.Commands {
		root.AddCommand(command(env))
	}
	finish(root)
	return root
}

// finish makes every command treat wrong usage alike.
func finish(cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		finish(child)
	}
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args)
		}
		return
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			// Cobra looks at flags that exclude each other later, and returns
			// a plain error.
			if err := errors.Join(check(cmd, args), cmd.ValidateFlagGroups()); err != nil {
				return &UsageError{Command: cmd.CommandPath(), Err: err}
			}
			return nil
		}
	}
}
