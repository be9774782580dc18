// Command framefox is the command line of the reference application: the
// framework's commands for the life of a database, and the application's own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"entgo.io/ent/dialect/sql/schema"
	"github.com/spf13/cobra"

	entmigrate "github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/migrate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, app(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func app() cli.App {
	return cli.App{
		Name:       "framefox",
		Migrations: migrate.Files,
		Tables:     func() ([]*schema.Table, error) { return entmigrate.Tables, nil },
		Source:     entschema.Tables,
		Diagram:    entschema.Diagram,
		Seed:       blog.Seed,
		DefaultURL: blog.DefaultURL,
		Commands:   []func(*cli.Env) *cobra.Command{blog.LoadCommand, blog.RecountCommand, blog.ReportCommand},
	}
}
