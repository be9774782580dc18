package posts

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/internal/blog/localday"
)

// Filters restrict a page of posts. What is nil or empty does not.
type Filters struct {
	AuthorID *int64  `json:"author_id,omitempty"`
	Category *string `json:"category,omitempty"`
	Search   string  `json:"search,omitempty"` // in the title, the content or the excerpt
	From     *Bound  `json:"date_from,omitempty"`
	To       *Bound  `json:"date_to,omitempty"`
}

// Bound is an end of a span of time, which belongs to the span: an instant, or
// the whole of a day.
type Bound struct {
	At    time.Time `json:"at"`
	Daily bool      `json:"daily,omitempty"` // At is the beginning of the day
}

// ParseBound reads an instant in RFC 3339, "2026-03-01T12:00:00Z", or a day in
// UTC, "2026-03-01". Its year is from 1 to 9998, so that the databases know the
// day after it, too.
func ParseBound(text string) (*Bound, error) {
	at, err := time.Parse(time.DateOnly, text)
	daily := err == nil
	if !daily {
		at, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return nil, fmt.Errorf("posts: %q is neither a day, such as 2026-03-01, nor an instant in RFC 3339", text)
	}
	if at = at.UTC(); at.Year() < 1 || at.Year() > 9998 {
		return nil, fmt.Errorf("posts: %q is not from the years 1 to 9998", text)
	}
	return &Bound{At: at, Daily: daily}, nil
}

// until is the specification of what is not after the bound.
func (b Bound) until() predicate.Post {
	if b.Daily {
		year, month, day := b.At.Date()
		return post.PublishedAtLT(localday.Begin(year, month, day+1, b.At.Location()))
	}
	return post.PublishedAtLTE(b.At)
}

// Page is a page of posts and the filters that it was made with.
type Page struct {
	*repository.Page[ent.Post]
	Filters Filters `json:"filters"`
}

// Paginate returns a page of the posts that readers may see, the newest first
// unless an order is given; see repository.Paginate for the numbers. The posts are
// whole, with the names of their authors.
func (r *Repository) Paginate(ctx context.Context, page, perPage int, filters Filters, order ...repository.Order) (*Page, error) {
	if len(order) == 0 {
		order = []repository.Order{repository.Desc("published_at")}
	}
	specs := []predicate.Post{Published(r.now())}
	if filters.AuthorID != nil {
		specs = append(specs, ByAuthor(*filters.AuthorID))
	}
	if filters.Category != nil {
		specs = append(specs, post.Category(*filters.Category))
	}
	if filters.From != nil {
		specs = append(specs, post.PublishedAtGTE(filters.From.At))
	}
	if filters.To != nil {
		specs = append(specs, filters.To.until())
	}
	if filters.Search != "" {
		contains, err := repository.Containing(r.Entity(), filters.Search, "title", "content", "excerpt")
		if err != nil {
			return nil, err
		}
		specs = append(specs, contains)
	}
	found, err := r.Where(specs...).With(withAuthor).Paginate(ctx, page, perPage, nil, repository.OrderBy(order...))
	if err != nil {
		return nil, err
	}
	return &Page{found, filters}, nil
}
