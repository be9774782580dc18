package config_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

const sqliteOnly = "DATABASE_URL=sqlite:///a.db"

func TestServerDefaults(t *testing.T) {
	t.Parallel()
	want := config.Server{
		Address: "127.0.0.1:8080", RequestTimeout: 10 * time.Second, ShutdownTimeout: 15 * time.Second,
		MaxBodyBytes: 1 << 20, Playground: true, Introspection: true, LogFormat: "auto", LogLevel: slog.LevelInfo,
	}
	require.Equal(t, want, mustLoad(t, nil, sqliteOnly).Server)
	want.Playground, want.Introspection = false, false
	for _, name := range []string{"testing", "production", "staging"} {
		require.Equal(t, want, mustLoad(t, nil, sqliteOnly, "APP_ENV="+name).Server)
	}
}

func TestServerKeys(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 32)
	cfg, err := loadYAML(t, `
server:
  address: ":9000"
  request_timeout: 2m
  shutdown_timeout: 3
  max_body_bytes: 1024
  playground: false
  introspection: false
  secret: ${KEY}
  log_format: JSON
  log_level: debug
`, sqliteOnly, "KEY="+key)
	require.NoError(t, err)
	require.Equal(t, config.Server{
		Address: ":9000", RequestTimeout: 2 * time.Minute, ShutdownTimeout: 3 * time.Second, MaxBodyBytes: 1024,
		Secret: config.Secret(key), LogFormat: "json", LogLevel: slog.LevelDebug,
	}, cfg.Server)
	cfg, err = loadYAML(t, "server: {playground: true, introspection: yes}", sqliteOnly, "APP_ENV=production")
	require.NoError(t, err)
	require.True(t, cfg.Server.Playground && cfg.Server.Introspection)
}

func TestServerAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ yaml, environ, want, source string }{
		{"", "", "127.0.0.1:8080", "default"},
		{"address: 0.0.0.0:80", "", "0.0.0.0:80", "config/orm.yaml:1"},
		{"address: '[::1]:80'", "", "[::1]:80", "config/orm.yaml:1"},
		{"", "PORT=9000", "127.0.0.1:9000", "PORT in the environment"},
		{"address: ':80'", "PORT=9000", ":9000", "PORT in the environment"},
		{"address: ':80'", "FRAMEFOX_ADDR=h:0", "h:0", "FRAMEFOX_ADDR in the environment"},
	} {
		cfg, err := loadYAML(t, "server: {"+test.yaml+"}", sqliteOnly, test.environ)
		require.NoError(t, err)
		require.Equal(t, config.Setting{Key: "server.address", Value: test.want, Source: test.source}, setting(t, cfg, "server.address"))
	}
	cfg := mustLoad(t, nil, sqliteOnly, "PORT=1", "FRAMEFOX_ADDR=:2")
	require.Equal(t, ":2", cfg.Server.Address)
	for environ, want := range map[string]string{
		"PORT=http":             "config: PORT: is not a number",
		"PORT=65536":            "config: PORT: is not a number",
		"PORT=1:2":              "config: PORT: is not a number",
		"FRAMEFOX_ADDR=x":       "config: FRAMEFOX_ADDR: is not an address host:port",
		"FRAMEFOX_ADDR=a b:80":  "config: FRAMEFOX_ADDR: is not an address host:port",
		"FRAMEFOX_ADDR=/run:80": "config: FRAMEFOX_ADDR: is not an address host:port",
	} {
		_, err := load(t, nil, sqliteOnly, environ)
		require.ErrorContains(t, err, want)
	}
	_, err := loadYAML(t, "server:\n  address: nowhere", sqliteOnly)
	require.ErrorContains(t, err, `config/orm.yaml:2: server.address: "nowhere" is not an address`)
}

// Covers: A21.
func TestServerSecret(t *testing.T) {
	t.Parallel()
	long, short := strings.Repeat("L", 32), strings.Repeat("S", 31)
	cfg, err := loadYAML(t, "server: {secret: '${OTHER:-}'}", sqliteOnly, "APP_SECRET="+long, "OTHER="+short)
	require.NoError(t, err)
	require.Equal(t, long, cfg.Server.Secret.Reveal())
	require.Equal(t, config.Setting{Key: "server.secret", Value: "[redacted]", Source: "APP_SECRET in the environment"}, setting(t, cfg, "server.secret"))
	for _, environ := range []string{"APP_SECRET=" + short, "OTHER=" + short} {
		_, err = loadYAML(t, "server: {secret: '${OTHER:-}'}", sqliteOnly, environ)
		require.ErrorContains(t, err, "is shorter than 32 bytes; make one with: openssl rand -hex 32")
		require.NotContains(t, err.Error(), short)
	}
}

func TestServerMistakes(t *testing.T) {
	t.Parallel()
	for key, values := range map[string][]string{
		"request_timeout":  {"0", "-1", "soon"},
		"shutdown_timeout": {"0"},
		"max_body_bytes":   {"0", "-1", "1MB", "1073741825"},
		"playground":       {"perhaps"},
		"introspection":    {"3"},
		"log_format":       {"xml"},
		"log_level":        {"loud", "info+2"},
	} {
		for _, value := range values {
			_, err := loadYAML(t, "server:\n  "+key+": "+value, sqliteOnly)
			require.ErrorContains(t, err, "config/orm.yaml:2: server."+key+": ", value)
		}
	}
}
