package entext

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/entc/gen"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/search"
)

// searched is the index of the words of a type, nil if it has none.
func (x *extension) searched(t *gen.Type) *search.Index {
	i := slices.IndexFunc(x.nodes, func(n *node) bool { return n.Name == t.Name })
	if i < 0 {
		return nil
	}
	return x.nodes[i].Entity.Search
}

// searchLiteral writes the description of an index as Go.
func searchLiteral(i *search.Index) string {
	return fmt.Sprintf("&search.Index{Name: %q, ID: %q, Columns: %#v}", i.Name, i.ID, i.Columns)
}

// searchPredicate is the predicate of the filter.
func searchPredicate(n *node) *ast.FieldDefinition {
	var fields []string
	for _, f := range n.Entity.Fields {
		if slices.Contains(n.Entity.Search.Columns, f.Column) {
			fields = append(fields, f.GraphQL)
		}
	}
	return &ast.FieldDefinition{
		Name: search.Predicate, Type: ast.NamedType("String", nil),
		Description: "Rows that hold all of these words in " + strings.Join(fields, ", ") +
			", in any order and case. The last word may be the beginning of one.",
	}
}
