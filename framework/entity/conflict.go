package entity

import (
	"errors"
	"strings"

	"entgo.io/ent"
)

// Constraint is what the errors of package database tell of a broken
// constraint; what a database does not say is empty.
type Constraint interface {
	error
	// Broken returns the kind (unique, foreign key, not null, check or value), the
	// table, the columns and the name of the constraint.
	Broken() (kind, table string, columns []string, name string)
}

// Codes of a ConflictError.
const (
	Unique     = "UNIQUE"
	ForeignKey = "FOREIGN_KEY"
	Restricted = "RESTRICTED"
	NotNull    = "NOT_NULL"
	Check      = "CHECK"
	// ParentDeleted says that a row cannot be restored before the one it belongs to.
	ParentDeleted = "PARENT_DELETED"
	OutOfRange    = "OUT_OF_RANGE" // the column cannot hold the value
)

// explain names the entity and fields of a constraint that a write broke.
func (e *Entity) explain(m ent.Mutation, err error) error {
	broken, ok := errors.AsType[Constraint](err)
	if !ok {
		return err
	}
	if _, done := errors.AsType[*ConflictError](err); done {
		return err // by the hook of another entity further down
	}
	kind, table, columns, name := broken.Broken()
	conflict := &ConflictError{Entity: e.Name, Constraint: name, Err: err}
	switch kind {
	case "unique":
		conflict.Code = Unique
	case "not null":
		conflict.Code = NotNull
	case "check":
		conflict.Code = Check
	case "value":
		conflict.Code = OutOfRange
	default:
		conflict.Code = ForeignKey
		if m.Op().Is(ent.OpDelete | ent.OpDeleteOne) {
			// The constraint is that of another table, which refers to this one.
			conflict.Code = Restricted
			return conflict
		}
	}
	if table != "" && table != e.Table {
		return conflict
	}
	for _, column := range columns {
		if f := e.ByColumn(column); f != nil {
			conflict.Fields = append(conflict.Fields, f.Name)
		}
	}
	if len(conflict.Fields) == 0 && name != "" {
		conflict.Fields = e.fieldsOf(name)
	}
	if len(conflict.Fields) == 0 && conflict.Code == ForeignKey {
		conflict.Fields = e.given(m)
	}
	return conflict
}

// fieldsOf finds the fields of an index by its name, or reads the columns out of
// a constraint's name, as the databases and the migration planner form them: users.email, users_email_key,
// uq_users_email, ck_users_email_format, fk_posts_user_id.
func (e *Entity) fieldsOf(name string) []string {
	name = strings.TrimPrefix(name, e.Table+".")
	for _, key := range e.Keys {
		if key.Index != "" && key.Index == name {
			return key.Fields
		}
	}
	for _, prefix := range []string{"uq_", "ck_", "fk_", "ix_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, e.Table+"_"), "_key")
	var best *Field
	for _, f := range e.Fields {
		if (name == f.Column || strings.HasPrefix(name, f.Column+"_")) && (best == nil || len(f.Column) > len(best.Column)) {
			best = f
		}
	}
	if best == nil {
		return nil
	}
	fields := []string{best.Name}
	// A name made of several columns names them all: post_id_user_id.
	if rest, ok := strings.CutPrefix(name, best.Column+"_"); ok && rest != "" {
		fields = append(fields, e.fieldsOf(rest)...)
	}
	return fields
}

// given lists the foreign keys that the mutation sets: one of them is wrong
// where the database does not say which.
func (e *Entity) given(m ent.Mutation) []string {
	var names []string
	for _, f := range e.Fields {
		if f.Target == "" {
			continue
		}
		if _, ok := m.Field(f.Name); ok {
			names = append(names, f.Name)
		}
	}
	return names
}
