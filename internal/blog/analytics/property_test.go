package analytics_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// model is random rows, from which reports are computed in plain Go.
type model struct {
	users    []*ent.User
	posts    []*ent.Post
	comments []*ent.Comment
	likes    []*ent.PostLike
	ratings  []*ent.PostRating
	views    []*ent.PostView
}

// Reports say what a plain computation over the same rows says.
//
// Covers: E47, E50, E53, E54, E61, E62, E63, E74, S18.
func TestReportsAgreeWithAModel(t *testing.T) {
	eachWorld(t, func(w *world) {
		rapid.Check(w.T, func(rt *rapid.T) {
			for _, table := range []string{"comments", "post_likes", "post_ratings", "post_views", "posts", "users"} {
				_, err := query.Exec(w.Context(), w.app.Client, "DELETE FROM "+table)
				require.NoError(rt, err)
			}
			m := draw(rt, w)
			m.checkUserAnalytics(rt, w)
			m.checkSegmentation(rt, w)
			m.checkEngagement(rt, w)
			m.checkCohorts(rt, w, analytics.Week)
			m.checkCohorts(rt, w, analytics.Month)
			m.checkRetention(rt, w)
		})
	})
}

// instant is one of the last hundred days, often on a border between buckets.
func instant(rt *rapid.T, label string) time.Time {
	d := time.Duration(rapid.SampledFrom([]int{0, 1, 6, 7, 8, 29, 30, 31, 74, 75, 90, 91, 100}).Draw(rt, label)) * day
	return ago(d + rapid.SampledFrom([]time.Duration{0, time.Second, 12 * hour, 12*hour + time.Second}).Draw(rt, label))
}

func draw(rt *rapid.T, w *world) *model {
	c, ctx := w.app.Client, w.Context()
	maybe := func(label string, percent int) bool { return rapid.IntRange(1, 100).Draw(rt, label) <= percent }
	m := &model{}
	var users []*ent.UserCreate
	for i := range rapid.IntRange(0, 8).Draw(rt, "users") {
		u := c.User.Create().SetUsername(fmt.Sprintf("user%d", i)).SetEmail(fmt.Sprintf("user%d@example.org", i)).SetPassword(password.Unusable).
			SetCreatedAt(instant(rt, "registered")).SetIsActive(maybe("active", 85))
		if maybe("signed in", 70) {
			u.SetLastLogin(instant(rt, "last login"))
		}
		if maybe("deleted", 10) {
			u.SetDeletedAt(present)
		}
		users = append(users, u)
	}
	m.users = c.User.CreateBulk(users...).SaveX(ctx)
	if len(m.users) == 0 {
		return m
	}
	someone := func() int64 { return rapid.SampledFrom(m.users).Draw(rt, "someone").ID }
	var posts []*ent.PostCreate
	for i := range rapid.IntRange(0, 8).Draw(rt, "posts") {
		published := instant(rt, "published")
		p := c.Post.Create().SetUserID(someone()).SetTitle("T").SetSlug(fmt.Sprintf("post-%d", i)).SetCreatedAt(published).
			SetPublishedAt(published).SetStatus(rapid.SampledFrom([]post.Status{post.StatusPublished, post.StatusPublished, post.StatusDraft}).Draw(rt, "status"))
		if maybe("deleted", 15) {
			p.SetDeletedAt(present)
		}
		if maybe("to come", 15) {
			p.SetPublishedAt(present.Add(time.Microsecond))
		}
		posts = append(posts, p)
	}
	m.posts = c.Post.CreateBulk(posts...).SaveX(ctx)
	var comments []*ent.CommentCreate
	var likes []*ent.PostLikeCreate
	var ratings []*ent.PostRatingCreate
	var views []*ent.PostViewCreate
	for _, p := range m.posts {
		for range rapid.IntRange(0, 3).Draw(rt, "comments") {
			k := c.Comment.Create().SetPostID(p.ID).SetUserID(someone()).SetContent("!").SetCreatedAt(instant(rt, "said"))
			if maybe("deleted", 20) {
				k.SetDeletedAt(present)
			}
			comments = append(comments, k)
		}
		for _, u := range m.users {
			if maybe("likes", 25) {
				likes = append(likes, c.PostLike.Create().SetPostID(p.ID).SetUserID(u.ID).SetCreatedAt(instant(rt, "liked")))
			}
			if maybe("rates", 25) {
				ratings = append(ratings, c.PostRating.Create().SetPostID(p.ID).SetUserID(u.ID).SetRating(rapid.Int32Range(1, 5).Draw(rt, "rating")))
			}
		}
		for i := range rapid.IntRange(0, 3).Draw(rt, "views") {
			views = append(views, c.PostView.Create().SetPostID(p.ID).SetViewDate(at(2026, 1, 1+i, 0, 0)).SetViewCount(rapid.Int64Range(0, 999).Draw(rt, "seen")))
		}
	}
	m.comments = c.Comment.CreateBulk(comments...).SaveX(ctx)
	m.likes = c.PostLike.CreateBulk(likes...).SaveX(ctx)
	m.ratings = c.PostRating.CreateBulk(ratings...).SaveX(ctx)
	m.views = c.PostView.CreateBulk(views...).SaveX(ctx)
	return m
}

func (m *model) active() (users []*ent.User) {
	for _, u := range m.users {
		if u.IsActive && u.DeletedAt == nil {
			users = append(users, u)
		}
	}
	return users
}

func (m *model) post(id int64) *ent.Post {
	return m.posts[slices.IndexFunc(m.posts, func(p *ent.Post) bool { return p.ID == id })]
}

func visible(p *ent.Post) bool {
	return p.DeletedAt == nil && p.Status == post.StatusPublished && !p.PublishedAt.After(present)
}

// of tells whether the post is a published one by the user.
func (m *model) of(id int64, u *ent.User) bool {
	p := m.post(id)
	return visible(p) && p.UserID == u.ID
}

func count[T any](rows []T, ok func(T) bool) (n int64) {
	for _, r := range rows {
		if ok(r) {
			n++
		}
	}
	return n
}

func (m *model) postsOf(u *ent.User) int64 {
	return count(m.posts, func(p *ent.Post) bool { return visible(p) && p.UserID == u.ID })
}

func (m *model) commentsBy(u *ent.User) int64 {
	return count(m.comments, func(c *ent.Comment) bool {
		return c.UserID == u.ID && c.DeletedAt == nil && m.post(c.PostID).DeletedAt == nil
	})
}

func (m *model) checkUserAnalytics(rt *rapid.T, w *world) {
	from, to := instant(rt, "from"), instant(rt, "to")
	if to.Before(from) {
		from, to = to, from
	}
	rows, err := w.reports.UserAnalytics(w.Context(), analytics.UserAnalyticsParams{Registered: analytics.Range{From: analytics.At(from), To: analytics.At(to)}})
	require.NoError(rt, err)
	var want []string
	for _, u := range m.active() {
		if u.CreatedAt.Before(from) || u.CreatedAt.After(to) {
			continue
		}
		comments := count(m.comments, func(c *ent.Comment) bool { return c.DeletedAt == nil && m.of(c.PostID, u) })
		likes := count(m.likes, func(l *ent.PostLike) bool { return m.of(l.PostID, u) })
		var sum, n float64
		for _, g := range m.ratings {
			if m.of(g.PostID, u) {
				sum, n = sum+float64(g.Rating), n+1
			}
		}
		mean := "none"
		if n > 0 {
			mean = fmt.Sprint(sum / n)
		}
		want = append(want, fmt.Sprintln(u.ID, m.postsOf(u), comments, likes, mean))
	}
	var got []string
	for i, r := range rows {
		require.Equal(rt, 1+count(rows, func(o analytics.UserAnalytics) bool {
			return o.PostsCount > r.PostsCount || o.PostsCount == r.PostsCount && o.ID < r.ID
		}), r.PostRank)
		if i > 0 {
			require.GreaterOrEqual(rt, rows[i-1].PostsCount, r.PostsCount)
		}
		mean := "none"
		if r.AvgRating != nil {
			mean = fmt.Sprint(*r.AvgRating)
		}
		got = append(got, fmt.Sprintln(r.ID, r.PostsCount, r.CommentsCount, r.LikesReceived, mean))
	}
	require.ElementsMatch(rt, want, got)
}

func (m *model) checkSegmentation(rt *rapid.T, w *world) {
	type scored struct {
		id    int64
		score float64
	}
	var want []scored
	for _, u := range m.active() {
		var views int64
		for _, v := range m.views {
			if m.of(v.PostID, u) {
				views += v.ViewCount
			}
		}
		likes := count(m.likes, func(l *ent.PostLike) bool { return l.UserID == u.ID && m.post(l.PostID).DeletedAt == nil })
		want = append(want, scored{u.ID, float64(m.postsOf(u)*300+m.commentsBy(u)*100+likes*50+views) / 100})
	}
	slices.SortFunc(want, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	rows, err := w.reports.Segmentation(w.Context(), analytics.SegmentationParams{})
	require.NoError(rt, err)
	require.Len(rt, rows, len(want))
	rising := slices.Clone(want)
	slices.SortFunc(rising, func(a, b scored) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.id, b.id)) })
	quintiles := map[int64]int64{}
	for q, at := int64(1), 0; q <= 5; q++ { // the first groups have one more where it does not divide
		size := len(rising) / 5
		if int(q) <= len(rising)%5 {
			size++
		}
		for range size {
			quintiles[rising[at].id] = q
			at++
		}
	}
	for i, r := range rows {
		got := scored{r.ID, r.EngagementScore}
		require.Equal(rt, want[i], got)
		require.Equal(rt, quintiles[r.ID], r.EngagementQuintile)
		lower := count(want, func(o scored) bool { return o.score < r.EngagementScore })
		if len(want) > 1 {
			require.InDelta(rt, float64(lower)/float64(len(want)-1), r.EngagementPercentile, 1e-12)
		}
	}
}

func (m *model) checkEngagement(rt *rapid.T, w *world) {
	var posts, score, recent int64
	users := m.active()
	for _, u := range users {
		n := count(m.posts, func(p *ent.Post) bool { return p.DeletedAt == nil && p.UserID == u.ID })
		posts += n
		score += 2*n + m.commentsBy(u)
		if u.LastLogin != nil && present.Sub(*u.LastLogin) <= 7*day {
			recent++
		}
	}
	want := analytics.UserEngagement{TotalUsers: int64(len(users)), TotalPosts: posts, ActiveUsers7d: recent}
	if len(users) > 0 {
		want.AvgActivityScore = float64(score) / float64(len(users))
	}
	got, err := w.reports.UserEngagement(w.Context())
	require.NoError(rt, err)
	require.Equal(rt, want, got)
}

// label is the cohort of an instant.
func label(p analytics.Period, t time.Time) string {
	if p == analytics.Month {
		return t.Format("2006-01")
	}
	year, week := t.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

func (m *model) checkCohorts(rt *rapid.T, w *world, period analytics.Period) {
	sizes, retained := map[string]int64{}, map[string]int64{}
	for _, u := range m.active() {
		l := label(period, u.CreatedAt)
		sizes[l]++
		if u.LastLogin == nil {
			continue
		}
		switch away := present.Sub(*u.LastLogin); {
		case away <= 7*day:
			retained[l+" week_1"]++
		case away <= 30*day:
			retained[l+" month_1"]++
		case away <= 90*day:
			retained[l+" month_3"]++
		}
	}
	rows, err := w.reports.Cohorts(w.Context(), analytics.CohortParams{Period: period})
	require.NoError(rt, err)
	require.Len(rt, rows, 3*len(sizes))
	require.True(rt, slices.IsSortedFunc(rows, func(a, b analytics.Cohort) int {
		return cmp.Or(cmp.Compare(a.CohortLabel, b.CohortLabel), cmp.Compare(a.RetentionPeriod, b.RetentionPeriod))
	}))
	for _, r := range rows {
		require.Equal(rt, sizes[r.CohortLabel], r.CohortSize)
		n := retained[r.CohortLabel+" "+string(r.RetentionPeriod)]
		require.Equal(rt, n, r.RetainedUsers)
		require.InDelta(rt, float64(n)*100/float64(r.CohortSize), r.RetentionRate, 0.005001)
	}
}

func (m *model) checkRetention(rt *rapid.T, w *world) {
	months := func(t time.Time) int { return t.Year()*12 + int(t.Month()) }
	was := map[int64]map[int]bool{}
	did := func(id int64, t time.Time) {
		if was[id] == nil {
			was[id] = map[int]bool{}
		}
		was[id][months(t)] = true
	}
	sizes, retained := map[string]int64{}, map[string]int64{}
	for _, p := range m.posts {
		if p.DeletedAt == nil {
			did(p.UserID, p.CreatedAt)
		}
	}
	for _, c := range m.comments {
		if c.DeletedAt == nil && m.post(c.PostID).DeletedAt == nil {
			did(c.UserID, c.CreatedAt)
		}
	}
	for _, l := range m.likes {
		if m.post(l.PostID).DeletedAt == nil {
			did(l.UserID, l.CreatedAt)
		}
	}
	for _, u := range m.users {
		if u.LastLogin != nil {
			did(u.ID, *u.LastLogin)
		}
		if u.DeletedAt != nil {
			continue
		}
		l := label(analytics.Month, u.CreatedAt)
		sizes[l]++
		for month := range was[u.ID] {
			retained[fmt.Sprint(l, " ", month-months(u.CreatedAt))]++
		}
	}
	rows, err := w.reports.Retention(w.Context(), analytics.RetentionParams{})
	require.NoError(rt, err)
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r.CohortLabel] = true
		require.Equal(rt, sizes[r.CohortLabel], r.CohortSize)
		require.Equal(rt, retained[fmt.Sprint(r.CohortLabel, " ", r.PeriodsAfter)], r.RetainedUsers)
		require.LessOrEqual(rt, r.RetentionRate, 100.0)
	}
	require.Len(rt, seen, len(sizes))
}
