package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Task has fields of most kinds, a tree of its own, and edges of most kinds.
type Task struct{ ent.Schema }

// Annotations of the entity.
func (Task) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("tasks")}
}

// Mixin of the entity.
func (Task) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Task) Fields() []ent.Field {
	return []ent.Field{
		field.String("title").Annotations(rule.Trim(), rule.Length(1, 200)),
		field.Text("body").Optional().Nillable(),
		field.Enum("state").Values("open", "doing", "done").Default("open"),
		field.Int32("rank").Optional().Nillable(),
		field.Float("estimate").Optional().Nillable(),
		field.Int64("points").Default(0),
		field.Bool("urgent").Default(false),
		field.Time("due").Optional().Nillable().
			SchemaType(map[string]string{dialect.SQLite: "date", dialect.Postgres: "date", dialect.MySQL: "date"}).
			Annotations(entity.DateTrait),
		field.Time("started_at").Optional().Nillable(),
		field.JSON("watchers", []string{}).Default(func() []string { return []string{} }),
		field.JSON("meta", map[string]any{}).Optional(),
		field.UUID("project_id", uuid.UUID{}),
		field.Int64("assignee_id").Optional().Nillable(),
		field.Int64("parent_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Task) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("project", Project.Type).Ref("tasks").Unique().Required().Field("project_id"),
		edge.From("assignee", Person.Type).Ref("tasks").Unique().Field("assignee_id"),
		edge.To("children", Task.Type).Annotations(entsql.OnDelete(entsql.Cascade)).
			From("parent").Unique().Field("parent_id"),
		edge.To("labels", Label.Type),
		edge.To("attachments", Attachment.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("notes", Note.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}
