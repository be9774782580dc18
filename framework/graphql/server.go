package graphql

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// ServerOptions configures a [Server]. Only GraphQL is required.
type ServerOptions struct {
	// Address to listen on, host:port. Default 127.0.0.1:8080; port 0 takes
	// any free port, an empty host all interfaces.
	Address string

	// GraphQL answers at Path, usually a [Handler], perhaps inside middleware.
	GraphQL http.Handler
	Path    string // default /graphql

	// GraphiQL, if set, adds the query editor, and a redirect to it from /.
	// Its Endpoint defaults to Path.
	GraphiQL *GraphiQLOptions

	// Handlers are further handlers by http.ServeMux pattern: "GET /metrics".
	Handlers map[string]http.Handler

	// Checks decide /health/ready. CheckTimeout is how long each may take,
	// default 2 s.
	Checks       []Check
	CheckTimeout time.Duration

	ReadHeaderTimeout time.Duration // default 5 s
	ReadTimeout       time.Duration // of a whole request; default 15 s
	WriteTimeout      time.Duration // from the end of the header to the end of the answer; default 30 s; keep it above Options.Timeout
	IdleTimeout       time.Duration // of a kept connection; default 2 min
	MaxHeaderBytes    int           // default 64 KiB

	// DrainDelay is how long the server goes on accepting, but not ready,
	// after ctx is cancelled: time for a load balancer to notice. Default 0.
	DrainDelay time.Duration

	// ShutdownTimeout is how long running requests then have to finish before
	// they are cut off. Default 15 s.
	ShutdownTimeout time.Duration

	// OnListen, if set, is called once the server accepts connections, with
	// the address that it got.
	OnListen func(net.Addr)

	// Logger of the server's own events. Default slog.Default().
	Logger *slog.Logger
}

// WithDefaults returns the options with every zero field set to its default.
func (o ServerOptions) WithDefaults() ServerOptions {
	if o.Address == "" {
		o.Address = "127.0.0.1:8080"
	}
	if o.Path == "" {
		o.Path = "/graphql"
	}
	orDefault(&o.ReadHeaderTimeout, 5*time.Second)
	orDefault(&o.ReadTimeout, 15*time.Second)
	orDefault(&o.WriteTimeout, 30*time.Second)
	orDefault(&o.IdleTimeout, 2*time.Minute)
	orDefault(&o.MaxHeaderBytes, 64<<10)
	orDefault(&o.ShutdownTimeout, 15*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Server is an HTTP server of a GraphQL endpoint, its health probes and, if
// wanted, GraphiQL. Make one with [NewServer].
type Server struct {
	opts    ServerOptions
	health  *Health
	handler http.Handler
}

// AddressInUseError is an address that another program listens on.
type AddressInUseError struct{ Address string }

func (e *AddressInUseError) Error() string {
	return fmt.Sprintf("graphql: cannot listen on %s: another program already does; "+
		"stop it, or choose another port (port 0 takes any free one)", e.Address)
}

// NewServer returns a server that does not listen yet.
func NewServer(opts ServerOptions) (*Server, error) {
	opts = opts.WithDefaults()
	if opts.GraphQL == nil {
		return nil, errors.New("graphql: cannot make a server: ServerOptions.GraphQL is nil")
	}
	health, err := NewHealth(opts.CheckTimeout, opts.Logger, opts.Checks...)
	if err != nil {
		return nil, err
	}
	handler, err := routes(opts, health)
	if err != nil {
		return nil, err
	}
	return &Server{opts: opts, health: health, handler: handler}, nil
}

// routes mounts everything. http.ServeMux panics on a malformed or doubled
// pattern; the patterns are the caller's, so that becomes an error.
func routes(opts ServerOptions, health *Health) (_ http.Handler, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("graphql: cannot mount the handlers of the server: %v", v)
		}
	}()
	mux := http.NewServeMux()
	mux.Handle(opts.Path, opts.GraphQL)
	mux.HandleFunc("/health/live", health.Live)
	mux.HandleFunc("/health/ready", health.Ready)
	for pattern, handler := range opts.Handlers {
		mux.Handle(pattern, handler)
	}
	if opts.GraphiQL != nil {
		page := *opts.GraphiQL
		if page.Endpoint == "" {
			page.Endpoint = opts.Path
		}
		page = page.WithDefaults()
		handler, err := NewGraphiQL(page)
		if err != nil {
			return nil, err
		}
		mux.Handle(page.Path, handler)
		mux.Handle(page.Path+"/", handler)
		mux.Handle("GET /{$}", http.RedirectHandler(page.Path, http.StatusFound))
	}
	return mux, nil
}

// Handler is everything that the server serves, for tests and for embedding.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve listens and serves until ctx is cancelled, then shuts down: it is no
// longer ready, waits DrainDelay, stops accepting, and lets running requests
// finish for at most ShutdownTimeout. It returns nil after a clean shutdown,
// an [AddressInUseError] when the port is taken, and an error that wraps
// context.DeadlineExceeded when requests had to be cut off. Call it once.
func (s *Server) Serve(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.opts.Address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return &AddressInUseError{Address: s.opts.Address}
	}
	if err != nil {
		return fmt.Errorf("graphql: cannot listen on %s: %w", s.opts.Address, err)
	}

	// Requests outlive ctx, so that they can finish, but not Serve.
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: s.opts.ReadHeaderTimeout,
		ReadTimeout:       s.opts.ReadTimeout,
		WriteTimeout:      s.opts.WriteTimeout,
		IdleTimeout:       s.opts.IdleTimeout,
		MaxHeaderBytes:    s.opts.MaxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(s.opts.Logger.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	s.opts.Logger.LogAttrs(ctx, slog.LevelInfo, "graphql: listening",
		slog.String("address", listener.Addr().String()))
	if s.opts.OnListen != nil {
		s.opts.OnListen(listener.Addr())
	}
	select {
	case err := <-served:
		return fmt.Errorf("graphql: cannot serve on %s: %w", s.opts.Address, err)
	case <-ctx.Done():
	}
	err = s.shutDown(context.WithoutCancel(ctx), server)
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

func (s *Server) shutDown(ctx context.Context, server *http.Server) error {
	s.opts.Logger.LogAttrs(ctx, slog.LevelInfo, "graphql: shutting down")
	s.health.Drain()
	if s.opts.DrainDelay > 0 {
		<-time.After(s.opts.DrainDelay)
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
		return fmt.Errorf("graphql: requests were cut off after %s: %w", s.opts.ShutdownTimeout, err)
	}
	return nil
}
