package cli_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/cli"
)

// An application adds a command of its own to those of the framework.
func ExampleRun() {
	hello := func(env *cli.Env) *cobra.Command {
		return &cobra.Command{
			Use: "hello", Short: "Greet",
			RunE: func(*cobra.Command, []string) error {
				env.Done("Hello from %s", "the shop")
				return nil
			},
		}
	}
	app := cli.App{Name: "shop", Version: "v1.0.0", Commands: []func(*cli.Env) *cobra.Command{hello}}
	code := cli.Run(context.Background(), app, []string{"hello"}, strings.NewReader(""), os.Stdout, os.Stderr)
	fmt.Println("exit code", code)

	// Output:
	// [ok] Hello from the shop
	// exit code 0
}
