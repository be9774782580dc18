package cache_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// throwaway is a server that a test starts, and may kill.
type throwaway struct {
	name string
	args func(port, dir string) []string

	port, dir string
	cmd       *exec.Cmd
}

func redisServer() *throwaway {
	return &throwaway{name: "redis-server", args: func(port, dir string) []string {
		return []string{"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"}
	}}
}

func memcachedServer() *throwaway {
	return &throwaway{name: "memcached", args: func(port, _ string) []string {
		return []string{"-l", "127.0.0.1", "-p", port, "-u", "nobody", "-U", "0"}
	}}
}

// start starts the server, on the port that it had before if it had one.
func (s *throwaway) start() error {
	program, err := exec.LookPath(s.name)
	if err != nil {
		return err
	}
	if s.port == "" {
		listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // returns at once
		if err != nil {
			return err
		}
		_, s.port, _ = net.SplitHostPort(listener.Addr().String())
		_ = listener.Close()
		if s.dir, err = os.MkdirTemp("", "framefox-cache-*"); err != nil {
			return err
		}
	}
	s.cmd = exec.Command(program, s.args(s.port, s.dir)...) //nolint:noctx // a server that was looked up
	s.cmd.Dir = s.dir
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 200 {
		if conn, err := net.DialTimeout("tcp", s.address(), time.Second); err == nil { //nolint:noctx // bounded
			return conn.Close()
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // nothing tells when a server is up
	}
	return fmt.Errorf("%s does not answer", s.name)
}

func (s *throwaway) address() string { return "127.0.0.1:" + s.port }

func (s *throwaway) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// stop ends the server and removes the folder that start made.
func (s *throwaway) stop() {
	s.kill()
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// started starts a server for one test.
func started(t *testing.T, s *throwaway) *throwaway {
	t.Helper()
	require.NoError(t, s.start())
	t.Cleanup(s.stop)
	return s
}

// sharedServer is a server that the tests of the package share.
type sharedServer struct {
	once   sync.Once
	server *throwaway
	err    error
}

func (s *sharedServer) address(t *testing.T) string {
	t.Helper()
	s.once.Do(func() {
		s.err = s.server.start()
		if s.err != nil {
			fmt.Fprintf(os.Stderr, "cache: %s: NOT RUN: %v\n", s.server.name, s.err)
		}
	})
	if s.err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(s.err)
		}
		t.Skip(s.err)
	}
	return s.server.address()
}

var (
	redises    = &sharedServer{server: redisServer()}
	memcacheds = &sharedServer{server: memcachedServer()}
)

func stopServers() {
	for _, s := range []*sharedServer{redises, memcacheds} {
		s.server.stop()
	}
}

// redisURL is that of a server that the tests share.
func redisURL(t *testing.T) string {
	t.Helper()
	return "redis://" + redises.address(t) + "/0"
}
