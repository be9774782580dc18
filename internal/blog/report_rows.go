package blog

import (
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/internal/blog/posts"
)

// listedPost is a post as reports print it.
type listedPost struct {
	ID             int64      `json:"id"`
	UserID         int64      `json:"user_id"`
	AuthorUsername *string    `json:"author_username"` // nil for a deleted user
	Title          string     `json:"title"`
	Slug           string     `json:"slug"`
	Excerpt        *string    `json:"excerpt"`
	Category       *string    `json:"category"`
	Status         string     `json:"status"`
	ViewCount      int64      `json:"view_count"`
	PublishedAt    *time.Time `json:"published_at"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
}

func listPost(p *ent.Post) listedPost {
	row := listedPost{
		p.ID, p.UserID, nil, p.Title, p.Slug, p.Excerpt, p.Category, string(p.Status), p.ViewCount, p.PublishedAt, p.CreatedAt, p.UpdatedAt,
	}
	if p.Edges.Author != nil {
		row.AuthorUsername = &p.Edges.Author.Username
	}
	return row
}

type popularPost struct {
	listedPost
	CommentsCount   int     `json:"comments_count"`
	PopularityScore float64 `json:"popularity_score"`
}

func listPopular(p posts.Popular) popularPost {
	return popularPost{listPost(p.Post), p.CommentsCount, p.Score}
}

type relatedPost struct {
	listedPost
	CommonTags   int  `json:"common_tags"`
	SameCategory bool `json:"same_category"`
}

func listRelated(p posts.Related) relatedPost {
	return relatedPost{listPost(p.Post), p.CommonTags, p.SameCategory}
}

type postReport struct {
	listedPost
	Content       *string  `json:"content"`
	CommentsCount int      `json:"comments_count"`
	LikesCount    int      `json:"likes_count"`
	SharesCount   int      `json:"shares_count"`
	AverageRating *float64 `json:"average_rating"`
	RatingsCount  int      `json:"ratings_count"`
}

func reportPost(p *posts.Report) postReport {
	return postReport{listPost(p.Post), p.Content, p.CommentsCount, p.LikesCount, p.SharesCount, p.AverageRating, p.RatingsCount}
}

type recentUser struct {
	ID          int64      `json:"id"`
	Username    string     `json:"username"`
	Email       string     `json:"email"`
	FirstName   *string    `json:"first_name"`
	LastName    *string    `json:"last_name"`
	DisplayName *string    `json:"display_name"`
	IsAdmin     bool       `json:"is_admin"`
	IsVerified  bool       `json:"is_verified"`
	CreatedAt   time.Time  `json:"created_at"`
	LastLogin   *time.Time `json:"last_login"`
}

func listRecent(u *ent.User) recentUser {
	return recentUser{
		u.ID, u.Username, u.Email, u.FirstName, u.LastName, u.DisplayName, u.IsAdmin, u.IsVerified, u.CreatedAt, u.LastLogin,
	}
}

// each makes the rows of a report from what a repository has found.
func each[T, R any](found []T, err error, row func(T) R) ([]R, error) {
	rows := make([]R, len(found))
	for i, f := range found {
		rows[i] = row(f)
	}
	return rows, err
}
