package entschema

import (
	"encoding/json"
	"fmt"
	"maps"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// defaultText is the length of a text that the schema gives none, in
// characters: what Ent makes it on MySQL, and so on every dialect.
const defaultText = 255

// Prepare writes what the framework's rules mean for the tables into the graph:
// lengths of columns, CHECK constraints, what foreign keys do, what is unique
// among living rows, and indexes of words. The code generator does the same
// before it generates.
func Prepare(g *gen.Graph) error {
	for _, t := range g.Nodes {
		fields := t.Fields
		if t.HasOneFieldID() {
			fields = append([]*gen.Field{t.ID}, fields...)
		}
		checks := map[string]string{}
		for _, f := range fields {
			rules, err := Rules(f)
			if err == nil {
				maps.Copy(checks, rules.Checks(t.Table(), f.StorageKey()))
				err = sizeColumn(f, rules)
			}
			if err != nil {
				return fmt.Errorf("entschema: %s: field %s: %w", t.Name, f.Name, err)
			}
		}
		if err := addChecks(t, checks); err != nil {
			return fmt.Errorf("entschema: %s: %w", t.Name, err)
		}
		if err := addSearch(t); err != nil {
			return fmt.Errorf("entschema: %s: %w", t.Name, err)
		}
		if err := uniqueAmongLiving(t); err != nil {
			return fmt.Errorf("entschema: %s: %w", t.Name, err)
		}
		for _, e := range t.Edges {
			if err := sayOnDelete(e); err != nil {
				return fmt.Errorf("entschema: %s.%s: %w", t.Name, e.Name, err)
			}
		}
	}
	return nil
}

// Rules are the rules of a field, with the length of a text that the schema
// gives none.
func Rules(f *gen.Field) (rule.Set, error) {
	var (
		rules rule.Set
		trait entity.Trait
	)
	if err := Annotation(f.Annotations, rule.AnnotationName, &rules); err != nil {
		return rules, err
	}
	if err := Annotation(f.Annotations, entity.TraitName, &trait); err != nil {
		return rules, err
	}
	if f.Type.Type == field.TypeString && rules.MaxLen == nil && trait == "" && plainString(f) {
		rules.MaxLen = new(defaultText)
	}
	return rules, nil
}

// plainString reports whether the schema says nothing of the column's length.
func plainString(f *gen.Field) bool {
	c := f.Column()
	return c.Size == 0 && len(c.SchemaType) == 0 && !f.HasGoType()
}

// sizeColumn gives a text column the length that the rules allow.
func sizeColumn(f *gen.Field, rules rule.Set) error {
	if rules.MaxLen == nil || !f.IsString() {
		return nil
	}
	var a entsql.Annotation
	if err := Annotation(f.Annotations, a.Name(), &a); err != nil {
		return err
	}
	if a.Size == 0 {
		a.Size = int64(*rules.MaxLen)
	}
	f.Annotations = Annotated(f.Annotations, a.Name(), a)
	return nil
}

func addChecks(t *gen.Type, checks map[string]string) error {
	if len(checks) == 0 {
		return nil
	}
	var a entsql.Annotation
	if err := Annotation(t.Annotations, a.Name(), &a); err != nil {
		return err
	}
	if a.Checks == nil {
		a.Checks = map[string]string{}
	}
	maps.Copy(a.Checks, checks)
	t.Annotations = Annotated(t.Annotations, a.Name(), a)
	return nil
}

// Annotation reads the annotation of that name into a value, if there is one.
func Annotation(annotations map[string]any, name string, into any) error {
	raw, ok := annotations[name]
	if !ok {
		return nil
	}
	data, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("cannot read annotation %s: %w", name, err)
	}
	return nil
}

// Annotated returns the annotations with one replaced. Ent shares the maps
// between a mixin's users, so they are never changed in place.
func Annotated(annotations map[string]any, name string, value any) map[string]any {
	copied := maps.Clone(annotations)
	if copied == nil {
		copied = map[string]any{}
	}
	copied[name] = value
	return copied
}
