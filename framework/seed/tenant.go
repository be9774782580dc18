package seed

import (
	"context"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/framefox-go/framefox/framework/entity"
)

// tenantOf is the tenant whose rows of the entity are written: the one that is
// named in text, or else that of the context. It is nil where the entity belongs
// to none.
func tenantOf(ctx context.Context, e *entity.Entity, text string) (any, error) {
	f := tenantField(e)
	if f == nil {
		return nil, nil //nolint:nilnil // documented
	}
	if text == "" {
		if id, ok := entity.TenantFrom(ctx); ok {
			return id, nil
		}
		return nil, &EntityError{Entity: e.Name, Reason: "its rows belong to tenants; name one with --tenant, or with Tenant in the options"}
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if f.Kind == entity.String {
		node.Tag = "!!str" // 7 is the name of a tenant, too
	}
	id, err := parse(f, node)
	if err != nil {
		return nil, &EntityError{Entity: e.Name, Reason: fmt.Sprintf("%q is no tenant of it: %v", text, err)}
	}
	return id, nil
}

// tenantField is the field that says whose a row is, or nil.
func tenantField(e *entity.Entity) *entity.Field {
	if e.Tenant == nil {
		return nil
	}
	f, _ := e.Field(e.Tenant.Name)
	return f
}

// as is the context in which rows of a tenant are read and written; of nil, rows
// of none, which may be linked to those of all.
func as(ctx context.Context, tenant any) context.Context {
	if tenant != nil {
		return entity.WithTenant(ctx, tenant)
	}
	return entity.WithoutTenant(ctx)
}

// ofTenant is the context for the rows of an entity in a session that writes for
// one tenant.
func (s *session) ofTenant(ctx context.Context, e *entity.Entity) (context.Context, error) {
	if s.tenant == nil {
		return ctx, nil
	}
	id, err := s.tenant(ctx, e)
	return as(ctx, id), err
}
