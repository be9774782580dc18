package entity

import (
	"reflect"

	"github.com/framefox-go/framefox/framework/rule"
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

	SoftDelete *Field // when set, a row with a value there is a tombstone
	Version    *Field // optimistic lock, bumped by each update
	Revive     bool   // an upsert that meets a tombstone restores it

	byName    map[string]*Field
	byGraphQL map[string]*Field
	edges     map[string]*Edge
}

// Field describes one column of an entity.
type Field struct {
	Name      string // name in the Ent schema: "first_name"
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
	return &e
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

// NewRegistry indexes the given entities.
func NewRegistry(entities ...*Entity) Registry {
	r := make(Registry, len(entities))
	for _, e := range entities {
		r[e.Name] = e
	}
	return r
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
