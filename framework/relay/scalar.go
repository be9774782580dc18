package relay

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

type (
	// Cursor is an opaque position in a connection.
	Cursor string
	// Where is a filter as the client sent it; see Operators.
	Where map[string]any
	// Input is the input of a mutation as the client sent it: a key that is
	// absent was left out, a nil value is an explicit null.
	Input map[string]any
)

type (
	// KeyName names a unique key that an upsert goes by.
	KeyName string
	// OrderField names what to order by; see OrderFields.
	OrderField string
	// OrderDirection is ASC or DESC.
	OrderDirection string
)

// The directions of an order.
const (
	Ascending  OrderDirection = "ASC"
	Descending OrderDirection = "DESC"
)

// Order is one term of an ordering: a field of the row, the number of rows at
// an edge to many, or either of the row at an edge to one.
//
//	relay.Order{Field: "TITLE"}
//	relay.Order{Field: "COMMENTS_COUNT", Direction: relay.Descending}
//	relay.Order{Edges: map[string]*relay.Order{"author": {Field: "USERNAME"}}}
type Order struct {
	Field     OrderField
	Direction OrderDirection // default Ascending
	// Edges is given instead of Field and Direction. It holds one edge, and the
	// order at its end.
	Edges map[string]*Order
}

// UnmarshalGQL implements graphql.Unmarshaler. Null is kept apart from absent,
// so that terms can refuse it by its path.
func (o *Order) UnmarshalGQL(v any) error {
	var m map[string]any
	if err := object(v, &m); err != nil {
		return err
	}
	*o = Order{Direction: Ascending}
	for key, v := range m {
		switch key {
		case "field":
			name, _ := v.(string)
			o.Field = OrderField(name)
		case "direction":
			name, _ := v.(string)
			o.Direction = OrderDirection(name)
		default:
			if o.Edges == nil {
				o.Edges = map[string]*Order{}
			}
			o.Edges[key] = nil
			if v == nil {
				continue
			}
			inner := &Order{}
			if err := inner.UnmarshalGQL(v); err != nil {
				return err
			}
			o.Edges[key] = inner
		}
	}
	return nil
}

// MarshalGQL implements graphql.Marshaler; inputs are never sent.
func (o Order) MarshalGQL(out io.Writer) { JSON{o}.MarshalGQL(out) }

// MarshalGQL implements graphql.Marshaler.
func (f OrderField) MarshalGQL(w io.Writer) { graphql.MarshalString(string(f)).MarshalGQL(w) }

// UnmarshalGQL implements graphql.Unmarshaler.
func (f *OrderField) UnmarshalGQL(v any) error { return text(v, (*string)(f)) }

// MarshalGQL implements graphql.Marshaler.
func (d OrderDirection) MarshalGQL(w io.Writer) { graphql.MarshalString(string(d)).MarshalGQL(w) }

// UnmarshalGQL implements graphql.Unmarshaler.
func (d *OrderDirection) UnmarshalGQL(v any) error { return text(v, (*string)(d)) }

func text(v any, into *string) error {
	s, ok := v.(string)
	if !ok {
		return errors.New("a name is expected")
	}
	*into = s
	return nil
}

// Precision says how sure a Total is.
type Precision string

// The precisions.
const (
	Exact     Precision = "EXACT"
	AtLeast   Precision = "AT_LEAST"  // counting stopped there, and there are more
	Estimated Precision = "ESTIMATED" // by the planner of the database
)

// MarshalGQL implements graphql.Marshaler.
func (p Precision) MarshalGQL(w io.Writer) { graphql.MarshalString(string(p)).MarshalGQL(w) }

// UnmarshalGQL implements graphql.Unmarshaler.
func (p *Precision) UnmarshalGQL(v any) error { return text(v, (*string)(p)) }

// PageInfo tells where a page lies in its connection.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *Cursor
	EndCursor       *Cursor
}

// JSON is a document of any shape.
type JSON struct{ Value any }

// MarshalGQL implements graphql.Marshaler.
func (j JSON) MarshalGQL(w io.Writer) {
	data, err := json.Marshal(j.Value)
	if err != nil { // only values that came out of a JSON column get here
		data = []byte("null")
	}
	_, _ = w.Write(data)
}

// UnmarshalGQL implements graphql.Unmarshaler.
func (j *JSON) UnmarshalGQL(v any) error {
	j.Value = v
	return nil
}

// MarshalGQL implements graphql.Marshaler.
func (c Cursor) MarshalGQL(w io.Writer) { graphql.MarshalString(string(c)).MarshalGQL(w) }

// UnmarshalGQL implements graphql.Unmarshaler.
func (c *Cursor) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return errors.New("a cursor is a string")
	}
	*c = Cursor(s)
	return nil
}

// UnmarshalGQL implements graphql.Unmarshaler.
func (w *Where) UnmarshalGQL(v any) error { return object(v, (*map[string]any)(w)) }

// MarshalGQL implements graphql.Marshaler; inputs are never sent.
func (w Where) MarshalGQL(out io.Writer) { JSON{map[string]any(w)}.MarshalGQL(out) }

// UnmarshalGQL implements graphql.Unmarshaler.
func (i *Input) UnmarshalGQL(v any) error { return object(v, (*map[string]any)(i)) }

// MarshalGQL implements graphql.Marshaler; inputs are never sent.
func (i Input) MarshalGQL(out io.Writer) { JSON{map[string]any(i)}.MarshalGQL(out) }

func object(v any, into *map[string]any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return errors.New("an input object is expected")
	}
	*into = m
	return nil
}

// MarshalBigInt writes a 64-bit integer as a string, so that clients whose
// numbers are floats do not round it.
func MarshalBigInt(n int64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+strconv.FormatInt(n, 10)+`"`)
	})
}

// UnmarshalBigInt reads a 64-bit integer from a string or a number.
func UnmarshalBigInt(v any) (int64, error) { return parseInt(v) }

const (
	timeFormat = "2006-01-02T15:04:05.999999Z"
	dateFormat = time.DateOnly
)

// MarshalTime writes an instant in RFC 3339, UTC, in microseconds.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+t.UTC().Format(timeFormat)+`"`)
	})
}

// UnmarshalTime reads an instant in RFC 3339 of any zone.
func UnmarshalTime(v any) (time.Time, error) { return parseTime(v) }

// MarshalDate writes a civil date.
func MarshalDate(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+t.UTC().Format(dateFormat)+`"`)
	})
}

// UnmarshalDate reads a civil date.
func UnmarshalDate(v any) (time.Time, error) { return parseDate(v) }

// MarshalBase64 writes bytes in standard base64.
func MarshalBase64(b []byte) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+base64.StdEncoding.EncodeToString(b)+`"`)
	})
}

// UnmarshalBase64 reads bytes in standard base64.
func UnmarshalBase64(v any) ([]byte, error) {
	s, ok := v.(string)
	if !ok {
		return nil, errors.New("must be a base64 string")
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errors.New("must be a base64 string")
	}
	return b, nil
}

// MarshalGQL implements graphql.Marshaler.
func (k KeyName) MarshalGQL(w io.Writer) { graphql.MarshalString(string(k)).MarshalGQL(w) }

// UnmarshalGQL implements graphql.Unmarshaler.
func (k *KeyName) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return errors.New("a key is an enum value")
	}
	*k = KeyName(s)
	return nil
}
