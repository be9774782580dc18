package dataset_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// run runs the command on the client's database.
func run(t *testing.T, client *ent.Client, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	closed := false
	cmd := dataset.Command(func(context.Context) (*ent.Client, func() error, error) {
		require.NotNil(t, client, "the database is opened for a wrong command line")
		return client, func() error { closed = true; return nil }, nil
	})
	var out, problems bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader("Package: stdin\nMaintainer: Ann <ann@example.org>\n"))
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err = cmd.ExecuteContext(t.Context())
	if err == nil {
		require.True(t, closed, "the client is closed")
	}
	return out.String(), problems.String(), err
}

func TestCommandFile(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	problems := filepath.Join(t.TempDir(), "skipped.jsonl")
	stdout, stderr, err := run(t, client, "--file", "testdata/odd.txt", "--report", problems)
	require.NoError(t, err)
	require.Contains(t, stdout, "  inserted  unchanged  table\n")
	require.Contains(t, stdout, "       9          0  posts\n")
	require.Contains(t, stdout, "Source: debian. ")
	require.Contains(t, stderr, "13 of 22 packages were skipped:\n  line 20: package good: version 1.0-1 is left out")
	text, err := os.ReadFile(problems)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Len(t, lines, 13)
	require.JSONEq(t, `{"line":25,"name":"nobody","reason":"the field Maintainer is missing"}`, lines[1])

	stdout, _, err = run(t, client, "--file", "testdata/odd.txt", "--json")
	require.NoError(t, err)
	var report struct {
		dataset.Report
		Seconds float64
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, dataset.TableCount{Table: "posts", Unchanged: 9}, report.Table("posts"))
	require.Positive(t, report.Seconds)

	stdout, _, err = run(t, client, "--file", "-")
	require.NoError(t, err)
	require.Contains(t, stdout, "       1          0  posts\n")
}

func TestCommandGenerated(t *testing.T) {
	t.Parallel()
	stdout, stderr, err := run(t, sqlite(t), "--source", "generated", "--scale", "1", "--now", "2026-01-31")
	require.NoError(t, err)
	require.Empty(t, stderr)
	require.Contains(t, stdout, "     500          0  posts\n")
	require.Contains(t, stdout, "Source: generated. ")
}

// Without an index, auto generates data, and says so.
func TestCommandAuto(t *testing.T) {
	fakeApt(t, "")
	stdout, stderr, err := run(t, sqlite(t), "--scale", "1")
	require.NoError(t, err)
	require.Equal(t, "This machine has no package index: generating data instead.\n", stderr)
	require.Contains(t, stdout, "Source: generated. ")

	_, _, err = run(t, nil, "--source", "debian")
	require.ErrorIs(t, err, dataset.ErrNoIndex)

	fakeApt(t, "echo 'Package: apt'; echo 'Maintainer: APT <apt@example.org>'")
	stdout, _, err = run(t, sqlite(t))
	require.NoError(t, err)
	require.Contains(t, stdout, "Source: debian. ")
}

// Flags that make no sense are refused before the database is opened.
func TestCommandFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--source redhat":                       `--source "redhat" is unknown: use auto, debian or generated`,
		"--source generated --file x":           "--file is an index, which --source generated does not read",
		"--source debian --scale 2":             "--scale is for generated data",
		"--file x --seed 2":                     "--seed is for generated data",
		"--source generated --scale 0":          "--scale 0 is not possible: it is from 1 to 10000",
		"--source generated --seed 0":           "--seed 0 is not possible",
		"--source generated --now soon":         `--now "soon" is neither a day such as`,
		"--file testdata/none.txt":              "cannot open the index of --file",
		"--file testdata/odd.txt and more than": "unknown command",
	} {
		_, _, err := run(t, nil, strings.Fields(args)...)
		require.ErrorContains(t, err, want, args)
	}
}

// What cannot be written to is told, and nothing is loaded.
func TestCommandReportFile(t *testing.T) {
	t.Parallel()
	client := sqlite(t)
	stdout, _, err := run(t, client, "--file", "testdata/odd.txt", "--report", t.TempDir())
	require.ErrorContains(t, err, "cannot make the file of --report")
	require.Empty(t, stdout)
	require.Zero(t, client.Post.Query().CountX(t.Context()))
}
