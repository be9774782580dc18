package scaffold_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/scaffold"
)

// An entity is planned; Apply would write it.
func Example() {
	if err := planUser(); err != nil {
		fmt.Println(err)
	}

	// Output:
	// ent/schema/doc.go new: true
	// ent/schema/user.go new: true
	// table users
}

func planUser() error {
	root, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(root) }()
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.com/shop\n\ngo 1.26\n"), 0o600); err != nil {
		return err
	}

	email, err := scaffold.ParseField("email:string:unique:max=200")
	if err != nil {
		return err
	}
	project, err := scaffold.Open(root)
	if err != nil {
		return err
	}
	plan, err := project.Plan(scaffold.Request{Name: "User", Fields: []scaffold.Field{email}, NoRepository: true})
	if err != nil {
		return err
	}
	for _, change := range plan.Changes {
		fmt.Println(change.Path, "new:", change.New())
	}
	fmt.Println("table", plan.Table)
	return nil
}

// A field is a name, a type and what is said of it.
func ExampleParseField() {
	title, err := scaffold.ParseField("title:string:unique:max=200")
	fmt.Println(title.Name, title.Type, title.Unique, err)
	_, err = scaffold.ParseField("title:string:max=many")
	fmt.Println(err)

	// Output:
	// title string true <nil>
	// scaffold: cannot read "title:string:max=many", at "many": max is a length: a whole number from 1
}
