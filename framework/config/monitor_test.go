package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: J02.
func TestMonitor(t *testing.T) {
	t.Parallel()
	cfg, err := loadYAML(t, "database:\n  url: sqlite:///app.db\n")
	require.NoError(t, err)
	require.Equal(t, config.Monitor{Enabled: true, SlowQuery: time.Second, SlowAcquisition: 100 * time.Millisecond, Repeats: 10}, cfg.Monitor)

	secret := strings.Repeat("s3cret", 6)
	cfg, err = loadYAML(t, "database:\n  url: sqlite:///app.db\nmonitor:\n  enabled: false\n  slow_query: 0.25\n  slow_acquisition: -1\n  repeats: 0\n  secret: ${MONITOR_SECRET}\n", "MONITOR_SECRET="+secret)
	require.NoError(t, err)
	require.Equal(t, config.Monitor{SlowQuery: 250 * time.Millisecond, SlowAcquisition: config.Forever, Repeats: config.Unlimited, Secret: config.Secret(secret)}, cfg.Monitor)
	require.Equal(t, config.Setting{Key: "monitor.secret", Value: "[redacted]", Source: "MONITOR_SECRET in the environment"}, setting(t, cfg, "monitor.secret"))
	require.Equal(t, "never", setting(t, cfg, "monitor.slow_acquisition").Value)

	_, err = loadYAML(t, "database:\n  url: sqlite:///app.db\nmonitor:\n  slow_query: soon\n  secret: short\n  repeat: 3\n")
	require.Len(t, problems(t, err), 3)
	require.NotContains(t, err.Error(), "short\"")
}
