package unitofwork

import (
	"context"
	"fmt"
	"reflect"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Kind is what the generated client tells of one entity: N is its struct, K its
// key, a struct itself where the key has several columns.
type Kind[N any, K comparable] struct {
	Entity *entity.Entity
	Fields []string // of the struct, in the order of Entity.Fields
	Edges  []string // of its Edges, in the order of Entity.Edges
	Key    []string // names of the fields of the key

	// Query reads whole rows, and locks them where lock says so.
	Query func(ctx context.Context, where func(*sql.Selector), lock bool) ([]*N, error)
	// Create saves n new rows, in their order; fill sets the values of the i-th.
	Create func(ctx context.Context, n int, fill func(i int, m ent.Mutation) error) ([]*N, error)
	// Update changes the rows with the keys. It may return no rows.
	Update func(ctx context.Context, keys []K, fill func(i int, m ent.Mutation) error) ([]*N, error)
	// Delete deletes rows and returns how many there were.
	Delete func(ctx context.Context, where func(*sql.Selector)) (int, error)
	// Defaults is a mutation that holds the defaults of a new row.
	Defaults func() ent.Mutation
	// Missing is the error of the client that there is no row.
	Missing error
	// Unload makes an edge one that was not loaded.
	Unload func(row *N, edge string)
	// Link adds or removes a row at an edge from many to many.
	Link func(m ent.Mutation, edge string, key any, add bool) error
}

// table is a Kind without its types.
type table struct {
	*entity.Entity
	place   int // in the order of the client
	node    reflect.Type
	fields  []column
	edges   []link
	edgesAt []int
	key     []int // places in fields
	version int   // place in fields, -1 for none

	query  func(ctx context.Context, where func(*sql.Selector), lock bool) ([]any, error)
	create func(ctx context.Context, n int, fill func(i int, m ent.Mutation) error) ([]any, error)
	update func(ctx context.Context, items []*item, fill func(i int, m ent.Mutation) error) ([]any, error)
	delete func(ctx context.Context, where func(*sql.Selector)) (int, error)
	keyOf  func(reflect.Value) any // nil where it is not set
	setID  func(m ent.Mutation, key any) error
	asKey  func(key any) (any, error) // in the type of the key

	missing  error
	unload   func(row any, edge string)
	defaults func() ent.Mutation
	link     func(m ent.Mutation, edge string, key any, add bool) error
}

// column is a field of the entity and of its struct.
type column struct {
	*entity.Field
	at      []int // index in the struct
	pointer bool
	deep    bool // an assignment does not copy all of it
}

// link is an edge of the entity and of its struct.
type link struct {
	*entity.Edge
	at []int // index in the struct
	fk int   // place of the foreign key: in the owner's fields where it owns it, in those of the target else
}

// Set is the entities of one kind in a manager.
type Set[N any, K comparable] struct {
	m *Manager
	t *table
}

// Add makes an entity known to a manager. The generated code calls it.
func Add[N any, K comparable](m *Manager, k Kind[N, K]) Set[N, K] {
	node := reflect.TypeFor[N]()
	t := &table{Entity: k.Entity, place: len(m.tables), node: node, version: -1, defaults: k.Defaults, link: k.Link, delete: k.Delete, missing: k.Missing}
	for i, f := range k.Entity.Fields {
		field, ok := node.FieldByName(k.Fields[i])
		if !ok {
			panic(fmt.Sprintf("unitofwork: %s has no field %s; run the generator again", node, k.Fields[i]))
		}
		t.fields = append(t.fields, column{f, field.Index, field.Type.Kind() == reflect.Pointer && field.Type != f.GoType, deep(field.Type)})
		if k.Entity.Version != nil && f.Name == k.Entity.Version.Name {
			t.version = i
		}
	}
	for _, name := range k.Key {
		t.key = append(t.key, t.fieldNamed(name))
	}
	if edges, ok := node.FieldByName("Edges"); ok {
		t.edgesAt = edges.Index
		for i, e := range k.Entity.Edges {
			if field, ok := edges.Type.FieldByName(k.Edges[i]); ok {
				t.edges = append(t.edges, link{Edge: e, at: append(append([]int{}, edges.Index...), field.Index...), fk: -1})
			}
		}
	}
	t.keyOf = func(row reflect.Value) any { return keyOf[K](t, row) }
	t.setID = func(m ent.Mutation, key any) error {
		with, ok := m.(interface{ SetID(K) })
		if !ok {
			return fmt.Errorf("unitofwork: the key of %s cannot be chosen", t.Name)
		}
		with.SetID(key.(K))
		return nil
	}
	t.unload = func(row any, edge string) { k.Unload(row.(*N), edge) }
	t.asKey = func(key any) (any, error) {
		if typed, ok := key.(K); ok {
			return typed, nil
		}
		typ, v := reflect.TypeFor[K](), reflect.ValueOf(key)
		if v.IsValid() && v.CanConvert(typ) && v.Kind() != reflect.String == (typ.Kind() != reflect.String) {
			if as := v.Convert(typ); as.Comparable() && as.Convert(v.Type()).Equal(v) { // nothing was cut off
				return as.Interface(), nil
			}
		}
		return nil, fmt.Errorf("unitofwork: the key of %s is a %s, not a %T", t.Name, typ, key)
	}
	t.query = func(ctx context.Context, where func(*sql.Selector), lock bool) ([]any, error) {
		return untyped(k.Query(ctx, where, lock))
	}
	t.create = func(ctx context.Context, n int, fill func(int, ent.Mutation) error) ([]any, error) {
		return untyped(k.Create(ctx, n, fill))
	}
	t.update = func(ctx context.Context, items []*item, fill func(int, ent.Mutation) error) ([]any, error) {
		keys := make([]K, len(items))
		for i, it := range items {
			keys[i] = it.key.(K)
		}
		return untyped(k.Update(ctx, keys, fill))
	}
	m.tables = append(m.tables, t)
	m.byType[node], m.byName[t.Name] = t, t
	return Set[N, K]{m, t}
}

func untyped[N any](rows []*N, err error) ([]any, error) {
	list := make([]any, len(rows))
	for i, r := range rows {
		list[i] = r
	}
	return list, err
}

// whole refuses a row that was read with Select: what was not read looks like a
// zero value, which an update would write.
func (t *table) whole(row any) error {
	if r, ok := row.(interface{ RowPartial() bool }); ok && r.RowPartial() {
		return fmt.Errorf("unitofwork: the %s was read with Select, which left fields out: read whole rows", t.Name)
	}
	return nil
}

// absent is the error that there is no row with the key.
func (t *table) absent(key any) error {
	return &entity.NotFoundError{Entity: t.Name, ID: fmt.Sprint(key), Err: t.missing}
}

func (t *table) fieldNamed(name string) int {
	for i, f := range t.fields {
		if f.Name == name || f.Column == name {
			return i
		}
	}
	return -1
}

// keyOf reads the key of a row, nil where a part of it is not set.
func keyOf[K comparable](t *table, row reflect.Value) any {
	var key K
	v := reflect.ValueOf(&key).Elem()
	if len(t.key) == 1 {
		v.Set(row.FieldByIndex(t.fields[t.key[0]].at))
		var none K
		if key == none {
			return nil
		}
		return key
	}
	for i, at := range t.key {
		part := row.FieldByIndex(t.fields[at].at)
		if part.IsZero() {
			return nil
		}
		v.Field(i).Set(part)
	}
	return key
}

// withKeys is the predicate of rows by their keys.
func (t *table) withKeys(keys []any) func(*sql.Selector) {
	if len(t.key) == 1 {
		return func(s *sql.Selector) { s.Where(entity.In(s.C(t.fields[t.key[0]].Column), keys...)) }
	}
	return func(s *sql.Selector) {
		rows := make([]*sql.Predicate, len(keys))
		for i, key := range keys {
			all, v := make([]*sql.Predicate, len(t.key)), reflect.ValueOf(key)
			for j, at := range t.key {
				all[j] = sql.EQ(s.C(t.fields[at].Column), v.Field(j).Interface())
			}
			rows[i] = sql.And(all...)
		}
		s.Where(sql.Or(rows...))
	}
}

// load reads rows by their keys, and finds them by key.
func (t *table) load(ctx context.Context, keys []any, lock bool) (map[any]any, error) {
	found := make(map[any]any, len(keys))
	for len(keys) > 0 {
		n := min(len(keys), t.keysInStatement())
		rows, err := t.query(ctx, t.withKeys(keys[:n]), lock)
		if err != nil {
			return nil, fmt.Errorf("unitofwork: cannot read %s: %w", t.Name, err)
		}
		for _, r := range rows {
			found[t.keyOf(reflect.ValueOf(r).Elem())] = r
		}
		keys = keys[n:]
	}
	return found, nil
}

// keysInStatement is how many keys one statement finds: those of one column are
// cut by entity.In already.
func (t *table) keysInStatement() int {
	if len(t.key) == 1 {
		return 1 << 20
	}
	return 500
}
