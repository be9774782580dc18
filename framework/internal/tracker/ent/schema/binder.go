package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Binder holds memos, which not everybody sees.
type Binder struct{ ent.Schema }

// Annotations of the entity.
func (Binder) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("binders")}
}

// Mixin of the entity.
func (Binder) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Binder) Fields() []ent.Field {
	return []ent.Field{field.String("name").Annotations(rule.Length(1, 50))}
}

// Edges of the entity.
func (Binder) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("memos", Memo.Type).Annotations(entsql.OnDelete(entsql.SetNull)),
		edge.To("pinned", Memo.Type),
	}
}
