package schema

import (
	"context"
	"errors"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Memo is seen by its author, and by all when it is public.
type Memo struct{ ent.Schema }

// Annotations of the entity.
func (Memo) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("memos")}
}

// Mixin of the entity.
func (Memo) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Memo) Fields() []ent.Field {
	return []ent.Field{
		field.String("text").Annotations(rule.Length(1, 200)),
		field.String("author").Annotations(rule.Length(1, 50)),
		field.Bool("public").Default(false),
		field.Int64("binder_id").Optional().Nillable(),
		field.Int64("parent_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Memo) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("binder", Binder.Type).Ref("memos").Unique().Field("binder_id"),
		edge.From("pinned_in", Binder.Type).Ref("pinned"),
		edge.To("replies", Memo.Type).Annotations(entsql.OnDelete(entsql.Cascade)).
			From("parent").Unique().Field("parent_id"),
	}
}

// Interceptors of the entity.
func (Memo) Interceptors() []ent.Interceptor {
	return []ent.Interceptor{entity.RowFilter(func(ctx context.Context) (entity.Condition, error) {
		viewer, ok := ctx.Value(viewerKey{}).(string)
		if !ok {
			return nil, ErrNoViewer
		}
		return func(row entity.Row) *sql.Predicate {
			return sql.Or(sql.EQ(row.C("author"), viewer), sql.EQ(row.C("public"), true))
		}, nil
	})}
}

type viewerKey struct{}

// ErrNoViewer says that memos were asked for by nobody.
var ErrNoViewer = errors.New("no viewer in the context")

// WithViewer says who looks at memos.
func WithViewer(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, viewerKey{}, name)
}
