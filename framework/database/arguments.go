package database

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// argumentRules says how the arguments of one driver are prepared.
type argumentRules struct {
	native   bool // the driver understands more types than database/sql: leave those alone
	jsonText bool // the driver would send JSON as bytes, which its database does not take for JSON
}

// check brings an argument into the form in which all databases store the same.
// owner is the connection or the statement that may have a check of its own.
func (r argumentRules) check(value *driver.NamedValue, owner any) error {
	switch v := value.Value.(type) {
	case nil, int64, float64, bool, []byte:
		return nil
	case int:
		value.Value = int64(v)
		return nil
	case json.RawMessage:
		if r.jsonText {
			value.Value = jsonText(v)
			return nil
		}
	case string, time.Time:
		return settle(value)
	}
	if r.native {
		return checkNative(value)
	}
	err := driver.ErrSkip
	if checker, ok := owner.(driver.NamedValueChecker); ok {
		err = checker.CheckNamedValue(value)
	}
	if errors.Is(err, driver.ErrSkip) {
		value.Value, err = driver.DefaultParameterConverter.ConvertValue(value.Value)
	}
	if err != nil {
		return err
	}
	return settle(value)
}

// settle finishes an argument that has one of the types of driver.Value.
func settle(value *driver.NamedValue) error {
	switch v := value.Value.(type) {
	case time.Time:
		value.Value = v.UTC().Truncate(time.Microsecond)
	case string:
		if strings.IndexByte(v, 0) >= 0 {
			return fmt.Errorf("database: cannot send argument %d: %w", value.Ordinal, ErrZeroByte)
		}
	}
	return nil
}

// checkNative looks for times only, whatever they are wrapped in.
func checkNative(value *driver.NamedValue) error {
	switch v := value.Value.(type) {
	case *time.Time:
		if v == nil {
			value.Value = nil
			return nil
		}
		value.Value = *v
		return settle(value)
	case driver.Valuer:
		if reflected := reflect.ValueOf(v); reflected.Kind() == reflect.Pointer && reflected.IsNil() {
			return nil
		}
		inner, err := v.Value()
		if err != nil {
			return fmt.Errorf("database: cannot send argument %d: %w", value.Ordinal, err)
		}
		if at, ok := inner.(time.Time); ok {
			value.Value = at
			return settle(value)
		}
	}
	return nil
}

func jsonText(text json.RawMessage) any {
	if text == nil {
		return nil
	}
	return string(text)
}

// inUTC names UTC what a driver put into another zone that has no offset from it.
func inUTC(row []driver.Value) {
	for i, value := range row {
		if at, ok := value.(time.Time); ok {
			if _, offset := at.Zone(); offset == 0 {
				row[i] = at.UTC()
			}
		}
	}
}
