package entity

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
)

// VersionReader reads the version of a row that the caller may see; found is
// false where there is no such row.
type VersionReader func(ctx context.Context) (version any, found bool, err error)

// ExpectVersion makes the mutation of one row touch nothing unless the row has
// the version, and returns the hook that says why it did not: a *StaleError
// with both versions. The error about a row that is gone stays as it is. The
// generated builders use it.
func ExpectVersion(e *Entity, m Mutation, id any, expected int64, current VersionReader) ent.Hook {
	column := e.Version.Column
	m.WhereP(func(s *sql.Selector) {
		if expected == 0 {
			s.Where(sql.Or(sql.EQ(s.C(column), 0), sql.IsNull(s.C(column))))
			return
		}
		s.Where(sql.EQ(s.C(column), expected))
	})
	return func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			v, err := next.Mutate(ctx, m)
			if untouched := err == nil && v == 0 || isMissing(err); !untouched {
				return v, err
			}
			version, found, readErr := current(ctx)
			if readErr != nil {
				return nil, fmt.Errorf("entity: cannot read the version of a %s: %w", e.Name, readErr)
			}
			if !found {
				return v, err
			}
			now, readErr := VersionOf(version)
			if readErr != nil {
				return nil, readErr
			}
			if now == expected { // it is not the version that kept the row from changing
				return v, err
			}
			return nil, &StaleError{Entity: e.Name, ID: fmt.Sprint(id), Expected: expected, Current: now}
		})
	}
}

// isMissing reports whether a mutation found no row. Ent's error is a type of
// each generated client; what they share is the label.
func isMissing(err error) bool {
	if errors.Is(err, ErrNotFound) {
		return true
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if t := reflect.TypeOf(err); t.Kind() == reflect.Pointer && t.Elem().Name() == "NotFoundError" {
			return true
		}
	}
	return false
}

// VersionOf gives the version that a field holds: NULL is 0.
func VersionOf(value any) (int64, error) {
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid():
		return 0, nil
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			return 0, nil
		}
		return VersionOf(v.Elem().Interface())
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint():
		return int64(v.Uint()), nil //nolint:gosec // a version does not get there
	}
	return 0, fmt.Errorf("entity: a version must be a whole number, not a %T", value)
}

// one is the step of a version, in the Go type of its field.
func one(f *Field) any {
	if f.GoType == nil {
		return int64(1)
	}
	return reflect.ValueOf(1).Convert(f.GoType).Interface()
}
