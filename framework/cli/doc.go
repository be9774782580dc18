// Package cli is the command line of an application as a library: the commands
// of the framework, to which an application adds its own.
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		code := cli.Run(ctx, cli.App{
//			Name:       "shop",
//			Migrations: migrate.Files, // embedded: sqlite/, postgres/, mysql/
//			Tables:     func() ([]*schema.Table, error) { return entmigrate.Tables, nil },
//			Source:     entschema.Tables, // the same, from the source of the entities
//			Diagram:    entschema.Diagram,
//			Data:       []migration.DataMigration{fillSlugs},
//			Commands:   []func(*cli.Env) *cobra.Command{newReport},
//		}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
//		stop()
//		os.Exit(code)
//	}
//
// A command of an application gets an [Env], which gives it the configuration,
// the database and the streams:
//
//	func newReport(env *cli.Env) *cobra.Command {
//		return &cobra.Command{
//			Use: "report", Short: "Count what was sold",
//			RunE: func(cmd *cobra.Command, _ []string) error {
//				db, err := env.Open(cmd.Context())
//				…
//			},
//		}
//	}
//
// # Conventions
//
// A command of a group may be written with a colon: "framefox database:upgrade"
// is "framefox database upgrade". Results go to stdout, all else to stderr. The
// exit code is 0 for success, 1 for failure and 2 for wrong usage. Marks such as
// ✓ and colours appear only on a terminal and without NO_COLOR; elsewhere they
// are plain ASCII. With --json, stdout holds one JSON document.
//
// Passwords are never read from the command line, where other users of the
// machine see them, but from the environment, .env files and config/orm.yaml.
//
// # Where to look
//
// A command is in the file of its name, with a longer one's parts beside it, as
// create_migration_report.go. The groups are in database.go and create.go. All of
// them share:
//
//	app.go, env.go                  the application, and what a command gets of it
//	output.go, prompt.go            what is printed, and asked
//	usage.go                        wrong usage: exit code 2, "did you mean"
//	revision.go, tables.go          versions as they are typed, what the entities ask for
package cli
