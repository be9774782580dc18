package analytics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/rule"
	"github.com/framefox-go/framefox/internal/blog/localday"
)

// MaxLimit is the largest number of rows that a report lists. A limit above it
// counts as this one.
const MaxLimit = 10_000

// invalid is the error for a parameter of a report.
func invalid(report, field, code, format string, args ...any) error {
	return fmt.Errorf("analytics: %w", &entity.ValidationError{Entity: report, Violations: []entity.Violation{
		{Field: field, Code: code, Message: fmt.Sprintf(format, args...)},
	}})
}

// limited returns how many rows to list: 0 stands for the default.
func limited(report string, limit, fallback int) (int, error) {
	switch {
	case limit < 0:
		return 0, invalid(report, "limit", rule.CodeOutOfRange, "must not be negative; 0 is the default, %d", fallback)
	case limit == 0:
		return fallback, nil
	}
	return min(limit, MaxLimit), nil
}

// oneOf returns the value if it is known, and the first one known for none.
func oneOf[T ~string](report, field string, value T, known ...T) (T, error) {
	if value == "" {
		return known[0], nil
	}
	if slices.Contains(known, value) {
		return value, nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return value, invalid(report, field, rule.CodeInvalid, "%q is unknown: there is %s", value, strings.Join(names, ", "))
}

// Range are bounds in time, both inclusive. The zero value is all of it.
type Range struct{ From, To Bound }

// Bound is one end of a [Range]: [At] an instant, or a whole [Day]. The zero value
// is none.
type Bound struct {
	at    time.Time
	whole bool // a day, of which at has the date
}

// At is the bound at an instant.
func At(t time.Time) Bound { return Bound{at: t} }

// Day is the bound that is a whole day: as To it ends with the last instant of it.
func Day(year int, month time.Month, day int) Bound {
	return Bound{at: time.Date(year, month, day, 0, 0, 0, 0, time.UTC), whole: true}
}

// ParseBound reads a day such as 2026-01-31, or an instant such as
// 2026-01-31T12:00:00Z. Of an empty text it is none.
func ParseBound(text string) (Bound, error) {
	if text == "" {
		return Bound{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return Day(t.Date()), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return Bound{}, fmt.Errorf("analytics: %q is neither a day such as 2026-01-31 nor an instant such as 2026-01-31T12:00:00Z", text)
	}
	return At(t), nil
}

// Databases agree on years from 1000 to 9999.
const minYear, maxYear = 1000, 9998

// bind sets the parameters from and until, which is the first instant that is
// outside. Instants are stored in microseconds.
func (b Range) bind(report string, zone *time.Location, values query.Named) error {
	from := time.Date(minYear, time.January, 1, 0, 0, 0, 0, time.UTC)
	until := time.Date(maxYear+1, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, end := range []struct {
		field string
		at    time.Time
	}{{"from", b.From.at}, {"to", b.To.at}} {
		if year := end.at.UTC().Year(); !end.at.IsZero() && (year < minYear || year > maxYear) {
			return invalid(report, end.field, rule.CodeOutOfRange, "must be in the years %d to %d", minYear, maxYear)
		}
	}
	if !b.From.at.IsZero() {
		from = b.From.start(zone)
		if from.Truncate(time.Microsecond) != from { // the first one that is stored and not before
			from = from.Truncate(time.Microsecond).Add(time.Microsecond)
		}
	}
	if !b.To.at.IsZero() {
		until = b.To.start(zone).Truncate(time.Microsecond).Add(time.Microsecond)
		if b.To.whole {
			y, m, d := b.To.at.Date()
			until = localday.Begin(y, m, d+1, zone)
		}
	}
	if !from.Before(until) {
		return invalid(report, "to", rule.CodeOutOfRange, "must not be before from")
	}
	values["from"], values["until"] = from, until
	return nil
}

// start is the first instant of the bound.
func (b Bound) start(zone *time.Location) time.Time {
	if b.whole {
		y, m, d := b.at.Date()
		return localday.Begin(y, m, d, zone)
	}
	return b.at.UTC()
}
