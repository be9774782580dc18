//go:build ignore

// Command entc generates the client of the tracker, its GraphQL API and the
// executable schema.
package main

import (
	"fmt"
	"os"

	"github.com/framefox-go/framefox/framework/entext"
)

func main() {
	if err := entext.Generate(entext.Config{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
