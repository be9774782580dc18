package mixin

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
)

// Tenant gives each row of an entity to one tenant, for good. The context says
// which: entity.WithTenant. New rows become its own, and no other's are read,
// changed, deleted or referred to; without a tenant there is an error. Clients of
// the API neither see nor set the column.
//
// What is unique is so across tenants unless the tenant is one of its columns:
//
//	index.Fields("tenant_id", "name").Unique()
type Tenant struct {
	mixin.Schema

	// Key is the column, such as field.Int64("organization_id"); default
	// field.String("tenant_id") of at most 64 characters.
	Key ent.Field
}

// Fields of the mixin.
func (t Tenant) Fields() []ent.Field {
	key := t.Key
	if key == nil {
		key = field.String("tenant_id").Annotations(entsql.Annotation{Size: 64}).Comment("Whose row it is.")
	}
	d := key.Descriptor()
	d.Immutable = true
	d.Annotations = append(d.Annotations, entity.TenantTrait, expose.Hidden())
	return []ent.Field{key}
}
