package entext

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// mutations adds the inputs and root fields that write the entity.
func mutations(s *ast.Schema, root *ast.Definition, n *node) {
	w := &writer{s, root, n}
	name := n.Entity.GraphQL
	result := ast.NonNullNamedType(name, nil)
	many := ast.NonNullListType(result, nil)
	if n.Creates() {
		in := w.input("Create"+name+"Input", true, nil)
		w.field("create"+name, "Creates one "+name+", with what is nested in it.", result, argument("input", in))
		w.field(n.Many("create"), "Creates one "+name+" for each input, in their order, or none at all.", many,
			&ast.ArgumentDefinition{Name: "input", Type: ast.NonNullListType(in, nil)})
	}
	if n.Updates() {
		in := w.input("Update"+name+"Input", false, nil)
		w.field("update"+name, "Changes the given fields of one "+name+". Null clears a nullable field; fields left out stay.",
			result, w.id(), argument("input", in), w.expected())
	}
	if n.UpdatesMany() {
		verb := n.Many("update")
		in := w.fields(upperFirst(verb)+"Input", false, nil)
		w.field(verb, "Changes the given fields of all "+name+" rows that match.",
			w.affected(), w.where(), w.all(), argument("input", in))
	}
	if n.Expose.NoDelete {
		return
	}
	w.field("delete"+name, "Deletes one "+name+" and returns its ID.", ast.NonNullNamedType("ID", nil), w.id(), w.expected())
	w.field(n.Many("delete"), "Deletes all "+name+" rows that match.", w.affected(), w.where(), w.all())
	if n.Entity.SoftDelete != nil {
		w.field("restore"+name, "Brings a deleted "+name+" back, with all that was deleted together with it.", result, w.id())
	}
}

// writer adds the inputs and mutations of one entity to a schema.
type writer struct {
	schema *ast.Schema
	root   *ast.Definition
	node   *node
}

// field adds a root field; arguments that are nil are left out.
func (w *writer) field(name, about string, t *ast.Type, args ...*ast.ArgumentDefinition) {
	f := &ast.FieldDefinition{Name: name, Description: about, Type: t}
	for _, a := range args {
		if a != nil {
			f.Arguments = append(f.Arguments, a)
		}
	}
	w.root.Fields = append(w.root.Fields, f)
}

func argument(name string, t *ast.Type) *ast.ArgumentDefinition {
	return &ast.ArgumentDefinition{Name: name, Type: t}
}

func (w *writer) id() *ast.ArgumentDefinition {
	return &ast.ArgumentDefinition{Name: "id", Type: ast.NonNullNamedType("ID", nil), Description: "ID of the " + w.node.Entity.GraphQL + "."}
}

func (w *writer) expected() *ast.ArgumentDefinition {
	if w.node.Entity.Version == nil {
		return nil
	}
	return &ast.ArgumentDefinition{
		Name: "expectedVersion", Type: ast.NamedType("BigInt", nil),
		Description: "Refuse with CONFLICT when the row has another version by now.",
	}
}

func (w *writer) where() *ast.ArgumentDefinition {
	return argument("where", ast.NamedType(w.node.Entity.GraphQL+"WhereInput", nil))
}

func (w *writer) all() *ast.ArgumentDefinition {
	return &ast.ArgumentDefinition{
		Name: "all", Type: ast.NamedType("Boolean", nil), Description: "True, in place of where, for all rows.",
	}
}

func (w *writer) affected() *ast.Type {
	if w.schema.Types["Affected"] == nil {
		w.schema.AddTypes(&ast.Definition{
			Kind: ast.Object, Name: "Affected", Description: "What a mutation of many rows has done.",
			Fields: ast.FieldList{{Name: "count", Type: ast.NonNullNamedType("Int", nil), Description: "Number of rows that it changed or deleted."}},
		})
	}
	return ast.NonNullNamedType("Affected", nil)
}

// fields adds the input of the fields alone, without those at edges.
func (w *writer) fields(name string, create bool, without *entity.Field) *ast.Type {
	def := &ast.Definition{Kind: ast.InputObject, Name: name}
	add := func(field string, t *ast.Type, about string) {
		def.Fields = append(def.Fields, &ast.FieldDefinition{Name: field, Type: t, Description: about})
	}
	n := w.node
	for _, f := range n.Entity.Fields {
		if create && !f.Create || !create && !f.Update || f == without {
			continue
		}
		named, about := inputType(n, f), n.GoFields[f.Name].Comment()
		t := ast.NamedType(named, nil)
		if f.Kind == entity.Strings {
			t = ast.ListType(ast.NonNullNamedType("String", nil), nil)
		}
		t.NonNull = create && f.Required && !n.nested(f)
		add(f.GraphQL, t, about)
		if !create && f.Kind == entity.Strings {
			add(relay.Append(f), ast.ListType(ast.NonNullNamedType("String", nil), nil), "Added to the end of "+f.GraphQL+".")
		}
	}
	w.add(def)
	return ast.NonNullNamedType(name, nil)
}

// nested reports whether a foreign key may be given at its edge instead.
func (n *node) nested(f *entity.Field) bool {
	for _, e := range n.Entity.Edges {
		if e.OwnsFK && e.Column == f.Column && relay.NestedOf(n.registry, n.Entity, e, true).Any() {
			return true
		}
	}
	return false
}

// add adds an input that package relay reads.
func (w *writer) add(def *ast.Definition) {
	w.schema.AddTypes(def)
	w.node.inputs = append(w.node.inputs, def.Name)
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// inputType names the GraphQL type of a field's value in inputs.
func inputType(n *node, f *entity.Field) string {
	if f.Target != "" {
		return "ID"
	}
	switch f.Kind {
	case entity.Bool:
		return "Boolean"
	case entity.Int:
		return "Int"
	case entity.Float:
		return "Float"
	case entity.String:
		return "String"
	case entity.Enum:
		return n.Entity.GraphQL + n.GoFields[f.Name].StructField()
	case entity.Time:
		return "Time"
	default:
	}
	if n.HasOneFieldID() && f == n.Entity.ID() {
		return "ID"
	}
	return strings.Trim(scalar(f), "[]!")
}
