// Package tracing gives statements and GraphQL operations to OpenTelemetry, as
// spans and as metrics.
//
//	traces, err := tracing.New(tracing.Options{TracerProvider: provider, MeterProvider: meters})
//	if err != nil {
//		return err
//	}
//	m, err := monitor.New(monitor.Options{Sinks: []monitor.Sink{traces}})
//	…
//	graphql.Options{Extensions: []gqlgen.HandlerExtension{m.Extension(), traces.Extension()}}
//
// Spans have the attributes of the semantic conventions for databases and for
// GraphQL. The text of a statement is its fingerprint: no value is in a span.
package tracing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
)

// scopeName is what OpenTelemetry calls the instrumentation.
const scopeName = "github.com/framefox-go/framefox/framework/monitor/tracing"

// Options says where spans and metrics go. What is nil is left out.
type Options struct {
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	// URL describes the database in the attributes of its spans: dialect, host,
	// port and name, never a password.
	URL config.URL

	// Orphans makes spans of statements that belong to no trace, as those of
	// jobs, too. By default they have none.
	Orphans bool
}

// Tracing is a sink of a monitor, and has an extension for GraphQL.
type Tracing struct {
	tracer  trace.Tracer
	orphans bool
	common  []attribute.KeyValue
	took    metric.Float64Histogram
}

var _ monitor.Sink = (*Tracing)(nil)

// New returns a sink that makes spans and metrics.
func New(opts Options) (*Tracing, error) {
	t := &Tracing{orphans: opts.Orphans, common: attributesOf(opts.URL)}
	if opts.TracerProvider != nil {
		t.tracer = opts.TracerProvider.Tracer(scopeName)
	}
	if opts.MeterProvider == nil {
		return t, nil
	}
	var err error
	t.took, err = opts.MeterProvider.Meter(scopeName).Float64Histogram("db.client.operation.duration",
		metric.WithUnit("s"), metric.WithDescription("Duration of database client operations."),
		metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10))
	if err != nil {
		return nil, fmt.Errorf("tracing: cannot make the histogram of statements: %w", err)
	}
	return t, nil
}

func attributesOf(u config.URL) []attribute.KeyValue {
	var list []attribute.KeyValue
	switch u.Dialect {
	case config.Postgres:
		list = append(list, attribute.String("db.system.name", "postgresql"))
	case config.MySQL:
		list = append(list, attribute.String("db.system.name", "mysql"))
	case config.SQLite:
		list = append(list, attribute.String("db.system.name", "sqlite"))
	default:
		return nil
	}
	if u.Dialect == config.SQLite {
		return list
	}
	list = append(list, attribute.String("db.namespace", u.Database), attribute.String("server.address", u.Host))
	if u.Port > 0 && !u.Socket() {
		list = append(list, attribute.Int("server.port", u.Port))
	}
	return list
}

// Statement implements [monitor.Sink].
func (t *Tracing) Statement(ctx context.Context, r monitor.Record) {
	attributes := append(slices.Clone(t.common), attribute.String("db.operation.name", r.Operation))
	if len(r.Tables) == 1 {
		attributes = append(attributes, attribute.String("db.collection.name", r.Tables[0]))
	}
	kind, text := database.Describe(r.Statement.Err)
	if kind != "" {
		attributes = append(attributes, attribute.String("error.type", kind))
	}
	if t.took != nil {
		t.took.Record(ctx, r.Statement.Duration.Seconds(), metric.WithAttributes(attributes...))
	}
	if t.tracer == nil || !t.orphans && !trace.SpanContextFromContext(ctx).IsValid() {
		return
	}
	_, span := t.tracer.Start(ctx, summary(r), trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(r.Statement.Start))
	if span.IsRecording() {
		span.SetAttributes(attributes...)
		span.SetAttributes(
			attribute.String("db.query.text", r.Text),
			attribute.String("db.query.summary", summary(r)),
			attribute.String("framefox.statement.id", r.ID),
		)
		if r.Operation == "SELECT" && kind == "" {
			span.SetAttributes(attribute.Int64("db.response.returned_rows", r.Statement.Rows))
		}
		if kind != "" && kind != "canceled" {
			span.SetStatus(codes.Error, text)
		}
	}
	span.End(trace.WithTimestamp(time.Now()))
}

// summary names a span: SELECT posts users.
func summary(r monitor.Record) string {
	const most = 3 // tables
	return strings.Join(append([]string{r.Operation}, r.Tables[:min(len(r.Tables), most)]...), " ")
}
