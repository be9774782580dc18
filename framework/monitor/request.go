package monitor

import (
	"context"
	"net/http"

	gqlgen "github.com/99designs/gqlgen/graphql"
)

// Extension gives each GraphQL operation a scope; it goes into
// graphql.Options.Extensions.
func (m *Monitor) Extension() gqlgen.HandlerExtension { return &extension{m} }

type extension struct{ monitor *Monitor }

var (
	_ gqlgen.HandlerExtension     = (*extension)(nil)
	_ gqlgen.OperationInterceptor = (*extension)(nil)
)

// ExtensionName implements gqlgen's HandlerExtension.
func (*extension) ExtensionName() string { return "Monitor" }

// Validate implements gqlgen's HandlerExtension.
func (*extension) Validate(gqlgen.ExecutableSchema) error { return nil }

// InterceptOperation implements gqlgen's OperationInterceptor.
func (e *extension) InterceptOperation(ctx context.Context, next gqlgen.OperationHandler) gqlgen.ResponseHandler {
	ctx, end := e.monitor.Scope(ctx, OperationName(ctx))
	handler := next(ctx)
	return func(ctx context.Context) *gqlgen.Response {
		defer end()
		return handler(ctx)
	}
}

// OperationName is the kind and the name of the GraphQL operation under way:
// "query NewestPosts", or "mutation" of one without a name; "" outside of one.
func OperationName(ctx context.Context) string {
	if !gqlgen.HasOperationContext(ctx) {
		return ""
	}
	op := gqlgen.GetOperationContext(ctx).Operation
	if op == nil {
		return ""
	}
	name := string(op.Operation)
	if op.Name != "" {
		name += " " + clip(op.Name, maxText)
	}
	return name
}

// Middleware gives each HTTP request a scope, named by the pattern of its route.
// GraphQL operations have scopes of their own, see [Monitor.Extension].
func (m *Monitor) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Pattern
		if name == "" {
			name = r.Method
		}
		ctx, end := m.Scope(r.Context(), name)
		defer end()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
