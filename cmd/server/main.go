// Command server serves the GraphQL API of the reference application.
//
// It reads its configuration as every framefox command does: the environment,
// .env files, config/orm.yaml. It stops cleanly on SIGINT and SIGTERM.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/logging"
	"github.com/framefox-go/framefox/internal/blog"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `Usage: server

Serves the GraphQL API until it is interrupted. The configuration comes from the
environment, .env files and config/orm.yaml: DATABASE_URL for the database,
FRAMEFOX_ADDR or PORT for the address, 127.0.0.1:8080 if neither is set.
`

// run serves until ctx is done and returns the exit code.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	if len(args) > 0 {
		fmt.Fprint(stderr, usage)
		if args[0] == "-h" || args[0] == "--help" {
			return 0
		}
		return 2
	}
	if err := serve(ctx, stderr); err != nil {
		fmt.Fprintln(stderr, "server:", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, stderr io.Writer) error {
	cfg, err := config.Load(config.Options{DefaultURL: blog.DefaultURL})
	if err != nil {
		return err
	}
	format, err := logging.ParseFormat(cfg.Server.LogFormat)
	if err != nil {
		return err
	}
	logger := logging.New(stderr, logging.Options{Format: format, Level: cfg.Server.LogLevel})
	for _, text := range append(cfg.Notices, cfg.Warnings()...) {
		logger.WarnContext(ctx, text)
	}
	app, err := blog.Open(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer func() { _ = app.Close() }()
	pending, err := app.CheckMigrations(ctx)
	if err != nil {
		return err
	}
	if pending > 0 {
		logger.WarnContext(ctx, "migrations are pending; apply them with: framefox database upgrade", "pending", pending)
	}
	server, err := app.Server(func(at net.Addr) { welcome(stderr, at, cfg.Server.Playground) })
	if err != nil {
		return err
	}
	err = server.Serve(ctx)
	if _, taken := errors.AsType[*graphql.AddressInUseError](err); taken {
		return fmt.Errorf("%w: set FRAMEFOX_ADDR or PORT", err)
	}
	return err
}

// welcome says where the server is and what to ask it.
func welcome(w io.Writer, at net.Addr, playground bool) {
	fmt.Fprintf(w, "\nGraphQL is at http://%s/graphql\n", at)
	if !playground {
		return
	}
	fmt.Fprintf(w, "GraphiQL is at http://%s/graphiql\n\nThree queries to try there, each in a tab of its own:\n\n", at)
	for _, example := range blog.Examples() {
		fmt.Fprintln(w, example.Query)
	}
	fmt.Fprint(w, "Stop with Ctrl+C.\n\n")
}
