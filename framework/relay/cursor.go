package relay

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

const macLength = 12 // bytes of the signature

// cursors signs and reads the cursors of one connection. A cursor is the
// values of the order's terms at its row; the signature also covers the
// fingerprint of entity, edge, order and filter, so that a cursor of another
// connection, or a changed one, is refused.
type cursors struct {
	key         []byte
	fingerprint []byte
	terms       []term
}

func newCursors(settings Settings, e *entity.Entity, edge string, list []term, where Where) (*cursors, error) {
	filter, err := json.Marshal(where)
	if err != nil {
		return nil, bad("where", "cannot be read")
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", e.Name, edge, filter)
	for _, t := range list {
		fmt.Fprintf(h, "%s %t\x00", t.name, t.desc)
	}
	return &cursors{settings.CursorKey, h.Sum(nil), list}, nil
}

func (c *cursors) encode(n Valuer) (Cursor, error) {
	values := make([]any, len(c.terms))
	for i, t := range c.terms {
		v, err := t.value(n, i)
		if err != nil {
			return "", err
		}
		if at, ok := v.(time.Time); ok {
			v = at.UTC().Format(time.RFC3339Nano)
		}
		values[i] = v
	}
	payload, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("relay: cannot write a cursor: %w", err)
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(append(c.sign(payload), payload...))), nil
}

func (c *cursors) decode(cursor Cursor, path string) ([]any, error) {
	raw, err := base64.RawURLEncoding.DecodeString(string(cursor))
	if err != nil || base64.RawURLEncoding.EncodeToString(raw) != string(cursor) || // line breaks and spare bits would pass
		len(raw) <= macLength || !hmac.Equal(raw[:macLength], c.sign(raw[macLength:])) {
		return nil, bad(path, "is not a cursor of this connection with this order and filter")
	}
	d := json.NewDecoder(bytes.NewReader(raw[macLength:]))
	d.UseNumber()
	var values []any
	if err := d.Decode(&values); err != nil || len(values) != len(c.terms) {
		return nil, bad(path, "is not a cursor of this connection with this order and filter")
	}
	for i, t := range c.terms {
		if values[i] == nil {
			continue
		}
		if values[i], err = stored(t.field, values[i]); err != nil {
			return nil, bad(path, "is not a cursor of this connection with this order and filter")
		}
	}
	return values, nil
}

// stored brings a value that encode wrote back to what the column holds.
func stored(f *entity.Field, v any) (any, error) {
	switch f.Kind {
	case entity.Int, entity.BigInt:
		n, err := parseInt(v)
		if err != nil {
			return nil, err
		}
		return fit(f, n)
	case entity.Float:
		return parseFloat(v)
	case entity.Time, entity.Date:
		return parseTime(v)
	case entity.UUID:
		text, _ := v.(string)
		return uuid.Parse(text)
	case entity.Enum:
		return reflect.ValueOf(v).Convert(f.GoType).Interface(), nil
	default:
		return v, nil
	}
}

func (c *cursors) sign(payload []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write(c.fingerprint)
	h.Write(payload)
	return h.Sum(nil)[:macLength]
}

func randomKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails since Go 1.24
	return key
}
