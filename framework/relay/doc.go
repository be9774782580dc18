// Package relay is the runtime of the generated GraphQL API: global ids,
// filters, orders, keyset connections, batched edges and mutations, for any
// entity that package entity describes.
//
// The generated client implements Source and Node; its resolvers call
// Connect, Edges, One, Lookup and Write. Nothing here knows an application.
//
// Rows that were loaded together remember each other (see Member). The first
// edge that is asked of one of them is loaded for all of them in one
// statement, so lists, payloads and custom resolvers batch without loaders.
package relay
