package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// On a terminal the lines carry marks, elsewhere they are ASCII.
//
// Covers: G05.
func TestMarks(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	env := newEnv(App{}, nil, &out, &out)
	env.Done("Database '%s' created successfully", "app.db")
	env.outStyle = style{terminal: true, rich: true}
	env.Done("Database '%s' created successfully", "app.db")
	require.Equal(t, "[ok] Database 'app.db' created successfully\n\x1b[32m✓\x1b[0m Database 'app.db' created successfully\n", out.String())

	out.Reset()
	env.json = true
	env.Done("nothing")
	require.Empty(t, out.String())
}

// A command of a group can be written with a colon, also after flags.
//
// Covers: G01.
func TestSplitColon(t *testing.T) {
	t.Parallel()
	root := newRoot(newEnv(App{}, nil, nil, nil))
	for given, want := range map[string]string{
		"database:create":               "database create",
		"--env testing db:status":       "--env testing db status",
		"--json database:status --x":    "--json database status --x",
		"--env=a:b database:create":     "--env=a:b database create",
		"--env database:create status":  "--env database:create status",
		"-- database:create":            "-- database:create",
		"database create-migration a:b": "database create-migration a:b",
		"version:x":                     "version:x",
	} {
		require.Equal(t, want, strings.Join(splitColon(root, strings.Fields(given)), " "))
	}
}
