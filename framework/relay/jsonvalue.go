package relay

import (
	"maps"
	"slices"
	"strconv"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// condition writes SQL that is true or false, or unknown where there is no
// value.
type condition func(b *sql.Builder)

// allOf and anyOf join conditions.
func allOf(list ...condition) condition { return joined(" AND ", list) }
func anyOf(list ...condition) condition { return joined(" OR ", list) }

func joined(word string, list []condition) condition {
	return func(b *sql.Builder) {
		b.WriteByte('(')
		for i, c := range list {
			if i > 0 {
				b.WriteString(word)
			}
			c(b)
		}
		b.WriteByte(')')
	}
}

// value is a value in a document: of a column, at the end of some steps, or an
// element of a list that a subquery lists as "j".
type value struct {
	column  string
	steps   []step
	element bool
}

func (v value) at(s step) value {
	v.steps = append(slices.Clone(v.steps), s)
	return v
}

// json writes the value as a document, NULL where there is none.
func (v value) json(b *sql.Builder) {
	switch {
	case v.element && b.Dialect() == dialect.SQLite:
		b.WriteString("j.value")
	case v.element:
		b.WriteString("j.v")
	case len(v.steps) == 0:
		b.Ident(v.column)
	case b.Dialect() == dialect.SQLite:
		v.extract(b)
	default:
		v.inLists(b)
	}
}

// inLists looks for places in lists only: to the others, [0] of what is no list
// may be the thing itself.
func (v value) inLists(b *sql.Builder) {
	lists := 0
	for i, s := range v.steps {
		if !s.list {
			continue
		}
		word := "CASE WHEN "
		if lists++; lists > 1 {
			word = " AND "
		}
		b.WriteString(word)
		value{column: v.column, steps: v.steps[:i]}.listAt(b)
	}
	if lists > 0 {
		b.WriteString(" THEN ")
	}
	v.extract(b)
	if lists > 0 {
		b.WriteString(" END")
	}
}

// listAt holds for a list, if all steps to it lead through lists where they
// have to.
func (v value) listAt(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString("jsonb_typeof(")
		v.extract(b)
		b.WriteString(") = 'array'")
		return
	}
	b.WriteString("JSON_TYPE(")
	v.extract(b)
	b.WriteString(") = 'ARRAY'")
}

// extract follows the steps as the dialect does.
func (v value) extract(b *sql.Builder) {
	switch {
	case len(v.steps) == 0:
		b.Ident(v.column)
	case b.Dialect() == dialect.SQLite:
		b.WriteByte('(').Ident(v.column).WriteString(" -> ").Arg(pathText(v.steps)).WriteByte(')')
	case b.Dialect() == dialect.Postgres:
		b.WriteByte('(').Ident(v.column)
		for _, s := range v.steps {
			if s.list {
				b.WriteString(" -> CAST(").Arg(s.index).WriteString(" AS int)")
			} else {
				b.WriteString(" -> CAST(").Arg(s.key).WriteString(" AS text)")
			}
		}
		b.WriteByte(')')
	default:
		b.WriteString("JSON_EXTRACT(").Ident(v.column).WriteString(", ").Arg(pathText(v.steps)).WriteByte(')')
	}
}

// Kinds of values, as jsonb_typeof calls them.
const (
	kindNull    = "null"
	kindBoolean = "boolean"
	kindNumber  = "number"
	kindString  = "string"
	kindArray   = "array"
	kindObject  = "object"
)

// is holds for a value of the kind.
func (v value) is(kind string) condition {
	return func(b *sql.Builder) {
		switch b.Dialect() {
		case dialect.Postgres:
			b.WriteString("jsonb_typeof(")
			v.json(b)
			b.WriteString(") = '" + kind + "'")
		case dialect.SQLite:
			if v.element {
				b.WriteString("j.type")
			} else {
				b.WriteString("json_type(")
				v.json(b)
				b.WriteByte(')')
			}
			b.WriteString(map[string]string{
				kindNull: " = 'null'", kindBoolean: " IN ('true', 'false')", kindNumber: " IN ('integer', 'real')",
				kindString: " = 'text'", kindArray: " = 'array'", kindObject: " = 'object'",
			}[kind])
		default:
			b.WriteString("JSON_TYPE(")
			v.json(b)
			b.WriteByte(')')
			b.WriteString(map[string]string{
				kindNull: " = 'NULL'", kindBoolean: " = 'BOOLEAN'", kindString: " = 'STRING'", kindArray: " = 'ARRAY'",
				kindNumber: " IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')", kindObject: " = 'OBJECT'",
			}[kind])
		}
	}
}

// present holds for any value, null included.
func (v value) present() condition {
	return func(b *sql.Builder) {
		v.json(b)
		b.WriteString(" IS NOT NULL")
	}
}

// text writes a string's text: as bytes on MySQL, where collations would take
// more for equal.
func (v value) text(b *sql.Builder) {
	switch {
	case v.element && b.Dialect() == dialect.SQLite:
		b.WriteString("j.atom")
	case b.Dialect() == dialect.SQLite:
		b.WriteString("json_extract(")
		v.json(b)
		b.WriteString(", '$')")
	case b.Dialect() == dialect.Postgres:
		b.WriteByte('(')
		v.json(b)
		b.WriteString(" #>> '{}')")
	default:
		b.WriteString("CAST(JSON_UNQUOTE(")
		v.json(b)
		b.WriteString(") AS BINARY)")
	}
}

// compare holds for a number that is less, equal or greater, by the operator.
func (v value) compare(op string, n float64) condition {
	return allOf(v.is(kindNumber), func(b *sql.Builder) {
		switch b.Dialect() {
		case dialect.Postgres: // a cast to numeric might run before the kind is known
			v.json(b)
			b.WriteString(op + "CAST(").Arg(jsonText(n)).WriteString(" AS jsonb)")
		case dialect.SQLite:
			v.text(b) // any scalar
			b.WriteString(op).Arg(n)
		default:
			b.WriteString("(JSON_UNQUOTE(")
			v.json(b)
			// As text, a number is read as the double that it is in all dialects.
			b.WriteString(") + 0e0)" + op + "(").Arg(strconv.FormatFloat(n, 'g', -1, 64)).WriteString(" + 0e0)")
		}
	})
}

// scalar holds for a value that equals a null, a boolean, a number or a text.
func (v value) scalar(want any) condition {
	switch t := want.(type) {
	case float64:
		return v.compare(" = ", t)
	case string:
		return allOf(v.is(kindString), func(b *sql.Builder) {
			v.text(b)
			b.WriteString(" = ")
			bytesArg(b, t)
		})
	case bool:
		return allOf(v.is(kindBoolean), func(b *sql.Builder) {
			if b.Dialect() == dialect.SQLite {
				if v.element {
					b.WriteString("j.atom = ").Arg(t)
					return
				}
				v.text(b)
				b.WriteString(" = ").Arg(t)
				return
			}
			v.text(b)
			b.WriteString(" = '" + strconv.FormatBool(t) + "'")
		})
	default:
		return v.is(kindNull)
	}
}

// bytesArg writes a text that is compared with value.text.
func bytesArg(b *sql.Builder, t string) {
	switch b.Dialect() {
	case dialect.MySQL:
		b.WriteString("CAST(").Arg(t).WriteString(" AS BINARY)")
	case dialect.Postgres:
		b.WriteString("CAST(").Arg(t).WriteString(" AS text)")
	default:
		b.Arg(t)
	}
}

// length holds for a list or an object, of a kind that is known, with n items.
func (v value) length(n int) condition {
	return func(b *sql.Builder) {
		if b.Dialect() == dialect.SQLite {
			b.WriteString("(SELECT COUNT(*) FROM json_each(")
			v.json(b)
			b.WriteString("))")
		} else {
			b.WriteString("JSON_LENGTH(")
			v.json(b)
			b.WriteByte(')')
		}
		b.WriteString(" = " + strconv.Itoa(n))
	}
}

// equals holds for a value that is the same document: the order of keys and
// the way in which a number is written do not count.
func (v value) equals(want any) condition {
	whole := v.unfold(want)
	return func(b *sql.Builder) {
		if b.Dialect() == dialect.Postgres {
			v.json(b)
			b.WriteString(" = CAST(").Arg(jsonText(want)).WriteString(" AS jsonb)")
			return
		}
		whole(b)
	}
}

// unfold is equals in terms of scalars.
func (v value) unfold(want any) condition {
	switch t := want.(type) {
	case map[string]any:
		all := []condition{v.is(kindObject), v.length(len(t))}
		for _, key := range slices.Sorted(maps.Keys(t)) {
			all = append(all, v.at(step{key: key}).unfold(t[key]))
		}
		return allOf(all...)
	case []any:
		all := []condition{v.is(kindArray), v.length(len(t))}
		for i, item := range t {
			all = append(all, v.at(step{index: i, list: true}).unfold(item))
		}
		return allOf(all...)
	default:
		return v.scalar(want)
	}
}

// contains holds for a value that has at least what want has: the keys of an
// object, the scalars of a list.
func (v value) contains(want any) condition {
	switch t := want.(type) {
	case map[string]any:
		all := []condition{v.is(kindObject)}
		for _, key := range slices.Sorted(maps.Keys(t)) {
			all = append(all, v.at(step{key: key}).contains(t[key]))
		}
		return allOf(all...)
	case []any:
		all := []condition{v.is(kindArray)}
		for _, item := range t {
			all = append(all, v.has(item))
		}
		return allOf(all...)
	default:
		return v.scalar(want)
	}
}

// has holds for a list, of a kind that is known, with one of the scalars.
func (v value) has(scalars ...any) condition {
	element := value{element: true}
	options := make([]condition, len(scalars))
	for i, s := range scalars {
		options[i] = element.scalar(s)
	}
	return func(b *sql.Builder) {
		b.WriteString("EXISTS (SELECT 1 FROM ")
		switch b.Dialect() {
		case dialect.Postgres: // which complains of what is no list
			b.WriteString("jsonb_array_elements(CASE WHEN ")
			v.is(kindArray)(b)
			b.WriteString(" THEN ")
			v.json(b)
			b.WriteString(" END) AS j(v)")
		case dialect.SQLite:
			b.WriteString("json_each(")
			v.json(b)
			b.WriteString(") AS j")
		default:
			b.WriteString("JSON_TABLE(")
			v.json(b)
			b.WriteString(", '$[*]' COLUMNS (v JSON PATH '$')) AS j")
		}
		b.WriteString(" WHERE ")
		anyOf(options...)(b)
		b.WriteByte(')')
	}
}

// decided makes unknown false where the column holds a document, so that not
// finds exactly the other documents, and leaves it unknown where it is NULL.
func decided(column string, c condition) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.WriteString("(CASE WHEN ").Ident(column).WriteString(" IS NULL THEN NULL WHEN ")
		c(b)
		b.WriteString(" THEN TRUE ELSE FALSE END)")
	})
}
