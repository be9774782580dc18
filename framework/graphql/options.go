package graphql

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	gqlgen "github.com/99designs/gqlgen/graphql"
)

// Options configures a [Handler]. The zero value is a production profile:
// every limit set, introspection and suggestions off.
type Options struct {
	// Limits bounds what a request may cost.
	Limits Limits

	// Cache bounds the memory kept for parsed documents.
	Cache CacheOptions

	// Timeout is how long an operation may run; its context is then done and
	// the client gets an error with code TIMEOUT. Default 10 s, negative for
	// no timeout. Resolvers must honour their context for it to hold.
	Timeout time.Duration

	// Introspection lets clients read the schema, and adds "did you mean"
	// suggestions to validation errors. Meant for development and for APIs
	// whose schema is public.
	Introspection bool

	// Extensions are gqlgen handler extensions, run in order: cost limits,
	// transactions, compiled reads, tracing.
	Extensions []gqlgen.HandlerExtension

	// Explain, if set, may turn an error that is no [ClientError] into one
	// before it is masked: database.Explain does so for failures of a database.
	Explain func(error) error

	// Logger receives one line for each request and one for each masked
	// error. Default slog.Default().
	Logger *slog.Logger
}

// Limits bounds one request. A zero field means its default, a negative one
// switches the limit off. A refusal is a [LimitError], made before any
// resolver runs, except that of an answer which turns out to be too large.
//
// Aliases, directives, fields and root fields are counted after fragments are
// expanded: a fragment that is spread twice counts twice.
type Limits struct {
	BodyBytes          int // bytes of a POST body; default 1 MiB
	QueryChars         int // characters of the document; default 15,000
	Tokens             int // lexical tokens of the document, comments included; default 1,000
	Depth              int // nested fields, the edges and node of a connection not counted; default 12
	IntrospectionDepth int // nested fields below __schema and __type; default 20
	Aliases            int // aliased fields of an operation; default 30
	RootFields         int // fields at the top of an operation; default 20
	Directives         int // directives of an operation; default 50
	Fields             int // all fields of an operation; default 2,000
	ResponseBytes      int // bytes of the data of an answer; default 10 MiB
	Errors             int // errors in a response, the rest are left out; default 5
}

// CacheOptions bounds the cache of parsed and validated documents. A zero
// field means its default; a negative Entries switches the cache off.
type CacheOptions struct {
	Entries int // documents; default 1,000
	Bytes   int // estimated bytes of all documents; default 32 MiB
}

// WithDefaults returns the limits with every zero field set to its default.
func (l Limits) WithDefaults() Limits {
	orDefault(&l.BodyBytes, 1<<20)
	orDefault(&l.QueryChars, 15_000)
	orDefault(&l.Tokens, 1_000)
	orDefault(&l.Depth, 12)
	orDefault(&l.IntrospectionDepth, 20)
	orDefault(&l.ResponseBytes, 10<<20)
	orDefault(&l.Aliases, 30)
	orDefault(&l.RootFields, 20)
	orDefault(&l.Directives, 50)
	orDefault(&l.Fields, 2_000)
	orDefault(&l.Errors, 5)
	return l
}

// WithDefaults returns the options with every zero field set to its default.
func (c CacheOptions) WithDefaults() CacheOptions {
	orDefault(&c.Entries, 1_000)
	orDefault(&c.Bytes, 32<<20)
	return c
}

// WithDefaults returns the options with every zero field set to its default.
func (o Options) WithDefaults() Options {
	o.Limits = o.Limits.WithDefaults()
	o.Cache = o.Cache.WithDefaults()
	orDefault(&o.Timeout, 10*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func (o Options) validate(schema gqlgen.ExecutableSchema) error {
	if schema == nil {
		return errors.New("graphql: cannot make a handler: the schema is nil")
	}
	for i, ext := range o.Extensions {
		if ext == nil {
			return fmt.Errorf("graphql: cannot make a handler: Options.Extensions[%d] is nil", i)
		}
		if err := ext.Validate(schema); err != nil {
			return fmt.Errorf("graphql: cannot use extension %s: %w", ext.ExtensionName(), err)
		}
	}
	return nil
}

func orDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}
