package entschema

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/entc/gen"
	annotation "entgo.io/ent/schema"

	"github.com/framefox-go/framefox/framework/diagram"
)

// Diagram reads the entities of a project of the recommended layout; see
// [Config.Diagram].
func Diagram(ctx context.Context, root string) (*diagram.Diagram, error) {
	return Config{}.Diagram(ctx, root)
}

// Diagram reads the schemas of the project in the folder root as a diagram,
// with what tables do not know: the names of entities and edges, comments, and
// which edges are required. The errors are those of [Config.Tables].
func (c Config) Diagram(ctx context.Context, root string) (*diagram.Diagram, error) {
	g, err := c.Graph(ctx, root)
	if err != nil {
		return nil, err
	}
	tables, err := guarded(g.Tables)
	if err != nil {
		return nil, &SchemaError{Schema: c.folder(), Reason: err.Error()}
	}
	fillDefaults(g, tables)
	d := diagram.FromTables(tables)
	for _, t := range g.Nodes {
		if err := nameEntity(d, t); err != nil {
			return nil, &SchemaError{Schema: c.folder(), Reason: err.Error()}
		}
	}
	for _, t := range g.Nodes {
		for _, e := range t.Edges {
			nameEdge(d, t, e)
		}
	}
	d.Sort()
	return d, nil
}

// fillDefaults marks the columns that the program fills in: a row can be made
// without saying what is in them.
func fillDefaults(g *gen.Graph, tables []*schema.Table) {
	for _, t := range g.Nodes {
		i := slices.IndexFunc(tables, func(table *schema.Table) bool { return table.Name == t.Table() })
		if i < 0 {
			continue
		}
		fields := t.Fields
		if t.HasOneFieldID() {
			fields = append([]*gen.Field{t.ID}, fields...)
		}
		for _, f := range fields {
			if c, ok := tables[i].Column(f.StorageKey()); ok && f.Default && c.Default == nil {
				c.Default = "set by the program"
			}
		}
	}
}

// nameEntity gives an entity its name and comments.
func nameEntity(d *diagram.Diagram, t *gen.Type) error {
	e, ok := d.Entity(t.Table())
	if !ok { // a view, or left out
		return nil
	}
	e.Name = t.Name
	var text annotation.CommentAnnotation
	if err := Annotation(t.Annotations, text.Name(), &text); err != nil {
		return err
	}
	if text.Text != "" {
		e.Comment = text.Text
	}
	fields := t.Fields
	if t.HasOneFieldID() {
		fields = append([]*gen.Field{t.ID}, fields...)
	}
	for _, f := range fields {
		for i := range e.Columns {
			if e.Columns[i].Name == f.StorageKey() && f.Comment() != "" {
				e.Columns[i].Comment = f.Comment()
			}
		}
	}
	return nil
}

// nameEdge gives a relation the name of an edge, and says where an edge needs
// at least one row.
func nameEdge(d *diagram.Diagram, t *gen.Type, e *gen.Edge) {
	if e.M2M() {
		nameManyToMany(d, t, e)
		return
	}
	i := slices.IndexFunc(d.Relations, func(r *diagram.Relation) bool {
		return r.Kind == diagram.Reference && r.From == e.Rel.Table && slices.Equal(r.Columns, []string{e.Rel.Column()})
	})
	if i < 0 {
		return
	}
	r := d.Relations[i]
	if e.OwnFK() {
		r.FromEdge = e.Name
		return
	}
	r.ToEdge = e.Name
	r.FromCardinality = atLeastOne(r.FromCardinality, !e.Optional)
}

// nameManyToMany does the same for an edge through a table. Tables alone do not
// show the relation if the one between needs more than the two keys.
func nameManyToMany(d *diagram.Diagram, t *gen.Type, e *gen.Edge) {
	first, second := t.Table(), e.Type.Table()
	if e.IsInverse() {
		first, second = second, first
	}
	r := between(d, e.Rel.Table, first, second)
	if r == nil {
		r = &diagram.Relation{
			Kind: diagram.ManyToMany, From: first, To: second, Through: e.Rel.Table,
			FromCardinality: diagram.Many, ToCardinality: diagram.Many, Attributes: attributes(d, e.Rel),
		}
		d.Relations = append(d.Relations, r)
		if table, ok := d.Entity(e.Rel.Table); ok {
			table.Join = true
		}
	}
	// What Ent says counts: it knows which way round the edge was declared.
	r.From, r.To = first, second
	if e.IsInverse() {
		r.ToEdge = e.Name
		r.FromCardinality = atLeastOne(r.FromCardinality, !e.Optional)
		return
	}
	r.FromEdge = e.Name
	r.ToCardinality = atLeastOne(r.ToCardinality, !e.Optional)
}

// between finds the relation of two tables through a third.
func between(d *diagram.Diagram, through, a, b string) *diagram.Relation {
	for _, r := range d.Relations {
		if r.Kind == diagram.ManyToMany && r.Through == through && (r.From == a && r.To == b || r.From == b && r.To == a) {
			return r
		}
	}
	return nil
}

// attributes are the columns of a table between that are no key of it.
func attributes(d *diagram.Diagram, rel gen.Relation) []string {
	var list []string
	if table, ok := d.Entity(rel.Table); ok {
		for _, c := range table.Columns {
			if !c.Primary && !slices.Contains(rel.Columns, c.Name) {
				list = append(list, c.Name)
			}
		}
	}
	return list
}

func atLeastOne(c diagram.Cardinality, required bool) diagram.Cardinality {
	switch {
	case required && c == diagram.Many:
		return diagram.OneOrMore
	case required && c == diagram.ZeroOrOne:
		return diagram.One
	default:
		return c
	}
}
