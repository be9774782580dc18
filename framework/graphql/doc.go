// Package graphql is the server around a GraphQL schema: it takes any gqlgen
// executable schema and answers over HTTP as a service that strangers may call.
//
//	handler, err := graphql.NewHandler(generated.NewExecutableSchema(cfg), graphql.Options{
//		Logger: logger,
//	})
//	if err != nil {
//		return err
//	}
//	server, err := graphql.NewServer(graphql.ServerOptions{
//		Address: "127.0.0.1:8080",
//		GraphQL: handler,
//		Checks:  []graphql.Check{{Name: "database", Probe: db.PingContext}},
//	})
//	if err != nil {
//		return err
//	}
//	return server.Serve(ctx) // until ctx is cancelled
//
// # What a request goes through
//
// The body is read up to a limit and decoded; the document is taken from a
// bounded cache, or else counted, parsed, measured against [Limits] and
// validated, in this order, so that an expensive document is refused before
// the expensive steps and before any resolver runs. The operation then runs
// under a timeout. Every response follows the GraphQL-over-HTTP specification:
// both its media types, its status codes, and no "data" in an answer to a
// request that never ran.
//
// Only queries may come by GET. Multipart and urlencoded bodies, arrays of
// operations, @defer, subscriptions and automatic persisted queries are
// refused with an error that says so.
//
// # Errors
//
// An error that implements [ClientError] reaches the client with its code and
// extensions. Everything else that a resolver returns, or panics with, is
// answered as "internal error" with a random id, and logged under that id; the
// text of a database never leaves the process.
package graphql
