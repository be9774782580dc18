package scaffold

import "strings"

// Type is the type of a field.
type Type string

// The types of fields.
const (
	String   Type = "string"   // text of at most 255 characters, or max
	Text     Type = "text"     // long text
	Int      Type = "int"      // whole number of 64 bits
	Float    Type = "float"    // number of 64 bits
	Decimal  Type = "decimal"  // exact number, kept as a whole one: 19.99 as 1999
	Bool     Type = "bool"     // true or false, false by default
	Time     Type = "time"     // instant, UTC
	Date     Type = "date"     // day
	JSON     Type = "json"     // JSON object
	List     Type = "list"     // list of texts
	UUID     Type = "uuid"     // UUID
	Enum     Type = "enum"     // one of several words
	Bytes    Type = "bytes"    // binary data
	Password Type = "password" // stored as a hash, never shown
	Email    Type = "email"    // e-mail address, in lower case
	URL      Type = "url"      // http or https address
	Slug     Type = "slug"     // name in addresses: lower-case letters, digits, hyphens
)

// Types lists the types, the frequent ones first.
func Types() []Type {
	return []Type{
		String, Text, Int, Float, Decimal, Bool, Time, Date, Enum, Email, URL, Slug, Password, UUID, JSON, List, Bytes,
	}
}

// parseType reads the name of a type; those of other languages are understood.
func parseType(name string) (Type, bool) {
	name = strings.ToLower(name)
	other := map[string]Type{
		"str": String, "varchar": String, "integer": Int, "int64": Int, "bigint": Int, "number": Float, "float64": Float,
		"double": Float, "numeric": Decimal, "money": Decimal, "boolean": Bool, "datetime": Time, "timestamp": Time,
		"dict": JSON, "object": JSON, "strings": List, "tuple": List, "array": List, "binary": Bytes, "blob": Bytes,
	}
	if t, ok := other[name]; ok {
		return t, true
	}
	for _, t := range Types() {
		if name == string(t) {
			return t, true
		}
	}
	return "", false
}

func typeNames() string {
	names := make([]string, 0, len(Types()))
	for _, t := range Types() {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

// isLine reports whether the type is a text of one line, with a bounded length.
func (t Type) isLine() bool { return t == String || t == Email || t == URL || t == Slug }

// isNumber reports whether values have an order that min and max bound.
func (t Type) isNumber() bool { return t == Int || t == Float || t == Decimal }

// hasLength reports whether min and max bound a length.
func (t Type) hasLength() bool { return t == String || t == Text || t == Bytes }

// indexed reports whether every database can index a column of the type.
func (t Type) indexed() bool {
	switch t {
	case Text, JSON, List, Bytes, Password:
		return false
	default:
		return true
	}
}
