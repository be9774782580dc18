package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"

	"github.com/framefox-go/framefox/framework/diagram"
)

// sourceDiagram reads the entities as if from their source, or fails as
// TEST_SOURCE says. Without that variable the program knows its tables only.
func sourceDiagram() func(context.Context, string) (*diagram.Diagram, error) {
	how := os.Getenv("TEST_SOURCE")
	if how == "" {
		return nil
	}
	return func(context.Context, string) (*diagram.Diagram, error) {
		switch how {
		case "missing":
			return nil, fmt.Errorf("there is no folder ent/schema: %w", fs.ErrNotExist)
		case "no-go":
			return nil, fmt.Errorf("there is no go command: %w", exec.ErrNotFound)
		case "broken":
			return nil, errors.New("ent/schema/user.go:1:2: undefined: x")
		}
		list, err := tables()
		if err != nil {
			return nil, err
		}
		d := diagram.FromTables(list)
		for _, e := range d.Entities {
			e.Name = "Entity_" + e.Table
		}
		return d, nil
	}
}
