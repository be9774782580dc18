package repository

import (
	"fmt"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// Order is one term of an order. Both parts may come from a caller: they are
// checked against the entity.
type Order struct {
	// Field is the name of a field, "title"; of one at the end of edges to one,
	// "author.username"; or of an edge to many, for the number of rows there,
	// "comments_count". Fields that the API does not show, and long text, are no
	// order.
	Field string
	// Direction is "asc" or "desc", in any case; empty is "asc".
	Direction string
}

// Asc orders by a field, the smallest first.
func Asc(field string) Order { return Order{Field: field} }

// Desc orders by a field, the largest first.
func Desc(field string) Order { return Order{field, "desc"} }

const countSuffix = "_count"

// ordering checks an order and says it in the words of package relay.
func ordering(registry entity.Registry, e *entity.Entity, terms []Order) ([]*relay.Order, error) {
	list := make([]*relay.Order, len(terms))
	for i, t := range terms {
		path := fmt.Sprintf("orderBy[%d]", i)
		direction := relay.Ascending
		switch strings.ToLower(t.Direction) {
		case "", "asc":
		case "desc":
			direction = relay.Descending
		default:
			return nil, bad(path, "must have the direction asc or desc, not %q", t.Direction)
		}
		o, err := orderTerm(registry, e, strings.Split(t.Field, "."), path)
		if err != nil {
			return nil, err
		}
		list[i] = o
		for len(o.Edges) > 0 {
			for _, next := range o.Edges {
				o = next
			}
		}
		o.Direction = direction
	}
	return list, nil
}

func orderTerm(registry entity.Registry, e *entity.Entity, names []string, path string) (*relay.Order, error) {
	name := names[0]
	if len(names) > 1 {
		edge, err := e.EdgeNamed(name)
		if err != nil {
			return nil, err
		}
		if edge.ToMany() || edge.GraphQL == "" {
			return nil, bad(path, "%s.%s cannot be ordered by: it is an edge to many, or hidden", e.Name, name)
		}
		further, err := orderTerm(registry, registry[edge.Target], names[1:], path)
		if err != nil {
			return nil, err
		}
		return &relay.Order{Edges: map[string]*relay.Order{edge.GraphQL: further}}, nil
	}
	if f, ok := e.Field(name); ok && !f.Order {
		return nil, bad(path, "%s.%s cannot be ordered by: it is hidden, long text or a document", e.Name, name)
	} else if !ok {
		if edge, counted := strings.CutSuffix(name, countSuffix); !counted || !hasMany(e, edge) {
			_, err := e.FieldNamed(name)
			return nil, err
		}
	}
	return &relay.Order{Field: relay.OrderField(strings.ToUpper(name))}, nil
}

// hasMany reports whether the rows at the edge can be counted.
func hasMany(e *entity.Entity, name string) bool {
	return slices.ContainsFunc(e.Edges, func(edge *entity.Edge) bool {
		return edge.Name == name && edge.ToMany() && edge.GraphQL != ""
	})
}
