// Package blog is the reference application: a blog with users, roles, posts
// and products, built with the framework's public API only. Its commands and
// its server are assembled here, so that tests run what users run.
package blog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/graph"
	"github.com/framefox-go/framefox/graph/generated"
	"github.com/framefox-go/framefox/migrate"
)

// DefaultURL is the database of an application that is told nothing else.
const DefaultURL = "sqlite:///app.db"

// App is the application with its database open.
type App struct {
	DB     *database.DB
	Client *ent.Client

	// Monitor watches DB; nil where the configuration says that nobody does.
	Monitor *monitor.Monitor

	config *config.Config
	logger *slog.Logger
}

// Open opens the database that the configuration names.
func Open(ctx context.Context, cfg *config.Config, logger *slog.Logger) (*App, error) {
	watching, opts, err := watch(cfg.Monitor, logger)
	if err != nil {
		return nil, err
	}
	if cfg.Database.EchoSQL {
		opts = append(opts, database.WithLogger(logger))
	}
	db, err := database.Open(ctx, cfg.Database, opts...)
	if err != nil {
		return nil, err
	}
	app := New(db, cfg, logger)
	app.Monitor = watching
	return app, nil
}

// New puts the application on a database that is open already.
func New(db *database.DB, cfg *config.Config, logger *slog.Logger) *App {
	client := ent.NewClient(
		ent.Driver(db.Driver()),
		ent.GraphQLSettings(relay.Settings{
			CursorKey: []byte(cfg.Server.Secret.Reveal()),
			// Nobody is known here, and whoever may delete a row may bring it back.
			MayRestore: func(context.Context, string) bool { return true },
		}),
	)
	return &App{DB: db, Client: client, config: cfg, logger: logger}
}

// CheckMigrations returns an error that says what to do where the database was
// never migrated, and the number of migrations that are pending.
func (a *App) CheckMigrations(ctx context.Context) (pending int, err error) {
	files, err := fs.Sub(migrate.Files, string(a.DB.Dialect()))
	if err != nil {
		return 0, fmt.Errorf("blog: cannot find the migrations: %w", err)
	}
	m, err := migration.Open(a.DB, migration.NewDir(files))
	if err != nil {
		return 0, err
	}
	status, err := m.Status(ctx)
	if err != nil {
		return 0, err
	}
	if status.Current == "" {
		return 0, errors.New("the database has no tables yet; make them with: framefox database upgrade")
	}
	return len(status.Pending()), nil
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }

// Server assembles the GraphQL server. onListen, if not nil, is told the
// address once it accepts connections.
func (a *App) Server(onListen func(net.Addr)) (*graphql.Server, error) {
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: graph.NewResolver(a.Client)})
	s := a.config.Server
	handler, err := graphql.NewHandler(schema, graphql.Options{
		Limits:        graphql.Limits{BodyBytes: int(s.MaxBodyBytes)},
		Timeout:       s.RequestTimeout,
		Introspection: s.Introspection,
		Extensions:    a.monitored(&relay.Cost{Settings: a.Client.GraphSource().Settings()}),
		Explain:       database.Explain,
		Logger:        a.logger,
	})
	if err != nil {
		return nil, fmt.Errorf("blog: cannot make the GraphQL handler: %w", err)
	}
	opts := graphql.ServerOptions{
		Address:         s.Address,
		GraphQL:         handler,
		ShutdownTimeout: s.ShutdownTimeout,
		Checks:          []graphql.Check{{Name: "database", Probe: a.DB.Ping}},
		OnListen:        onListen,
		Logger:          a.logger,
	}
	a.serveMonitor(&opts)
	if s.Playground {
		opts.GraphiQL = &graphql.GraphiQLOptions{Title: "Framefox blog", Examples: Examples()}
	}
	server, err := graphql.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("blog: cannot make the server: %w", err)
	}
	return server, nil
}
