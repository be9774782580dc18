package entschema

import (
	"slices"
	"strings"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/policy"
)

// Unique is columns of an entity that no two rows have in common.
type Unique struct {
	Columns []string
	Living  bool   // not declared unique for ever
	Where   string // condition of a partial index, in SQL
	Name    string // of the index; "" of a field or an edge

	index *gen.Index // nil for a field or an edge
	field *gen.Field // nil for an index
}

// Uniques lists what the schema of an entity declares unique, besides its id:
// fields, edges from one to one, indexes. Prepare changes the declarations; ask
// before it.
func Uniques(t *gen.Type) ([]Unique, error) {
	var list []Unique
	add := func(u Unique, annotations map[string]any) error {
		var kind policy.Uniqueness
		if err := Annotation(annotations, kind.Name(), &kind); err != nil {
			return err
		}
		u.Living = kind != policy.UniqueForever
		list = append(list, u)
		return nil
	}
	for _, f := range t.Fields {
		if f.Unique || oneToOne(t, f) {
			if err := add(Unique{Columns: []string{f.StorageKey()}, field: f}, f.Annotations); err != nil {
				return nil, err
			}
		}
	}
	for _, idx := range t.Indexes {
		if !idx.Unique {
			continue
		}
		var a entsql.IndexAnnotation
		if err := Annotation(idx.Annotations, a.Name(), &a); err != nil {
			return nil, err
		}
		if err := add(Unique{Columns: idx.Columns, Where: a.Where, Name: idx.Name, index: idx}, idx.Annotations); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// oneToOne reports whether the field is the foreign key of an edge from one to
// one.
func oneToOne(t *gen.Type, f *gen.Field) bool {
	return slices.ContainsFunc(t.Edges, func(e *gen.Edge) bool { return e.Rel.Type == gen.O2O && e.OwnFK() && e.Field() == f })
}

// uniqueAmongLiving makes what is unique on an entity with soft delete unique
// among its living rows: a deleted row sets its values free.
func uniqueAmongLiving(t *gen.Type) error {
	column, err := softDelete(t)
	if err != nil || column == "" || !t.HasOneFieldID() {
		return err
	}
	uniques, err := Uniques(t)
	if err != nil {
		return err
	}
	for _, u := range uniques {
		if !u.Living || slices.Contains(u.Columns, column) || strings.Contains(u.Where, column) {
			continue
		}
		a := entsql.IndexAnnotation{Where: column + " IS NULL"}
		if u.index != nil {
			if err := Annotation(u.index.Annotations, a.Name(), &a); err != nil {
				return err
			}
			a.Where = column + " IS NULL"
			if u.Where != "" {
				a.Where = "(" + u.Where + ") AND " + a.Where
			}
			u.index.Annotations = Annotated(u.index.Annotations, a.Name(), a)
			continue
		}
		u.field.Unique = false // of an edge, the migration planner takes the index for it
		name := "uq_" + t.Table() + "_" + u.Columns[0]
		if slices.ContainsFunc(t.Indexes, func(idx *gen.Index) bool { return idx.Name == name }) {
			continue
		}
		t.Indexes = append(t.Indexes, &gen.Index{
			Name: name, Unique: true, Columns: u.Columns, Annotations: map[string]any{a.Name(): a},
		})
	}
	return nil
}

// softDelete is the column that marks deleted rows, or "".
func softDelete(t *gen.Type) (string, error) {
	for _, f := range t.Fields {
		var trait entity.Trait
		if err := Annotation(f.Annotations, trait.Name(), &trait); err != nil {
			return "", err
		}
		if trait == entity.SoftDeleteTrait {
			return f.StorageKey(), nil
		}
	}
	return "", nil
}
