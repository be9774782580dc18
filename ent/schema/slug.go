package schema

import (
	"entgo.io/ent/schema"

	"github.com/framefox-go/framefox/framework/rule"
)

const slugComment = "Name in addresses: lower-case letters, digits and single hyphens."

// slugRules are those of a name in an address. ASCII alone, because the
// databases do not agree on when two other letters are the same.
func slugRules() []schema.Annotation {
	return []schema.Annotation{
		rule.Trim(), rule.Lower(), rule.Length(1, 255), rule.Pattern(`\A[a-z0-9]+(-[a-z0-9]+)*\z`),
	}
}
