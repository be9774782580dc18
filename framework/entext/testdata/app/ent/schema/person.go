package schema

import (
	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/mixin"
)

// Person has nothing to write.
type Person struct{ ent.Schema }

// Mixin of the schema.
func (Person) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }
