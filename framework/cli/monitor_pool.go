package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/monitor"
)

func newMonitorPool(env *Env) *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:     "pool",
		Short:   "Show how the connections of the running server are used",
		Example: example(env, "monitor pool", "monitor pool --json"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return monitorPool(cmd.Context(), env, at) },
	}
	cmd.Flags().StringVar(&at, "url", "", "address of the server; default from the configuration")
	return cmd
}

type poolJSON struct {
	Database string                   `json:"database"`
	Pool     monitor.PoolStats        `json:"pool"`
	Advice   []monitor.Recommendation `json:"advice"`
}

func monitorPool(ctx context.Context, env *Env, at string) error {
	r, err := report(ctx, env, at, 0)
	if err != nil {
		return err
	}
	p := r.Pool
	if env.JSON() {
		return env.PrintJSON(poolJSON{Database: poolTarget(r), Pool: p, Advice: r.Advice})
	}
	limit := "unlimited"
	if p.Max > 0 {
		limit = strconv.Itoa(p.Max) + " (" + strconv.FormatFloat(100*p.Utilisation, 'f', 0, 64) + " % in use)"
	}
	env.Print("Database:     %s (%s)", poolTarget(r), r.Dialect)
	env.Print("Connections:  %d in use, %d idle, limit %s, %d made", p.Active, p.Idle, limit, p.Created)
	env.Print("Acquired:     %d times, %d slowly, %d times in vain", p.Acquired, p.SlowAcquisition, p.Errors)
	env.Print("Waited:       %d times, %s ms in sum", p.Waits, milliseconds(p.WaitTime))
	env.Print("Queries:      %d, %d slow, average of the last 1,000: %s ms", p.Queries, p.Slow, milliseconds(p.Average))
	env.Print("Failures:     %d", p.Failures)
	for _, a := range r.Advice {
		env.Print("Advice:       %s", a.Text)
	}
	return nil
}
