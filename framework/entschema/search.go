package entschema

import (
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/search"
)

// Search reads which fields of an entity are searched; nil if it has none. What
// cannot be searched is an error.
func Search(t *gen.Type) (*search.Index, error) {
	var a search.Annotation
	if err := Annotation(t.Annotations, search.AnnotationName, &a); err != nil {
		return nil, err
	}
	if _, ok := t.Annotations[search.AnnotationName]; !ok {
		return nil, nil //nolint:nilnil // most entities have none
	}
	if len(a.Fields) == 0 {
		return nil, errors.New("search.Fields() names no field")
	}
	if !t.HasOneFieldID() || !t.ID.Type.Type.Integer() {
		return nil, errors.New("search.Fields needs an id that is a whole number, as mixin.ID has: SQLite may renumber the rows of other tables")
	}
	if slices.ContainsFunc(t.Fields, func(f *gen.Field) bool { return f.Name == search.Predicate }) {
		return nil, errors.New("search.Fields makes a predicate called search, which a field has for a name already; rename the field")
	}
	index := &search.Index{Name: search.IndexName(t.Table()), ID: t.ID.StorageKey()}
	for _, name := range a.Fields {
		f, err := searchable(t, name)
		if err != nil {
			return nil, fmt.Errorf("search.Fields: field %q %w", name, err)
		}
		if slices.Contains(index.Columns, f.StorageKey()) {
			return nil, fmt.Errorf("search.Fields: field %q is named twice", name)
		}
		index.Columns = append(index.Columns, f.StorageKey())
	}
	return index, nil
}

// searchable finds a field by name and refuses one that cannot be searched: the
// search would tell, word by word, what is in a field that nobody may read.
func searchable(t *gen.Type, name string) (*gen.Field, error) {
	i := slices.IndexFunc(t.Fields, func(f *gen.Field) bool { return f.Name == name })
	if i < 0 {
		return nil, errors.New("does not exist")
	}
	f := t.Fields[i]
	var (
		show, whole expose.Exposure
		trait       entity.Trait
	)
	if err := errors.Join(
		Annotation(f.Annotations, expose.AnnotationName, &show),
		Annotation(t.Annotations, expose.AnnotationName, &whole),
		Annotation(f.Annotations, entity.TraitName, &trait),
	); err != nil {
		return nil, err
	}
	switch {
	case f.IsEnum():
		return nil, errors.New("is an enum; only text can be searched")
	case f.Type.Type != field.TypeString:
		return nil, fmt.Errorf("is of type %s; only text can be searched", f.Type.Type)
	case f.Sensitive() || trait == entity.PasswordTrait:
		return nil, errors.New("is sensitive; a search would tell what it holds")
	case show.NoRead && !whole.NoRead:
		return nil, errors.New("is hidden from the API; a search would tell what it holds")
	case slices.Contains(search.Reserved(), f.StorageKey()):
		return nil, fmt.Errorf("has the column %s, a name that SQLite keeps for itself in an index of words; give it another with StorageKey", f.StorageKey())
	}
	return f, nil
}

// addSearch gives the table of a searched entity an index of a type of its own,
// which the planner of migrations turns into what the dialect has for it.
func addSearch(t *gen.Type) error {
	index, err := Search(t)
	if err != nil || index == nil || slices.ContainsFunc(t.Indexes, func(i *gen.Index) bool { return i.Name == index.Name }) {
		return err
	}
	types := entsql.IndexTypes(search.IndexTypes())
	t.Indexes = append(t.Indexes, &gen.Index{
		Name: index.Name, Columns: index.Columns,
		Annotations: gen.Annotations{types.Name(): types},
	})
	return nil
}
