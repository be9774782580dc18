package relay

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/framefox-go/framefox/framework/entity"
)

// NeedsDirective is the directive by which a field of the application's own
// says which fields of its row it reads:
//
//	extend type User {
//	  fullName: String! @needs(fields: ["firstName", "lastName"])
//	}
//
// Only those are then read for it. Without the directive, or with a name that
// the entity does not have, all fields of the row are read.
const NeedsDirective = "needs"

// needsOf lists the fields of the entity that a field of the application says
// it needs.
func needsOf(e *entity.Entity, f graphql.CollectedField) (names []string, ok bool) {
	if f.Definition == nil {
		return nil, false
	}
	d := f.Definition.Directives.ForName(NeedsDirective)
	if d == nil {
		return nil, false
	}
	list := d.Arguments.ForName("fields")
	if list == nil || list.Value == nil {
		return nil, false
	}
	v, err := list.Value.Value(nil)
	if err != nil {
		return nil, false
	}
	for _, item := range items(v) {
		name, _ := item.(string)
		field, known := e.GraphQLField(name)
		if !known {
			return nil, false
		}
		names = append(names, field.Name)
	}
	return names, true
}
