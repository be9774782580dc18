package entity

import (
	"reflect"

	"github.com/framefox-go/framefox/framework/policy"
	"github.com/framefox-go/framefox/framework/rule"
	"github.com/framefox-go/framefox/framework/search"
)

// Kind is the kind of value that a field holds, whatever its Go type.
type Kind uint8

// The kinds of fields.
const (
	Bool    Kind = iota + 1
	Int          // up to 32 bits: a GraphQL Int
	BigInt       // 64 bits
	Float        // finite
	String       // text of any length
	Enum         // one of Field.Enum
	Time         // an instant, UTC, microseconds
	Date         // a civil date: midnight UTC
	UUID         //
	JSON         // any document
	Strings      // a JSON list of strings
	Bytes        //
)

// Entity describes one entity. It is immutable once the program runs.
type Entity struct {
	Name    string // name of the Ent schema: "User"
	GraphQL string // name of the GraphQL type
	Table   string
	Fields  []*Field // the first one is the id
	Edges   []*Edge

	Hidden bool // not in any API

	SoftDelete *Field // when set, a row with a value there is a tombstone
	Version    *Field // optimistic lock, bumped by each update
	Tenant     *Field // whose row it is, set once
	Rows       *Rows  // which rows are seen; never nil

	Search *search.Index // when set, rows can be found by the words of their text
	Revive bool          // an upsert that meets a tombstone restores it
	Keys   []*Key        // what is unique, besides the id

	refersTo, referredBy []*reference // foreign keys; see Registry
	place                int          // see Rank

	byName    map[string]*Field
	byGraphQL map[string]*Field
	edges     map[string]*Edge
	registry  Registry
}

// Field describes one column of an entity.
type Field struct {
	Name      string // name in the generated client: "first_name"; the column, where the schema calls that differently
	Column    string
	GraphQL   string // "firstName"; empty when no API may show it
	Kind      Kind
	GoType    reflect.Type // of the value that Mutation.SetField takes
	Enum      []string
	Nullable  bool
	Required  bool // must be given on create
	Sensitive bool // never readable, never logged
	Touched   bool // set anew by each update, which alone is no change
	Immutable bool // set when the row is made, never later
	Defaulted bool // has a default in the database

	Target string // entity that a foreign key points to

	// What clients may do with it through an API.
	Read, Filter, Order, Create, Update bool

	Rules    rule.Set
	Validate func(any) error                 // rules declared with Ent itself; may be nil
	Seal     func(string) (string, error)    // turns plain text into what is stored (a password's hash)
	Policy   func(plain string) []rule.Fault // rules of the plain text that Seal takes; may be nil
}

// Relation is the cardinality of an edge, seen from its owner.
type Relation uint8

// The relations.
const (
	OneToOne Relation = iota + 1
	OneToMany
	ManyToOne
	ManyToMany
)

// Edge describes one edge of an entity.
type Edge struct {
	Name     string
	GraphQL  string
	Item     string // GraphQL name of one row at an edge to many: "tag"
	Target   string // name of the entity at its end
	Relation Relation
	OwnsFK   bool // the foreign key is a column of the edge's owner

	// Column is the foreign key: in the owner's table when OwnsFK, in the
	// target's otherwise. For ManyToMany, JoinTable holds both columns.
	Column       string
	JoinTable    string
	OwnerColumn  string
	TargetColumn string

	Create, Update bool // clients may set it

	// What becomes of the rows that refer to a row which is deleted. Both ends
	// of a foreign key say the same; empty for ManyToMany.
	OnDelete policy.OnDelete // when it is marked as deleted
	OnPurge  policy.OnDelete // when it is removed for good; never policy.Keep
}

// Key is a field, or several, that no two rows have in common.
type Key struct {
	Fields []string // names of fields, in the order of the index
	Living bool     // unique among living rows only; a tombstone sets it free
	Where  string   // further condition under which it holds, in SQL; usually empty
	Index  string   // its name in the database; "" of a unique field
}

// ToMany reports whether the edge may lead to more than one row.
func (e *Edge) ToMany() bool { return e.Relation == OneToMany || e.Relation == ManyToMany }

// New completes a description that was written as a literal; the generated
// code calls it once for each entity.
func New(e Entity) *Entity {
	e.byName = make(map[string]*Field, len(e.Fields))
	e.byGraphQL = make(map[string]*Field, len(e.Fields))
	e.edges = make(map[string]*Edge, len(e.Edges))
	for _, f := range e.Fields {
		e.byName[f.Name] = f
		if f.GraphQL != "" {
			e.byGraphQL[f.GraphQL] = f
		}
	}
	for _, edge := range e.Edges {
		e.edges[edge.GraphQL] = edge
	}
	if e.Rows == nil {
		e.Rows = NewRows(e.Name, e.filters())
	}
	return &e
}

// filters are those that the description itself tells of.
func (e *Entity) filters() (c RowsConfig) {
	if e.SoftDelete != nil {
		c.SoftDelete = e.SoftDelete.Column
	}
	if e.Tenant != nil {
		c.Tenant, c.TenantType = e.Tenant.Column, e.Tenant.GoType
	}
	return c
}

// ID returns the description of the primary key.
func (e *Entity) ID() *Field { return e.Fields[0] }

// Field returns the field with the name that the Ent schema gives it.
func (e *Entity) Field(name string) (*Field, bool) {
	f, ok := e.byName[name]
	return f, ok
}

// GraphQLField returns the field with that name in the GraphQL API.
func (e *Entity) GraphQLField(name string) (*Field, bool) {
	f, ok := e.byGraphQL[name]
	return f, ok
}

// Edge returns the edge with that name in the GraphQL API.
func (e *Entity) Edge(name string) (*Edge, bool) {
	edge, ok := e.edges[name]
	return edge, ok
}

// Registry finds the entities of an application by name.
type Registry map[string]*Entity

// NewRegistry indexes the given entities and makes them known to each other:
// what a delete does to other rows goes by the registry.
func NewRegistry(entities ...*Entity) Registry {
	r := make(Registry, len(entities))
	for _, e := range entities {
		r[e.Name] = e
		e.registry = r
	}
	r.link(entities)
	r.rank()
	return r
}

// Registry holds all entities of the application.
func (e *Entity) Registry() Registry { return e.registry }

// ByTable returns the entity whose rows are in the table, or nil.
func (r Registry) ByTable(table string) *Entity {
	for _, e := range r {
		if e.Table == table {
			return e
		}
	}
	return nil
}

// ByColumn returns the field that the column holds, or nil.
func (e *Entity) ByColumn(column string) *Field {
	for _, f := range e.Fields {
		if f.Column == column {
			return f
		}
	}
	return nil
}

// UniqueKeys lists the unique keys but the id, each by the names of its fields.
// Those that hold for a part of the rows only, but for the living ones, are
// none.
func (e *Entity) UniqueKeys() [][]string {
	var keys [][]string
	for _, k := range e.Keys {
		if k.Where == "" {
			keys = append(keys, k.Fields)
		}
	}
	return keys
}
