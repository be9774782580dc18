package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// The files that the repository ships as its documentation are valid, and the
// application runs with nothing set.
//
// Covers: A01, A13, X37.
func TestReferenceFiles(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		require.NoError(t, err)
		return string(content)
	}
	orm, env := read("config/orm.yaml"), read(".env.example")

	cfg := mustLoad(t, files{"config/orm.yaml": orm})
	require.Equal(t, filepath.Join(cfg.Root, "app.db"), cfg.Database.URL.Database)
	require.Empty(t, cfg.Notices)
	require.Empty(t, cfg.Warnings())

	cfg = mustLoad(t, files{".env": env})
	require.Equal(t, filepath.Join(cfg.Root, "app.db"), cfg.Database.URL.Database)
	require.Equal(t, config.Development, cfg.Environment)

	// Every commented example works once its # is gone.
	keys := regexp.MustCompile(`(?m)^( +)# ( *[a-z_]+:( |$))`)
	cfg = mustLoad(t, files{"config/orm.yaml": keys.ReplaceAllString(orm, "$1$2")}, "DATABASE_PASSWORD=x")
	require.Equal(t, 20, cfg.Database.Pool.Size)
	require.Equal(t, config.Server{
		Address: "127.0.0.1:8080", RequestTimeout: cfg.Server.RequestTimeout, ShutdownTimeout: cfg.Server.ShutdownTimeout,
		MaxBodyBytes: 1 << 20, Playground: true, Introspection: true, LogFormat: "auto",
	}, cfg.Server)
	for _, raw := range regexp.MustCompile(`DATABASE_URL=(\S+)`).FindAllStringSubmatch(env, -1) {
		_, err := config.ParseURL(raw[1], "/")
		require.NoError(t, err, raw[1])
	}
}
