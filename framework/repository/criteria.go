package repository

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/rule"
)

// Criteria are values by the names of fields: a row matches if it has them all.
// nil is NULL, and a slice means one of its values, so that an empty one matches
// nothing.
//
//	repository.Criteria{"status": "published", "category": nil, "user_id": []int64{1, 2}}
//
// Names and values may come from a caller. A name that is no field is an
// *entity.UnknownFieldError; a value that is none of the field's is a
// *relay.ArgumentError. Values are converted where nothing is lost: numbers to
// the field's own type, text to UUIDs, instants and dates. They are compared as
// rules store them, so that "Ada@Example.org" finds what was stored in lower
// case. Documents, lists and sensitive fields are not compared: see the
// predicates of ent.
type Criteria map[string]any

// compile checks the criteria. It returns them as predicates and as they are
// applied.
func (c Criteria) compile(e *entity.Entity) (predicates []func(*sql.Selector), applied Criteria, err error) {
	applied = make(Criteria, len(c))
	for _, name := range slices.Sorted(maps.Keys(c)) { // the same criteria give the same statement
		f, err := e.FieldNamed(name)
		if err != nil {
			return nil, nil, err
		}
		p, value, err := criterion(f, c[name])
		if err != nil {
			return nil, nil, bad("criteria."+name, "%s", err.Error())
		}
		predicates, applied[name] = append(predicates, p), value
	}
	return predicates, applied, nil
}

// criterion compares a field with a value, or with those of a slice.
func criterion(f *entity.Field, v any) (_ func(*sql.Selector), applied any, _ error) {
	compare := comparison(f)
	if compare == nil {
		return nil, nil, errIncomparable
	}
	items, list := itemsOf(v)
	if !list {
		items = []any{v}
	}
	plain := make([]any, 0, len(items))
	null := false
	for i, item := range items {
		value, err := operand(f, item)
		if err != nil {
			return nil, nil, err
		}
		items[i] = value
		if value == nil {
			null = true
		} else {
			plain = append(plain, value)
		}
	}
	applied = items
	if !list {
		applied = items[0]
	}
	return func(s *sql.Selector) {
		column := s.C(f.Column)
		switch {
		case null && len(plain) > 0:
			s.Where(sql.Or(sql.IsNull(column), compare(column, plain)))
		case null:
			s.Where(sql.IsNull(column))
		case len(plain) == 0:
			s.Where(sql.False())
		default:
			s.Where(compare(column, plain))
		}
	}, applied, nil
}

// comparison is how a field is compared with values; nil where it is not.
func comparison(f *entity.Field) func(column string, values []any) *sql.Predicate {
	if f.Sensitive || f.Seal != nil {
		return nil
	}
	var one, some *relay.Operator
	for _, op := range relay.Operators(f) {
		switch op.Suffix {
		case "":
			one = &op
		case "In":
			some = &op
		}
	}
	if one == nil {
		return nil
	}
	return func(column string, values []any) *sql.Predicate {
		switch {
		case len(values) == 1:
			return one.Apply(column, values[0])
		case some == nil: // true and false are few
			options := make([]*sql.Predicate, len(values))
			for i, v := range values {
				options[i] = one.Apply(column, v)
			}
			return sql.Or(options...)
		case len(values) > longList:
			return sql.P(func(b *sql.Builder) {
				if b.Dialect() == dialect.MySQL {
					b.Join(some.Apply(column, values...))
				} else {
					b.Join(entity.In(column, values...))
				}
			})
		}
		return some.Apply(column, values...)
	}
}

// longList is from how many values on a list is bound as one parameter, where
// the dialect has a way.
const longList = 500

// itemsOf gives the items of a slice; bytes are one value.
func itemsOf(v any) ([]any, bool) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice || rv.Type().Elem().Kind() == reflect.Uint8 {
		return nil, false
	}
	items := make([]any, rv.Len())
	for i := range items {
		items[i] = rv.Index(i).Interface()
	}
	return items, true
}

// operand is a value as rows of the field store it, nil for NULL.
func operand(f *entity.Field, v any) (any, error) {
	plain, err := entity.Plain(v)
	if err != nil || plain == nil {
		return nil, err
	}
	if !native(f, plain) {
		if plain, err = relay.ParsePlain(f, plain); err != nil {
			return nil, err
		}
	}
	typed, err := f.Typed(plain)
	if err != nil {
		return nil, err
	}
	clean, _, faults := f.Clean(typed)
	for _, fault := range faults {
		if fault.Code == rule.CodeEncoding || fault.Code == rule.CodeOutOfRange && (f.Kind == entity.Time || f.Kind == entity.Date) {
			return nil, faultError(fault.Message)
		}
	} // no row breaks other rules, so that none will match
	return entity.Plain(clean)
}

// native reports whether the value has the type that stands for the kind, where
// JSON has none.
func native(f *entity.Field, plain any) bool {
	switch plain.(type) {
	case time.Time:
		return f.Kind == entity.Time || f.Kind == entity.Date
	case uuid.UUID:
		return f.Kind == entity.UUID
	case []byte:
		return f.Kind == entity.Bytes
	}
	return false
}

// faultError is why a value is none of a field's.
type faultError string

func (e faultError) Error() string { return string(e) }

const errIncomparable = faultError("cannot be compared: it is a document, a list or sensitive; use a predicate of ent")
