package entext

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"entgo.io/ent/entc/gen"
)

// liftLists lets eager loading take lists of keys of any length. Ent's template
// of it is large and has no place for that, so the call in what it wrote is
// replaced by one of the generated function inValues.
func liftLists(g *gen.Graph) error {
	for _, n := range g.Nodes {
		lists := 0
		for _, e := range n.Edges {
			if e.M2M() || !e.OwnFK() {
				lists++
			}
		}
		path := filepath.Join(g.Target, n.PackageDir()+"_query.go")
		code, err := os.ReadFile(path) //nolint:gosec // generated a moment ago
		if err != nil {
			return fmt.Errorf("entext: cannot read a generated query: %w", err)
		}
		const call = "sql.InValues("
		if got := strings.Count(string(code), call); got != lists {
			return fmt.Errorf("entext: %s loads %d edges by lists, not %d; this version of ent is not supported", path, got, lists)
		}
		code = []byte(strings.ReplaceAll(string(code), call, "inValues("))
		if err := os.WriteFile(path, code, 0o644); err != nil { //nolint:gosec // source code
			return fmt.Errorf("entext: cannot write a generated query: %w", err)
		}
	}
	return nil
}
