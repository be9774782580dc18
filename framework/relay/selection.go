package relay

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/framefox-go/framefox/framework/entity"
)

// wanted is what the running GraphQL field asks of a connection or row.
type wanted struct {
	columns []string // names of fields; nil is all that may be read
	rows    bool     // edges or page information are selected
	count   bool     // totalCount is selected

	aggregates []wantedAggregate
}

// wantedOfConnection reads the selection below a connection field.
func wantedOfConnection(ctx context.Context, e *entity.Entity) wanted {
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || !graphql.HasOperationContext(ctx) {
		return wanted{rows: true, count: true}
	}
	op := graphql.GetOperationContext(ctx)
	var w wanted
	set := newColumns(e)
	for _, f := range graphql.CollectFields(op, fc.Field.Selections, []string{e.GraphQL + "Connection"}) {
		switch f.Name {
		case "totalCount":
			w.count = true
		case aggregateField, groupsField:
			w.aggregates = append(w.aggregates, wantAggregate(op, e, f))
		case "pageInfo":
			w.rows = true
		case "edges":
			w.rows = true
			for _, edge := range graphql.CollectFields(op, f.Selections, []string{e.GraphQL + "Edge"}) {
				if edge.Name == "node" {
					set.add(op, edge)
				}
			}
		}
	}
	w.columns = set.names()
	return w
}

// wantedOfPage reads the selection below a field that is a page by number.
func wantedOfPage(ctx context.Context, e *entity.Entity) wanted {
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || !graphql.HasOperationContext(ctx) {
		return wanted{rows: true, count: true}
	}
	op := graphql.GetOperationContext(ctx)
	var w wanted
	set := newColumns(e)
	for _, f := range graphql.CollectFields(op, fc.Field.Selections, []string{e.GraphQL + "Page"}) {
		switch f.Name {
		case "data":
			w.rows = true
			set.add(op, f)
		case "pagination":
			w.count = true
		}
	}
	w.columns = set.names()
	return w
}

// wantedOfNode reads the selection below a field that is one row.
func wantedOfNode(ctx context.Context, e *entity.Entity) wanted {
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || !graphql.HasOperationContext(ctx) {
		return wanted{rows: true}
	}
	set := newColumns(e)
	set.add(graphql.GetOperationContext(ctx), fc.Field)
	return wanted{rows: true, columns: set.names()}
}

// columns collects the fields that a selection needs.
type columns struct {
	entity *entity.Entity
	need   map[string]bool
	all    bool
}

func newColumns(e *entity.Entity) *columns {
	return &columns{entity: e, need: map[string]bool{}}
}

func (c *columns) add(op *graphql.OperationContext, field graphql.CollectedField) {
	for _, f := range graphql.CollectFields(op, field.Selections, []string{c.entity.GraphQL, "Node"}) {
		if column, ok := c.entity.GraphQLField(f.Name); ok {
			c.need[column.Name] = true
		} else if edge, ok := c.entity.Edge(f.Name); ok {
			if edge.OwnsFK {
				c.needColumn(edge.Column)
			}
		} else if names, ok := needsOf(c.entity, f); ok {
			for _, name := range names {
				c.need[name] = true
			}
		} else if f.Name != "__typename" {
			c.all = true // a field of the application may read any of them
		}
	}
}

func (c *columns) needColumn(column string) {
	for _, f := range c.entity.Fields {
		if f.Column == column {
			c.need[f.Name] = true
		}
	}
}

// names lists the fields in the order of the entity, the id first.
func (c *columns) names() []string {
	names := []string{c.entity.ID().Name}
	for _, f := range c.entity.Fields[1:] {
		if c.need[f.Name] || c.all && !f.Sensitive {
			names = append(names, f.Name)
		}
	}
	return names
}
