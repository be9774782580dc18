package entschema

import (
	"fmt"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/policy"
)

// Policies are what becomes of the rows that refer to a deleted one over the
// edge's foreign key: when that row is marked, and when it is removed for good.
// They are the same for an edge and its inverse. See package policy for what
// holds where the schema says nothing.
func Policies(e *gen.Edge) (onDelete, onPurge policy.OnDelete, err error) {
	declared := declaring(e)
	if err := Annotation(declared.Annotations, policy.OnDeleteName, &onDelete); err != nil {
		return "", "", err
	}
	var key entsql.Annotation
	if err := Annotation(declared.Annotations, key.Name(), &key); err != nil {
		return "", "", err
	}
	nullable := mayBeNull(e)
	switch key.OnDelete {
	case entsql.Cascade:
		onPurge = policy.Cascade
	case entsql.Restrict, entsql.NoAction:
		onPurge = policy.Restrict
	case entsql.SetNull:
		onPurge = policy.Detach
	case "":
		onPurge = unsaid(onDelete, nullable)
	default:
		return "", "", fmt.Errorf("a foreign key cannot be ON DELETE %s; use CASCADE, RESTRICT, SET NULL or NO ACTION", key.OnDelete)
	}
	switch onDelete {
	case policy.Cascade, policy.Restrict, policy.Detach, policy.Keep:
	case "":
		onDelete = onPurge
		if (key.OnDelete == "" || key.OnDelete == entsql.NoAction) && nullable {
			onDelete = policy.Keep
		}
	default:
		return "", "", fmt.Errorf("%q is no policy of package policy", onDelete)
	}
	if !nullable && (onDelete == policy.Detach || onPurge == policy.Detach) {
		return "", "", fmt.Errorf("rows cannot be detached from what they must refer to; make the field %s optional, or choose another policy", e.Rel.Column())
	}
	return onDelete, onPurge, nil
}

// unsaid is what the foreign key does where the schema says nothing of it.
func unsaid(onDelete policy.OnDelete, nullable bool) policy.OnDelete {
	switch {
	case onDelete == policy.Cascade || onDelete == policy.Restrict || onDelete == policy.Detach:
		return onDelete
	case nullable:
		return policy.Detach
	default:
		return policy.Restrict
	}
}

// declaring is the end of the edge that was written with edge.To, which carries
// the annotations of the foreign key.
func declaring(e *gen.Edge) *gen.Edge {
	if e.IsInverse() && e.Ref != nil {
		return e.Ref
	}
	return e
}

// mayBeNull reports whether the foreign key of the edge may be NULL.
func mayBeNull(e *gen.Edge) bool {
	fk, err := e.ForeignKey()
	if err != nil || fk == nil {
		return true
	}
	if fk.UserDefined {
		return fk.Field.Optional
	}
	return fk.Field.Nillable
}

// sayOnDelete writes into the foreign key of the edge what its policy means,
// where the schema does not say it.
func sayOnDelete(e *gen.Edge) error {
	if e.M2M() || e.IsInverse() {
		return nil
	}
	_, onPurge, err := Policies(e)
	if err != nil {
		return err
	}
	var key entsql.Annotation
	if err := Annotation(e.Annotations, key.Name(), &key); err != nil {
		return err
	}
	if _, declared := e.Annotations[policy.OnDeleteName]; !declared || key.OnDelete != "" {
		return nil
	}
	switch onPurge {
	case policy.Cascade:
		key.OnDelete = entsql.Cascade
	case policy.Restrict:
		key.OnDelete = entsql.Restrict
	default:
		key.OnDelete = entsql.SetNull
	}
	e.Annotations = Annotated(e.Annotations, key.Name(), key)
	return nil
}
