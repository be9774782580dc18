package blog

import (
	"log/slog"
	"net/http"

	gqlgen "github.com/99designs/gqlgen/graphql"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/monitor/metrics"
)

// watch has the database watched, if the configuration says so.
func watch(cfg config.Monitor, logger *slog.Logger) (*monitor.Monitor, []database.Option, error) {
	if !cfg.Enabled {
		return nil, nil, nil
	}
	m, err := monitor.New(monitor.Options{
		Logger: logger, SlowQuery: cfg.SlowQuery, SlowAcquisition: cfg.SlowAcquisition, Repeats: cfg.Repeats,
	})
	if err != nil {
		return nil, nil, err
	}
	return m, []database.Option{database.WithObserver(m)}, nil
}

// serveMonitor adds what the monitor has to a server.
func (a *App) serveMonitor(opts *graphql.ServerOptions) {
	if a.Monitor == nil {
		return
	}
	secret := a.config.Monitor.Secret
	opts.Handlers = map[string]http.Handler{
		monitor.Path: monitor.Guard(secret, a.Monitor.Handler()),
		"/metrics":   monitor.Guard(secret, metrics.Handler(a.Monitor)),
	}
}

// monitored adds the extension of the monitor to those of the API.
func (a *App) monitored(extensions ...gqlgen.HandlerExtension) []gqlgen.HandlerExtension {
	if a.Monitor == nil {
		return extensions
	}
	return append(extensions, a.Monitor.Extension())
}
