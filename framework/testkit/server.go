package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// probeTimeout bounds the look at a server that may not be there.
const probeTimeout = 5 * time.Second

// server finds one server, once for the test binary.
type server struct {
	dialect  config.Dialect
	variable string
	defaults func() []string // URLs to try
	start    func() (*process, error)

	once      sync.Once
	url       config.URL
	err       error
	process   *process // nil unless the kit started it
	announced sync.Once
}

// servers are shared by all tests of the test binary, as the servers themselves are.
//
//nolint:gochecknoglobals // a test binary has no other place to keep what its tests share
var servers = map[config.Dialect]*server{
	config.Postgres: {dialect: config.Postgres, variable: "FRAMEFOX_TEST_POSTGRES", defaults: postgresDefaults, start: startPostgres},
	config.MySQL:    {dialect: config.MySQL, variable: "FRAMEFOX_TEST_MYSQL", defaults: mysqlDefaults, start: startMySQL},
}

// Main runs the tests, stops the servers that the kit started, and ends the
// process. Call it from TestMain.
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for a TestMain that has more to do: it returns the exit code.
func Run(m interface{ Run() int }) int {
	code := m.Run()
	for _, s := range servers {
		if err := s.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "testkit:", err)
		}
	}
	return code
}

// serverOf returns the URL of the engine's server.
func serverOf(engine Engine) (config.URL, error) {
	dialect := config.MySQL
	if engine != MySQL {
		dialect = config.Postgres
	}
	s := servers[dialect]
	s.once.Do(s.find)
	url := s.url
	if engine == PostgresPQ {
		url.Driver = "pq"
	}
	return url, s.err
}

func (s *server) find() {
	if raw := os.Getenv(s.variable); raw != "" {
		if s.url, s.err = probe(raw); s.err != nil {
			s.err = fmt.Errorf("%s: %w", s.variable, s.err)
			return
		}
		s.err = sweep(s.url)
		return
	}
	var tried []error
	for _, raw := range s.defaults() {
		url, err := probe(raw)
		if err == nil {
			s.url, s.err = url, sweep(url)
			return
		}
		tried = append(tried, err)
	}
	p, err := s.start()
	if err != nil {
		s.err = errors.Join(append(tried, err, fmt.Errorf("set %s to the URL of a server", s.variable))...)
		return
	}
	s.process = p
	s.url, s.err = p.url, nil
}

func (s *server) stop() error {
	if s.process == nil {
		return nil
	}
	return s.process.stop()
}

// probe connects to the server of a URL.
func probe(raw string) (config.URL, error) {
	url, err := config.ParseURL(raw, "")
	if err != nil {
		return config.URL{}, err
	}
	url.Database = "framefox_probe" // any name will do
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	_, err = database.Exists(ctx, config.Database{URL: url})
	return url, err
}

func postgresDefaults() []string {
	names := []string{"postgres"}
	if current, err := user.Current(); err == nil && current.Username != "postgres" {
		names = append([]string{current.Username}, names...)
	}
	for i, name := range names {
		names[i] = "postgres://" + name + "@127.0.0.1:5432/postgres?sslmode=disable"
	}
	return names
}

func mysqlDefaults() []string { return []string{"mysql://root@127.0.0.1:3306/mysql"} }

// missing skips the test, or fails it where engines are required.
func missing(tb testing.TB, engine Engine, err error) {
	tb.Helper()
	text := fmt.Sprintf("%s: NOT RUN: %s", engine, strings.ReplaceAll(err.Error(), "\n", "; "))
	if required() {
		tb.Fatal(text)
	}
	dialect := config.MySQL
	if engine != MySQL {
		dialect = config.Postgres
	}
	servers[dialect].announced.Do(func() { fmt.Fprintln(os.Stderr, "testkit:", text) })
	tb.Skip(text)
}

func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("FRAMEFOX_REQUIRE_ENGINES") == "1"
}
