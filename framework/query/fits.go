package query

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

// fits refuses a value that is not of the field's kind: databases do not agree on
// what a number is for a text.
func fits(f *entity.Field, v any) error {
	if f == nil || v == nil {
		return nil
	}
	rv := reflect.Indirect(reflect.ValueOf(v))
	if f.GoType != nil && rv.IsValid() && rv.Type() == f.GoType && f.Kind != entity.Enum {
		return nil
	}
	switch ok := true; {
	case !rv.IsValid():
		return nil
	default:
		switch f.Kind {
		case entity.Bool:
			ok = rv.Kind() == reflect.Bool
		case entity.Int, entity.BigInt:
			ok = rv.CanInt() || rv.CanUint()
		case entity.Float:
			ok = rv.CanInt() || rv.CanUint() || rv.CanFloat()
		case entity.String:
			ok = rv.Kind() == reflect.String
		case entity.Enum:
			ok = rv.Kind() == reflect.String
			if ok && !slices.Contains(f.Enum, rv.String()) {
				return fmt.Errorf("%w of %s", &UnknownNameError{"value", rv.String(), f.Enum}, f.Name)
			}
		case entity.Time, entity.Date:
			_, ok = reflect.TypeAssert[time.Time](rv)
		case entity.UUID:
			_, ok = reflect.TypeAssert[uuid.UUID](rv)
		default:
		}
		if ok {
			return nil
		}
	}
	return fmt.Errorf("query: a %T is no value of %s", v, f.Name)
}
