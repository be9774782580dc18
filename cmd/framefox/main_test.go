package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testscript.Main(program{m}, map[string]func(){"framefox": main}) }

// program sweeps up what the tests leave on the servers.
type program struct{ m *testing.M }

func (p program) Run() int { return testkit.Run(p.m) }

// The program as users run it, on each dialect, with the fixtures of the project.
//
// Covers: C28, G52, G53.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir: "testdata/script",
				Setup: func(env *testscript.Env) error {
					url := "sqlite:///app.db"
					if engine != testkit.SQLite {
						url = testkit.Reserve(t, engine).URL.Reveal()
					}
					env.Setenv("DATABASE_URL", url)
					env.Setenv("FRAMEFOX_ENV", config.Development)
					return os.CopyFS(filepath.Join(env.Cd, "seeds"), os.DirFS("../../seeds"))
				},
			})
		})
	}
}
