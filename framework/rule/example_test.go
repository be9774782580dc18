package rule_test

import (
	"fmt"

	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/rule"
)

// Rules stand in a schema, beside the field that they are about.
func Example() {
	username := field.String("username").Unique().
		Annotations(rule.Trim(), rule.Lower(), rule.Length(3, 100))
	for _, annotation := range username.Descriptor().Annotations {
		fmt.Println(annotation.Name())
	}
	// Output:
	// FramefoxRules
	// FramefoxRules
	// FramefoxRules
}

// The framework checks each write; programs can check a value by themselves.
func ExampleSet_Check() {
	for _, fault := range rule.Length(3, 20).Check("日本") {
		fmt.Println(fault.Code, "-", fault.Message)
	}
	for _, fault := range rule.GT(0).Check(-5) {
		fmt.Println(fault.Code, "-", fault.Message)
	}
	// Output:
	// too_short - must have at least 3 characters
	// out_of_range - must be greater than 0
}

func ExampleSet_Normalize() {
	fmt.Println(rule.Email().Normalize("  Ada@Example.ORG "))
	// Output: ada@example.org
}

// Rules of several annotations add up.
func ExampleSet_Merge() {
	merged := rule.Trim().Merge(rule.Length(1, 255)).(rule.Set)
	fmt.Println(merged.Trim, *merged.MinLen, *merged.MaxLen)
	// Output: true 1 255
}

// The database holds the rules too, for what is written past the framework.
func ExampleSet_Checks() {
	for name, expr := range rule.Between(1, 5).Checks("post_ratings", "rating") {
		fmt.Println(name, "CHECK", expr)
	}
	// Output: ck_post_ratings_rating_range CHECK rating >= 1 AND rating <= 5
}
