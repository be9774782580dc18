package config_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: A21.
func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	u, err := config.ParseURL("postgres://u:hunter2@h/d?sslpassword=hunter2", "/")
	require.NoError(t, err)
	require.Equal(t, "hunter2", u.Password.Reveal())
	require.Contains(t, u.Reveal(), "u:hunter2@")
	require.Equal(t, "postgres://u:xxxxx@h:5432/d?sslpassword=xxxxx", u.String())
	values := map[string]any{
		"secret":   config.Secret("hunter2"),
		"url":      u,
		"pointer":  &u,
		"database": config.Database{URL: u},
		"server":   config.Server{Secret: "hunter2"},
		"slice":    []config.Secret{"hunter2"},
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%f", "%10s", "%U", "%c"} {
				printed := fmt.Sprintf(verb, value)
				require.NotContains(t, printed, "hunter2", verb)
				require.NotContains(t, printed, "68756e74657232", verb)
			}
			asJSON, err := json.Marshal(value)
			require.NoError(t, err)
			require.NotContains(t, string(asJSON), "hunter2")
			asYAML, err := yaml.Marshal(value)
			require.NoError(t, err)
			require.NotContains(t, string(asYAML), "hunter2")
			var logged bytes.Buffer
			slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "value", value)
			slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "value", value)
			require.NotContains(t, logged.String(), "hunter2")
		})
	}
	asXML, err := xml.Marshal(config.Secret("hunter2"))
	require.NoError(t, err)
	require.NotContains(t, string(asXML), "hunter2")
	require.Equal(t, "[redacted]", fmt.Sprint(config.Secret("hunter2")))
	require.Empty(t, fmt.Sprint(config.Secret("")))
}
