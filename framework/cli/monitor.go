package cli

import "github.com/spf13/cobra"

// newMonitor is the group of commands that look at what statements cost.
func newMonitor(env *Env) *cobra.Command {
	group := &cobra.Command{
		Use:     "monitor",
		Short:   "See what statements cost, and what would make them cheaper",
		Example: example(env, `monitor explain "SELECT * FROM posts WHERE status = 'live'"`, "monitor indexes --workload slow.json"),
	}
	group.AddCommand(newAnalyze(env, "explain"), newMonitorIndexes(env))
	return group
}
