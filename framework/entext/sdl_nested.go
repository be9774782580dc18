package entext

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// input adds the input of one row: its fields, and an input for each edge that
// it may write. Without is the foreign key that comes from the row around it.
func (w *writer) input(name string, create bool, without *entity.Field) *ast.Type {
	t := w.fields(name, create, without)
	def := w.schema.Types[name]
	n := w.node
	for _, e := range n.Entity.Edges {
		if e.OwnsFK && without != nil && e.Column == without.Column {
			continue
		}
		if ops := relay.NestedOf(n.registry, n.Entity, e, create); ops.Any() {
			def.Fields = append(def.Fields, &ast.FieldDefinition{Name: e.GraphQL, Type: w.edge(e, ops, create)})
		}
	}
	return t
}

// edge adds the input of what is written at an edge: CommentsOfPostCreateInput.
func (w *writer) edge(e *entity.Edge, ops relay.Nested, create bool) *ast.Type {
	n := w.node
	name := upperFirst(e.GraphQL) + "Of" + n.Entity.GraphQL + "UpdateInput"
	if create {
		name = upperFirst(e.GraphQL) + "Of" + n.Entity.GraphQL + "CreateInput"
	}
	if w.schema.Types[name] != nil {
		return ast.NamedType(name, nil) // the input with, or without, a key has it already
	}
	def := &ast.Definition{Kind: ast.InputObject, Name: name, Description: "Exactly one of the fields has to be given."}
	w.add(def)
	add := func(on bool, field string, t *ast.Type) {
		if !on {
			return
		}
		if e.ToMany() {
			t = ast.ListType(ast.NonNullNamedType(t.NamedType, nil), nil)
		}
		def.Fields = append(def.Fields, &ast.FieldDefinition{Name: field, Type: t})
	}
	made, both := w.made(e, ops)
	if e.ToMany() {
		def.Description = ""
	}
	add(ops.Create, "create", made)
	add(ops.Connect, "connect", ast.NamedType("ID", nil))
	add(ops.ConnectOrCreate, "connectOrCreate", both)
	if e.ToMany() {
		add(ops.Disconnect, "disconnect", ast.NamedType("ID", nil))
	} else {
		add(ops.Disconnect, "disconnect", ast.NamedType("Boolean", nil))
	}
	add(ops.Set, "set", ast.NamedType("ID", nil))
	return ast.NamedType(name, nil)
}

// made adds the inputs of new rows at an edge. Where these have their foreign
// key from the row around them, it is left out of them.
func (w *writer) made(e *entity.Edge, ops relay.Nested) (create, both *ast.Type) {
	if !ops.Create {
		return nil, nil
	}
	target := w.node.others[e.Target]
	inner := &writer{w.schema, w.root, target}
	suffix := ""
	var without *entity.Field
	if e.Relation != entity.ManyToMany && !e.OwnsFK {
		without = target.Entity.ByColumn(e.Column)
		suffix = "Without" + upperFirst(inverse(target.Entity, without))
	}
	name := "Create" + e.Target + suffix + "Input"
	create = ast.NamedType(name, nil)
	if without != nil && w.schema.Types[name] == nil {
		inner.input(name, true, without)
	}
	if ops.ConnectOrCreate {
		both = inner.both(e.Target+suffix, create)
	}
	return create, both
}

// both adds the input of connectOrCreate.
func (w *writer) both(name string, create *ast.Type) *ast.Type {
	name = "ConnectOrCreate" + name + "Input"
	if w.schema.Types[name] == nil {
		w.add(&ast.Definition{
			Kind: ast.InputObject, Name: name,
			Fields: ast.FieldList{
				{Name: "where", Type: w.unique(), Description: "The unique key of the row."},
				{Name: "create", Type: ast.NonNullNamedType(create.NamedType, nil), Description: "What to make where there is none."},
			},
		})
	}
	return ast.NamedType(name, nil)
}

// unique adds the input that names a row by a unique key.
func (w *writer) unique() *ast.Type {
	e := w.node.Entity
	name := e.GraphQL + "UniqueInput"
	if w.schema.Types[name] == nil {
		def := &ast.Definition{Kind: ast.InputObject, Name: name, Description: "The fields of exactly one unique key."}
		for _, key := range relay.UniqueKeys(e, nil) {
			for _, f := range key {
				if def.Fields.ForName(f.GraphQL) == nil {
					def.Fields = append(def.Fields, &ast.FieldDefinition{Name: f.GraphQL, Type: ast.NamedType(inputType(w.node, f), nil)})
				}
			}
		}
		w.add(def)
	}
	return ast.NonNullNamedType(name, nil)
}

// inverse names the edge that holds a foreign key, or the key where the edge
// is not shown.
func inverse(e *entity.Entity, key *entity.Field) string {
	for _, edge := range e.Edges {
		if edge.OwnsFK && edge.Column == key.Column && edge.GraphQL != "" {
			return edge.GraphQL
		}
	}
	return camel(key.Name)
}
