package entext

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"entgo.io/ent/entc/gen"
)

// shortenUpdates makes the generated updates of one row go through
// entity.UpdateNode. Ent's template calls sqlgraph by name, in the middle of a
// method that would have to be copied whole to change it.
func shortenUpdates(g *gen.Graph) error {
	for _, n := range g.MutableNodes() {
		path := filepath.Join(g.Target, strings.ToLower(n.Name)+"_update.go")
		code, err := os.ReadFile(path) //nolint:gosec // generated a moment ago
		if err != nil {
			return fmt.Errorf("entext: cannot read a generated update: %w", err)
		}
		const call, short = "sqlgraph.UpdateNode(ctx, ", "updateNode(ctx, "
		if got := strings.Count(string(code), call); got != 1 {
			return fmt.Errorf("entext: %s calls sqlgraph.UpdateNode %d times, not once; this version of ent is not supported", path, got)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(code), call, short, 1)), 0o644); err != nil { //nolint:gosec // source code
			return fmt.Errorf("entext: cannot write a generated update: %w", err)
		}
	}
	return nil
}
