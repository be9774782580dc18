package scaffold

import (
	"strconv"
	"strings"
)

// Field describes one field of an entity.
type Field struct { //nolint:recvcheck // reading fills in a pointer, a value prints itself
	Name      string // snake_case
	Type      Type
	Values    []string // of an Enum
	Scale     int      // digits of a Decimal behind the point
	Optional  bool     // the column may be NULL
	Unique    bool
	Index     bool
	Immutable bool // set once
	Sensitive bool // written, never shown
	Hidden    bool // not in the API
	ReadOnly  bool // no client writes it
	Default   *string
	Min, Max  *string // of the value, or of the length of a text
	Comment   string
}

// defaultScale is that of sums of money.
const defaultScale = 2

// ParseField reads the description of a field: its name, its type, and any of
// optional (or ? behind the type), unique, index, immutable, sensitive, hidden,
// read-only, min=, max=, default= (or =value behind the type) and comment=.
// Without a type it is a string.
func ParseField(spec string) (Field, error) {
	parts, err := split(spec)
	if err != nil {
		return Field{}, err
	}
	f := Field{Type: String}
	if f.Name, err = FieldName(parts[0].text); err != nil {
		return Field{}, parts[0].wrap(parts[0].text, err)
	}
	if len(parts) > 1 {
		if err := f.readType(parts[1]); err != nil {
			return Field{}, err
		}
		parts = parts[1:]
	}
	seen := map[string]bool{}
	for _, p := range parts[1:] {
		o, err := parseOption(p)
		if err != nil {
			return Field{}, err
		}
		if seen[o.name] {
			return Field{}, p.fail(p.text, "%s is given twice", o.name)
		}
		seen[o.name] = true
		if err := f.set(o); err != nil {
			return Field{}, err
		}
	}
	if reason, piece := f.check(); reason != "" {
		return Field{}, (part{spec, 0, spec}).fail(piece, "%s", reason)
	}
	return f, nil
}

// readType reads the second part: name(arguments)?=default.
func (f *Field) readType(p part) error {
	text := p.text
	end := strings.IndexAny(text, "(?=")
	if end < 0 {
		end = len(text)
	}
	name, rest := text[:end], text[end:]
	switch t, ok := parseType(name); {
	case ok:
		f.Type = t
	case strings.EqualFold(name, "relation"):
		return p.fail(name, "a relation is no field; describe it with --edge, as in posts:Post:o2m")
	case name == "":
		return p.fail(text, "the type is missing; give one of %s", typeNames())
	default:
		return p.fail(name, "there is no type %s; give one of %s", name, typeNames())
	}
	if f.Type == Decimal {
		f.Scale = defaultScale
	}
	if strings.HasPrefix(rest, "(") {
		list, after, err := arguments(p, rest)
		if err != nil {
			return err
		}
		if err := f.readArguments(p, rest[:len(rest)-len(after)], list); err != nil {
			return err
		}
		rest = after
	}
	if strings.HasPrefix(rest, "?") {
		f.Optional, rest = true, rest[1:]
	}
	if value, ok := strings.CutPrefix(rest, "="); ok {
		value, err := unquote(p, value)
		if err != nil {
			return err
		}
		f.Default, rest = &value, ""
	}
	if rest != "" {
		return p.fail(rest, "only ? and =default may follow the type")
	}
	return nil
}

// arguments cuts "(a,b)rest" into a, b and rest.
func arguments(p part, text string) ([]string, string, error) {
	for i := 1; i < len(text); i++ {
		if quoteAt(text, i, 1) {
			if i = closing(text, i); i < 0 {
				break
			}
			continue
		}
		if text[i] == ')' {
			list, err := items(p, text[1:i])
			return list, text[i+1:], err
		}
	}
	return nil, "", p.fail(text, "the parenthesis is not closed")
}

func (f *Field) readArguments(p part, piece string, list []string) error {
	switch f.Type {
	case Enum:
		f.Values = list
		return nil
	case String, Text, Bytes:
		if len(list) == 1 {
			f.Max = &list[0]
			return nil
		}
		return p.fail(piece, "give the greatest length, as in %s(100)", f.Type)
	case Decimal:
		// As in SQL: decimal(10,2) or the digits behind the point alone.
		n, err := strconv.Atoi(list[len(list)-1])
		if err != nil || len(list) > 2 || n < 0 || n > 9 {
			return p.fail(piece, "give the digits behind the point, from 0 to 9, as in decimal(2)")
		}
		f.Scale = n
		return nil
	default:
		return p.fail(piece, "the type %s takes nothing in parentheses", f.Type)
	}
}

// set applies a modifier.
func (f *Field) set(o option) error {
	flags := map[string]*bool{
		"optional": &f.Optional, "nillable": &f.Optional, "nullable": &f.Optional, "unique": &f.Unique, "index": &f.Index,
		"immutable": &f.Immutable, "sensitive": &f.Sensitive, "hidden": &f.Hidden, "read-only": &f.ReadOnly,
	}
	if flag, ok := flags[o.name]; ok {
		if o.hasValue {
			return o.fail(o.text, "%s takes no value", o.name)
		}
		*flag = true
		return nil
	}
	values := map[string]**string{"default": &f.Default, "min": &f.Min, "max": &f.Max}
	value, ok := values[o.name]
	switch {
	case !ok && o.name != "comment":
		return o.fail(o.text, "there is no modifier %s; give one of optional, unique, index, immutable, sensitive, hidden, read-only, min=, max=, default=, comment=", o.name)
	case !o.hasValue:
		return o.fail(o.text, "%s needs a value, as in %s=…", o.name, o.name)
	case !ok:
		f.Comment = o.value
	case *value != nil:
		return o.fail(o.text, "%s is given twice", o.name)
	default:
		*value = &o.value
	}
	return nil
}

// String is the description that ParseField reads.
func (f Field) String() string {
	var b strings.Builder
	b.WriteString(f.Name + ":" + string(f.Type))
	switch {
	case f.Type == Enum:
		b.WriteByte('(')
		for i, v := range f.Values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(v))
		}
		b.WriteByte(')')
	case f.Type == Decimal && f.Scale != defaultScale:
		b.WriteString("(" + strconv.Itoa(f.Scale) + ")")
	default:
	}
	if f.Optional {
		b.WriteByte('?')
	}
	if f.Default != nil {
		b.WriteString("=" + quote(*f.Default))
	}
	for _, flag := range []struct {
		name string
		on   bool
	}{
		{"unique", f.Unique},
		{"index", f.Index},
		{"immutable", f.Immutable},
		{"sensitive", f.Sensitive},
		{"hidden", f.Hidden},
		{"read-only", f.ReadOnly},
	} {
		if flag.on {
			b.WriteString(":" + flag.name)
		}
	}
	if f.Min != nil {
		b.WriteString(":min=" + quote(*f.Min))
	}
	if f.Max != nil {
		b.WriteString(":max=" + quote(*f.Max))
	}
	if f.Comment != "" {
		b.WriteString(":comment=" + quote(f.Comment))
	}
	return b.String()
}
