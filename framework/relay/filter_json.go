package relay

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// JSONPredicate is one predicate of the input JSONFilter.
type JSONPredicate struct {
	Name  string
	Type  string // of its value in GraphQL
	About string
}

// JSONPredicates lists what a filter may ask of the value at a path of a
// document. All that are given must hold.
func JSONPredicates() []JSONPredicate {
	return []JSONPredicate{
		{"exists", "Boolean", "There is a value, be it null."},
		{"isNull", "Boolean", "The value is null; false: there is one that is not."},
		{"equals", "JSON", "The same document; how a number is written and the order of keys do not count."},
		{"not", "JSON", "Another document; there has to be one."},
		{"contains", "JSON", "At least the keys of this object, or the texts, numbers and booleans of this list."},
		{"hasKey", "String", "An object with this key."},
		{"gt", "Float", "A number greater than this."},
		{"gte", "Float", "A number of at least this."},
		{"lt", "Float", "A number less than this."},
		{"lte", "Float", "A number of at most this."},
		{"stringContains", "String", "A text with this text in it; case counts."},
		{"stringStartsWith", "String", ""},
		{"stringEndsWith", "String", ""},
	}
}

// compileJSON compiles a JSONFilter: {path: "author.name", equals: "Ann"}.
func (s *scope) compileJSON(f *entity.Field, v any, path string) (predicate, error) {
	filter, ok := v.(map[string]any)
	if !ok {
		return nil, bad(path, "must be an object")
	}
	at := value{column: f.Column}
	if given, ok := filter["path"]; ok {
		text, ok := given.(string)
		if !ok {
			return nil, bad(path+".path", "must be text")
		}
		var err error
		if at.steps, err = parsePath(text); err != nil {
			return nil, bad(path+".path", "%s", err.Error())
		}
	}
	makers := make([]func(value) condition, 0, len(filter))
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		if name == "path" {
			continue
		}
		maker, err := s.jsonPredicate(name, filter[name], path+"."+name, len(at.steps))
		if err != nil {
			return nil, err
		}
		makers = append(makers, maker)
	}
	if len(makers) == 0 {
		return nil, bad(path, "must ask something of the value, such as equals or exists")
	}
	return func(_ *builder, t table) *sql.Predicate {
		at := at
		at.column = t.C(f.Column)
		all := make([]condition, len(makers))
		for i, maker := range makers {
			all[i] = maker(at)
		}
		return decided(at.column, allOf(all...))
	}, nil
}

// jsonPredicate checks one predicate of a JSONFilter on a value at that depth.
func (s *scope) jsonPredicate(name string, v any, path string, depth int) (func(value) condition, error) {
	if v == nil {
		return nil, bad(path, "must not be null; ask for null with isNull")
	}
	if err := s.spend(1, path); err != nil {
		return nil, err
	}
	switch name {
	case "exists", "isNull":
		yes, ok := v.(bool)
		if !ok {
			return nil, bad(path, "must be true or false")
		}
		return existence(name, yes), nil
	case "equals", "not", "contains":
		want, err := s.jsonOperand(v, path, depth, name == "contains")
		if err != nil {
			return nil, err
		}
		switch name {
		case "equals":
			return func(at value) condition { return at.equals(want) }, nil
		case "not":
			return func(at value) condition { return allOf(at.present(), negated(at.equals(want))) }, nil
		}
		return func(at value) condition { return at.contains(want) }, nil
	case "gt", "gte", "lt", "lte":
		n, err := parseFloat(v)
		if err != nil {
			return nil, bad(path, "%s", err.Error())
		}
		op := map[string]string{"gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= "}[name]
		return func(at value) condition { return at.compare(op, n.(float64)) }, nil
	case "hasKey", "stringContains", "stringStartsWith", "stringEndsWith":
		t, err := s.operand(&entity.Field{Kind: entity.String}, v)
		if err != nil {
			return nil, bad(path, "%s", err.Error())
		}
		if name == "hasKey" {
			return func(at value) condition {
				return allOf(at.is(kindObject), at.at(step{key: t.(string)}).present())
			}, nil
		}
		return func(at value) condition { return at.matches(name, t.(string)) }, nil
	}
	return nil, bad(path, "is not a predicate of a document")
}

func existence(name string, yes bool) func(value) condition {
	return func(at value) condition {
		switch {
		case name == "exists" && yes:
			return at.present()
		case name == "exists":
			return negated(at.present())
		case yes:
			return at.is(kindNull)
		}
		return allOf(at.present(), negated(at.is(kindNull)))
	}
}

// negated is true where c is not: false or unknown.
func negated(c condition) condition {
	return func(b *sql.Builder) {
		b.WriteString("NOT COALESCE(")
		c(b)
		b.WriteString(", FALSE)")
	}
}

// matches holds for a text with the other one in it, at its beginning or at
// its end.
func (v value) matches(where, part string) condition {
	return allOf(v.is(kindString), func(b *sql.Builder) {
		text, arg := func() { v.text(b) }, func() { bytesArg(b, part) }
		call := func(name string, args ...func()) {
			b.WriteString(name + "(")
			for i, a := range args {
				if i > 0 {
					b.WriteString(", ")
				}
				a()
			}
			b.WriteByte(')')
		}
		if where == "stringContains" {
			call(map[string]string{dialect.Postgres: "strpos", dialect.SQLite: "instr", dialect.MySQL: "INSTR"}[b.Dialect()], text, arg)
			b.WriteString(" > 0")
			return
		}
		length := func() { // in the unit that the functions below count in
			call(map[string]string{dialect.Postgres: "char_length", dialect.SQLite: "length", dialect.MySQL: "LENGTH"}[b.Dialect()], arg)
		}
		side := map[string]string{"stringStartsWith": "LEFT", "stringEndsWith": "RIGHT"}[where]
		switch {
		case b.Dialect() != dialect.SQLite:
			call(side, text, length)
		case side == "LEFT":
			call("substr", text, func() { b.WriteString("1") }, length)
		case part == "": // -0 would be the beginning
			arg()
		default:
			call("substr", text, func() { b.WriteByte('-'); length() })
		}
		b.WriteString(" = ")
		arg()
	})
}

// jsonOperand checks a document that values are compared with and brings its
// numbers to one form. Each of its values counts as a predicate.
func (s *scope) jsonOperand(v any, path string, depth int, lists bool) (any, error) {
	if err := checkDocument(v, 1+depth); err != nil {
		return nil, bad(path, "%s", err.Error())
	}
	data, err := json.Marshal(v)
	if err != nil || len(data) > maxOperand {
		return nil, bad(path, "must be JSON of at most %d bytes", maxOperand)
	}
	var want any
	if err := json.Unmarshal(data, &want); err != nil {
		return nil, bad(path, "must be JSON with numbers of 64 bits")
	}
	return want, s.weighJSON(want, path, lists)
}

// weighJSON spends a predicate for each value. Lists that a document must
// contain may have scalars only: the dialects differ on what else is in them.
func (s *scope) weighJSON(v any, path string, lists bool) error {
	if err := s.spend(1, path); err != nil {
		return err
	}
	switch t := v.(type) {
	case float64:
		if math.IsInf(t, 0) {
			return bad(path, "must hold finite numbers")
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(t)) {
			if err := s.weighJSON(t[key], path+"."+key, lists); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range t {
			at := fmt.Sprintf("%s[%d]", path, i)
			switch item.(type) {
			case map[string]any, []any:
				if lists {
					return bad(at, "must be a text, a number, a boolean or null; ask for more with equals at a path")
				}
			}
			if err := s.weighJSON(item, at, lists); err != nil {
				return err
			}
		}
	}
	return nil
}
