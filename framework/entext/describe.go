package entext

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/entc/gen"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/expose"
)

// node is one Ent type with its description.
type node struct {
	*gen.Type
	Entity *entity.Entity
	Expose expose.Exposure
	// GoFields maps the name of a field to its generated counterpart.
	GoFields map[string]*gen.Field
	GoEdges  map[string]*gen.Edge

	registry entity.Registry  // of all nodes
	others   map[string]*node // all nodes by name
	inputs   []string         // of mutations
	Upsert   []upsertKey      // that an upsert can go by; the first is the default
}

// InAPI reports whether the GraphQL API has a type for the node.
func (n *node) InAPI() bool { return n.HasOneFieldID() && !n.Expose.NoRead }

// describe reads the graph into descriptions, in the order of its nodes.
func describe(g *gen.Graph) ([]*node, error) {
	nodes := make([]*node, 0, len(g.Nodes))
	byName := make(map[string]*node, len(g.Nodes))
	for _, t := range g.Nodes {
		n, err := describeType(t)
		if err != nil {
			return nil, fmt.Errorf("entext: %s: %w", t.Name, err)
		}
		nodes = append(nodes, n)
		byName[t.Name] = n
	}
	registry := entity.Registry{}
	for _, n := range nodes {
		registry[n.Name] = n.Entity
		n.registry, n.others = registry, byName
	}
	for _, n := range nodes {
		for _, e := range n.Edges {
			edge, err := describeEdge(n, e, byName[e.Type.Name])
			if err != nil {
				return nil, fmt.Errorf("entext: %s.%s: %w", n.Name, e.Name, err)
			}
			n.Entity.Edges = append(n.Entity.Edges, edge)
			n.GoEdges[e.Name] = e
		}
	}
	return nodes, nil
}

func describeType(t *gen.Type) (*node, error) {
	n := &node{
		Type:     t,
		Entity:   &entity.Entity{Name: t.Name, GraphQL: t.Name, Table: t.Table()},
		GoFields: map[string]*gen.Field{},
		GoEdges:  map[string]*gen.Edge{},
	}
	if err := entschema.Annotation(t.Annotations, expose.AnnotationName, &n.Expose); err != nil {
		return nil, err
	}
	fields := t.Fields
	if t.HasOneFieldID() {
		fields = append([]*gen.Field{t.ID}, fields...)
	}
	for i, f := range fields {
		isID := i == 0 && t.HasOneFieldID()
		d, trait, err := describeField(n, f, isID)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		switch trait {
		case entity.SoftDeleteTrait:
			n.Entity.SoftDelete = d
			if n.Entity.Revive, err = revives(f); err != nil {
				return nil, err
			}
		case entity.VersionTrait:
			n.Entity.Version = d
		case entity.TenantTrait:
			if err := describeTenant(n, f, d); err != nil {
				return nil, fmt.Errorf("field %s: %w", f.Name, err)
			}
		default:
		}
		n.Entity.Fields = append(n.Entity.Fields, d)
		n.GoFields[f.StorageKey()] = f
	}
	n.Entity.Hidden = !n.InAPI()
	var err error
	if n.Entity.Search, err = entschema.Search(t); err != nil {
		return nil, err
	}
	if n.Entity.Keys, err = keys(n); err != nil {
		return nil, err
	}
	n.Upsert = upsertKeys(n)
	return n, nil
}

// maxOrderedText is the longest text that lists can be ordered by, in
// characters.
const maxOrderedText = 255

// inGraphQL reports whether the API has a scalar for numbers of that Go type.
func inGraphQL(t field.Type) bool {
	return !t.Numeric() || slices.Contains([]field.Type{field.TypeInt, field.TypeInt32, field.TypeInt64, field.TypeFloat64}, t)
}

func describeField(n *node, f *gen.Field, isID bool) (*entity.Field, entity.Trait, error) {
	var (
		show  expose.Exposure
		trait entity.Trait
	)
	if err := entschema.Annotation(f.Annotations, expose.AnnotationName, &show); err != nil {
		return nil, "", err
	}
	if err := entschema.Annotation(f.Annotations, entity.TraitName, &trait); err != nil {
		return nil, "", err
	}
	kind, err := kindOf(f, trait)
	if err != nil {
		return nil, "", err
	}
	rules, err := entschema.Rules(f)
	if err != nil {
		return nil, "", err
	}
	d := &entity.Field{
		// The generated mutations know a field by its column.
		Name: f.StorageKey(), Column: f.StorageKey(), Kind: kind,
		Enum: f.EnumValues(), Nullable: f.Optional,
		Required:  !isID && !f.Optional && !f.Default,
		Sensitive: f.Sensitive(), Rules: rules,
		Immutable: f.Immutable, Defaulted: defaulted(f),
		Create: !isID && !show.NoCreate && !n.Expose.NoCreate,
		Update: !isID && !show.NoUpdate && !n.Expose.NoUpdate && !f.Immutable,
	}
	if len(d.Enum) == 0 {
		d.Enum = nil
	}
	if f.IsEdgeField() {
		e, err := f.Edge()
		if err != nil {
			return nil, "", err
		}
		d.Target = e.Type.Name
	}
	d.Read = !show.NoRead && !f.Sensitive()
	if d.Read || d.Create || d.Update {
		d.GraphQL = camel(f.Name)
	}
	if d.GraphQL != "" && n.InAPI() && !inGraphQL(f.Type.Type) {
		return nil, "", fmt.Errorf("the API cannot show type %s; use Int32 or Int64 for whole numbers and Float for others, or hide the field with expose.Hidden()", f.Type.Type)
	}
	d.Filter = d.Read && kind != entity.Bytes
	// Long text is no order: cursors would carry it whole, and MySQL sorts by
	// its beginning only.
	d.Order = d.Filter && kind != entity.JSON && kind != entity.Strings && (kind != entity.String || f.Column().Size <= maxOrderedText)
	return d, trait, nil
}

func kindOf(f *gen.Field, trait entity.Trait) (entity.Kind, error) {
	switch t := f.Type.Type; t {
	case field.TypeBool:
		return entity.Bool, nil
	case field.TypeInt8, field.TypeInt16, field.TypeInt32, field.TypeUint8, field.TypeUint16:
		return entity.Int, nil
	case field.TypeInt, field.TypeInt64, field.TypeUint, field.TypeUint32, field.TypeUint64:
		return entity.BigInt, nil
	case field.TypeFloat32, field.TypeFloat64:
		return entity.Float, nil
	case field.TypeString:
		return entity.String, nil
	case field.TypeEnum:
		return entity.Enum, nil
	case field.TypeTime:
		if trait == entity.DateTrait {
			return entity.Date, nil
		}
		return entity.Time, nil
	case field.TypeUUID:
		return entity.UUID, nil
	case field.TypeJSON:
		if f.Type.RType != nil && f.Type.RType.Ident == "[]string" {
			return entity.Strings, nil
		}
		return entity.JSON, nil
	case field.TypeBytes:
		return entity.Bytes, nil
	default:
		return 0, fmt.Errorf("type %s is not supported; use one of Ent's other field types", t)
	}
}

func describeEdge(owner *node, e *gen.Edge, target *node) (*entity.Edge, error) {
	var show expose.Exposure
	if err := entschema.Annotation(e.Annotations, expose.AnnotationName, &show); err != nil {
		return nil, err
	}
	d := &entity.Edge{
		Name: e.Name, Target: e.Type.Name, OwnsFK: e.OwnFK(),
		Relation: map[gen.Rel]entity.Relation{
			gen.O2O: entity.OneToOne, gen.O2M: entity.OneToMany, gen.M2O: entity.ManyToOne, gen.M2M: entity.ManyToMany,
		}[e.Rel.Type],
	}
	if owner.InAPI() && target.InAPI() && !show.NoRead {
		d.GraphQL = camel(e.Name)
		d.Item = camel(singular(e.Name))
	}
	if err := checkThrough(e); err != nil {
		return nil, err
	}
	if !e.M2M() {
		d.Column = e.Rel.Column()
		var err error
		if d.OnDelete, d.OnPurge, err = entschema.Policies(e); err != nil {
			return nil, err
		}
		if e.OwnFK() && e.Field() == nil {
			return nil, fmt.Errorf("the edge owns a foreign key that is no field of the schema; declare the field %q and bind it with .Field(%q)", d.Column, d.Column)
		}
		writableEdge(owner, d, show)
		return d, nil
	}
	d.JoinTable = e.Rel.Table
	d.OwnerColumn, d.TargetColumn = e.Rel.Columns[0], e.Rel.Columns[1]
	if e.IsInverse() {
		d.OwnerColumn, d.TargetColumn = d.TargetColumn, d.OwnerColumn
	}
	writableEdge(owner, d, show)
	return d, nil
}

func camel(name string) string  { return gen.Funcs["camel"].(func(string) string)(name) }
func plural(name string) string { return gen.Funcs["plural"].(func(string) string)(name) }
func singular(name string) string {
	return gen.Funcs["singular"].(func(string) string)(name)
}
func snake(name string) string { return gen.Funcs["snake"].(func(string) string)(name) }

// listField names the GraphQL field that lists the entity, with the plural that
// its table has too: people, not persons.
func listField(n *node) string { return camel(snake(plural(snake(n.Name)))) }

func upper(name string) string { return strings.ToUpper(snake(name)) }
