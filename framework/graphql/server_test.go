package graphql_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

// running is a server that listens on a port of its own.
type running struct {
	*graphql.Server

	url    string
	stop   context.CancelFunc
	served chan error
}

func start(t *testing.T, opts graphql.ServerOptions) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &running{stop: stop, served: make(chan error, 1)}
	listening := make(chan net.Addr, 1)
	opts.Address = "127.0.0.1:0"
	opts.OnListen = func(a net.Addr) { listening <- a }
	opts.Logger = slog.New(slog.DiscardHandler)
	server, err := graphql.NewServer(opts)
	require.NoError(t, err)
	r.Server = server
	go func() { r.served <- server.Serve(ctx) }()
	select {
	case addr := <-listening:
		r.url = "http://" + addr.String()
	case err := <-r.served:
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return r
}

// client keeps no connections, so that none is left when the test ends.
func client() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	status, body, err := tryGet(t.Context(), url)
	require.NoError(t, err)
	return status, body
}

func tryGet(ctx context.Context, url string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	res, err := client().Do(req)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), errors.Join(err, res.Body.Close())
}

// One server has the endpoint, the probes, GraphiQL and what the application
// adds, and ends without an error when it is told to.
func TestServer(t *testing.T) {
	t.Parallel()
	r := start(t, graphql.ServerOptions{
		GraphQL:  newShop(t, graphql.Options{}).handler,
		Path:     "/api",
		GraphiQL: &graphql.GraphiQLOptions{},
		Handlers: map[string]http.Handler{"GET /metrics": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "up 1")
		})},
		Checks: []graphql.Check{{Name: "database", Probe: func(context.Context) error { return nil }}},
	})
	for path, want := range map[string]string{
		"/api?query=%7B__typename%7D": `{"data":{"__typename":"Query"}}`,
		"/health/live":                `{"status":"ok"}` + "\n",
		"/health/ready":               `{"status":"ok","checks":{"database":"ok"}}` + "\n",
		"/metrics":                    "up 1",
	} {
		status, body := get(t, r.url+path)
		require.Equal(t, 200, status, path)
		require.Equal(t, want, body)
	}
	status, body := get(t, r.url+"/") // follows the redirect
	require.Equal(t, 200, status)
	require.Contains(t, body, `"endpoint":"/api"`)
	status, _ = get(t, r.url+"/nothing")
	require.Equal(t, 404, status)

	r.stop()
	require.NoError(t, <-r.served)
}

// A request under way when the server is told to stop gets its answer; the
// server is not ready meanwhile and takes no new connections.
func TestGracefulShutdown(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	entered, release := make(chan struct{}), make(chan struct{})
	s.Fail = func(ctx context.Context) error {
		close(entered)
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r := start(t, graphql.ServerOptions{GraphQL: s.handler})
	answer := make(chan string, 1)
	go func() {
		_, body, err := tryGet(t.Context(), r.url+"/graphql?query=%7Bfail%7D")
		if err != nil {
			body = err.Error()
		}
		answer <- body
	}()
	<-entered
	r.stop()
	require.Eventually(t, func() bool {
		_, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
		return err != nil
	}, 5*time.Second, time.Millisecond)
	require.Equal(t, 503, fetch(t, r.Handler(), http.MethodGet, "/health/ready").Code)
	require.Equal(t, 200, fetch(t, r.Handler(), http.MethodGet, "/health/live").Code)
	select {
	case err := <-r.served:
		t.Fatalf("stopped with a request under way: %v", err)
	default:
	}
	close(release)
	require.JSONEq(t, `{"data":{"fail":null}}`, <-answer)
	require.NoError(t, <-r.served)
}

// During DrainDelay the server still answers, but is not ready.
func TestDrainDelay(t *testing.T) {
	t.Parallel()
	r := start(t, graphql.ServerOptions{GraphQL: newShop(t, graphql.Options{}).handler, DrainDelay: time.Second})
	r.stop()
	require.Eventually(t, func() bool {
		return fetch(t, r.Handler(), http.MethodGet, "/health/ready").Code == 503
	}, 5*time.Second, time.Millisecond)
	status, _ := get(t, r.url+"/health/ready")
	require.Equal(t, 503, status)
	require.NoError(t, <-r.served)
}

// A request that does not end is cut off after ShutdownTimeout, and its
// context is done.
func TestShutdownTimeout(t *testing.T) {
	t.Parallel()
	s := newShop(t, graphql.Options{})
	entered, left := make(chan struct{}), make(chan struct{})
	s.Fail = func(ctx context.Context) error {
		close(entered)
		defer close(left)
		<-ctx.Done()
		return ctx.Err()
	}
	r := start(t, graphql.ServerOptions{GraphQL: s.handler, ShutdownTimeout: 20 * time.Millisecond})
	failed := make(chan error, 1)
	go func() {
		_, _, err := tryGet(t.Context(), r.url+"/graphql?query=%7Bfail%7D")
		failed <- err
	}()
	<-entered
	r.stop()
	require.ErrorIs(t, <-r.served, context.DeadlineExceeded)
	<-left
	require.Error(t, <-failed)
}

// A taken port is told apart, and the message says what to do.
func TestAddressInUse(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	server, err := graphql.NewServer(graphql.ServerOptions{
		Address: listener.Addr().String(), GraphQL: http.NotFoundHandler(),
	})
	require.NoError(t, err)
	err = server.Serve(t.Context())
	var inUse *graphql.AddressInUseError
	require.ErrorAs(t, err, &inUse)
	require.Equal(t, listener.Addr().String(), inUse.Address)
	require.ErrorContains(t, err, "choose another port")

	server, err = graphql.NewServer(graphql.ServerOptions{Address: "nowhere", GraphQL: http.NotFoundHandler()})
	require.NoError(t, err)
	err = server.Serve(t.Context())
	require.ErrorContains(t, err, "cannot listen on nowhere")
	require.NotErrorAs(t, err, new(*graphql.AddressInUseError))
}

// A client that never ends its header, or that sends an endless one, is let go.
func TestSlowAndLargeHeaders(t *testing.T) {
	t.Parallel()
	r := start(t, graphql.ServerOptions{
		GraphQL: newShop(t, graphql.Options{}).handler, ReadHeaderTimeout: 20 * time.Millisecond, MaxHeaderBytes: 4096,
	})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "GET /graphql HTTP/1.1\r\nHost: x\r\n")
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = bufio.NewReader(conn).ReadByte()
	require.ErrorIs(t, err, io.EOF)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/graphql", nil)
	require.NoError(t, err)
	req.Header.Set("X-Large", strings.Repeat("x", 16_000))
	res, err := client().Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
}

func TestNewServerErrors(t *testing.T) {
	t.Parallel()
	ok := http.NotFoundHandler()
	for want, opts := range map[string]graphql.ServerOptions{
		"GraphQL is nil":       {},
		"check 0":              {GraphQL: ok, Checks: []graphql.Check{{}}},
		"GraphiQLOptions.Path": {GraphQL: ok, GraphiQL: &graphql.GraphiQLOptions{Path: "x"}},
		"cannot mount":         {GraphQL: ok, Handlers: map[string]http.Handler{"/graphql": ok}},
	} {
		_, err := graphql.NewServer(opts)
		require.ErrorContains(t, err, want)
	}
}
