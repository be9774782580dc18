// Package graph holds the application's own GraphQL resolvers. Those of the
// generated schema come with the client and are embedded in Resolver.
package graph

import (
	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/internal/blog/roles"
)

// Resolver resolves the whole schema: the generated part by embedding, the
// application's own by the methods in the *.resolvers.go files.
type Resolver struct {
	ent.GraphQL
	client *ent.Client
	roles  *roles.Service
}

// NewResolver returns the resolver of a client.
func NewResolver(client *ent.Client) *Resolver {
	return &Resolver{GraphQL: ent.NewGraphQL(client), client: client, roles: roles.New(client)}
}
