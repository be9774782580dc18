package seed

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gopkg.in/yaml.v3"

	"github.com/framefox-go/framefox/framework/entity"
)

// parse brings what a fixture says to the Go type of the field. The error is a
// plain reason: "must be …".
func parse(f *entity.Field, node *yaml.Node) (any, error) {
	value, err := parseKind(f, node)
	if err != nil {
		return nil, err
	}
	got := reflect.TypeOf(value)
	switch {
	case got == f.GoType:
		return value, nil
	case got.Kind() == f.GoType.Kind() && got.ConvertibleTo(f.GoType):
		return reflect.ValueOf(value).Convert(f.GoType).Interface(), nil
	}
	return nil, fmt.Errorf("is a %s, which fixtures cannot give", f.GoType)
}

func parseKind(f *entity.Field, node *yaml.Node) (any, error) {
	switch f.Kind {
	case entity.JSON:
		return parseDocument(f, node)
	case entity.Strings:
		list := []string{}
		if node.Kind != yaml.SequenceNode || node.Decode(&list) != nil {
			return nil, errors.New("must be a list of texts")
		}
		return list, nil
	default:
	}
	if node.Kind != yaml.ScalarNode {
		return nil, errors.New("must be a single value")
	}
	text := node.Value
	switch f.Kind {
	case entity.Bool:
		var v bool
		if err := node.Decode(&v); err != nil {
			return nil, errors.New("must be true or false")
		}
		return v, nil
	case entity.Int, entity.BigInt:
		return parseInt(f, node)
	case entity.Float:
		v := reflect.New(f.GoType)
		if err := node.Decode(v.Interface()); err != nil {
			return nil, errors.New("must be a number")
		}
		return v.Elem().Interface(), nil
	case entity.String:
		return text, nil
	case entity.Enum:
		if !slices.Contains(f.Enum, text) {
			return nil, fmt.Errorf("must be one of %s", strings.Join(f.Enum, ", "))
		}
		return text, nil
	case entity.Time:
		return parseTime(text)
	case entity.Date:
		if v, err := time.Parse(time.DateOnly, text); err == nil {
			return v, nil
		}
		return nil, errors.New("must be a date, such as 2024-05-01")
	case entity.UUID:
		if v, err := uuid.Parse(text); err == nil {
			return v, nil
		}
		return nil, errors.New("must be a UUID")
	case entity.Bytes:
		if v, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
			return v, nil
		}
		return nil, errors.New("must be bytes in base64")
	default:
		return nil, errors.New("is of a kind that fixtures cannot give")
	}
}

// parseInt lets no number wrap around.
func parseInt(f *entity.Field, node *yaml.Node) (any, error) {
	v := reflect.New(f.GoType)
	if node.ShortTag() != "!!int" || node.Decode(v.Interface()) != nil {
		return nil, fmt.Errorf("must be a whole number of the range of %s", f.GoType.Kind())
	}
	return v.Elem().Interface(), nil
}

func parseTime(text string) (any, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly} {
		if v, err := time.Parse(layout, text); err == nil {
			return v.UTC(), nil
		}
	}
	return nil, errors.New("must be an instant, such as 2024-05-01T12:00:00Z; without a zone it is UTC")
}

// parseDocument takes the way over JSON, as the column does.
func parseDocument(f *entity.Field, node *yaml.Node) (any, error) {
	var document any
	if err := node.Decode(&document); err != nil {
		return nil, errors.New("must be a document")
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, errors.New("must be a document that JSON can hold, with texts for keys")
	}
	v := reflect.New(f.GoType)
	if err := json.Unmarshal(text, v.Interface()); err != nil {
		return nil, errors.New("does not have the shape that the field wants")
	}
	return v.Elem().Interface(), nil
}
