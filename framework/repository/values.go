package repository

import (
	"errors"
	"maps"
	"slices"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/rule"
)

// Values are what a row is to have, by the names of fields. Both may come from a
// caller: a name that is no field is an *entity.UnknownFieldError, and what a
// client of the API may not set - the key, versions, what the schema exposes as
// read-only - or a value of the wrong type is an *entity.ValidationError that
// lists them all. nil clears a field that may be NULL. Code that sets such fields
// on purpose takes the typed builders.
type Values map[string]any

// fill sets the values in a mutation.
func (v Values) fill(e *entity.Entity, m entity.Mutation) error {
	creating := m.Op().Is(ent.OpCreate)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if _, err := e.FieldNamed(name); err != nil {
			return err
		}
	}
	invalid := &entity.ValidationError{Entity: e.Name}
	for _, f := range e.Fields {
		value, given := v[f.Name]
		if !given {
			continue
		}
		if code, err := set(f, value, creating, m); err != nil {
			invalid.Violations = append(invalid.Violations, entity.Violation{Field: f.Name, Code: code, Message: err.Error()})
		}
	}
	if len(invalid.Violations) > 0 {
		return invalid
	}
	return nil
}

// set sets one value, or says why it cannot.
func set(f *entity.Field, value any, creating bool, m entity.Mutation) (code string, _ error) {
	if creating && !f.Create || !creating && !f.Update {
		return rule.CodeInvalid, errors.New("cannot be set from values; a typed builder sets it")
	}
	typed, err := typedValue(f, value)
	switch {
	case err != nil:
		return rule.CodeType, err
	case typed == nil && !f.Nullable:
		return rule.CodeNull, errors.New("must not be null")
	case typed == nil && creating:
		return "", nil
	case typed == nil:
		return rule.CodeInvalid, m.ClearField(f.Name)
	}
	return rule.CodeType, m.SetField(f.Name, typed)
}

// typedValue brings a value to the Go type of the field.
func typedValue(f *entity.Field, value any) (any, error) {
	if f.Kind == entity.JSON || f.Kind == entity.Strings {
		if value == nil {
			return nil, nil //nolint:nilnil // NULL
		}
		return relay.Parse(f, value)
	}
	plain, err := entity.Plain(value)
	if err != nil || plain == nil {
		return nil, err
	}
	if native(f, plain) {
		return f.Typed(plain)
	}
	return relay.Parse(f, plain)
}
