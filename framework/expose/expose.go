// Package expose says what of a schema the generated GraphQL API shows.
//
// By default all of it: each entity becomes a type with connections, filters,
// orders and mutations, except sensitive fields, which can be written but
// never read. Annotations take away:
//
//	field.Bool("is_admin").Annotations(expose.ReadOnly())   // no client sets it
//	field.String("notes").Annotations(expose.Hidden())      // not in the API
//	func (Log) Annotations() []schema.Annotation {
//		return []schema.Annotation{expose.ReadOnly()}       // no mutations at all
//	}
package expose

import "entgo.io/ent/schema"

// AnnotationName is the key under which a schema carries its exposure.
const AnnotationName = "FramefoxExpose"

// Exposure is what the API leaves out of a type, field or edge.
type Exposure struct {
	NoRead   bool   `json:"no_read,omitempty"`
	NoCreate bool   `json:"no_create,omitempty"`
	NoUpdate bool   `json:"no_update,omitempty"`
	NoDelete bool   `json:"no_delete,omitempty"` // types only
	Type     string `json:"type,omitempty"`      // GraphQL type in place of the default one; fields only
}

// Name implements schema.Annotation.
func (Exposure) Name() string { return AnnotationName }

// Merge implements schema.Merger: what one annotation takes away stays away.
func (e Exposure) Merge(other schema.Annotation) schema.Annotation {
	var o Exposure
	switch v := other.(type) {
	case Exposure:
		o = v
	case *Exposure:
		o = *v
	default:
		return e
	}
	e.NoRead = e.NoRead || o.NoRead
	e.NoCreate = e.NoCreate || o.NoCreate
	e.NoUpdate = e.NoUpdate || o.NoUpdate
	e.NoDelete = e.NoDelete || o.NoDelete
	if o.Type != "" {
		e.Type = o.Type
	}
	return e
}

// Hidden keeps a type, field or edge out of the API.
func Hidden() Exposure {
	return Exposure{NoRead: true, NoCreate: true, NoUpdate: true, NoDelete: true}
}

// ReadOnly keeps a field or edge out of the inputs, or a type without
// mutations.
func ReadOnly() Exposure { return Exposure{NoCreate: true, NoUpdate: true, NoDelete: true} }

// CreateOnly lets clients set a field when they create a row, and not later.
func CreateOnly() Exposure { return Exposure{NoUpdate: true} }

// As gives a field another GraphQL type, such as a scalar of the application.
func As(graphqlType string) Exposure { return Exposure{Type: graphqlType} }
