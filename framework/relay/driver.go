package relay

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

// fromDriver brings the value of a column that a statement added to the Go
// type of the field: drivers give the same value in different types.
func fromDriver(f *entity.Field, v any) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	if b, ok := v.([]byte); ok && (f.Kind != entity.UUID || len(b) != 16) {
		v = string(b)
	}
	switch f.Kind {
	case entity.Bool:
		return driverBool(v)
	case entity.Int, entity.BigInt:
		n, err := parseInt(v)
		if err != nil {
			return nil, err
		}
		return fit(f, n)
	case entity.Float:
		if t, ok := v.(string); ok {
			return strconv.ParseFloat(t, 64)
		}
		return parseFloat(v)
	case entity.String:
		if t, ok := v.(string); ok {
			return t, nil
		}
	case entity.Enum:
		if t, ok := v.(string); ok {
			return reflect.ValueOf(t).Convert(f.GoType).Interface(), nil
		}
	case entity.Time, entity.Date:
		return driverTime(v)
	case entity.UUID:
		switch u := v.(type) {
		case uuid.UUID:
			return u, nil
		default:
			return parseKey(f, v)
		}
	default:
	}
	return nil, fmt.Errorf("unexpected value of type %T", v)
}

func driverBool(v any) (any, error) {
	switch b := v.(type) {
	case bool:
		return b, nil
	case int64:
		return b != 0, nil
	case string:
		return strconv.ParseBool(b)
	}
	return nil, fmt.Errorf("unexpected value of type %T", v)
}

// driverTime reads a time, or the text of one, which is in UTC.
func driverTime(v any) (any, error) {
	switch t := v.(type) {
	case time.Time:
		return t.UTC(), nil
	case string:
		for _, layout := range []string{"2006-01-02 15:04:05.999999999-07:00", time.DateTime, time.RFC3339Nano, time.DateOnly} {
			if at, err := time.Parse(layout, t); err == nil {
				return at.UTC(), nil
			}
		}
		return nil, errors.New("unexpected form of a time")
	}
	return nil, fmt.Errorf("unexpected value of type %T", v)
}
