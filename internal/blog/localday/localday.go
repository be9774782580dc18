// Package localday tells when days begin in a time zone.
package localday

import (
	"sort"
	"time"
)

// Begin is the first instant of a day in a zone, in UTC; nil is UTC. Days and
// months that are out of range move it on, as they do in [time.Date].
//
// That is not always a midnight: where clocks are put forward at midnight the day
// begins at one o'clock, and time.Date gives an instant of the day before. Where
// they are put back over it, there are two of them, of which this is the first.
func Begin(year int, month time.Month, day int, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	// time.Date is off by what the clocks are put forward or back: a whole day at
	// most, where a zone has changed sides of the date line.
	const most = 25 * time.Hour
	from := time.Date(year, month, day, 0, 0, 0, 0, zone).Add(-most)
	seconds := sort.Search(int(2*most/time.Second), func(n int) bool {
		at := from.Add(time.Duration(n) * time.Second)
		_, offset := at.Zone()
		clock := at.Add(time.Duration(offset) * time.Second) // what clocks show, as if in UTC
		return !clock.Before(midnight)
	})
	return from.Add(time.Duration(seconds) * time.Second).UTC()
}
