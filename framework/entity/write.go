package entity

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/rule"
)

// Mutation is what the hook needs of a generated mutation beyond ent.Mutation.
type Mutation interface {
	ent.Mutation
	WhereP(...func(*sql.Selector))
}

// Hook normalises, validates, stamps and seals each write of the entity, keeps
// it to the rows that may be seen, and turns deletes of entities with soft
// delete into updates. The generated client runs it after all other hooks, so
// that it sees what they have set.
func Hook(e *Entity) ent.Hook {
	return func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			mutation, ok := m.(Mutation)
			if !ok {
				return nil, fmt.Errorf("entity: unexpected mutation %T of %s", m, e.Name)
			}
			if m.Op().Is(ent.OpDelete | ent.OpDeleteOne) {
				ctx, err := e.confine(ctx, mutation)
				if err != nil {
					return nil, err
				}
				v, err := e.remove(ctx, mutation, next)
				return v, e.explain(m, err)
			}
			if err := e.stamp(ctx, mutation); err != nil {
				return nil, err
			}
			// Sealing is slow, and a bulk write does it row by row: who no longer
			// waits for the answer stops it.
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("entity: cannot write %s: %w", e.Name, err)
			}
			if err := e.Prepare(mutation); err != nil {
				return nil, err
			}
			ctx, err := e.confine(ctx, mutation)
			if err != nil {
				return nil, err
			}
			if e.revives(ctx, m) {
				v, err := e.restore(ctx, mutation)
				return v, e.explain(m, err)
			}
			v, err := next.Mutate(ctx, m)
			return v, e.explain(m, err)
		})
	}
}

// Prepare normalises and validates the mutation as Validate does, then bumps the version and
// seals what is stored sealed.
func (e *Entity) Prepare(m ent.Mutation) error {
	if err := e.Validate(m); err != nil {
		return err
	}
	if e.Version != nil && !m.Op().Is(ent.OpCreate) {
		if err := e.bump(m); err != nil {
			return err
		}
	}
	return e.seal(m)
}

// Validate normalises and checks the values that the mutation carries. The
// *ValidationError that it returns names every violation.
func (e *Entity) Validate(m ent.Mutation) error {
	creating := m.Op().Is(ent.OpCreate)
	var violations []Violation
	for _, f := range e.Fields {
		value, given := m.Field(f.Name)
		if !given {
			if creating && f.Required {
				violations = append(violations, Violation{f.Name, rule.CodeRequired, "is required"})
			} else if !creating && !f.Nullable && m.FieldCleared(f.Name) {
				violations = append(violations, Violation{f.Name, rule.CodeNull, "must not be null"})
			}
			continue
		}
		clean, changed, faults := f.Clean(value)
		for _, fault := range faults {
			violations = append(violations, violation(f.Name, fault))
		}
		if len(faults) > 0 || !changed {
			continue
		}
		if err := m.SetField(f.Name, clean); err != nil {
			return fmt.Errorf("entity: cannot set %s.%s: %w", e.Name, f.Name, err)
		}
	}
	if len(violations) > 0 {
		return &ValidationError{Entity: e.Name, Violations: violations}
	}
	return nil
}

// Clean gives the value as it is stored, whether that differs from the given
// one, and the rules that it breaks.
func (f *Field) Clean(value any) (clean any, changed bool, faults []rule.Fault) {
	if f.isCustom(value) {
		return f.cleanCustom(value)
	}
	switch v := value.(type) {
	case time.Time:
		utc := f.cleanTime(v)
		if !Storable(utc) {
			return utc, false, []rule.Fault{{Code: rule.CodeOutOfRange, Message: "must be of the years 1000 to 9999"}}
		}
		return utc, utc != v, nil
	case string:
		if f.Seal != nil { // a password is taken as it is, white space included
			if f.Policy != nil {
				faults = f.Policy(v)
			}
			return v, false, faults
		}
		if text := f.Rules.Normalize(v); text != v {
			value, changed = text, true
		}
	}
	switch f.Kind {
	case Bytes, UUID, Bool:
	case JSON:
		value, changed = f.notNil(value)
	case Strings:
		value, changed = f.notNil(value)
		faults = checkStrings(value)
	default:
		faults = f.Rules.Check(value)
	}
	if len(faults) == 0 && f.Validate != nil {
		if err := f.Validate(value); err != nil {
			faults = append(faults, rule.Fault{Code: rule.CodeInvalid, Message: err.Error()})
		}
	}
	return value, changed, faults
}

// notNil makes a nil list or map an empty one: JSON null is no list. Where the
// column may be NULL, clearing the field says so.
func (f *Field) notNil(value any) (clean any, changed bool) {
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.Slice && v.IsNil():
		return reflect.MakeSlice(v.Type(), 0, 0).Interface(), true
	case v.Kind() == reflect.Map && v.IsNil():
		return reflect.MakeMap(v.Type()).Interface(), true
	}
	return value, false
}

// Storable reports whether every dialect can hold the instant: MySQL's years
// are 1000 to 9999, in UTC.
func Storable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1000 && year <= 9999
}

func (f *Field) cleanTime(t time.Time) time.Time {
	if f.Kind == Date {
		year, month, day := t.Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Truncate(time.Microsecond)
}

func checkStrings(value any) []rule.Fault {
	list, ok := value.([]string)
	if !ok {
		return nil
	}
	for i, text := range list {
		for _, fault := range (rule.Set{}).Check(text) {
			fault.Message = fmt.Sprintf("item %d %s", i, fault.Message)
			return []rule.Fault{fault}
		}
	}
	return nil
}

// bump raises the version, but only when the update changes something else.
func (e *Entity) bump(m ent.Mutation) error {
	if !e.Changes(m) {
		return nil
	}
	if err := m.ResetField(e.Version.Name); err != nil {
		return fmt.Errorf("entity: cannot reset %s.%s: %w", e.Name, e.Version.Name, err)
	}
	version, ok := e.Field(e.Version.Name)
	if !ok {
		version = e.Version
	}
	if err := m.AddField(e.Version.Name, one(version)); err != nil {
		return fmt.Errorf("entity: cannot bump %s.%s: %w", e.Name, e.Version.Name, err)
	}
	return nil
}

// Changes reports whether the mutation does more than touch the row.
func (e *Entity) Changes(m ent.Mutation) bool {
	// Mutation.Fields does not tell of values appended to a list.
	if list, ok := m.(interface{ Appends() bool }); ok && list.Appends() {
		return true
	}
	for _, name := range m.Fields() {
		if f, ok := e.Field(name); !ok || !f.Touched {
			return true
		}
	}
	return len(m.ClearedFields())+len(m.AddedFields())+
		len(m.AddedEdges())+len(m.RemovedEdges())+len(m.ClearedEdges()) > 0
}

func (e *Entity) seal(m ent.Mutation) error {
	for _, f := range e.Fields {
		if f.Seal == nil {
			continue
		}
		value, given := m.Field(f.Name)
		if !given {
			continue
		}
		plain, ok := value.(string)
		if !ok {
			return fmt.Errorf("entity: %s.%s is sealed and must be text", e.Name, f.Name)
		}
		sealed, err := f.Seal(plain)
		if err != nil {
			return fmt.Errorf("entity: cannot seal %s.%s: %w", e.Name, f.Name, err)
		}
		if err := m.SetField(f.Name, sealed); err != nil {
			return fmt.Errorf("entity: cannot set %s.%s: %w", e.Name, f.Name, err)
		}
	}
	return nil
}
