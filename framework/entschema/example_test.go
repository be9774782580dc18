package entschema_test

import (
	"context"
	"fmt"

	"github.com/framefox-go/framefox/framework/entschema"
)

// The tables are read from ent/schema of a project, here one of a shop.
func ExampleTables() {
	tables, err := entschema.Tables(context.Background(), "testdata/shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, table := range tables {
		if table.Name == "shelves" || table.Name == "labels" {
			fmt.Println(table.Name, "has", len(table.Columns), "columns")
		}
	}

	// Output:
	// labels has 2 columns
	// shelves has 2 columns
}
