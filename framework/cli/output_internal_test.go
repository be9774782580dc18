package cli

import (
	"bytes"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
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

// A script that reads the result learns that it is not all there.
//
// Covers: G58.
func TestUnprinted(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	app := App{Commands: []func(*Env) *cobra.Command{func(env *Env) *cobra.Command {
		return &cobra.Command{Use: "tell", Run: func(*cobra.Command, []string) { env.Print("20260101000001") }}
	}}}
	require.Equal(t, exitFailure, Run(t.Context(), app, []string{"tell"}, nil, failing{}, &errs))
	require.Equal(t, "[x] cannot print the result: no space left on device\n", errs.String())
}

// failing is a full disk.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

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
