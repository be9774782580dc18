package relay

import (
	"encoding/base64"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// Covers: T19.
func TestGlobalIDs(t *testing.T) {
	t.Parallel()
	r := library()
	shelf := uuid.New()
	for _, key := range []int64{1, -1, 1<<63 - 1} {
		got, err := decodeKey(r["Book"], EncodeID(r["Book"], key))
		require.NoError(t, err)
		require.Equal(t, key, got)
	}
	got, err := decodeKey(r["Shelf"], EncodeID(r["Shelf"], shelf))
	require.NoError(t, err)
	require.Equal(t, shelf, got)
	require.Nil(t, EncodeNullableID[int64](r["Book"], nil))

	_, err = decodeKey(r["Book"], EncodeID(r["Shelf"], shelf))
	require.EqualError(t, err, "id is the id of a Shelf, not of a Book")
	require.NotEqual(t, EncodeID(r["Book"], 1), EncodeID(r["Shelf"], 1))
}

func FuzzDecodeID(f *testing.F) {
	for _, id := range []string{"", "x", "Qm9vazox", "Qm9vazo", "U2hlbGY6MQ", base64.RawURLEncoding.EncodeToString([]byte("Book:99999999999999999999"))} {
		f.Add(id)
	}
	book := library()["Book"]
	f.Fuzz(func(t *testing.T, id string) {
		key, err := decodeKey(book, id)
		if err != nil {
			var bad *ArgumentError
			require.ErrorAs(t, err, &bad)
			return
		}
		again, err := decodeKey(book, EncodeID(book, key))
		require.NoError(t, err)
		require.Equal(t, key, again)
	})
}
