package seed_test

import (
	"fmt"

	"github.com/framefox-go/framefox/framework/seed"
)

// How many rows a table is to have is said like this.
func ExampleParseCount() {
	count, err := seed.ParseCount("posts=1000")
	fmt.Println(count.Entity, count.Rows, err)
	_, err = seed.ParseCount("posts:many")
	fmt.Println(err)

	// Output:
	// posts 1000 <nil>
	// seed: "posts:many" is not a number of rows: write it like posts=1000
}
