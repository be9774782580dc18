package query

import (
	stdsql "database/sql"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// converter puts a value, as the driver gives it, where it belongs. Drivers give
// the same value in different types: a bool as a number, a decimal as bytes, a
// time that was computed as text.
type converter func(to reflect.Value, v any) error

func converterOf(t reflect.Type) (converter, error) {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return toTime, nil
	case t == reflect.TypeFor[uuid.UUID]():
		return notNull(toScanner), nil
	case scans(t):
		return toScanner, nil
	case t.Kind() == reflect.Pointer:
		return toPointer(t)
	case t.Kind() == reflect.Interface && t.NumMethod() == 0:
		return toAny, nil
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return toBytes, nil
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return notNull(toText), nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return notNull(toBool), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return notNull(toInt), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return notNull(toUint), nil
	case reflect.Float32, reflect.Float64:
		return notNull(toFloat), nil
	case reflect.String:
		return notNull(toString), nil
	case reflect.Map, reflect.Slice:
		return toJSON, nil
	case reflect.Struct, reflect.Array:
		return notNull(toJSON), nil
	default:
		return nil, fmt.Errorf("query: no column fits into a %s", t)
	}
}

func notNull(c converter) converter {
	return func(to reflect.Value, v any) error {
		if v == nil {
			return errNull
		}
		return c(to, v)
	}
}

func toPointer(t reflect.Type) (converter, error) {
	inner, err := converterOf(t.Elem())
	if err != nil {
		return nil, err
	}
	return func(to reflect.Value, v any) error {
		if v == nil {
			to.SetZero()
			return nil
		}
		to.Set(reflect.New(t.Elem()))
		return inner(to.Elem(), v)
	}, nil
}

func toScanner(to reflect.Value, v any) error {
	if b, ok := v.([]byte); ok {
		v = slices.Clone(b)
	}
	return to.Addr().Interface().(stdsql.Scanner).Scan(v)
}

func toText(to reflect.Value, v any) error {
	text, ok := textOf(v)
	if !ok {
		return misfit(to, v)
	}
	return to.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
}

func toAny(to reflect.Value, v any) error {
	v = tidy(v)
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	if v == nil {
		to.SetZero()
		return nil
	}
	to.Set(reflect.ValueOf(v))
	return nil
}

// plain is toAny of a column whose type the database tells: only bytes stay
// bytes.
func plain(t *stdsql.ColumnType) converter {
	name := strings.ToUpper(t.DatabaseTypeName())
	if !strings.Contains(name, "BLOB") && !strings.Contains(name, "BINARY") && name != "BYTEA" && name != "" {
		return toAny
	}
	return func(to reflect.Value, v any) error {
		if v = tidy(v); v == nil {
			to.SetZero()
			return nil
		}
		to.Set(reflect.ValueOf(v))
		return nil
	}
}

// tidy takes the value out of the driver's hands: bytes are a copy, times UTC.
func tidy(v any) any {
	switch v := v.(type) {
	case []byte:
		return slices.Clone(v)
	case time.Time:
		return v.UTC()
	}
	return v
}

func toBytes(to reflect.Value, v any) error {
	switch v := v.(type) {
	case nil:
		to.SetZero()
	case []byte:
		to.SetBytes(slices.Clone(v))
	case string:
		to.SetBytes([]byte(v))
	default:
		return misfit(to, v)
	}
	return nil
}

// toJSON reads a document.
func toJSON(to reflect.Value, v any) error {
	to.SetZero()
	switch v := v.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(v, to.Addr().Interface())
	case string:
		return json.Unmarshal([]byte(v), to.Addr().Interface())
	}
	return misfit(to, v)
}

func toBool(to reflect.Value, v any) error {
	switch b := v.(type) {
	case bool:
		to.SetBool(b)
		return nil
	case int64:
		if b == 0 || b == 1 {
			to.SetBool(b == 1)
			return nil
		}
	case []byte:
		if len(b) == 1 && b[0] <= 1 { // BIT(1) of MySQL
			to.SetBool(b[0] == 1)
			return nil
		}
	}
	if text, ok := textOf(v); ok {
		if b, err := strconv.ParseBool(text); err == nil {
			to.SetBool(b)
			return nil
		}
	}
	return misfit(to, v)
}

func toInt(to reflect.Value, v any) error {
	n, ok := v.(int64)
	if !ok {
		text, isNumber := number(v)
		if !isNumber {
			return misfit(to, v)
		}
		var err error
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return misfit(to, v)
		}
	}
	if to.OverflowInt(n) {
		return misfit(to, v)
	}
	to.SetInt(n)
	return nil
}

func toUint(to reflect.Value, v any) error {
	text, ok := number(v)
	if !ok {
		return misfit(to, v)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || to.OverflowUint(n) {
		return misfit(to, v)
	}
	to.SetUint(n)
	return nil
}

// number is the text of a whole number: sums are decimals on some databases.
func number(v any) (string, bool) {
	switch n := v.(type) {
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), n == math.Trunc(n)
	case bool, time.Time:
		return "", false
	}
	text, ok := textOf(v)
	if whole, fraction, cut := strings.Cut(text, "."); cut && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	return text, ok
}

func toFloat(to reflect.Value, v any) error {
	f, ok := v.(float64)
	if !ok {
		text, isText := textOf(v)
		if _, isTime := v.(time.Time); !isText || isTime {
			return misfit(to, v)
		}
		var err error
		if f, err = strconv.ParseFloat(text, 64); err != nil {
			return misfit(to, v)
		}
	}
	if to.OverflowFloat(f) {
		return misfit(to, v)
	}
	to.SetFloat(f)
	return nil
}

func toString(to reflect.Value, v any) error {
	text, ok := textOf(v)
	if !ok {
		return misfit(to, v)
	}
	to.SetString(text)
	return nil
}

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32), true
	case bool:
		return strconv.FormatBool(v), true
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), true
	}
	return "", false
}

// toTime reads a time, or the text of one, which is in UTC.
func toTime(to reflect.Value, v any) error {
	switch t := v.(type) {
	case nil:
		return errNull
	case time.Time:
		to.Set(reflect.ValueOf(t.UTC()))
		return nil
	case []byte:
		return toTime(to, string(t))
	case string:
		for _, layout := range []string{"2006-01-02 15:04:05.999999999-07:00", time.DateTime, time.RFC3339Nano, time.DateOnly, "2006-01-02 15:04:05.999999999-07"} {
			if at, err := time.Parse(layout, t); err == nil {
				to.Set(reflect.ValueOf(at.UTC()))
				return nil
			}
		}
	}
	return misfit(to, v)
}

// misfit does not tell the value, which may be nobody's business.
func misfit(to reflect.Value, v any) error {
	return fmt.Errorf("a %T of the database does not fit into a %s: %w", v, to.Type(), errMisfit)
}

var errMisfit = errors.New("wrong type, range or form")
