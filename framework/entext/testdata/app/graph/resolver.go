// Package graph resolves the API.
package graph

import (
	"app/ent"
	"app/graph/generated"
)

// Resolver resolves the whole schema.
type Resolver struct{ ent.GraphQL }

// Query returns the resolver of queries.
func (r *Resolver) Query() generated.QueryResolver { return r }

// Mutation returns the resolver of mutations.
func (r *Resolver) Mutation() generated.MutationResolver { return r }
