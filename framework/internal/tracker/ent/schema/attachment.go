package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Attachment hangs on a task or on a project: a foreign key for each kind of
// owner, of which the database wants exactly one.
type Attachment struct{ ent.Schema }

// Annotations of the entity.
func (Attachment) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("attachments"),
		entsql.Checks(map[string]string{
			"ck_attachments_owner": "((task_id IS NULL) <> (project_id IS NULL))",
		}),
	}
}

// Mixin of the entity.
func (Attachment) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Attachment) Fields() []ent.Field {
	return []ent.Field{
		field.String("file").Annotations(rule.Trim(), rule.Length(1, 200)),
		field.Int64("task_id").Optional().Nillable(),
		field.UUID("project_id", uuid.UUID{}).Optional().Nillable(),
	}
}

// Edges of the entity.
func (Attachment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("task", Task.Type).Ref("attachments").Unique().Field("task_id"),
		edge.From("project", Project.Type).Ref("attachments").Unique().Field("project_id"),
	}
}
