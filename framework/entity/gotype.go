package entity

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/rule"
)

// Plain brings a value of a field's Go type to the type that stands for its
// kind: string, int64, float64, bool, time.Time, uuid.UUID or []byte. A field
// with a Go type of its own is filtered, ordered and shown by that value. What
// a driver.Valuer stores counts, and nil is NULL; documents stay as they are.
func Plain(v any) (any, error) {
	switch v.(type) {
	case nil, string, int64, float64, bool, time.Time, uuid.UUID, []byte:
		return v, nil
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, nil //nolint:nilnil // NULL
	}
	if valuer, ok := v.(driver.Valuer); ok {
		stored, err := valuer.Value()
		if err != nil {
			return nil, fmt.Errorf("entity: cannot store a %T: %w", v, err)
		}
		return stored, nil
	}
	switch {
	case rv.Kind() == reflect.Pointer:
		return Plain(rv.Elem().Interface())
	case rv.Kind() == reflect.String:
		return rv.String(), nil
	case rv.CanInt():
		return rv.Int(), nil
	case rv.CanUint():
		return int64(rv.Uint()), nil //nolint:gosec // a column holds it, so it fits
	case rv.CanFloat():
		return rv.Float(), nil
	case rv.Kind() == reflect.Bool:
		return rv.Bool(), nil
	}
	for _, plain := range []reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[uuid.UUID](), reflect.TypeFor[[]byte]()} {
		if rv.CanConvert(plain) {
			return rv.Convert(plain).Interface(), nil
		}
	}
	return v, nil
}

// errShape is why a value is no value of a field's Go type. What the type
// itself has to say may be about its inside, so clients do not get it.
var errShape = errors.New("is not valid for this field")

// Typed brings a plain value of the field's kind to the field's Go type: the
// opposite of Plain. A Go type that implements sql.Scanner may refuse it; any
// other must hold the value unchanged. The error is a plain reason.
func (f *Field) Typed(v any) (any, error) {
	rv := reflect.ValueOf(v)
	if f.GoType == nil || v == nil || rv.Type() == f.GoType {
		return v, nil
	}
	target := f.GoType
	if target.Kind() == reflect.Pointer {
		target = target.Elem()
	}
	into := reflect.New(target)
	if scanner, ok := reflect.TypeAssert[sql.Scanner](into); ok {
		if err := scanner.Scan(v); err != nil {
			return nil, errShape
		}
		if target != f.GoType {
			return into.Interface(), nil
		}
		return into.Elem().Interface(), nil
	}
	// Go converts numbers to text too, as code points.
	if !rv.CanConvert(f.GoType) || rv.Kind() != reflect.String && f.GoType.Kind() == reflect.String {
		return nil, errShape
	}
	converted := rv.Convert(f.GoType)
	back := converted.Convert(rv.Type())
	if f.GoType.Kind() == reflect.Float32 && rv.CanFloat() { // keeps fewer digits
		if math.IsInf(back.Float(), 0) {
			return nil, errors.New("is out of the range of float32")
		}
	} else if rv.Comparable() && !back.Equal(rv) {
		return nil, fmt.Errorf("is out of the range of %s", f.GoType.Kind())
	}
	return converted.Interface(), nil
}

// PlainOf is Plain for generated code, where a Go type that cannot be stored
// would not have been read: what fails is the zero value.
func PlainOf[T any](v any) T {
	plain, err := Plain(v)
	if err != nil {
		plain = nil
	}
	typed, _ := plain.(T)
	return typed
}

// PlainOrNil is PlainOf for a value that may be NULL.
func PlainOrNil[T, V any](v *V) *T {
	if v == nil {
		return nil
	}
	plain, err := Plain(*v)
	typed, ok := plain.(T)
	if err != nil || !ok {
		return nil
	}
	return &typed
}

// isCustom reports whether the value has a Go type of the application's own
// that rules see the plain value of.
func (f *Field) isCustom(value any) bool {
	switch f.Kind {
	case String, Int, BigInt, Float, Time, Date:
		switch value.(type) {
		case string, int64, float64, int32, time.Time:
			return false
		}
		return value != nil && reflect.TypeOf(value).PkgPath() != ""
	default:
		return false
	}
}

// cleanCustom cleans the plain value and brings it back to the Go type.
func (f *Field) cleanCustom(value any) (clean any, changed bool, faults []rule.Fault) {
	invalid := func(err error) []rule.Fault {
		return []rule.Fault{{Code: rule.CodeInvalid, Message: err.Error()}}
	}
	plain, err := Plain(value)
	if err != nil {
		return value, false, invalid(errShape)
	}
	if plain == nil {
		return value, false, nil
	}
	inner := Field{Kind: f.Kind, Rules: f.Rules}
	cleaned, changed, faults := inner.Clean(plain)
	if len(faults) > 0 {
		return value, false, faults
	}
	if changed {
		if value, err = f.Typed(cleaned); err != nil {
			return value, false, invalid(err)
		}
	}
	if f.Validate != nil {
		if err := f.Validate(value); err != nil {
			faults = invalid(err)
		}
	}
	return value, changed, faults
}
