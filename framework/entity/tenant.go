package entity

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/rule"
)

// ErrNoTenant says that rows of tenants were asked for, or written, with a
// context that names no tenant.
var ErrNoTenant = errors.New("entity: no tenant in the context")

// TenantError is an ErrNoTenant that names the entity.
type TenantError struct {
	Entity string
	Reason string // what is wrong with the tenant, if there is one
}

func (e *TenantError) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("%s belongs to tenants: %s", e.Entity, e.Reason)
	}
	return e.Entity + " belongs to tenants and none is given; name one with entity.WithTenant, or work on all with entity.WithoutTenant"
}

// ClientMessage is what API clients see: they can call no Go.
func (e *TenantError) ClientMessage() string {
	return e.Entity + " belongs to tenants, and the request names none that is known"
}

// Is makes errors.Is(err, ErrNoTenant) true.
func (e *TenantError) Is(target error) bool { return target == ErrNoTenant }

// ErrorCode is the code that API clients see.
func (e *TenantError) ErrorCode() string { return "FORBIDDEN" }

// ErrorExtensions are the details that API clients see.
func (e *TenantError) ErrorExtensions() map[string]any {
	return map[string]any{"entity": e.Entity}
}

type tenantKey struct{}

// everyTenant is the tenant of WithoutTenant.
type everyTenant struct{}

// WithTenant makes everything that is done with the returned context see and
// write rows of one tenant only. The id has the type of the tenant's column,
// which is string unless the mixin says otherwise; its zero value is no tenant.
func WithTenant(ctx context.Context, id any) context.Context {
	return context.WithValue(ctx, tenantKey{}, id)
}

// WithoutTenant opens the rows of all tenants, for work of the system itself.
// New rows have to name their tenant then.
func WithoutTenant(ctx context.Context) context.Context {
	return context.WithValue(ctx, tenantKey{}, everyTenant{})
}

// TenantFrom returns the tenant that WithTenant put into the context.
func TenantFrom(ctx context.Context) (id any, ok bool) {
	id = ctx.Value(tenantKey{})
	_, every := id.(everyTenant)
	if id == nil || every || reflect.ValueOf(id).IsZero() {
		return nil, false
	}
	return id, true
}

func everyTenantFrom(ctx context.Context) bool {
	_, every := ctx.Value(tenantKey{}).(everyTenant)
	return every
}

// tenantOf returns the tenant as the column holds it.
func tenantOf(ctx context.Context, entity string, t reflect.Type) (any, error) {
	id, ok := TenantFrom(ctx)
	if !ok {
		return nil, &TenantError{Entity: entity}
	}
	if got := reflect.TypeOf(id); got != t {
		return nil, &TenantError{Entity: entity, Reason: fmt.Sprintf("the tenant in the context is a %s and must be a %s", got, t)}
	}
	return id, nil
}

// TenantIn returns the tenant that the context gives to new rows. It is not ok
// where they have to name it, and an error where there is none.
func (e *Entity) TenantIn(ctx context.Context) (id any, ok bool, err error) {
	if everyTenantFrom(ctx) {
		return nil, false, nil
	}
	id, err = tenantOf(ctx, e.Name, e.Rows.config.TenantType)
	return id, err == nil, err
}

// ofTenant is the condition that leaves the rows of one tenant.
func (r *Rows) ofTenant(ctx context.Context) (Condition, error) {
	if r.config.Tenant == "" || everyTenantFrom(ctx) {
		return nil, nil //nolint:nilnil // nothing is hidden
	}
	id, err := tenantOf(ctx, r.entity, r.config.TenantType)
	if err != nil {
		return nil, err
	}
	return func(row Row) *sql.Predicate { return sql.EQ(row.C(r.config.Tenant), id) }, nil
}

// stamp makes a new row one of the tenant in the context.
func (e *Entity) stamp(ctx context.Context, m ent.Mutation) error {
	if e.Tenant == nil || !m.Op().Is(ent.OpCreate) {
		return nil
	}
	refuse := func(code, message string) error {
		return &ValidationError{Entity: e.Name, Violations: []Violation{{e.Tenant.Name, code, message}}}
	}
	given, ok := m.Field(e.Tenant.Name)
	if everyTenantFrom(ctx) {
		if !ok || reflect.ValueOf(given).IsZero() {
			return refuse(rule.CodeRequired, "is required without a tenant in the context")
		}
		return nil
	}
	id, err := tenantOf(ctx, e.Name, e.Rows.config.TenantType)
	if err != nil {
		return err
	}
	if ok && given != id {
		return refuse(rule.CodeInvalid, "must be the tenant of the context")
	}
	if err := m.SetField(e.Tenant.Name, id); err != nil {
		return fmt.Errorf("entity: cannot set %s.%s: %w", e.Name, e.Tenant.Name, err)
	}
	return nil
}
