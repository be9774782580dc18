package entext

import (
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/expose"
)

// isCustom reports whether the field has a Go type of the application's own,
// which is shown, filtered and ordered by the plain value that it stores. Keys
// stay what they are: they find rows.
func isCustom(n *node, f *entity.Field) bool {
	g := n.GoFields[f.Name]
	if !g.HasGoType() || f.Target != "" || n.HasOneFieldID() && f == n.Entity.ID() {
		return false
	}
	switch g.Type.Type {
	case field.TypeJSON:
		return false
	case field.TypeUUID:
		return g.Type.RType.Ident != "uuid.UUID"
	default:
		return true
	}
}

// plainType names the Go type in which the API shows a custom field, or is ""
// where the field is none, is not shown, or has a scalar of the application's.
func plainType(n *node, f *entity.Field) string {
	var show expose.Exposure
	_ = entschema.Annotation(n.GoFields[f.Name].Annotations, show.Name(), &show) // read once already
	if !f.Read || !isCustom(n, f) || show.Type != "" {
		return ""
	}
	return map[entity.Kind]string{
		entity.Bool: "bool", entity.Int: "int64", entity.BigInt: "int64", entity.Float: "float64",
		entity.String: "string", entity.Enum: "string", entity.Time: "time.Time", entity.Date: "time.Time",
		entity.UUID: "uuid.UUID", entity.Bytes: "[]byte",
	}[f.Kind]
}
