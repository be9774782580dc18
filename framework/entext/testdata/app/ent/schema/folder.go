package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
)

// Folder holds notes.
type Folder struct{ ent.Schema }

// Mixin of the schema.
func (Folder) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the schema.
func (Folder) Fields() []ent.Field { return []ent.Field{field.String("name")} }

// Edges of the schema.
func (Folder) Edges() []ent.Edge { return []ent.Edge{edge.To("notes", Note.Type)} }
