package relay

import (
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// uniqueKey names a row by the values of one of its unique keys.
type uniqueKey struct {
	fields []*entity.Field
	values []any
}

// text tells keys of one entity apart.
func (k *uniqueKey) text() string {
	var b strings.Builder
	for i, f := range k.fields {
		fmt.Fprintf(&b, "%s=%q ", f.Name, keyText(k.values[i]))
	}
	return b.String()
}

// shape is the key without its values.
func (k *uniqueKey) shape() string {
	names := make([]string, len(k.fields))
	for i, f := range k.fields {
		names[i] = f.Name
	}
	return strings.Join(names, ",")
}

// of is the same key of a row that was read.
func (k *uniqueKey) of(n Node) *uniqueKey {
	same := &uniqueKey{fields: k.fields, values: make([]any, len(k.fields))}
	for i, f := range k.fields {
		same.values[i] = n.FieldValue(f.Name)
	}
	return same
}

// matches is the predicate that the row is the one named.
func (k *uniqueKey) matches(s *sql.Selector) *sql.Predicate {
	all := make([]*sql.Predicate, len(k.fields))
	for i, f := range k.fields {
		all[i] = sql.EQ(s.C(f.Column), k.values[i])
	}
	return sql.And(all...)
}

func keyText(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

// uniqueKey reads a where that names one row: the fields of exactly one of
// the entity's unique keys.
func (p *plan) uniqueKey(e *entity.Entity, path string, v any, without *entity.Field) *uniqueKey {
	where, ok := asInput(v)
	if !ok {
		p.fault(path, rule.CodeType, "must be an object")
		return nil
	}
	keys := UniqueKeys(e, without)
	for _, fields := range keys {
		if len(fields) != len(where) || !holdsAll(where, fields) {
			continue
		}
		return p.keyValues(e, path, where, fields)
	}
	p.fault(path, rule.CodeInvalid, "must be exactly one of the unique keys: "+describeKeys(keys))
	return nil
}

func (p *plan) keyValues(e *entity.Entity, path string, where Input, fields []*entity.Field) *uniqueKey {
	scope, key := newScope(p.src, e), &uniqueKey{fields: fields}
	good := true
	for _, f := range fields {
		value, err := scope.parseValue(f, where[f.GraphQL])
		if err != nil {
			p.fault(path+"."+f.GraphQL, rule.CodeType, err.Error())
			good = false
			continue
		}
		// As it is stored: "Go" names the row "go" where the rules say lower case.
		clean, _, faults := f.Clean(value)
		for _, fault := range faults {
			p.fault(path+"."+f.GraphQL, fault.Code, fault.Message)
			good = false
		}
		key.values = append(key.values, clean)
	}
	if !good {
		return nil
	}
	return key
}

func holdsAll(where Input, fields []*entity.Field) bool {
	for _, f := range fields {
		if where[f.GraphQL] == nil {
			return false
		}
	}
	return true
}

func describeKeys(keys [][]*entity.Field) string {
	texts := make([]string, len(keys))
	for i, fields := range keys {
		names := make([]string, len(fields))
		for j, f := range fields {
			names[j] = f.GraphQL
		}
		texts[i] = strings.Join(names, " and ")
	}
	return strings.Join(texts, ", or ")
}

// asInput reads a nested object.
func asInput(v any) (Input, bool) {
	switch m := v.(type) {
	case map[string]any:
		return m, true
	case Input:
		return m, true
	}
	return nil, false
}
