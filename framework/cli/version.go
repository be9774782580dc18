package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program",
		Example: example(env, "version", "version --json"),
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if env.JSON() {
				return env.PrintJSON(struct {
					Name    string `json:"name"`
					Version string `json:"version"`
					Go      string `json:"go"`
				}{env.app.Name, env.app.Version, runtime.Version()})
			}
			env.Print("%s %s (%s)", env.app.Name, env.app.Version, runtime.Version())
			return nil
		},
	}
}

// buildVersion is the version of the main module, or the commit it was built
// from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return "devel-" + setting.Value[:min(12, len(setting.Value))]
		}
	}
	return "devel"
}
