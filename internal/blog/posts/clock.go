package posts

import (
	"fmt"
	"time"

	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
)

// WithClock returns a repository for which it is another time.
func (r *Repository) WithClock(now func() time.Time) *Repository {
	return &Repository{r.PostRepository, now}
}

// most checks how many rows a caller asks for: 0 or less is none that a query
// could mean.
func most(limit int) error {
	if limit < 1 || limit > repository.MaxRows {
		return &relay.ArgumentError{Path: "limit", Reason: fmt.Sprintf("must be between 1 and %d", repository.MaxRows)}
	}
	return nil
}

// maxDays is the longest span that is counted in days: a hundred years.
const maxDays = 36_500

// since is the instant some days ago.
func (r *Repository) since(days int) (time.Time, error) {
	if days < 1 || days > maxDays {
		return time.Time{}, &relay.ArgumentError{Path: "days", Reason: fmt.Sprintf("must be between 1 and %d", maxDays)}
	}
	return r.now().UTC().AddDate(0, 0, -days), nil
}
