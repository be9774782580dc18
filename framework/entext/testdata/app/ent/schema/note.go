// Package schema declares the entities of a small application.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Note is a piece of text.
type Note struct{ ent.Schema }

// Mixin of the schema.
func (Note) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the schema.
func (Note) Fields() []ent.Field {
	return []ent.Field{
		field.String("title").Annotations(rule.Trim(), rule.Length(1, 20)),
		field.Strings("labels").Default([]string{}),
		field.Int64("folder_id").Optional().Nillable(),
	}
}

// Edges of the schema.
func (Note) Edges() []ent.Edge {
	return []ent.Edge{edge.From("folder", Folder.Type).Ref("notes").Unique().Field("folder_id")}
}
