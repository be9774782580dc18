package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newConfig(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Print the configuration and where each setting comes from",
		Long: "Print the configuration as it is in effect, without secrets, and for each\n" +
			"setting the source that won: the environment, a .env file, config/orm.yaml\n" +
			"or the default.",
		Example: example(env, "config", "config --env production --json"),
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return printConfig(env) },
	}
}

func printConfig(env *Env) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	for _, warning := range cfg.Warnings() {
		env.Warn("%s", warning)
	}
	if env.JSON() {
		type setting struct {
			Key    string `json:"key"`
			Value  string `json:"value"`
			Source string `json:"source,omitempty"`
		}
		list := []setting{}
		for _, s := range cfg.Describe() {
			list = append(list, setting(s))
		}
		return env.PrintJSON(list)
	}
	table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	for _, s := range cfg.Describe() {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", s.Key, s.Value, s.Source)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the configuration: %w", err)
	}
	return nil
}
