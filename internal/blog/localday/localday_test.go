package localday_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/internal/blog/localday"
)

// Days begin with their first instant, also where there is no midnight, or two,
// or where a day was left out.
//
// Covers: E82.
func TestBegin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone             string
		year, month, day int
		want             string
	}{
		{"UTC", 2026, 3, 1, "2026-03-01T00:00:00Z"},
		{"UTC", 2026, 13, 0, "2026-12-31T00:00:00Z"}, // out of range, as time.Date has it
		{"Europe/Paris", 2026, 3, 29, "2026-03-28T23:00:00Z"},
		{"Europe/Paris", 2026, 3, 30, "2026-03-29T22:00:00Z"},
		{"Asia/Kathmandu", 2026, 1, 1, "2025-12-31T18:15:00Z"},
		{"Pacific/Kiritimati", 2026, 1, 1, "2025-12-31T10:00:00Z"},
		{"America/Santiago", 2026, 9, 6, "2026-09-06T04:00:00Z"}, // clocks go from 0:00 to 1:00
		{"America/Santiago", 2026, 9, 7, "2026-09-07T03:00:00Z"},
		{"America/Santiago", 2026, 4, 5, "2026-04-05T04:00:00Z"}, // clocks went from 24:00 to 23:00
		{"America/Asuncion", 2023, 10, 1, "2023-10-01T04:00:00Z"},
		{"America/Havana", 2026, 3, 8, "2026-03-08T05:00:00Z"},
		{"America/Havana", 2026, 11, 1, "2026-11-01T04:00:00Z"}, // clocks go from 1:00 to 0:00: the first of two midnights
		{"Pacific/Apia", 2011, 12, 30, "2011-12-30T10:00:00Z"},  // left out: where the next one begins
		{"Pacific/Apia", 2011, 12, 31, "2011-12-30T10:00:00Z"},
	} {
		zone, err := time.LoadLocation(test.zone)
		require.NoError(t, err)
		got := localday.Begin(test.year, time.Month(test.month), test.day, zone)
		require.Equal(t, test.want, got.Format(time.RFC3339), "%+v", test)
	}
	require.Equal(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), localday.Begin(2026, 1, 1, nil))
	east := time.FixedZone("far east", 100*60*60) // also what is no zone of this world
	require.True(t, time.Date(2026, 1, 1, 0, 0, 0, 0, east).Equal(localday.Begin(2026, 1, 1, east)))
}
