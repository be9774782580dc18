package diagram_test

import (
	"fmt"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/diagram"
)

func Example() {
	id := &schema.Column{Name: "id", Type: field.TypeInt64}
	users := &schema.Table{Name: "users", Columns: []*schema.Column{id}, PrimaryKey: []*schema.Column{id}}
	author := &schema.Column{Name: "author_id", Type: field.TypeInt64, Nullable: true}
	posts := &schema.Table{
		Name: "posts", Columns: []*schema.Column{id, author}, PrimaryKey: []*schema.Column{id},
		ForeignKeys: []*schema.ForeignKey{{Columns: []*schema.Column{author}, RefTable: users, RefColumns: users.PrimaryKey}},
	}
	text, err := diagram.FromTables([]*schema.Table{users, posts}).Render(diagram.Mermaid)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(text))
	// Output:
	// erDiagram
	//     posts }o--o| users : "author_id"
	//     posts {
	//         int64 id PK
	//         int64 author_id FK "nullable"
	//     }
	//     users {
	//         int64 id PK
	//     }
}
