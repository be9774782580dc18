package relay

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

// EncodeID gives the opaque global id of a row: it carries the type, so that
// ids of different types never collide and need no table to be resolved.
func EncodeID(e *entity.Entity, key any) string {
	return base64.RawURLEncoding.EncodeToString([]byte(e.GraphQL + ":" + fmt.Sprint(key)))
}

// EncodeNullableID is EncodeID for a foreign key that may be NULL.
func EncodeNullableID[T any](e *entity.Entity, key *T) *string {
	if key == nil {
		return nil
	}
	id := EncodeID(e, *key)
	return &id
}

// DecodeID splits a global id into the name of its type and the key's text.
func DecodeID(id string) (typeName, key string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err == nil {
		var ok bool
		if typeName, key, ok = strings.Cut(string(raw), ":"); ok && typeName != "" && key != "" {
			return typeName, key, nil
		}
	}
	return "", "", &ArgumentError{Path: "id", Reason: "is not an id of this API"}
}

// Key gives the primary key that a global id stands for, for resolvers of the
// application: relay.Key[int64](post, id). An id of another type is an
// ArgumentError.
func Key[K any](e *entity.Entity, id string) (K, error) {
	var zero K
	key, err := decodeKey(e, id)
	if err != nil {
		return zero, err
	}
	typed, ok := key.(K)
	if !ok {
		return zero, fmt.Errorf("relay: the key of a %s is a %T", e.Name, key)
	}
	return typed, nil
}

// decodeKey gives the primary key that a global id of the entity stands for.
func decodeKey(e *entity.Entity, id string) (any, error) {
	typeName, text, err := DecodeID(id)
	if err != nil {
		return nil, err
	}
	if typeName != e.GraphQL {
		return nil, &ArgumentError{Path: "id", Reason: fmt.Sprintf("is the id of a %s, not of a %s", shorten(typeName), e.GraphQL)}
	}
	key, err := parseKey(e.ID(), text)
	if err != nil || fmt.Sprint(key) != text { // one id for each row, whatever else would parse
		return nil, &ArgumentError{Path: "id", Reason: "is not an id of this API"}
	}
	return key, nil
}

// parseKey brings a key as text, or as a driver gives it, to its Go type.
func parseKey(id *entity.Field, v any) (any, error) {
	if b, ok := v.([]byte); ok && (id.Kind != entity.UUID || len(b) != 16) {
		v = string(b)
	}
	switch id.Kind {
	case entity.UUID:
		switch u := v.(type) {
		case string:
			parsed, err := uuid.Parse(u)
			if err != nil {
				return nil, fmt.Errorf("relay: cannot parse key: %w", err)
			}
			return id.Typed(parsed)
		case []byte:
			parsed, err := uuid.FromBytes(u)
			if err != nil {
				return nil, fmt.Errorf("relay: cannot parse key: %w", err)
			}
			return id.Typed(parsed)
		case [16]byte:
			return id.Typed(uuid.UUID(u))
		}
	case entity.BigInt, entity.Int:
		switch n := v.(type) {
		case string:
			i, err := strconv.ParseInt(n, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("relay: cannot parse key: %w", err)
			}
			return fit(id, i)
		case int64:
			return fit(id, n)
		case int32:
			return fit(id, int64(n))
		}
	case entity.String:
		if s, ok := v.(string); ok {
			if err := checkText(s); err != nil {
				return nil, fmt.Errorf("relay: cannot parse key: %w", err)
			}
			return id.Typed(s)
		}
	default:
	}
	return nil, fmt.Errorf("relay: unexpected key of type %T", v)
}

func shorten(s string) string {
	const limit = 40
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
