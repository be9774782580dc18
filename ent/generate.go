// Package ent is the typed client of the application's database, generated
// from the schemas in ent/schema. Run `make generate` after changing them.
package ent

//go:generate go run entc.go
