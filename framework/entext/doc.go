// Package entext generates, from the Ent schemas of an application, all that
// the framework gives beyond stock Ent: descriptions of the entities that
// drive validation and soft delete, and a GraphQL API with Relay connections,
// filters, orders and mutations.
//
// An application calls it from the program that its go:generate line runs:
//
//	//go:build ignore
//
//	package main
//
//	func main() {
//		if err := entext.Generate(entext.Config{}); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// Ent and gqlgen run in this one step, in this order, and files that no longer
// have a source are removed.
package entext
