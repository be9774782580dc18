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
//
// The files, by what begins their names:
//
//	node, id, lookup      rows, their global ids, node and nodes
//	page, cursor, keyset, order, term, connect, total, pagination
//	                      connections and pages by number
//	filter, operator, json, value, scalar, document
//	                      predicates and the values in them
//	aggregate             counts, sums and groups
//	cost, needs, selection
//	                      what a request costs and what it reads
//	write, many, upsert, restore, transaction
//	                      mutations of a row, and of many
//	nested, nest, plan, fill, resolve, unique, run
//	                      nested writes: what a schema allows, an input read
//	                      into a plan, held against the rows, and carried out
//	errors, explain       what clients are told
package relay
