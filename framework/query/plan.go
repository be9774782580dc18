package query

import (
	stdsql "database/sql"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/framefox-go/framefox/framework/entity"
)

// plan is how rows become values of a type.
type plan struct {
	fields   []planField // of a struct, in the order of its fields
	byColumn map[string]int
	convert  converter // of a scalar
	loose    bool      // a map
	entity   bool      // further columns are left out
	err      error     // why the type cannot be filled
}

// planField is a field of a struct that a column fills.
type planField struct {
	column   string
	index    []int
	convert  converter
	optional bool
}

var plans sync.Map //nolint:gochecknoglobals // by reflect.Type: a type is looked at once

// planOf returns the plan of a type, which is not a pointer to a struct.
func planOf(t reflect.Type) (*plan, error) {
	known, ok := plans.Load(t)
	if !ok {
		known, _ = plans.LoadOrStore(t, newPlan(t))
	}
	p := known.(*plan)
	return p, p.err
}

func newPlan(t reflect.Type) *plan {
	switch {
	case t == reflect.TypeFor[map[string]any]():
		return &plan{loose: true}
	case isRecord(t):
		p := &plan{byColumn: map[string]int{}}
		if row, ok := reflect.TypeAssert[Row](reflect.Zero(reflect.PointerTo(t))); ok {
			p.err = p.addEntity(t, row.EntityType())
		} else {
			p.err = p.add(t, nil, 0)
		}
		return p
	}
	c, err := converterOf(t)
	return &plan{convert: c, err: err}
}

// isRecord reports whether the fields of the type are columns: it is a struct
// that is no value by itself.
func isRecord(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && !scans(t) && !unmarshals(t)
}

func scans(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[stdsql.Scanner]())
}

func unmarshals(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

// addEntity takes the columns of a generated entity, all of which a row must have.
// The table may have more: a search index has, on some dialects.
func (p *plan) addEntity(t reflect.Type, e *entity.Entity) error {
	p.entity = true
	fields := map[string]reflect.StructField{}
	for f := range t.Fields() {
		if name, _, skip := columnOf(f); f.IsExported() && !f.Anonymous {
			if skip || name == "" { // sensitive ones are in no JSON
				name = snake(f.Name)
			}
			fields[name] = f
		}
	}
	for _, column := range e.Fields {
		f, ok := fields[column.Name]
		if !ok {
			return fmt.Errorf("query: %s has no field for its column %s; read it with the client", t, column.Column)
		}
		c, err := converterOf(f.Type)
		if err != nil {
			return fmt.Errorf("%w (the field %s of %s)", err, f.Name, t)
		}
		if column.Nullable {
			c = orZero(c)
		}
		p.byColumn[column.Column] = len(p.fields)
		p.fields = append(p.fields, planField{column.Column, f.Index, c, false})
	}
	return nil
}

// orZero reads NULL as the zero value, as the generated client does.
func orZero(c converter) converter {
	return func(to reflect.Value, v any) error {
		if v == nil {
			to.SetZero()
			return nil
		}
		return c(to, v)
	}
}

// add takes the fields of the struct, and of those embedded in it.
func (p *plan) add(t reflect.Type, index []int, depth int) error {
	if depth > 8 {
		return fmt.Errorf("query: %s embeds itself", t)
	}
	for f := range t.Fields() {
		at := append(slices.Clip(index), f.Index...)
		column, optional, skip := columnOf(f)
		switch {
		case skip:
			continue
		case f.Anonymous && column == "" && f.Type.Kind() == reflect.Pointer && isRecord(f.Type.Elem()):
			return fmt.Errorf("query: %s embeds a pointer; embed the struct %s itself", t, f.Type.Elem())
		case f.Anonymous && column == "" && isRecord(f.Type):
			if err := p.add(f.Type, at, depth+1); err != nil {
				return err
			}
			continue
		case !f.IsExported():
			continue
		case column == "":
			column = snake(f.Name)
		}
		if _, taken := p.byColumn[column]; taken {
			return fmt.Errorf("query: two fields of %s are the column %q", t, column)
		}
		c, err := converterOf(f.Type)
		if err != nil {
			return fmt.Errorf("%w (the field %s of %s)", err, f.Name, t)
		}
		p.byColumn[column] = len(p.fields)
		p.fields = append(p.fields, planField{column, at, c, optional})
	}
	return nil
}

// columnOf reads the tags of a field.
func columnOf(f reflect.StructField) (column string, optional, skip bool) {
	tag, ok := f.Tag.Lookup("sql")
	if !ok {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		return tag, false, tag == "-" && options == ""
	}
	column, option, _ := strings.Cut(tag, ",")
	return column, option == "optional", column == "-"
}

// snake is the name of the column for a Go name: PostsCount, UserID and
// HTMLTitle are posts_count, user_id and html_title.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (p *plan) columns() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.column
	}
	return names
}
