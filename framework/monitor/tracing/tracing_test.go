package tracing_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/tracker/trackertest"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/monitor/tracing"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

// A trace leads from the operation to the field to its statements, and holds no
// value of them.
// Covers: J28, J42.
func TestSpans(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	reader := sdkmetric.NewManualReader()
	url, err := config.ParseURL("postgres://ada:s3cret@db.example.org:5433/shop", "/")
	require.NoError(t, err)
	traces, err := tracing.New(tracing.Options{
		TracerProvider: provider, MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)), URL: url,
	})
	require.NoError(t, err)
	m, err := monitor.New(monitor.Options{Sinks: []monitor.Sink{traces}})
	require.NoError(t, err)
	db := testkit.Open(t, testkit.SQLite, testkit.WithOptions(database.WithObserver(m)))
	app := trackertest.New(t, db)
	require.Empty(t, spans.Ended(), "what belongs to no trace has no span")
	api := trackertest.Serve(t, app, m.Extension(), traces.Extension())
	api.Must(`query Titles { projects(first: 5) { edges { node { name } } } }`, nil)

	byName := map[string]sdktrace.ReadOnlySpan{}
	for _, s := range spans.Ended() {
		byName[s.Name()] = s
	}
	operation, field, statement := byName["query Titles"], byName["Query.projects"], byName["SELECT projects"]
	require.NotNil(t, operation)
	require.NotNil(t, field, byName)
	require.NotNil(t, statement, byName)
	require.Equal(t, operation.SpanContext().SpanID(), field.Parent().SpanID())
	require.Equal(t, field.SpanContext().SpanID(), statement.Parent().SpanID())
	require.False(t, statement.StartTime().Before(field.StartTime()))
	require.False(t, statement.EndTime().After(field.EndTime()))
	has := attribute.NewSet(statement.Attributes()...)
	for key, want := range map[attribute.Key]string{
		"db.system.name": "postgresql", "db.namespace": "shop", "server.address": "db.example.org",
		"db.operation.name": "SELECT", "db.collection.name": "projects", "db.query.summary": "SELECT projects",
	} {
		value, _ := has.Value(key)
		require.Equal(t, want, value.AsString(), key)
	}
	text, _ := has.Value("db.query.text")
	require.Contains(t, text.AsString(), "LIMIT ?")

	ctx, span := provider.Tracer("test").Start(t.Context(), "job")
	_, err = query.Exec(ctx, db, "UPDATE nowhere SET a = 's3cret' WHERE b = ?", "s3cret")
	require.Error(t, err)
	span.End()
	for _, s := range spans.Ended() {
		if s.Name() == "UPDATE nowhere" {
			require.Equal(t, codes.Error, s.Status().Code)
			require.NotContains(t, s.Status().Description, "s3cret")
		}
		for _, a := range s.Attributes() {
			require.NotContains(t, a.Value.Emit(), "s3cret")
		}
	}
	require.Equal(t, "UPDATE nowhere", spans.Ended()[len(spans.Ended())-2].Name())

	var collected metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &collected))
	metric := collected.ScopeMetrics[0].Metrics[0]
	require.Equal(t, "db.client.operation.duration", metric.Name)
	require.Equal(t, "s", metric.Unit)
	require.NotEmpty(t, metric.Data.(metricdata.Histogram[float64]).DataPoints)
}
