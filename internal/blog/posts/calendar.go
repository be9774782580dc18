package posts

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/internal/blog/localday"
)

// Day is what is published on one day, in the order of its instants.
type Day struct {
	Date    string   `json:"publish_date"` // 2026-03-01
	Count   int      `json:"posts_count"`
	Titles  []string `json:"titles"`
	Authors []string `json:"authors"` // usernames, one for each title; "" for an author that is deleted
}

// Calendar returns the days of a month on which posts are published, as their
// dates are in the zone; nil is UTC. It is for planning, so that it has the posts
// whose day is still to come.
//
// The month is a range of instants, which an index finds; to ask for the year
// and the month of each row would read them all.
func (r *Repository) Calendar(ctx context.Context, year int, month time.Month, zone *time.Location) ([]Day, error) {
	if month < time.January || month > time.December {
		return nil, &relay.ArgumentError{Path: "month", Reason: "must be between 1 and 12"}
	}
	if year < 1 || year > 9998 {
		return nil, &relay.ArgumentError{Path: "year", Reason: "must be between 1 and 9998"}
	}
	if zone == nil {
		zone = time.UTC
	}
	from, until := localday.Begin(year, month, 1, zone), localday.Begin(year, month+1, 1, zone)
	shown := func(q *ent.PostQuery) {
		q.Select(post.FieldID, post.FieldTitle, post.FieldPublishedAt, post.FieldUserID)
	}
	rows, err := r.Where(
		post.StatusEQ(post.StatusPublished), post.PublishedAtGTE(from), post.PublishedAtLT(until),
	).With(shown, withAuthor).FindBy(ctx, nil, repository.OrderBy(repository.Asc("published_at")))
	if err != nil {
		return nil, fmt.Errorf("posts: cannot read the calendar of %d-%02d: %w", year, month, err)
	}
	days := []Day{}
	for _, row := range rows {
		date, author := row.PublishedAt.In(zone).Format(time.DateOnly), ""
		if row.Edges.Author != nil {
			author = row.Edges.Author.Username
		}
		if len(days) == 0 || days[len(days)-1].Date != date {
			days = append(days, Day{Date: date})
		}
		day := &days[len(days)-1]
		day.Count++
		day.Titles, day.Authors = append(day.Titles, row.Title), append(day.Authors, author)
	}
	return days, nil
}
