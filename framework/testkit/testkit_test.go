package testkit_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// Covers: A42.
func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		t.Run("again", func(t *testing.T) {
			t.Parallel()
			testkit.Each(t, func(t *testing.T, db *database.DB) {
				_, err := db.SQL().ExecContext(t.Context(), `CREATE TABLE only_here (n int)`)
				require.NoError(t, err)
			})
		})
	}
}

func TestDatabasesAreDropped(t *testing.T) {
	for _, engine := range testkit.Engines() {
		var last *database.DB
		t.Run(string(engine), func(t *testing.T) { last = testkit.Open(t, engine) })
		if last == nil {
			continue // not to be had
		}
		require.Error(t, last.Ping(t.Context()))
	}
}

// TestChild is what the next test runs in a process of its own.
//

func TestChild(t *testing.T) {
	if os.Getenv("TESTKIT_CHILD") == "" {
		t.Skip("only as a child")
	}
	testkit.Open(t, testkit.Postgres)
}

func TestMissingEngineIsLoud(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  string
		fail bool
	}{{"FRAMEFOX_REQUIRE_ENGINES=0", false}, {"FRAMEFOX_REQUIRE_ENGINES=1", true}, {"CI=true", true}} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v")
		cmd.Env = append(withoutSwitches(), "TESTKIT_CHILD=1", "FRAMEFOX_TEST_POSTGRES=postgres://ann:s3cr3t@127.0.0.1:1/x", c.env)
		output, err := cmd.CombinedOutput()
		require.Equal(t, c.fail, err != nil, "%s", output)
		require.Contains(t, string(output), "postgres: NOT RUN: FRAMEFOX_TEST_POSTGRES: ")
		require.NotContains(t, string(output), "s3cr3t")
	}
}

func withoutSwitches() []string {
	var env []string
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "CI=") && !strings.HasPrefix(line, "FRAMEFOX_") {
			env = append(env, line)
		}
	}
	return env
}
