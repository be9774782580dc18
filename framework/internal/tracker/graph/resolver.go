// Package graph serves the tracker's GraphQL API, which is generated whole.
package graph

import (
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/internal/tracker/graph/generated"
)

// Resolver resolves the whole schema.
type Resolver struct{ ent.GraphQL }

// NewResolver returns the resolver of a client.
func NewResolver(client *ent.Client) *Resolver { return &Resolver{ent.NewGraphQL(client)} }

// Mutation implements generated.ResolverRoot.
func (r *Resolver) Mutation() generated.MutationResolver { return r }

// Query implements generated.ResolverRoot.
func (r *Resolver) Query() generated.QueryResolver { return r }
