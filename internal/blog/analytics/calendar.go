package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/rule"
	"github.com/framefox-go/framefox/internal/blog/localday"
)

// CalendarDay is a day with posts.
type CalendarDay struct {
	PublishDate string   `json:"publish_date"` // 2026-01-31
	PostsCount  int      `json:"posts_count"`
	Titles      []string `json:"titles"`  // in the order of publication
	Authors     []string `json:"authors"` // of each title; empty for a deleted user
}

// ContentCalendar lists the days of a month that have posts, first to last, for
// planning: posts whose status is published and whose date is still to come are
// in it, other than in all other reports.
func (r *Repository) ContentCalendar(ctx context.Context, year int, month time.Month) ([]CalendarDay, error) {
	const report = "content calendar"
	if year < minYear || year > maxYear {
		return nil, invalid(report, "year", rule.CodeOutOfRange, "must be from %d to %d", minYear, maxYear)
	}
	if month < time.January || month > time.December {
		return nil, invalid(report, "month", rule.CodeOutOfRange, "must be from 1 to 12")
	}
	type row struct {
		Title       string
		Author      *string
		PublishedAt time.Time
	}
	// The month is a range, for which there is an index, and the days are made
	// here: databases do not agree on joined text, nor know every time zone.
	found, err := read[row](ctx, r, report, `
		SELECT p.title, u.username AS author, p.published_at
		FROM posts p
		`+joinAuthor+`
		WHERE p.status = 'published' AND p.deleted_at IS NULL AND p.published_at >= :from AND p.published_at < :until
		ORDER BY p.published_at, p.id`, query.Named{
		"from":  localday.Begin(year, month, 1, r.opts.Zone),
		"until": localday.Begin(year, month+1, 1, r.opts.Zone),
	})
	if err != nil {
		return nil, err
	}
	days := []CalendarDay{}
	for _, f := range found {
		date := f.PublishedAt.In(r.opts.Zone).Format(time.DateOnly)
		if len(days) == 0 || days[len(days)-1].PublishDate != date {
			days = append(days, CalendarDay{PublishDate: date})
		}
		author := ""
		if f.Author != nil {
			author = *f.Author
		}
		d := &days[len(days)-1]
		d.PostsCount++
		d.Titles, d.Authors = append(d.Titles, f.Title), append(d.Authors, author)
	}
	return days, nil
}
