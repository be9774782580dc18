package unitofwork

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/framefox-go/framefox/framework/entity"
)

// snapshot is what a row holds in the database, as far as the manager knows.
type snapshot struct {
	values []any         // by field: nil for NULL
	forms  []any         // the same, in a form that a later change cannot reach
	ones   []any         // by edge to one: the pointer
	many   []map[any]int // by edge to many: the pointers, nil where not loaded
}

// take copies what the entity holds now.
func (t *table) take(row reflect.Value) (*snapshot, error) {
	s := &snapshot{values: make([]any, len(t.fields)), forms: make([]any, len(t.fields))}
	for i := range t.fields {
		v := t.fields[i].value(row)
		form, err := formOf(t.fields[i].Field, v)
		if err != nil {
			return nil, fmt.Errorf("unitofwork: cannot read %s.%s: %w", t.Name, t.fields[i].Name, err)
		}
		s.values[i], s.forms[i] = clone(v), form
	}
	t.takeEdges(row, s)
	return s, nil
}

func (t *table) takeEdges(row reflect.Value, s *snapshot) {
	s.ones, s.many = make([]any, len(t.edges)), make([]map[any]int, len(t.edges))
	for i, e := range t.edges {
		v := row.FieldByIndex(e.at)
		if v.Kind() == reflect.Pointer {
			if !v.IsNil() {
				s.ones[i] = v.Interface()
			}
			continue
		}
		if v.IsNil() {
			continue
		}
		s.many[i] = make(map[any]int, v.Len())
		for j := range v.Len() {
			s.many[i][v.Index(j).Interface()] = j
		}
	}
}

// value is what a field of the struct holds: nil for NULL. A field that may be
// NULL and is no pointer holds its zero value then.
func (c *column) value(row reflect.Value) any {
	v := row.FieldByIndex(c.at)
	switch {
	case c.pointer && v.IsNil():
		return nil
	case c.pointer:
		return v.Elem().Interface()
	case c.Nullable && v.IsZero():
		return nil
	}
	return v.Interface()
}

// set gives a field of the struct a value, nil for NULL.
func (c *column) set(row reflect.Value, value any) {
	v := row.FieldByIndex(c.at)
	switch {
	case value == nil:
		v.SetZero()
	case c.pointer:
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(reflect.ValueOf(value))
		v.Set(p)
	default:
		v.Set(reflect.ValueOf(value))
	}
}

// formOf gives a value a form that can be compared, and that shares nothing with
// the value: text for JSON, what a driver gets for types of the application's.
func formOf(f *entity.Field, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // NULL
	case time.Time:
		return x.UTC().UnixMicro(), nil
	case []byte:
		return string(x), nil
	}
	if f.Kind == entity.JSON || f.Kind == entity.Strings {
		text, err := json.Marshal(v)
		return string(text), err
	}
	if valuer, ok := v.(driver.Valuer); ok {
		plain, err := valuer.Value()
		if err != nil {
			return nil, err
		}
		if b, ok := plain.([]byte); ok {
			return string(b), nil
		}
		return plain, nil
	}
	if reflect.TypeOf(v).Comparable() {
		return v, nil
	}
	return clone(v), nil
}

// differs reports whether the field holds something else than the snapshot, once
// both are as they are stored.
func (s *snapshot) differs(t *table, i int, row reflect.Value) (bool, error) {
	f := &t.fields[i]
	v := f.value(row)
	form, err := formOf(f.Field, v)
	if err != nil {
		return false, fmt.Errorf("unitofwork: cannot read %s.%s: %w", t.Name, f.Name, err)
	}
	if same(form, s.forms[i]) {
		return false, nil
	}
	if v == nil || f.Seal != nil {
		return true, nil
	}
	if clean, changed, _ := f.Clean(v); changed {
		if form, err = formOf(f.Field, clean); err == nil && same(form, s.forms[i]) {
			return false, nil
		}
	}
	return true, nil
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// clone copies a value, with all that it points to.
func clone(v any) any {
	if v == nil {
		return nil
	}
	return cloneOf(reflect.ValueOf(v)).Interface()
}

func cloneOf(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(cloneOf(v.Elem()))
		return p
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return reflect.ValueOf(bytes.Clone(v.Bytes())).Convert(v.Type())
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			list.Index(i).Set(cloneOf(v.Index(i)))
		}
		return list
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		m := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			m.SetMapIndex(it.Key(), cloneOf(it.Value()))
		}
		return m
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		return cloneOf(v.Elem())
	case reflect.Struct:
		s := reflect.New(v.Type()).Elem()
		s.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				s.Field(i).Set(cloneOf(v.Field(i)))
			}
		}
		return s
	default:
		return v
	}
}

// deep reports whether values of the type share something with a copy of theirs.
func deep(t reflect.Type) bool {
	switch t.Kind() { //nolint:exhaustive // all others are values
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return true
	case reflect.Array:
		return deep(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && deep(f.Type) {
				return true
			}
		}
	}
	return false
}

// copyOf copies a whole row. Edges lead to the same entities.
func (t *table) copyOf(row reflect.Value) reflect.Value {
	c := reflect.New(t.node).Elem()
	c.Set(row)
	for i := range t.fields {
		f := &t.fields[i]
		if !f.deep {
			continue
		}
		c.FieldByIndex(f.at).Set(cloneOf(row.FieldByIndex(f.at)))
	}
	return c
}

// overwrite gives a row the values of another one, and leaves its edges.
func (t *table) overwrite(row, with reflect.Value) {
	if t.edgesAt == nil {
		row.Set(with)
		return
	}
	edges := reflect.New(row.FieldByIndex(t.edgesAt).Type()).Elem()
	edges.Set(row.FieldByIndex(t.edgesAt))
	row.Set(with)
	row.FieldByIndex(t.edgesAt).Set(edges)
}
