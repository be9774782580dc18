package entext

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/policy"
)

// keys lists what is unique on the entity besides its id: fields, foreign keys
// of edges from one to one, and indexes.
func keys(n *node) ([]*entity.Key, error) {
	uniques, err := entschema.Uniques(n.Type)
	if err != nil {
		return nil, err
	}
	var list []*entity.Key
	for _, u := range uniques {
		key := &entity.Key{Living: u.Living && n.Entity.SoftDelete != nil, Where: u.Where, Index: u.Name}
		for _, column := range u.Columns {
			f := n.Entity.ByColumn(column)
			if f == nil {
				return nil, fmt.Errorf("a unique index has the column %s, which is no field", column)
			}
			key.Fields = append(key.Fields, f.Name)
		}
		if !slices.ContainsFunc(list, func(other *entity.Key) bool {
			return other.Where == key.Where && slices.Equal(other.Fields, key.Fields)
		}) {
			list = append(list, key)
		}
	}
	return list, nil
}

// keyLiteral writes a key's description as Go.
func keyLiteral(k *entity.Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Fields: %#v", k.Fields)
	if k.Living {
		b.WriteString(", Living: true")
	}
	if k.Where != "" {
		fmt.Fprintf(&b, ", Where: %q", k.Where)
	}
	if k.Index != "" {
		fmt.Fprintf(&b, ", Index: %q", k.Index)
	}
	b.WriteString("}")
	return b.String()
}

// revives reports whether an upsert that meets a tombstone restores it.
func revives(f *gen.Field) (bool, error) {
	var t policy.Tombstone
	err := entschema.Annotation(f.Annotations, t.Name(), &t)
	return t == policy.Revive, err
}
