package tracing

import (
	"context"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/monitor"
)

// Extension makes a span of each GraphQL operation, and of each of its root
// fields, below which the statements are. It goes into
// graphql.Options.Extensions.
func (t *Tracing) Extension() gqlgen.HandlerExtension { return &extension{t} }

type extension struct{ *Tracing }

var (
	_ gqlgen.HandlerExtension     = (*extension)(nil)
	_ gqlgen.OperationInterceptor = (*extension)(nil)
	_ gqlgen.RootFieldInterceptor = (*extension)(nil)
)

// ExtensionName implements gqlgen's HandlerExtension.
func (*extension) ExtensionName() string { return "Tracing" }

// Validate implements gqlgen's HandlerExtension.
func (*extension) Validate(gqlgen.ExecutableSchema) error { return nil }

// InterceptOperation implements gqlgen's OperationInterceptor.
func (e *extension) InterceptOperation(ctx context.Context, next gqlgen.OperationHandler) gqlgen.ResponseHandler {
	if e.tracer == nil {
		return next(ctx)
	}
	ctx, span := e.tracer.Start(ctx, monitor.OperationName(ctx), trace.WithSpanKind(trace.SpanKindServer))
	if op := gqlgen.GetOperationContext(ctx).Operation; op != nil && span.IsRecording() {
		span.SetAttributes(attribute.String("graphql.operation.type", string(op.Operation)))
		if op.Name != "" {
			span.SetAttributes(attribute.String("graphql.operation.name", op.Name))
		}
		if id := graphql.RequestID(ctx); id != "" {
			span.SetAttributes(attribute.String("framefox.request.id", id))
		}
	}
	handler := next(ctx)
	return func(ctx context.Context) *gqlgen.Response {
		defer span.End()
		response := handler(ctx)
		if response != nil && len(response.Errors) > 0 {
			// The code alone: a message may repeat what the client wrote.
			code, _ := response.Errors[0].Extensions["code"].(string)
			span.SetStatus(codes.Error, code)
		}
		return response
	}
}

// InterceptRootField implements gqlgen's RootFieldInterceptor.
func (e *extension) InterceptRootField(ctx context.Context, next gqlgen.RootResolver) gqlgen.Marshaler {
	if e.tracer == nil {
		return next(ctx)
	}
	field := gqlgen.GetRootFieldContext(ctx).Field
	ctx, span := e.tracer.Start(ctx, field.ObjectDefinition.Name+"."+field.Name)
	defer span.End()
	span.SetAttributes(attribute.String("graphql.field.name", field.Name))
	return next(ctx)
}
