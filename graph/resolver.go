// Package graph holds the application's own GraphQL resolvers. Those of the
// generated schema come with the client and are embedded in Resolver.
package graph

import (
	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/internal/blog/posts"
	"github.com/framefox-go/framefox/internal/blog/roles"
	"github.com/framefox-go/framefox/internal/blog/users"
)

// Resolver resolves the whole schema: the generated part by embedding, the
// application's own by the methods in the *.resolvers.go files.
type Resolver struct {
	ent.GraphQL
	posts *posts.Repository
	users *users.Repository
	roles *roles.Service
}

// NewResolver returns the resolver of a client.
func NewResolver(client *ent.Client) *Resolver {
	return &Resolver{GraphQL: ent.NewGraphQL(client), posts: posts.NewRepository(client), users: users.NewRepository(client), roles: roles.New(client)}
}
