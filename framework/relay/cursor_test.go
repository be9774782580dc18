package relay

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func cursorsFor(t testing.TB, edge string, where Where, fields ...string) *cursors {
	t.Helper()
	book := library()["Book"]
	var by []*Order
	for _, name := range fields {
		by = append(by, &Order{Field: OrderField(name), Direction: Descending})
	}
	list, err := newScope(schemaOnly{}, book).terms(by)
	require.NoError(t, err)
	c, err := newCursors(schemaOnly{}.Settings(), book, edge, list, where)
	require.NoError(t, err)
	return c
}

// Covers: T07, T08.
func TestCursorsKeepEachKindOfValue(t *testing.T) {
	t.Parallel()
	c := cursorsFor(t, "", nil, "TITLE", "PAGES", "SOLD", "WEIGHT", "LENT", "STATE", "AT", "DAY", "ISBN")
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	values := map[string]any{
		"title": "é😀\"<", "pages": int32(-3), "sold": int64(1<<53 + 1), "weight": 0.1, "lent": true, "state": state("old"),
		"at": at, "day": time.Date(1990, 5, 1, 0, 0, 0, 0, time.UTC), "isbn": uuid.New(), "id": int64(1<<63 - 1),
	}
	zoned := map[string]any{}
	maps.Copy(zoned, values)
	zoned["at"] = at.In(time.FixedZone("", 5400))
	require.Equal(t, encoded(t, c, values), encoded(t, c, zoned), "an instant has one form")
	got, err := c.decode(encoded(t, c, values), "after")
	require.NoError(t, err)
	for i, term := range c.terms {
		require.Equal(t, values[term.field.Name], got[i], term.field.Name)
	}
	got, err = c.decode(encoded(t, c, map[string]any{"id": int64(1)}), "after")
	require.NoError(t, err)
	require.Nil(t, got[0])
}

// Covers: T08.
func TestCursorsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	own := cursorsFor(t, "", nil, "TITLE")
	values := map[string]any{"title": "x", "id": int64(1)}
	for name, other := range map[string]*cursors{
		"order": cursorsFor(t, "", nil, "STATE"), "more terms": cursorsFor(t, "", nil, "TITLE", "STATE"),
		"edge": cursorsFor(t, "Shelf.books", nil, "TITLE"), "filter": cursorsFor(t, "", Where{"title": "x"}, "TITLE"),
	} {
		_, err := own.decode(encoded(t, other, values), "after")
		require.EqualError(t, err, "after is not a cursor of this connection with this order and filter", name)
	}
}

func encoded(t testing.TB, c *cursors, values map[string]any) Cursor {
	t.Helper()
	cursor, err := c.encode(row{values: values})
	require.NoError(t, err)
	return cursor
}

// A text is a cursor only if it was made as one: whatever else is sent, and
// whatever becomes of a cursor on its way, is refused with the same words.
//
// Covers: T08.
func FuzzCursor(f *testing.F) {
	c := cursorsFor(f, "", nil, "TITLE", "AT")
	valid := encoded(f, c, map[string]any{"title": "x", "id": int64(1)})
	f.Add(string(valid), 0, byte(0))
	f.Add("", 3, byte(1))
	f.Add("%%", 20, byte(0x80))
	f.Add(strings.Repeat("A", 5000), 1, byte(2))
	f.Fuzz(func(t *testing.T, text string, at int, flip byte) {
		check := func(cursor Cursor) {
			values, err := c.decode(cursor, "after")
			if cursor == valid {
				require.NoError(t, err)
				require.Len(t, values, len(c.terms))
				return
			}
			var bad *ArgumentError
			require.ErrorAs(t, err, &bad)
			require.EqualError(t, err, "after is not a cursor of this connection with this order and filter")
		}
		check(Cursor(text))
		raw, err := base64.RawURLEncoding.DecodeString(string(valid))
		require.NoError(t, err)
		raw[(at%len(raw)+len(raw))%len(raw)] ^= flip
		check(Cursor(base64.RawURLEncoding.EncodeToString(raw)))
		check(valid + Cursor(text))
	})
}
