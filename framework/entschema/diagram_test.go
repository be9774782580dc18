package entschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/diagram"
	"github.com/framefox-go/framefox/framework/entschema"
)

// The schemas say more than the tables: names of entities and edges, comments,
// what is required of an edge, and that a table between two others joins them
// even if it needs more than their keys.
//
// Covers: U01.
func TestDiagram(t *testing.T) {
	t.Parallel()
	d, err := entschema.Diagram(t.Context(), shop)
	require.NoError(t, err)
	var names, relations []string
	for _, e := range d.Entities {
		name := e.Name
		if e.Join {
			name += " (join)"
		}
		names = append(names, name)
	}
	require.Equal(t, []string{"Award", "Box", "Label", "Pick (join)", "product_labels (join)", "Product", "Shelf", "Win (join)"}, names)
	for _, r := range d.Relations {
		relations = append(relations, strings.TrimSpace(fmt.Sprintf("%s: %s %s, %s %s %s %v", r.Label(),
			r.From, r.FromCardinality, r.To, r.ToCardinality, r.Through, r.Attributes)))
	}
	require.Equal(t, []string{
		"broader / narrower: labels many, labels zero-or-one  []",
		"label: picks many, labels one  []",
		"product: picks many, products one  []",
		"label_id: product_labels many, labels one  []",
		"product_id: product_labels many, products one  []",
		"awards / winners: products one-or-more, awards many wins [year]",
		"picks: products many, labels many picks [at]",
		"labels / products: products many, labels many product_labels []",
		"box / product: products zero-or-one, boxes zero-or-one  []",
		"shelf / products: products many, shelves one  []",
		"award / wins: wins many, awards one  []",
		"product / wins: wins many, products one  []",
	}, relations)

	products, _ := d.Entity("products")
	require.Equal(t, `What is "sold".`, products.Comment)
	require.Equal(t, [][]string{{"shelf_id", "name"}}, products.Uniques)
	columns := map[string]diagram.Column{}
	for _, c := range products.Columns {
		columns[c.Name] = c
	}
	require.Equal(t, "string(80)", columns["name"].Type)
	require.Equal(t, []string{"new", "old"}, columns["state"].Values)
	require.Equal(t, []string{"FK", "UK"}, columns["box_id"].Keys())
	require.Equal(t, "How it is called.", columns["name"].Comment)
}
