package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// tooMany is where counting stops: fragments that spread fragments grow
// exponentially, and a sum must not overflow.
const tooMany = 1 << 30

// size is what one selection set amounts to, fragments expanded.
type size struct {
	depth, introspectionDepth   int
	fields, aliases, directives int
	introspects, defers         bool
}

// place is where a selection set stands; it decides whether its edges and node
// fields are the wrapping of a connection, which costs no depth.
type place int

const (
	inField place = iota // below a field that counts
	inRoot
	inEdges         // below the edges of a connection
	inNode          // below the node of such edges
	inIntrospection // anywhere below __schema or __type
)

// measurer measures the selections of one document. Each fragment is measured
// once for each place, so that the work is linear in the document.
type measurer struct {
	fragments map[string]*ast.FragmentDefinition
	done      map[fragmentAt]size
	active    map[fragmentAt]bool
}

type fragmentAt struct {
	name string
	at   place
}

func newMeasurer(doc *ast.QueryDocument) *measurer {
	m := &measurer{
		fragments: make(map[string]*ast.FragmentDefinition, len(doc.Fragments)),
		done:      make(map[fragmentAt]size),
		active:    make(map[fragmentAt]bool),
	}
	for _, f := range doc.Fragments {
		m.fragments[f.Name] = f
	}
	return m
}

// operation measures one operation and counts its root fields.
func (m *measurer) operation(op *ast.OperationDefinition) (total size, rootFields int) {
	total = m.selections(op.SelectionSet, inRoot)
	total.addDirectives(op.Directives)
	for _, v := range op.VariableDefinitions {
		total.addDirectives(v.Directives)
	}
	return total, m.rootFields(op.SelectionSet, make(map[string]int))
}

func (m *measurer) selections(set ast.SelectionSet, at place) size {
	var total size
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			total.add(m.field(s, at))
		case *ast.InlineFragment:
			total.addDirectives(s.Directives)
			total.add(m.selections(s.SelectionSet, at))
		case *ast.FragmentSpread:
			total.addDirectives(s.Directives)
			total.add(m.fragment(s.Name, at))
		}
	}
	return total
}

func (m *measurer) field(f *ast.Field, at place) size {
	below, cost := inField, 1
	var total size
	switch {
	case at == inIntrospection:
		below = inIntrospection
	case at == inRoot && (f.Name == "__schema" || f.Name == "__type"):
		below = inIntrospection
		total.introspects = true
	case at == inField && f.Name == "edges":
		below, cost = inEdges, 0
	case at == inEdges && f.Name == "node":
		below, cost = inNode, 0
	}
	total.add(m.selections(f.SelectionSet, below))
	if below == inIntrospection {
		total.introspectionDepth += cost
	} else {
		total.depth += cost
	}
	total.fields = min(total.fields+1, tooMany)
	if f.Alias != "" && f.Alias != f.Name {
		total.aliases = min(total.aliases+1, tooMany)
	}
	total.addDirectives(f.Directives)
	return total
}

func (m *measurer) fragment(name string, at place) size {
	def, key := m.fragments[name], fragmentAt{name, at}
	// An unknown fragment or a cycle is for the validator to refuse.
	if def == nil || m.active[key] {
		return size{}
	}
	if known, ok := m.done[key]; ok {
		return known
	}
	m.active[key] = true
	total := m.selections(def.SelectionSet, at)
	total.addDirectives(def.Directives)
	delete(m.active, key)
	m.done[key] = total
	return total
}

// rootFields counts the fields at the top. known holds the fragments counted
// so far, those under way with 0.
func (m *measurer) rootFields(set ast.SelectionSet, known map[string]int) int {
	n := 0
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n += m.rootFields(s.SelectionSet, known)
		case *ast.FragmentSpread:
			count, ok := known[s.Name]
			if def := m.fragments[s.Name]; !ok && def != nil {
				known[s.Name] = 0
				count = m.rootFields(def.SelectionSet, known)
				known[s.Name] = count
			}
			n += count
		}
		n = min(n, tooMany)
	}
	return n
}

func (s *size) add(other size) {
	s.depth = max(s.depth, other.depth)
	s.introspectionDepth = max(s.introspectionDepth, other.introspectionDepth)
	s.fields = min(s.fields+other.fields, tooMany)
	s.aliases = min(s.aliases+other.aliases, tooMany)
	s.directives = min(s.directives+other.directives, tooMany)
	s.introspects = s.introspects || other.introspects
	s.defers = s.defers || other.defers
}

func (s *size) addDirectives(list ast.DirectiveList) {
	s.directives = min(s.directives+len(list), tooMany)
	s.defers = s.defers || list.ForName("defer") != nil
}
