package entity

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"
)

// Same reports whether a row that has one value would stay as it is if it were
// given the other. Of a value that is stored sealed nobody can tell.
func (f *Field) Same(has, wants any) bool {
	if f.Seal != nil || has == nil {
		return false
	}
	clean, _, faults := f.Clean(wants)
	if len(faults) > 0 {
		return false
	}
	switch v := clean.(type) {
	case time.Time:
		at, ok := has.(time.Time)
		return ok && at.Equal(v)
	case []byte:
		data, ok := has.([]byte)
		return ok && bytes.Equal(data, v)
	}
	if f.Kind == JSON || f.Kind == Strings {
		a, errA := json.Marshal(has)
		b, errB := json.Marshal(clean)
		return errA == nil && errB == nil && bytes.Equal(a, b)
	}
	return reflect.DeepEqual(has, clean)
}
