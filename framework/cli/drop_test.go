package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/cli"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

// On PostgreSQL the sessions of others would keep the database: they are counted,
// said and ended.
//
// Covers: G10.
func TestDropEndsSessions(t *testing.T) {
	cfg := testkit.Create(t, testkit.Postgres)
	t.Setenv("DATABASE_URL", cfg.URL.Reveal())
	t.Setenv("FRAMEFOX_ENV", config.Development)
	other, err := database.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { _ = other.Close() }() // its connection is broken by then
	conn, err := other.SQL().Conn(t.Context())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	drop := func(flags ...string) string {
		var out, messages bytes.Buffer
		code := cli.Run(t.Context(), cli.App{}, append([]string{"database", "drop"}, flags...), strings.NewReader(""), &out, &messages)
		require.Zero(t, code, messages.String())
		return out.String()
	}
	require.Contains(t, drop("--dry-run"), "Would end 1 other session\n")
	require.NoError(t, conn.PingContext(t.Context()))
	require.Contains(t, drop("--force"), "[ok] 1 other session ended\n")
	require.Error(t, conn.PingContext(t.Context()))
	there, err := database.Exists(t.Context(), cfg)
	require.NoError(t, err)
	require.False(t, there)
}
