package database_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A connection that is cut while COMMIT is under way leaves the outcome open,
// whichever way the cut goes: nobody is told that it failed, and nothing is tried
// a second time. Cut before, it is a failure that may be tried again.
//
// Covers: F50, F05.
func TestCutCommit(t *testing.T) {
	t.Parallel()
	for _, engine := range []testkit.Engine{testkit.Postgres, testkit.PostgresPQ, testkit.MySQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			cfg := testkit.Create(t, engine)
			if cfg.URL.Socket() {
				t.Skip("the server is not reached by TCP")
			}
			direct, err := database.Open(t.Context(), cfg)
			require.NoError(t, err)
			defer func() { require.NoError(t, direct.Close()) }()
			notesTable(t, direct)
			for _, c := range []struct {
				name, at string
				toxic    string
				kept     int
				unknown  bool
			}{
				{"the answer is lost", "COMMIT", `{"type": "timeout", "stream": "downstream", "attributes": {"timeout": 200}}`, 1, true},
				{"the request is lost", "COMMIT", `{"type": "timeout", "stream": "upstream", "attributes": {"timeout": 200}}`, 0, true},
				{"the connection is reset", "COMMIT", `{"type": "reset_peer", "stream": "upstream", "attributes": {"timeout": 0}}`, 0, true},
				{"a statement is lost", "INSERT", `{"type": "timeout", "stream": "upstream", "attributes": {"timeout": 200}}`, 1, false},
			} {
				exec(t, direct, `DELETE FROM notes`)
				proxy := startProxy(t, cfg)
				through := cfg
				through.URL.Host, through.URL.Port = proxy.address(t)
				cut := false
				db, err := database.Open(t.Context(), through, database.WithInterceptor(func(_ context.Context, query string, run func() error) error {
					if strings.HasPrefix(query, c.at) && !cut {
						cut = true
						proxy.add(t, c.toxic)
						defer proxy.remove(t) //nolint:contextcheck // that of the test
					}
					return run()
				}))
				require.NoError(t, err)
				tries := 0
				err = db.Transact(t.Context(), func(ctx context.Context) error {
					tries++
					return addNote(ctx, db, 1)
				}, database.Retrying(database.RetryPolicy{}))
				if c.unknown {
					require.ErrorIs(t, err, database.ErrOutcomeUnknown, c.name)
					require.False(t, database.Retryable(err))
					require.Equal(t, 1, tries, c.name)
				} else {
					require.NoError(t, err, c.name)
					require.Equal(t, 2, tries, c.name)
				}
				require.NoError(t, db.Close())
				proxy.stop()
				require.Equal(t, c.kept, notes(t, direct), c.name)
			}
		})
	}
}

// A COMMIT into a network that swallows everything ends with its context.
//
// Covers: F63.
func TestCommitIntoABlackHole(t *testing.T) {
	t.Parallel()
	cfg := testkit.Create(t, testkit.Postgres)
	if cfg.URL.Socket() {
		t.Skip("the server is not reached by TCP")
	}
	proxy := startProxy(t, cfg)
	cfg.URL.Host, cfg.URL.Port = proxy.address(t)
	db, err := database.Open(t.Context(), cfg, database.WithInterceptor(func(_ context.Context, query string, run func() error) error {
		if query == "COMMIT" {
			proxy.add(t, `{"type": "timeout", "stream": "upstream", "attributes": {"timeout": 0}}`)
		}
		return run()
	}))
	require.NoError(t, err)
	notesTable(t, db)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err = db.Transact(ctx, func(ctx context.Context) error { return addNote(ctx, db, 1) })
	proxy.stop()
	require.NoError(t, db.Close())
	require.ErrorIs(t, err, database.ErrOutcomeUnknown)
}

type proxy struct{ *toxiproxy.Proxy }

func startProxy(t *testing.T, cfg config.Database) proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := proxy{toxiproxy.NewProxy(server, "database", "127.0.0.1:0", net.JoinHostPort(cfg.URL.Host, strconv.Itoa(cfg.URL.Port)))}
	require.NoError(t, p.Start())
	return p
}

func (p proxy) address(t *testing.T) (host string, port int) {
	t.Helper()
	host, text, err := net.SplitHostPort(p.Listen)
	require.NoError(t, err)
	port, err = strconv.Atoi(text)
	require.NoError(t, err)
	return host, port
}

func (p proxy) add(t *testing.T, toxic string) {
	t.Helper()
	_, err := p.Toxics.AddToxicJson(strings.NewReader(`{"name": "cut", ` + toxic[1:]))
	require.NoError(t, err)
}

func (p proxy) remove(t *testing.T) {
	t.Helper()
	require.NoError(t, p.Toxics.RemoveToxic(t.Context(), "cut"))
}

func (p proxy) stop() { p.Stop() }
