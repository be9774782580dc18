package search

import (
	"slices"

	"entgo.io/ent/schema"
)

// AnnotationName is the key under which a schema carries its searched fields.
const AnnotationName = "FramefoxSearch"

// Predicate is the name of the filter in the GraphQL API.
const Predicate = "search"

// Annotation says which fields of an entity are searched.
type Annotation struct {
	Fields []string `json:"fields,omitempty"` // names in the schema
}

// Fields makes the named fields of an entity searchable. They hold text, are not
// sensitive and not hidden; the entity has an id that is a whole number.
func Fields(names ...string) Annotation { return Annotation{Fields: names} }

// Name implements schema.Annotation.
func (Annotation) Name() string { return AnnotationName }

// Merge implements schema.Merger: the fields of several annotations add up.
func (a Annotation) Merge(other schema.Annotation) schema.Annotation {
	switch o := other.(type) {
	case Annotation:
		a.Fields = slices.Concat(a.Fields, o.Fields)
	case *Annotation:
		a.Fields = slices.Concat(a.Fields, o.Fields)
	}
	return a
}
