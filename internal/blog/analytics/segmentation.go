package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
)

// ActivityStatus tells in four steps how long ago a user signed in. It is not
// [EngagementStatus].
type ActivityStatus string

// The activity statuses.
const (
	Active     ActivityStatus = "Active"     // within 7 days
	Occasional ActivityStatus = "Occasional" // within 30 days
	Inactive   ActivityStatus = "Inactive"   // within 90 days
	Dormant    ActivityStatus = "Dormant"    // longer ago, or never
)

func activityStatus(now time.Time, lastLogin *time.Time) ActivityStatus {
	switch {
	case within(now, lastLogin, 7):
		return Active
	case within(now, lastLogin, 30):
		return Occasional
	case within(now, lastLogin, 90):
		return Inactive
	}
	return Dormant
}

// Lifecycle tells how long a user has been registered.
type Lifecycle string

// The stages of the life cycle.
const (
	NewUser         Lifecycle = "New"         // for 30 days at most
	GrowingUser     Lifecycle = "Growing"     // for 180 days at most
	EstablishedUser Lifecycle = "Established" // for 365 days at most
	VeteranUser     Lifecycle = "Veteran"
)

func lifecycle(now, registered time.Time) Lifecycle {
	switch {
	case within(now, &registered, 30):
		return NewUser
	case within(now, &registered, 180):
		return GrowingUser
	case within(now, &registered, 365):
		return EstablishedUser
	}
	return VeteranUser
}

// Segment is a group of users that has a name.
type Segment string

// The segments, in the order in which a user is tried: the first one that fits
// counts. CannotLose are users of little engagement who stay away, although other
// models call the best customers so.
const (
	Champion       Segment = "Champion"        // quintile 5, Active
	Loyal          Segment = "Loyal"           // quintile 4 or 5, Active or Occasional
	PotentialLoyal Segment = "Potential Loyal" // quintile 3, Active
	NewCustomer    Segment = "New Customer"    // quintile 1 or 2, Active
	AtRisk         Segment = "At Risk"         // quintile 3 to 5, Inactive
	CannotLose     Segment = "Cannot Lose"     // quintile 1 or 2, Inactive
	Others         Segment = "Others"
)

func segment(quintile int64, status ActivityStatus) Segment {
	switch {
	case quintile == 5 && status == Active:
		return Champion
	case quintile >= 4 && (status == Active || status == Occasional):
		return Loyal
	case quintile >= 3 && status == Active:
		return PotentialLoyal
	case quintile <= 2 && status == Active:
		return NewCustomer
	case quintile >= 3 && status == Inactive:
		return AtRisk
	case quintile <= 2 && status == Inactive:
		return CannotLose
	}
	return Others
}

// SegmentedUser is a user with what makes the segment.
type SegmentedUser struct {
	ID                   int64          `json:"id"`
	Username             string         `json:"username"`
	Email                string         `json:"email"`
	CreatedAt            time.Time      `json:"created_at"`
	LastLogin            *time.Time     `json:"last_login"`
	PostsCount           int64          `json:"posts_count"`                   // published
	CommentsCount        int64          `json:"comments_count"`                // written
	LikesGiven           int64          `json:"likes_given"`                   //
	TotalViewsReceived   int64          `json:"total_views_received"`          // by the published posts, from the views by day
	DaysSinceLogin       *float64       `json:"days_since_login" sql:"-"`      // nil for who never signed in
	AccountAgeDays       float64        `json:"account_age_days" sql:"-"`      //
	EngagementScore      float64        `json:"engagement_score" sql:"-"`      // posts × 3 + comments + likes × 0.5 + views × 0.01
	EngagementQuintile   int64          `json:"engagement_quintile"`           // 5 have the highest score; see Segmentation
	EngagementPercentile float64        `json:"engagement_percentile" sql:"-"` // part of the others whose score is lower, 0 to 1
	ActivityStatus       ActivityStatus `json:"activity_status" sql:"-"`       // by last_login
	UserLifecycle        Lifecycle      `json:"user_lifecycle" sql:"-"`        // by created_at
	UserSegment          Segment        `json:"user_segment" sql:"-"`
}

// SegmentationParams say how much is listed.
type SegmentationParams struct {
	Limit int // default MaxLimit; scores are compared among all users anyway
}

// MinPopulation is from how many active users on there is a quintile 5.
const MinPopulation = 5

// Segmentation divides the active users by engagement and by how recently they
// were here, those with the highest score first.
//
// Quintiles are five groups that differ by one user at most. With fewer users
// than MinPopulation the last ones are empty: the best of three is in quintile 3,
// and nobody a Champion. Users with the same score may be in two quintiles; those
// with the higher id are in the higher one then.
func (r *Repository) Segmentation(ctx context.Context, p SegmentationParams) ([]SegmentedUser, error) {
	const report = "segmentation"
	limit, err := limited(report, p.Limit, MaxLimit)
	if err != nil {
		return nil, err
	}
	type row struct {
		SegmentedUser
		Score                 int64 // in hundredths, to be exact
		ScoreRank, Population int64
	}
	now := r.now()
	found, err := read[row](ctx, r, report, `
		WITH `+publishedPosts+`,
		posts_of AS (
			SELECT p.user_id, COUNT(*) AS posts_count FROM published p GROUP BY p.user_id
		),
		views_of AS (
			SELECT p.user_id, SUM(v.view_count) AS total_views_received
			FROM published p INNER JOIN post_views v ON v.post_id = p.id GROUP BY p.user_id
		),
		comments_by AS (
			SELECT c.user_id, COUNT(*) AS comments_count
			FROM comments c INNER JOIN posts p ON p.id = c.post_id
			WHERE c.deleted_at IS NULL AND p.deleted_at IS NULL GROUP BY c.user_id
		),
		likes_by AS (
			SELECT l.user_id, COUNT(*) AS likes_given
			FROM post_likes l INNER JOIN posts p ON p.id = l.post_id
			WHERE p.deleted_at IS NULL GROUP BY l.user_id
		),
		stats AS (
			SELECT u.id, u.username, u.email, u.created_at, u.last_login,
				COALESCE(po.posts_count, 0) AS posts_count,
				COALESCE(co.comments_count, 0) AS comments_count,
				COALESCE(li.likes_given, 0) AS likes_given,
				COALESCE(vi.total_views_received, 0) AS total_views_received
			FROM users u
			LEFT JOIN posts_of po ON po.user_id = u.id
			LEFT JOIN views_of vi ON vi.user_id = u.id
			LEFT JOIN comments_by co ON co.user_id = u.id
			LEFT JOIN likes_by li ON li.user_id = u.id
			WHERE u.is_active AND u.deleted_at IS NULL
		),
		scored AS (
			SELECT s.*, s.posts_count * 300 + s.comments_count * 100 + s.likes_given * 50 + s.total_views_received AS score
			FROM stats s
		)
		SELECT s.*,
			NTILE(5) OVER (ORDER BY s.score, s.id) AS engagement_quintile,
			RANK() OVER (ORDER BY s.score) AS score_rank,
			COUNT(*) OVER () AS population
		FROM scored s
		ORDER BY s.score DESC, s.id
		LIMIT :limit`, query.Named{"now": now, "limit": limit})
	if err != nil {
		return nil, err
	}
	rows := make([]SegmentedUser, len(found))
	for i, f := range found {
		u := f.SegmentedUser
		u.AccountAgeDays = now.Sub(u.CreatedAt).Hours() / 24
		if u.LastLogin != nil {
			days := now.Sub(*u.LastLogin).Hours() / 24
			u.DaysSinceLogin = &days
		}
		u.EngagementScore = float64(f.Score) / 100
		if others := ratio(f.ScoreRank-1, f.Population-1); others != nil {
			u.EngagementPercentile = *others
		}
		u.ActivityStatus = activityStatus(now, u.LastLogin)
		u.UserLifecycle = lifecycle(now, u.CreatedAt)
		u.UserSegment = segment(u.EngagementQuintile, u.ActivityStatus)
		rows[i] = u
	}
	return rows, nil
}
