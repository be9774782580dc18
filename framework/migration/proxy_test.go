package migration_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// proxy stands between a migrator and its server and cuts the line when it is
// told to: right after it has passed on what the migrator sent. So the server
// does what it was asked and nobody hears of it, as when the migrator is killed.
type proxy struct {
	target   string
	listener net.Listener
	left     atomic.Int64 // messages until the cut; negative: none
}

// newProxy returns a proxy and the configuration that leads through it.
func newProxy(t *testing.T, cfg config.Database) (*proxy, config.Database) {
	t.Helper()
	if cfg.URL.Socket() {
		t.Skip("the server is not reached by TCP")
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	p := &proxy{listener: listener, target: net.JoinHostPort(cfg.URL.Host, strconv.Itoa(cfg.URL.Port))}
	p.left.Store(-1)
	go p.serve(t.Context())
	cfg.URL.Host, cfg.URL.Port = "127.0.0.1", listener.Addr().(*net.TCPAddr).Port
	return p, cfg
}

// cutAfter makes the proxy cut the line after n further messages that do
// something.
func (p *proxy) cutAfter(n int) { p.left.Store(int64(n)) }

func (p *proxy) serve(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() {
			_, _ = io.Copy(client, server)
			_ = client.Close()
		}()
		go p.pass(client, server)
	}
}

func (p *proxy) pass(client, server net.Conn) {
	defer func() { _, _ = client.Close(), server.Close() }()
	buffer := make([]byte, 1<<20)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		cut := acts(buffer[:n]) && p.left.Load() >= 0 && p.left.Add(-1) == 0
		if cut {
			_ = client.Close() // before the answer can come
		}
		if _, err := server.Write(buffer[:n]); err != nil || cut {
			return
		}
	}
}

// acts reports whether a message may change anything: looking into the catalog
// does not.
func acts(message []byte) bool {
	for _, look := range []string{"information_schema", "pg_catalog", "SHOW CREATE"} {
		if bytes.Contains(message, []byte(look)) {
			return false
		}
	}
	return true
}
