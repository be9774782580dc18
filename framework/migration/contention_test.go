package migration_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// A child gets its database, its folder and what to do from here.
const (
	childURL  = "FRAMEFOX_MIGRATION_CHILD_URL"
	childDir  = "FRAMEFOX_MIGRATION_CHILD_DIR"
	childTask = "FRAMEFOX_MIGRATION_CHILD_TASK" // "upgrade" or "downgrade"
)

// child is a process that migrates.
type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// newChild starts a process that does the task once for each line that it is
// sent, and says what it does.
func newChild(t *testing.T, cfg config.Database, dir *migration.Dir, task string) *child {
	t.Helper()
	c := &child{Cmd: exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")}
	c.Env = append(os.Environ(), childURL+"="+cfg.URL.Reveal(), childDir+"="+dir.Path(), childTask+"="+task)
	var err error
	c.in, err = c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	c.out = bufio.NewScanner(out)
	require.NoError(t, c.Start())
	return c
}

// send asks for one run.
func (c *child) send(t *testing.T) {
	t.Helper()
	_, err := io.WriteString(c.in, "go\n")
	require.NoError(t, err)
}

// line reads the next line that begins with one of the prefixes, "" at the end.
func (c *child) line(prefixes ...string) string {
	for c.out.Scan() {
		for _, prefix := range prefixes {
			if strings.HasPrefix(c.out.Text(), prefix) {
				return c.out.Text()
			}
		}
	}
	return ""
}

// TestChild is what other tests run in a process of its own.
func TestChild(t *testing.T) {
	if os.Getenv(childURL) == "" {
		t.Skip("only as a child")
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { fmt.Println("stopping") })
	url, err := config.ParseURL(os.Getenv(childURL), "")
	require.NoError(t, err)
	db, err := database.Open(ctx, config.Database{URL: url})
	require.NoError(t, err)
	m, err := migration.Open(db, migration.OpenDir(os.Getenv(childDir)), migration.LockTimeout(2*time.Minute))
	require.NoError(t, err)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		steps, err := childRun(ctx, m)
		var versions []string
		for _, step := range steps {
			versions = append(versions, step.Version)
		}
		if err != nil {
			fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Println("done", strings.Join(versions, ","))
	}
}

func childRun(ctx context.Context, m *migration.Migrator) ([]migration.Step, error) {
	begin := func(s migration.Step) { fmt.Println("begin", s.Version) }
	if os.Getenv(childTask) == "downgrade" {
		done, err := m.Downgrade(ctx, migration.DowngradeOptions{Progress: begin})
		return done.Steps, err
	}
	done, err := m.Upgrade(ctx, migration.UpgradeOptions{Progress: begin})
	return done.Steps, err
}

// Eight processes upgrade one database at the same moment, again and again:
// each file is applied by exactly one of them, and none fails.
//
// Covers: G20, G60.
func TestEightProcessesUpgrade(t *testing.T) {
	t.Parallel()
	const processes, rounds = 8, 20
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := three(t)
		m := migrator(t, db, dir)
		children := make([]*child, processes)
		for i := range children {
			children[i] = newChild(t, cfg, dir, "upgrade")
		}
		for range rounds {
			for _, c := range children {
				c.send(t)
			}
			var applied []string
			for _, c := range children {
				line := c.line("done", "error")
				versions, ok := strings.CutPrefix(line, "done ")
				require.True(t, ok, "%s", line)
				if versions != "" {
					applied = append(applied, strings.Split(versions, ",")...)
				}
			}
			slices.Sort(applied)
			require.Equal(t, []string{v1, v2, v3}, applied)
			require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
			_, err := m.Clear(t.Context())
			require.NoError(t, err)
		}
		for _, c := range children {
			require.NoError(t, c.in.Close())
			require.NoError(t, c.Wait())
		}
	})
}
