package seed

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/entity"
)

// Store writes entities of a generated client by their names. What it calls of
// the client is part of what Ent generates for every schema; it is looked up by
// name because each application has types of its own.
type Store struct {
	client   reflect.Value // *ent.Client
	entities entity.Registry
	uniques  map[string][][]*entity.Field // by entity: what is unique, single fields first

	// tenant is whose rows of an entity are read and written; nil where the
	// context says so.
	tenant func(context.Context, *entity.Entity) (any, error)
}

// NewStore returns a Store for the generated client, the entities that it has,
// and their tables, which know what is unique.
func NewStore(client any, entities entity.Registry, tables []*schema.Table) (*Store, error) {
	s := &Store{client: reflect.ValueOf(client), entities: entities, uniques: map[string][][]*entity.Field{}}
	if s.client.Kind() != reflect.Pointer || s.client.IsNil() || !s.client.MethodByName("Tx").IsValid() {
		return nil, fmt.Errorf("seed: %T is not the client that Ent generates", client)
	}
	for _, e := range entities {
		for _, table := range tables {
			if table.Name == e.Table {
				s.uniques[e.Name] = uniques(e, table)
			}
		}
	}
	return s, nil
}

// uniques lists what is unique in a table, apart from its key. Indexes on a part
// of the rows are left out, unless that part is the living ones.
func uniques(e *entity.Entity, table *schema.Table) (sets [][]*entity.Field) {
	add := func(columns ...string) {
		var set []*entity.Field
		for _, column := range columns {
			f := e.ByColumn(column)
			if f == nil {
				return
			}
			set = append(set, f)
		}
		if !slices.ContainsFunc(sets, func(other []*entity.Field) bool { return slices.Equal(other, set) }) {
			sets = append(sets, set)
		}
	}
	for _, column := range table.Columns {
		if column.Unique && column.Name != e.ID().Column {
			add(column.Name)
		}
	}
	for _, index := range table.Indexes {
		if !index.Unique || index.Annotation != nil && index.Annotation.Where != "" && !amongLiving(e, index.Annotation.Where) {
			continue
		}
		var names []string
		for _, column := range index.Columns {
			names = append(names, column.Name)
		}
		add(names...)
	}
	slices.SortStableFunc(sets, func(a, b []*entity.Field) int { return len(a) - len(b) })
	return sets
}

// amongLiving reports whether the condition of an index is that the row is not
// deleted.
func amongLiving(e *entity.Entity, where string) bool {
	return e.SoftDelete != nil && where == e.SoftDelete.Column+" IS NULL"
}

// entity finds an entity by its table or its name.
func (s *Store) entity(name string) (*entity.Entity, error) {
	if e, ok := s.entities[name]; ok {
		return e, nil
	}
	var names []string
	for _, e := range s.entities {
		if e.Table == name {
			return e, nil
		}
		names = append(names, e.Table)
	}
	slices.Sort(names)
	return nil, &EntityError{Entity: name, Reason: "there is no such entity; there are " + strings.Join(names, ", ")}
}

// session is a Store within one transaction.
type session struct {
	*Store
	tx reflect.Value // *ent.Tx
}

func (s *Store) begin(ctx context.Context) (*session, error) {
	out := s.client.MethodByName("Tx").Call([]reflect.Value{reflect.ValueOf(ctx)})
	if err, failed := reflect.TypeAssert[error](out[1]); failed {
		return nil, fmt.Errorf("seed: cannot begin a transaction: %w", err)
	}
	return &session{Store: s, tx: out[0]}, nil
}

// end commits, or rolls back.
func (s *session) end(commit bool) error {
	tx, ok := reflect.TypeAssert[interface {
		Commit() error
		Rollback() error
	}](s.tx)
	if !ok {
		return fmt.Errorf("seed: unexpected transaction %s", s.tx.Type())
	}
	if !commit {
		return tx.Rollback()
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("seed: cannot commit: %w", err)
	}
	return nil
}

// of returns the client of one entity.
func (s *session) of(e *entity.Entity) (reflect.Value, error) {
	client := s.tx.Elem().FieldByName(e.Name)
	if !client.IsValid() {
		return reflect.Value{}, &EntityError{Entity: e.Name, Reason: "the client does not know it; run the generator again"}
	}
	return client, nil
}

// draft is a row that is being written.
type draft struct {
	mutation ent.Mutation
	save     func(context.Context) error
}

// create begins a new row.
func (s *session) create(e *entity.Entity) (*draft, error) {
	client, err := s.of(e)
	if err != nil {
		return nil, err
	}
	return s.newDraft(e, client.MethodByName("Create").Call(nil)[0])
}

// update begins the change of a row.
func (s *session) update(e *entity.Entity, id any) (*draft, error) {
	client, err := s.of(e)
	if err != nil {
		return nil, err
	}
	method := client.MethodByName("UpdateOneID")
	if !method.IsValid() {
		return nil, noKey(e)
	}
	return s.newDraft(e, method.Call([]reflect.Value{reflect.ValueOf(id)})[0])
}

func (s *session) newDraft(e *entity.Entity, builder reflect.Value) (*draft, error) {
	save, ok := reflect.TypeAssert[interface {
		Exec(ctx context.Context) error
	}](builder)
	mutation, isMutation := reflect.TypeAssert[ent.Mutation](builder.MethodByName("Mutation").Call(nil)[0])
	if !ok || !isMutation {
		return nil, &EntityError{Entity: e.Name, Reason: fmt.Sprintf("unexpected builder %s", builder.Type())}
	}
	return &draft{mutation: mutation, save: func(ctx context.Context) error {
		ctx, err := s.ofTenant(ctx, e)
		if err != nil {
			return err
		}
		return save.Exec(ctx)
	}}, nil
}

// noKey is the error for the rows of an edge with attributes, whose key is a pair.
func noKey(e *entity.Entity) error {
	return &EntityError{Entity: e.Name, Reason: "its rows have no id of their own; list them at the edge that leads through it"}
}

// id is the key of the row, once it is saved.
func (d *draft) id() any {
	method := reflect.ValueOf(d.mutation).MethodByName("ID")
	if !method.IsValid() {
		return nil
	}
	return method.Call(nil)[0].Interface()
}

// link adds rows to, or removes them from, an edge to many.
func (d *draft) link(edge *entity.Edge, add bool, ids []any) error {
	if len(ids) == 0 {
		return nil
	}
	verb := "Remove"
	if add {
		verb = "Add"
	}
	name := verb + strings.ToUpper(edge.Item[:1]) + edge.Item[1:] + "IDs"
	method := reflect.ValueOf(d.mutation).MethodByName(name)
	if !method.IsValid() {
		return fmt.Errorf("seed: %T has no method %s for the edge %s", d.mutation, name, edge.Name)
	}
	args := make([]reflect.Value, len(ids))
	for i, id := range ids {
		args[i] = reflect.ValueOf(id)
	}
	method.Call(args)
	return nil
}

// record is a row as it is stored: values by the names of fields, nil for NULL.
type record map[string]any

// read reads fields of rows, tombstones included.
func (s *session) read(ctx context.Context, e *entity.Entity, fields []*entity.Field, where func(*sql.Selector)) ([]record, error) {
	ctx, err := s.ofTenant(ctx, e)
	if err != nil {
		return nil, err
	}
	return s.readAs(ctx, e, fields, where)
}

// readAs reads what is seen with the context.
func (s *session) readAs(ctx context.Context, e *entity.Entity, fields []*entity.Field, where func(*sql.Selector)) ([]record, error) {
	client, err := s.of(e)
	if err != nil {
		return nil, err
	}
	query := client.MethodByName("Query").Call(nil)[0]
	filter, ok := reflect.TypeAssert[interface{ WhereP(...func(*sql.Selector)) }](query)
	if !ok {
		return nil, &EntityError{Entity: e.Name, Reason: "its client was generated without the framework"}
	}
	if where != nil {
		filter.WhereP(where)
	}
	columns := make([]reflect.Value, len(fields))
	shape := make([]reflect.StructField, len(fields))
	for i, f := range fields {
		columns[i] = reflect.ValueOf(f.Column)
		shape[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: f.GoType, Tag: reflect.StructTag(`sql:"` + f.Column + `"`)}
		switch {
		case isDocument(f):
			shape[i].Type = reflect.TypeFor[document]()
		case f.Nullable:
			shape[i].Type = reflect.PointerTo(f.GoType)
		}
	}
	rows := reflect.New(reflect.SliceOf(reflect.StructOf(shape)))
	selected, ok := reflect.TypeAssert[interface {
		Scan(ctx context.Context, v any) error
	}](query.MethodByName("Select").Call(columns)[0])
	if !ok {
		return nil, errors.New("seed: unexpected query")
	}
	if err := selected.Scan(entity.WithTrashed(ctx), rows.Interface()); err != nil {
		return nil, fmt.Errorf("seed: cannot read %s: %w", e.Table, err)
	}
	list := make([]record, rows.Elem().Len())
	for i := range list {
		list[i] = record{}
		for j, f := range fields {
			v := rows.Elem().Index(i).Field(j)
			if f.Nullable && !isDocument(f) && !v.IsNil() {
				v = v.Elem()
			}
			if v.Kind() == reflect.Pointer && v.IsNil() || isDocument(f) && v.IsNil() {
				list[i][f.Name] = nil
				continue
			}
			list[i][f.Name] = v.Interface()
		}
	}
	return list, nil
}

// hasKey reports whether the rows of an entity have an id of their own.
func hasKey(e *entity.Entity) bool {
	id := e.ID()
	return id.Target == "" && id.Name == "id"
}

// document is the text of a JSON column, which databases give in several ways.
type document []byte

// Scan takes what a driver gives.
func (d *document) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = nil
	case []byte:
		*d = slices.Clone(v)
	case string:
		*d = document(v)
	default:
		return fmt.Errorf("seed: cannot read a document from a %T", v)
	}
	return nil
}

func isDocument(f *entity.Field) bool { return f.Kind == entity.JSON || f.Kind == entity.Strings }
