package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
)

// parseDocument brings a document that a client sent to the Go type of its
// field.
func parseDocument(f *entity.Field, v any) (any, error) {
	if err := checkDocument(v, 1); err != nil {
		return nil, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, errors.New("must be a JSON value")
	}
	into := reflect.New(f.GoType)
	if err := json.Unmarshal(data, into.Interface()); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			at := wrong.Field
			if at == "" {
				at = "it"
			}
			return nil, fmt.Errorf("does not have the expected shape: %s must not be a %s", at, wrong.Value)
		}
		return nil, errors.New("must be a JSON value of the expected shape")
	}
	return into.Elem().Interface(), nil
}

// maxNesting is how deep documents may be: MariaDB holds 32 levels.
const maxNesting = 30

// checkDocument refuses what not every database stores as it was sent.
func checkDocument(v any, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("must not be nested deeper than %d levels", maxNesting)
	}
	switch t := v.(type) {
	case string:
		return checkText(t)
	case json.Number:
		if !strings.ContainsAny(t.String(), ".eE") {
			if n, err := t.Int64(); err != nil || n > 1<<53 || n < -1<<53 {
				return errors.New("must not hold whole numbers beyond 2^53, which would be rounded; send them as text")
			}
		}
	case int64:
		if t > 1<<53 || t < -1<<53 {
			return errors.New("must not hold whole numbers beyond 2^53, which would be rounded; send them as text")
		}
	case []any:
		for _, item := range t {
			if err := checkDocument(item, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, item := range t {
			if err := checkText(key); err != nil {
				return err
			}
			if err := checkDocument(item, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
