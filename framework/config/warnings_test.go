package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

const secret = "APP_SECRET=0123456789abcdef0123456789abcdef"

// Covers: A12.
func TestWarnsOfPlainConnections(t *testing.T) {
	t.Parallel()
	plain := []string{
		"postgres://u:hunter2@db/d", "postgres://db/d?sslmode=disable", "postgres://db/d?sslmode=prefer",
		"mysql://db/d", "mysql://db/d?tls=false", "mysql://db/d?tls=preferred", "postgres://10.0.0.1/d",
	}
	fine := []string{
		"postgres://db/d?sslmode=require", "postgres://db/d?sslmode=verify-full", "mysql://db/d?tls=true", "mysql://db/d?tls-ca=ca.pem",
		"postgres://localhost/d", "mysql://127.0.0.1/d", "postgres://[::1]/d", "postgres:///d?host=/run/pg", "sqlite:///a.db",
	}
	for _, raw := range plain {
		cfg := mustLoad(t, nil, "DATABASE_URL="+raw, "APP_ENV=production", secret)
		require.Len(t, cfg.Warnings(), 1, raw)
		require.Contains(t, cfg.Warnings()[0], "is not encrypted", raw)
		require.NotContains(t, cfg.Warnings()[0], "hunter2")
		require.Empty(t, mustLoad(t, nil, "DATABASE_URL="+raw, secret).Warnings(), "development")
	}
	for _, raw := range fine {
		require.Empty(t, mustLoad(t, nil, "DATABASE_URL="+raw, "APP_ENV=production", secret).Warnings(), raw)
	}
}

func TestWarnsOfUnwiseProduction(t *testing.T) {
	t.Parallel()
	cfg, err := loadYAML(t, "server: {playground: true, introspection: true}", "DATABASE_URL=sqlite://", "APP_ENV=prod")
	require.NoError(t, err)
	all := strings.Join(cfg.Warnings(), "\n")
	for _, text := range []string{"SQLite in memory", "APP_SECRET is not set", "playground", "introspection"} {
		require.Contains(t, all, text)
	}
	require.Len(t, cfg.Warnings(), 4)
}

// Covers: A21.
func TestSecretsInTheFile(t *testing.T) {
	t.Parallel()
	for yaml, literal := range map[string]bool{
		"database: {driver: mysql, database: d, password: hunter2}":                         true,
		"database: {driver: mysql, database: d, password: 'hun${X}'}":                       true,
		"database: {driver: mysql, database: d, password: '${NONE:-hunter2}'}":              true,
		"database: {driver: mysql, database: d, password: '${X}'}":                          false,
		"database: {driver: mysql, database: d, password: '${X:-hunter2}'}":                 false,
		"database: {url: 'mysql://u:hunter2@h/d?tls=true'}":                                 true,
		"database: {url: '${NONE:-mysql://u:hunter2@h/d?tls=true}'}":                        true,
		"database: {url: 'mysql://${X}:hunter2@${X}/d?tls=true'}":                           true,
		"database: {url: 'mysql://u:${X}@h/d?tls=true'}":                                    false,
		"database: {url: 'mysql://u@h/d?tls=true'}":                                         false,
		"database: {driver: sqlite}\nserver: {secret: hunter2hunter2hunter2hunter2hunter2}": true,
	} {
		cfg, err := loadYAML(t, yaml, "X=x")
		require.NoError(t, err, yaml)
		require.Equal(t, literal, len(cfg.Warnings()) == 1, yaml)
		require.NotContains(t, fmt.Sprint(cfg.Warnings()), "hunter2")

		_, err = loadYAML(t, yaml, "X=x", "APP_ENV=production")
		if !literal {
			require.NoError(t, err, yaml)
			continue
		}
		require.ErrorContains(t, err, "holds a secret in the file itself", yaml)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// Covers: A16, A21.
func TestDescribeShowsNoSecret(t *testing.T) {
	t.Parallel()
	cfg, err := loadYAML(t, detailed+"\n  pool_size: ${SIZE:-4}\n", "DATABASE_PASSWORD=hunter2", "SIZE=6", "APP_SECRET="+strings.Repeat("hunter2", 5))
	require.NoError(t, err)
	for _, printed := range []string{fmt.Sprint(cfg.Describe()), fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg), fmt.Sprintf("%+v", *cfg)} {
		require.NotContains(t, printed, "hunter2")
	}
	require.Equal(t, config.Setting{Key: "database.url", Value: "postgres://framefox:xxxxx@localhost:5432/framefoxdb?sslmode=require", Source: "detailed keys in config/orm.yaml"}, setting(t, cfg, "database.url"))
	require.Equal(t, config.Setting{Key: "database.pool_size", Value: "6", Source: "config/orm.yaml:12 (SIZE in the environment)"}, setting(t, cfg, "database.pool_size"))
	require.Equal(t, config.Setting{Key: "database.max_overflow", Value: "10", Source: "default"}, setting(t, cfg, "database.max_overflow"))
	require.Equal(t, config.Setting{Key: "database.target", Value: "localhost:5432/framefoxdb", Source: "detailed keys in config/orm.yaml"}, setting(t, cfg, "database.target"))
}
