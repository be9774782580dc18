package relay

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
)

// OrderFields lists what rows of the entity can be ordered by, in the order of
// its fields: TITLE for the field title, COMMENTS_COUNT for the number of rows
// at the edge comments. A field of such a name hides the count.
func OrderFields(e *entity.Entity) []OrderField {
	var names []OrderField
	for _, f := range e.Fields {
		if f.Order {
			names = append(names, orderName(f))
		}
	}
	for _, edge := range e.Edges {
		if name := countName(edge); edge.GraphQL != "" && edge.ToMany() && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// OrderEdges lists the edges to one, through which rows can be ordered by what
// is at their end.
func OrderEdges(e *entity.Entity) []*entity.Edge {
	var edges []*entity.Edge
	for _, edge := range e.Edges {
		if edge.GraphQL != "" && !edge.ToMany() {
			edges = append(edges, edge)
		}
	}
	return edges
}

func orderName(f *entity.Field) OrderField { return OrderField(strings.ToUpper(f.Name)) }

func countName(e *entity.Edge) OrderField { return OrderField(strings.ToUpper(e.Name) + "_COUNT") }

// terms checks an ordering and completes it with the id, so that it is total.
func (s *scope) terms(orderBy []*Order) ([]term, error) {
	if len(orderBy) > s.limits.MaxOrder {
		return nil, bad("orderBy", "has %d terms; the most are %d", len(orderBy), s.limits.MaxOrder)
	}
	list := make([]term, 0, len(orderBy)+1)
	seen := map[string]bool{}
	for i, o := range orderBy {
		path := fmt.Sprintf("orderBy[%d]", i)
		t, err := s.term(o, path)
		if err != nil {
			return nil, err
		}
		if seen[t.name] {
			return nil, bad(path, "names %s a second time", t.name)
		}
		seen[t.name] = true
		list = append(list, t)
	}
	if id := s.entity.ID(); !seen[string(orderName(id))] {
		// Following the last direction lets one index serve the order.
		list = append(list, term{name: string(orderName(id)), field: id, desc: len(list) > 0 && list[len(list)-1].desc})
	}
	return list, nil
}

// term follows one term of an ordering to what it orders by.
func (s *scope) term(o *Order, path string) (term, error) {
	t := term{owner: s.entity}
	for {
		if o == nil {
			return t, bad(path, "must not be null")
		}
		switch {
		case o.Field != "" && len(o.Edges) > 0, len(o.Edges) > 1:
			return t, bad(path, "must have field or one edge, and nothing beside it; further terms are further items of the list")
		case len(o.Edges) == 0:
			return s.lastStep(t, o, path)
		case o.Direction == Descending:
			return t, bad(path+".direction", "says nothing beside an edge; give it inside of the edge")
		}
		name := slices.Collect(maps.Keys(o.Edges))[0]
		edge, ok := t.owner.Edge(name)
		if !ok || name == "" || edge.ToMany() {
			return t, bad(path, "has no edge to one of the name %s of %s", shorten(name), t.owner.GraphQL)
		}
		path += "." + name
		if len(t.path) >= s.limits.MaxEdges {
			return t, bad(path, "looks through more than %d edges", s.limits.MaxEdges)
		}
		t.path = append(t.path, hop{t.owner, edge, s.registry[edge.Target]})
		t.name += name + "."
		t.owner = s.registry[edge.Target]
		o = o.Edges[name]
	}
}

// lastStep completes a term by its field or count.
func (s *scope) lastStep(t term, o *Order, path string) (term, error) {
	switch o.Direction {
	case Descending:
		t.desc = true
	case Ascending, "":
	default:
		return t, bad(path, "must have the direction ASC or DESC")
	}
	t.name += string(o.Field)
	for _, f := range t.owner.Fields {
		if f.Order && orderName(f) == o.Field {
			t.field = f
			// The row at the end of an edge may be missing or hidden.
			t.nullable = f.Nullable || len(t.path) > 0
			return t, nil
		}
	}
	for _, e := range t.owner.Edges {
		if e.GraphQL != "" && e.ToMany() && countName(e) == o.Field {
			t.field, t.counted, t.target = countField(), e, s.registry[e.Target]
			t.nullable = len(t.path) > 0
			return t, nil
		}
	}
	return t, bad(path, "has no field %s of %s", shorten(string(o.Field)), t.owner.GraphQL)
}
