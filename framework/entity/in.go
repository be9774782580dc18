package entity

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// inlineIn is how many values a list may have that is written as IN (?, ?, …).
// Statements with such lists differ by their length only, so that databases
// keep their plans.
const inlineIn = 500

// In is the predicate that the column has one of the values. It takes lists of
// any length: a long one is bound as a single parameter, so that no limit of
// the database on parameters is met:
//
//   - PostgreSQL: column = ANY ($1), an array.
//   - SQLite: column IN (SELECT value FROM json_each(?)).
//   - MySQL and MariaDB: IN (…) as it is. The driver writes the values into the
//     statement, quoted, so the length of a packet is the only limit; the values
//     of a JSON_TABLE would have a collation of their own, which cannot be
//     compared with those of all columns.
//
// Floating point numbers on SQLite are the exception: at most 32,766 of them.
//
// No values match nothing. NULL is no value.
func In[T any](column string, values ...T) *sql.Predicate { return in(column, false, values) }

// NotIn is the predicate that the column has none of the values. A column that
// is NULL does not satisfy it, unless there are no values.
func NotIn[T any](column string, values ...T) *sql.Predicate { return in(column, true, values) }

// FieldIn is In for the generated predicates.
func FieldIn[T any](column string, values ...T) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(In(s.C(column), values...)) }
}

// FieldNotIn is NotIn for the generated predicates.
func FieldNotIn[T any](column string, values ...T) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(NotIn(s.C(column), values...)) }
}

func in[T any](column string, not bool, values []T) *sql.Predicate {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	plain := sql.In
	if not {
		plain = sql.NotIn
	}
	if len(list) <= inlineIn {
		return plain(column, list...)
	}
	return sql.P(func(b *sql.Builder) {
		if packed, ok := packFor(b.Dialect(), list); ok {
			packed.write(b, column, not)
			return
		}
		b.Ident(column)
		op := sql.OpIn
		if not {
			op = sql.OpNotIn
		}
		b.WriteOp(op).Wrap(func(b *sql.Builder) { b.Args(list...) })
	})
}

// packed is a list as one parameter, with the SQL around it.
type packed struct {
	operator, negated string
	before, after     string
	argument          string
}

func (p packed) write(b *sql.Builder, column string, not bool) {
	operator := p.operator
	if not {
		operator = p.negated
	}
	b.Ident(column).WriteString(operator + p.before).Arg(p.argument).WriteString(p.after)
}

// packFor brings the values into one parameter, where the dialect has a form
// for values of their kind that compares exactly as single ones do.
func packFor(dialectName string, values []any) (packed, bool) {
	if dialectName != dialect.Postgres && dialectName != dialect.SQLite {
		return packed{}, false
	}
	items := make([]any, len(values))
	for i, v := range values {
		item, ok := basic(v)
		if !ok || i > 0 && reflect.TypeOf(item) != reflect.TypeOf(items[0]) {
			return packed{}, false
		}
		items[i] = item
	}
	if dialectName == dialect.Postgres {
		return packed{" = ANY (", " <> ALL (", "", ")", arrayLiteral(items)}, true
	}
	return jsonList(items)
}

// List is the operator and what follows it of a list in SQL that is written by
// hand: an empty one, which no value is in on any dialect, or a long one, bound
// as a single parameter where the text has its only "?". ok is false for a list
// that is written as IN (?, ?, …).
func List(dialectName string, not bool, values []any) (text string, argument any, ok bool) {
	operator := "IN"
	if not {
		operator = "NOT IN"
	}
	switch {
	case len(values) > inlineIn:
		p, ok := packFor(dialectName, values)
		if not {
			p.operator = p.negated
		}
		return p.operator[min(1, len(p.operator)):] + p.before + "?" + p.after, p.argument, ok
	case len(values) > 0:
		return "", nil, false
	case dialectName == dialect.Postgres && not:
		return "<> ALL ('{}')", nil, true
	case dialectName == dialect.Postgres:
		return "= ANY ('{}')", nil, true
	case dialectName == dialect.MySQL:
		return operator + " (SELECT NULL FROM DUAL WHERE FALSE)", nil, true
	}
	return operator + " ()", nil, true
}

// jsonList is the list as JSON, for SQLite. Not all versions read a floating
// point number back to the last bit, so those are bound one by one.
func jsonList(items []any) (packed, bool) {
	value := "value"
	switch items[0].(type) {
	case []byte:
		value = "unhex(value)"
	case float64:
		return packed{}, false
	}
	for i, item := range items {
		switch v := item.(type) {
		case []byte:
			items[i] = hex.EncodeToString(v)
		case bool:
			items[i] = 0
			if v {
				items[i] = 1
			}
		case time.Time:
			items[i] = v.Format(sqliteTime)
		}
	}
	text, err := json.Marshal(items)
	if err != nil {
		return packed{}, false
	}
	return packed{" IN (", " NOT IN (", "SELECT " + value + " FROM json_each(", "))", string(text)}, true
}

// sqliteTime is how times are stored in SQLite.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// arrayLiteral is the list as PostgreSQL reads arrays from text; the type is
// that of the column.
func arrayLiteral(items []any) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var b strings.Builder
	b.WriteByte('{')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		switch v := item.(type) {
		case int64:
			b.WriteString(strconv.FormatInt(v, 10))
		case uint64:
			b.WriteString(strconv.FormatUint(v, 10))
		case float64:
			b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
		case bool:
			b.WriteString(strconv.FormatBool(v))
		case []byte:
			b.WriteString(`"\\x` + hex.EncodeToString(v) + `"`)
		case time.Time:
			b.WriteString(`"` + v.Format(time.RFC3339Nano) + `"`)
		case string:
			b.WriteString(`"` + quote.Replace(v) + `"`)
		}
	}
	b.WriteByte('}')
	return b.String()
}

// basic brings a value to int64, uint64, float64, bool, string, []byte or
// time.Time, as database/sql would. What it refuses is bound one by one: NULL,
// and text that no database takes, which then says so.
func basic(v any) (any, bool) {
	if valuer, ok := v.(driver.Valuer); ok {
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return nil, false
		}
		inner, err := valuer.Value()
		if err != nil {
			return nil, false
		}
		v = inner
	}
	switch t := v.(type) {
	case time.Time:
		return t.UTC().Truncate(time.Microsecond), Storable(t)
	case []byte:
		return t, t != nil
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.String:
		text := rv.String()
		return text, utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
	case rv.Kind() == reflect.Bool:
		return rv.Bool(), true
	case rv.CanInt():
		return rv.Int(), true
	case rv.CanUint():
		return rv.Uint(), rv.Uint() <= math.MaxInt64
	case rv.CanFloat():
		f := rv.Float()
		return f, !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return nil, false
}
