package relay

import (
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

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// parseValue brings a value that a client sent to the Go type of the field.
// The error is a plain reason: "must be …".
func (s *scope) parseValue(f *entity.Field, v any) (any, error) {
	if s.keyOf(f) != nil {
		return s.parsePlain(f, v)
	}
	return Parse(f, v)
}

// Parse brings a value as JSON has it to the Go type of the field. The error is
// a plain reason: "must be …". Keys of rows are those of the database.
func Parse(f *entity.Field, v any) (any, error) {
	switch f.Kind {
	case entity.Strings:
		return parseStrings(v)
	case entity.JSON:
		return parseDocument(f, v)
	default:
	}
	plain, err := ParsePlain(f, v)
	if err != nil {
		return nil, err
	}
	return f.Typed(plain)
}

// parsePlain brings a value that a client sent to the type that stands for the
// field's kind; see entity.Plain.
func (s *scope) parsePlain(f *entity.Field, v any) (any, error) {
	if target := s.keyOf(f); target != nil {
		id, ok := v.(string)
		if !ok {
			return nil, errors.New("must be an ID")
		}
		key, err := decodeKey(target, id)
		if bad, ok := errors.AsType[*ArgumentError](err); ok {
			return nil, errors.New(bad.Reason)
		}
		return key, err
	}
	return ParsePlain(f, v)
}

// ParsePlain is Parse to the type that stands for the field's kind; see
// entity.Plain. Lists and documents have none.
func ParsePlain(f *entity.Field, v any) (any, error) {
	switch f.Kind {
	case entity.Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, errors.New("must be true or false")
	case entity.Int, entity.BigInt:
		return parseInt(v)
	case entity.Float:
		return parseFloat(v)
	case entity.String:
		if t, ok := v.(string); ok {
			return t, nil // rules of text are checked where it is written
		}
		return nil, errors.New("must be text")
	case entity.Enum:
		t, ok := v.(string)
		if !ok || !slices.Contains(f.Enum, t) {
			return nil, fmt.Errorf("must be one of %s", strings.Join(f.Enum, ", "))
		}
		return t, nil
	case entity.Time:
		return parseTime(v)
	case entity.Date:
		return parseDate(v)
	case entity.UUID:
		t, _ := v.(string)
		u, err := uuid.Parse(t)
		if err != nil {
			return nil, errors.New("must be a UUID")
		}
		return u, nil
	case entity.Bytes:
		return UnmarshalBase64(v)
	default:
		return nil, errors.New("cannot be set")
	}
}

// items gives a list that a client sent. A single item stands for a list of
// itself, and gqlparser may have made it one of its own type.
func items(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice {
		return []any{v}
	}
	list := make([]any, rv.Len())
	for i := range list {
		list[i] = rv.Index(i).Interface()
	}
	return list
}

// keyOf returns the entity whose key the field holds, or nil.
func (s *scope) keyOf(f *entity.Field) *entity.Entity {
	if f == s.entity.ID() {
		return s.entity
	}
	if f.Target != "" {
		return s.registry[f.Target]
	}
	return nil
}

// checkText refuses what no database compares or stores alike.
func checkText(t string) error {
	if faults := (rule.Set{}).Check(t); len(faults) > 0 {
		return errors.New(faults[0].Message)
	}
	return nil
}

func parseInt(v any) (int64, error) {
	switch n := v.(type) {
	case int64:
		return n, nil
	case int:
		return int64(n), nil
	case int32:
		return int64(n), nil
	case float64:
		if n == math.Trunc(n) && math.Abs(n) <= 1<<53 {
			return int64(n), nil
		}
	case json.Number:
		if i, err := n.Int64(); err == nil {
			return i, nil
		}
	case string:
		if i, err := strconv.ParseInt(n, 10, 64); err == nil {
			return i, nil
		}
	}
	return 0, errors.New("must be a whole number of 64 bits")
}

// fit converts to the field's Go type and refuses what that cannot hold.
func fit(f *entity.Field, n int64) (any, error) { return f.Typed(n) }

func parseFloat(v any) (any, error) {
	var n float64
	switch t := v.(type) {
	case float64:
		n = t
	case int64:
		n = float64(t)
	case int:
		n = float64(t)
	case json.Number:
		var err error
		if n, err = t.Float64(); err != nil {
			return nil, errors.New("must be a number")
		}
	default:
		return nil, errors.New("must be a number")
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, errors.New("must be a finite number")
	}
	return n, nil
}

func parseTime(v any) (time.Time, error) {
	if t, ok := v.(string); ok {
		if at, err := time.Parse(time.RFC3339Nano, t); err == nil && entity.Storable(at) {
			return at.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, errors.New("must be an instant in RFC 3339, such as 2024-05-01T12:00:00Z, of the years 1000 to 9999")
}

func parseDate(v any) (time.Time, error) {
	if t, ok := v.(string); ok {
		if at, err := time.Parse(dateFormat, t); err == nil && entity.Storable(at) {
			return at, nil
		}
	}
	return time.Time{}, errors.New("must be a date, such as 2024-05-01, of the years 1000 to 9999")
}

func parseStrings(v any) (any, error) {
	list := items(v)
	texts := make([]string, len(list))
	for i, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, errors.New("must be a list of texts")
		}
		texts[i] = text
	}
	return texts, nil
}
