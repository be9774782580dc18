package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

// shape is the fields of an answer's object, in their order.
type shape []shapeField

type shapeField struct {
	alias string
	name  string
	text  string        // __typename
	sub   shape         // of an object
	index int           // in Values, or in Key
	field *entity.Field // of the value
	cut   Bucket        // of a part of the key
}

// newShape completes the specification with the measures that are selected.
func newShape(registry entity.Registry, e *entity.Entity, selected []picked, spec *AggregateSpec) (shape, error) {
	var list shape
	for _, p := range selected {
		f := shapeField{alias: p.alias, name: p.name}
		switch p.name {
		case typeNameField:
			of := ""
			if len(spec.By) > 0 {
				of = groupType
			}
			f.text = AggregateType(e, of)
		case countLeaf:
		default:
			for _, leaf := range p.sub {
				sub := shapeField{alias: leaf.alias, name: p.name}
				if err := sub.find(registry, e, p.name, leaf.name, spec); err != nil {
					return nil, err
				}
				f.sub = append(f.sub, sub)
			}
		}
		list = append(list, f)
	}
	return list, nil
}

// find says where in a result the field of an object is.
func (f *shapeField) find(registry entity.Registry, e *entity.Entity, object, name string, spec *AggregateSpec) error {
	if name == typeNameField {
		f.name, f.text = typeNameField, AggregateType(e, object)
		return nil
	}
	if object == keyField {
		for _, g := range Groupings(registry, e) {
			if g.Key != name {
				continue
			}
			if f.index = slices.Index(spec.By, g.Name); f.index < 0 {
				return bad("by", "must hold %s, since key.%s is selected", g.Name, name)
			}
			f.field, f.cut = g.Field, g.Bucket
			return nil
		}
	}
	f.field, _ = e.GraphQLField(name)
	m := Measure{Function(object), name}
	if f.index = slices.Index(spec.Measures, m); f.index < 0 {
		f.index = len(spec.Measures)
		spec.Measures = append(spec.Measures, m)
	}
	return nil
}

// answer is a JSON object with its fields in order.
type answer []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o answer) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, fmt.Errorf("relay: cannot write %s: %w", m.name, err)
		}
		fmt.Fprintf(&b, "%q:%s", m.name, value) // names of GraphQL need no escapes
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// answer is what is sent for one result.
func (s shape) answer(registry entity.Registry, r AggregateResult) answer {
	o := make(answer, len(s))
	for i, f := range s {
		var v any
		switch {
		case f.text != "":
			v = f.text
		case f.field == nil && f.name == countLeaf:
			v = r.Count
		case f.field == nil:
			v = f.sub.answer(registry, r)
		case f.name == keyField:
			v = inAPI(registry, f.field, f.cut, r.Key[f.index])
		default:
			v = inAPI(registry, f.field, NoBucket, r.Values[f.index])
		}
		o[i] = member{f.alias, v}
	}
	return o
}

// inAPI is a value in the form that the API gives the field.
func inAPI(registry entity.Registry, f *entity.Field, cut Bucket, v any) any {
	switch t := v.(type) {
	case nil:
		return nil
	case *big.Int:
		return t.String()
	case time.Time:
		if cut != NoBucket || f.Kind == entity.Date {
			return t.Format(dateFormat)
		}
		return t.Format(timeFormat)
	}
	target := registry[f.Target]
	if _, counted := v.(int); counted { // different values of a field
		return v
	}
	if target != nil {
		return EncodeID(target, v)
	}
	switch t := v.(type) {
	case uuid.UUID:
		return t.String()
	case int64:
		if f.Kind == entity.BigInt {
			return strconv.FormatInt(t, 10)
		}
	}
	return v
}
