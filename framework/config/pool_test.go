package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: A06, A24, A25, A27, A31.
func TestPool(t *testing.T) {
	t.Parallel()
	const postgres, file, memory = "url: 'postgres://h/d'", "url: 'sqlite:///a.db'", "url: 'sqlite:///:memory:'"
	server := config.Pool{Size: 20, MaxOverflow: 10, Timeout: 30 * time.Second, Recycle: 30 * time.Minute, PrePing: true}
	sqlite := config.Pool{Size: 8, Timeout: 30 * time.Second, Recycle: config.Forever}
	with := func(p config.Pool, change func(*config.Pool)) config.Pool {
		change(&p)
		return p
	}
	tests := map[string]config.Pool{
		postgres:                  server,
		"url: 'mysql://h/d'":      server,
		file:                      sqlite,
		memory:                    with(sqlite, func(p *config.Pool) { p.Size = 1 }),
		memory + ", pool_size: 5": with(sqlite, func(p *config.Pool) { p.Size = 1 }),
		memory + ", pool_recycle: 5, max_overflow: 3, pool_timeout: 2": {Size: 1, Timeout: 2 * time.Second, Recycle: config.Forever},
		postgres + ", pool_size: 5":                                    with(server, func(p *config.Pool) { p.Size = 5 }),
		postgres + ", pool_size: '${N}'":                               with(server, func(p *config.Pool) { p.Size = 7 }),
		postgres + ", max_overflow: 0":                                 with(server, func(p *config.Pool) { p.MaxOverflow = 0 }),
		postgres + ", max_overflow: -1":                                with(server, func(p *config.Pool) { p.MaxOverflow = config.Unlimited }),
		file + ", max_overflow: 2":                                     with(sqlite, func(p *config.Pool) { p.MaxOverflow = 2 }),
		postgres + ", pool_timeout: 1.5":                               with(server, func(p *config.Pool) { p.Timeout = 1500 * time.Millisecond }),
		postgres + ", pool_timeout: 2m":                                with(server, func(p *config.Pool) { p.Timeout = 2 * time.Minute }),
		postgres + ", pool_recycle: -1":                                with(server, func(p *config.Pool) { p.Recycle = config.Forever }),
		postgres + ", pool_recycle: 60":                                with(server, func(p *config.Pool) { p.Recycle = time.Minute }),
		postgres + ", pool_pre_ping: false":                            with(server, func(p *config.Pool) { p.PrePing = false }),
		file + ", pool_pre_ping: true":                                 with(sqlite, func(p *config.Pool) { p.PrePing = true }),
	}
	for keys, want := range tests {
		t.Run(keys, func(t *testing.T) {
			t.Parallel()
			cfg, err := loadYAML(t, "database: {"+keys+"}", "N=7")
			require.NoError(t, err)
			require.Equal(t, want, cfg.Database.Pool)
			require.Equal(t, want, cfg.Database.Pool.WithDefaults(cfg.Database.URL.Dialect), "what Load settled stays")
			require.Equal(t, cfg.Database, cfg.Database.WithDefaults())
		})
	}
	cfg, err := loadYAML(t, "database: {"+memory+", pool_size: 5}")
	require.NoError(t, err)
	require.Len(t, cfg.Notices, 1)
	require.Equal(t, config.Setting{Key: "database.pool_size", Value: "1", Source: "SQLite in memory"}, setting(t, cfg, "database.pool_size"))
}

// Covers: A06, A24, A25, A27.
func TestPoolWithDefaults(t *testing.T) {
	t.Parallel()
	require.Equal(t, 10, config.Pool{}.WithDefaults(config.Postgres).MaxOverflow)
	require.Zero(t, config.Pool{Size: 3}.WithDefaults(config.Postgres).MaxOverflow)
	require.False(t, config.Pool{Size: 3}.WithDefaults(config.MySQL).PrePing)
	require.Equal(t, 30*time.Second, config.Pool{Size: 3}.WithDefaults(config.SQLite).Timeout)
	memory := config.Database{URL: config.URL{Dialect: config.SQLite, Memory: true}, Pool: config.Pool{Size: 9, MaxOverflow: config.Unlimited, Recycle: time.Second}}
	require.Equal(t, config.Pool{Size: 1, Timeout: 30 * time.Second, Recycle: config.Forever}, memory.WithDefaults().Pool)
}

// Covers: A24, A25, A27.
func TestPoolMistakes(t *testing.T) {
	t.Parallel()
	for key, values := range map[string][]string{
		"pool_size":     {"0", "-1", "x", "1.5", "10001", "''", "[1]", "{a: 1}"},
		"max_overflow":  {"-2", "x", "10001"},
		"pool_timeout":  {"0", "-1", "-1s", "x", ".inf", ".nan", "inf", "NaN", "1e300", "1000h"},
		"pool_recycle":  {"0", "-2", "x"},
		"pool_pre_ping": {"x", "2"},
	} {
		for _, value := range values {
			_, err := loadYAML(t, "database:\n  driver: sqlite\n  "+key+": "+value)
			require.ErrorContains(t, err, "config: config/orm.yaml:3: database."+key+": ", "%s", value)
		}
	}
}
