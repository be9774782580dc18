package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// The index of this machine gives the same counts, and the same rows in a nested
// sample, on every dialect. Long: only with FRAMEFOX_LONG=1 or CI.
//
// Covers: L38.
func TestLoadIndex(t *testing.T) {
	if os.Getenv("FRAMEFOX_LONG") == "" && os.Getenv("CI") == "" {
		t.Skip("THE REAL INDEX IS NOT LOADED: set FRAMEFOX_LONG=1")
	}
	results := map[testkit.Engine]string{}
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			index, err := dataset.AptIndex(t.Context())
			if errors.Is(err, dataset.ErrNoIndex) {
				t.Skip("THE REAL INDEX IS NOT LOADED: apt-cache has none; run apt-get update")
			}
			require.NoError(t, err)
			defer func() { require.NoError(t, index.Close()) }()
			client := newClient(t, testkit.Open(t, engine))
			report, err := dataset.Load(t.Context(), client, dataset.Packages(index), dataset.Options{})
			require.NoError(t, err)
			require.Greater(t, report.Read, 1000)
			t.Logf("%d packages in %s, peak memory %s", report.Read, report.Duration, peakMemory())

			ctx := t.Context()
			counts := []int{
				client.User.Query().CountX(ctx), client.UserProfile.Query().CountX(ctx), client.Tag.Query().CountX(ctx),
				client.Post.Query().CountX(ctx), client.PostTag.Query().CountX(ctx),
			}
			for i, table := range []string{"users", "user_profiles", "tags", "posts", "post_tags"} {
				require.Equal(t, report.Table(table).Inserted, counts[i], table)
			}
			require.Equal(t, report.Read-report.Skipped, counts[3])
			results[engine] = fmt.Sprintln(counts, report.Problems) + nestedSample(t, client)
		})
	}
	if want, loaded := results[testkit.SQLite]; loaded {
		for engine, result := range results {
			require.Equal(t, want, result, engine)
		}
	}
}

// nestedSample is some of the maintainers, with their first posts and the tags of those.
func nestedSample(t *testing.T, client *ent.Client) string {
	t.Helper()
	users := client.User.Query().Order(user.ByUsername()).WithProfile().WithPosts(func(q *ent.PostQuery) {
		q.Order(post.BySlug()).WithTags(func(q *ent.TagQuery) { q.Order(tag.ByName()) })
	}).Where(user.EmailHasPrefix("d")).AllX(t.Context())
	require.NotEmpty(t, users)
	var b strings.Builder
	for i, u := range users {
		if i%20 != 0 {
			continue
		}
		fmt.Fprintln(&b, u.Username, u.Email, *u.DisplayName, u.CreatedAt, *u.Edges.Profile.Website, *u.Edges.Profile.Bio)
		for _, p := range u.Edges.Posts[:min(len(u.Edges.Posts), 5)] {
			fmt.Fprintln(&b, " ", p.Slug, *p.Category, p.PublishedAt, *p.Excerpt, *p.Content)
			for _, x := range p.Edges.Tags {
				fmt.Fprintln(&b, "   ", x.Name)
			}
		}
	}
	return b.String()
}

// peakMemory is that of this process, where the system tells.
func peakMemory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown on " + runtime.GOOS
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return string(bytes.TrimSpace(line))
}

// fakeApt puts a program named apt-cache first in the path.
func fakeApt(t *testing.T, script string) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell")
	}
	dir := t.TempDir()
	if script != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "apt-cache"), []byte("#!/bin/sh\n"+script), 0o700))
	}
	t.Setenv("PATH", dir)
}

func TestAptIndex(t *testing.T) {
	tests := map[string]struct {
		script string
		want   string // the index
		err    string // of opening it
		broken string // error of reading it
	}{
		"an index":       {script: "echo \"Package: $1\"", want: "Package: dumpavail\n"},
		"no apt":         {err: "no package index"},
		"nothing":        {script: "exit 0", err: "no package index"},
		"fails":          {script: "echo broken >&2; exit 3", err: "apt-cache failed: exit status 3: broken"},
		"fails half way": {script: "echo Package; echo broken >&2; exit 3", want: "Package\n", broken: "apt-cache failed: exit status 3: broken"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			fakeApt(t, test.script)
			index, err := dataset.AptIndex(t.Context())
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				require.Equal(t, test.err == "no package index", errors.Is(err, dataset.ErrNoIndex))
				return
			}
			require.NoError(t, err)
			text, err := io.ReadAll(index)
			require.Equal(t, test.want, string(text))
			if test.broken != "" {
				require.ErrorContains(t, err, test.broken)
			} else {
				require.NoError(t, err)
			}
			require.NoError(t, index.Close())
		})
	}
}

// The program ends with the context, and the index can be closed at any time.
func TestAptIndexEnds(t *testing.T) {
	fakeApt(t, "echo Package; while :; do echo x; done")
	ctx, cancel := context.WithCancel(t.Context())
	index, err := dataset.AptIndex(ctx)
	require.NoError(t, err)
	cancel()
	_, err = io.Copy(io.Discard, index)
	require.Error(t, err)
	require.NoError(t, index.Close())

	index, err = dataset.AptIndex(t.Context())
	require.NoError(t, err)
	require.NoError(t, index.Close())
}
