package analytics_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// Ada and bob are active. Ada has 2 posts and 1 comment, a score of 5; bob has 1
// post and 2 comments, a score of 4; cyd has nothing. The mean of the three is 3.
// Were it weighted by posts, it would be (2 × 5 + 1 × 4 + 0) / 4 = 3.5.
//
// Covers: D32, E74, X47, S18.
func TestUserEngagement(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada, bob := w.user("ada", ago(30*day), new(ago(7*day))), w.user("bob", ago(31*day), new(ago(8*day)))
		w.user("cyd", ago(day), nil)
		off := w.user("off", ago(day), new(present))
		w.app.Client.User.UpdateOne(off).SetIsActive(false).SetIsAdmin(true).ExecX(w.Context())
		one, two, other := w.post(ada, ago(day), 0), w.post(ada, ago(day), 0), w.post(bob, ago(day), 0)
		w.post(off, ago(day), 0)
		w.comment(other, ada)
		w.comment(one, bob)
		w.comment(two, bob)
		w.app.Client.Post.DeleteOne(w.post(bob, ago(day), 0)).ExecX(w.Context())

		e, err := w.reports.UserEngagement(w.Context())
		require.NoError(w, err)
		require.Equal(w, analytics.UserEngagement{TotalUsers: 3, TotalPosts: 3, AvgActivityScore: 3, ActiveUsers7d: 1}, e)

		s, err := w.reports.UserStatistics(w.Context())
		require.NoError(w, err)
		require.Equal(w, analytics.UserStatistics{TotalUsers: 4, ActiveUsers: 3, AdminUsers: 1, NewUsers30d: 3, Active7d: 2}, s)
	})
}

// Seven days are seven days: one of eight is not listed, although it was less than
// that since midnight.
//
// Covers: D31, S01, E80.
func TestRecentUsers(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.user("week", ago(7*day), nil)
		w.user("over", ago(7*day+time.Microsecond), nil)
		w.user("new", ago(hour), nil)
		w.user("twin", ago(hour), nil)
		names := func(p analytics.RecentUsersParams) (names []string) {
			rows, err := w.reports.RecentUsers(w.Context(), p)
			require.NoError(w, err)
			for _, u := range rows {
				names = append(names, u.Username)
			}
			return names
		}
		require.Equal(w, []string{"twin", "new", "week"}, names(analytics.RecentUsersParams{}))
		require.Equal(w, []string{"twin", "new", "week", "over"}, names(analytics.RecentUsersParams{Days: 8}))
		require.Equal(w, []string{"twin"}, names(analytics.RecentUsersParams{Limit: 1}))
		_, err := w.reports.RecentUsers(w.Context(), analytics.RecentUsersParams{Days: -1})
		var invalid *entity.ValidationError
		require.ErrorAs(w, err, &invalid)
		require.Equal(w, "days", invalid.Violations[0].Field)
	})
}

// Scores: 10 × 0.7 + 1 × 0.3 = 7.3; 0 × 0.7 + 3 × 0.3 = 0.9, twice, the newer id
// first. A post to come, an old one, a draft and a deleted one are not listed,
// however popular. No list shows what is not published.
//
// Covers: D33, D34, D35, S02, S03, X17, X47.
func TestPostLists(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", ago(99*day), nil)
		ada = w.app.Client.User.UpdateOne(ada).SetFirstName("Ada").SetLastName("Lovelace").SaveX(w.Context())
		go1 := w.app.Client.Tag.Create().SetName("go").SaveX(w.Context())
		golang := w.app.Client.Tag.Create().SetName("golang").SaveX(w.Context())
		tagged := func(tags ...*ent.Tag) func(*ent.PostCreate) {
			return func(c *ent.PostCreate) { c.AddTags(tags...) }
		}
		quiet1, quiet2 := w.post(ada, ago(30*day), 0, tagged(go1)), w.post(ada, ago(3*day), 0, tagged(go1, golang))
		seen := w.post(ada, ago(4*day), 10, tagged(golang))
		for range 3 {
			w.comment(quiet1, ada)
			w.comment(quiet2, ada)
		}
		w.comment(seen, ada)
		old := w.post(ada, ago(30*day+time.Microsecond), 999)
		w.post(ada, present.Add(time.Second), 999, tagged(go1))
		w.post(ada, ago(day), 999, tagged(go1), func(c *ent.PostCreate) { c.SetStatus("draft") })
		w.app.Client.Post.DeleteOne(w.post(ada, ago(day), 999, tagged(go1))).ExecX(w.Context())
		undated := w.post(ada, ago(day), 999, tagged(go1))
		w.exec("UPDATE posts SET published_at = NULL WHERE id = ?", undated.ID)

		popular, err := w.reports.PopularPosts(w.Context(), analytics.PopularPostsParams{})
		require.NoError(w, err)
		require.Len(w, popular, 3)
		for i, want := range []struct {
			id, comments int64
			score        float64
		}{{seen.ID, 1, 7.3}, {quiet2.ID, 3, 0.9}, {quiet1.ID, 3, 0.9}} {
			require.Equal(w, want.id, popular[i].ID)
			require.Equal(w, want.comments, popular[i].CommentsCount)
			require.Equal(w, want.score, popular[i].PopularityScore)
			require.Equal(w, "ada", *popular[i].AuthorUsername)
		}

		published, err := w.reports.PublishedPosts(w.Context(), analytics.PublishedPostsParams{})
		require.NoError(w, err)
		var ids []int64
		for _, p := range published {
			ids = append(ids, p.ID)
			require.Equal(w, "Ada Lovelace", *p.AuthorFirstName+" "+*p.AuthorLastName)
		}
		require.Equal(w, []int64{quiet2.ID, seen.ID, quiet1.ID, old.ID}, ids)
		published, err = w.reports.PublishedPosts(w.Context(), analytics.PublishedPostsParams{Limit: 1})
		require.NoError(w, err)
		require.Len(w, published, 1)

		byTag, err := w.reports.PostsByTag(w.Context(), "go", analytics.PostsByTagParams{})
		require.NoError(w, err)
		require.Len(w, byTag, 2)
		require.Equal(w, []int64{quiet2.ID, quiet1.ID}, []int64{byTag[0].ID, byTag[1].ID})
		require.Equal(w, "go", byTag[0].TagName)
		byTag, err = w.reports.PostsByTag(w.Context(), "' OR 1 = 1 --", analytics.PostsByTagParams{})
		require.NoError(w, err)
		require.Empty(w, byTag)
	})
}

// A post with the tags a, b and c in the category x: first who shares two tags,
// then of those who share one who is of the category, then the newer one. For a
// post without tags it is the category alone.
//
// Covers: D54, D55, X17, X18.
func TestRelatedPosts(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", ago(99*day), nil)
		tags := map[string]*ent.Tag{}
		for _, name := range []string{"a", "b", "c", "d"} {
			tags[name] = w.app.Client.Tag.Create().SetName(name).SaveX(w.Context())
		}
		post := func(published time.Time, category string, names ...string) *ent.Post {
			return w.post(ada, published, 0, func(c *ent.PostCreate) {
				if category != "" {
					c.SetCategory(category)
				}
				for _, n := range names {
					c.AddTags(tags[n])
				}
			})
		}
		subject := post(ago(day), "x", "a", "b", "c")
		two := post(ago(9*day), "y", "a", "b", "d")
		same := post(ago(8*day), "x", "a")
		older, newer := post(ago(7*day), "y", "b"), post(ago(6*day), "", "c")
		category := post(ago(day), "x")
		post(ago(day), "y", "d")
		post(present.Add(day), "x", "a", "b", "c")
		w.app.Client.Post.DeleteOne(post(ago(day), "x", "a")).ExecX(w.Context())

		type related struct {
			id, common int64
			same       bool
		}
		list := func(id int64, limit int) (got []related) {
			rows, err := w.reports.RelatedPosts(w.Context(), id, analytics.RelatedPostsParams{Limit: limit})
			require.NoError(w, err)
			for _, r := range rows {
				got = append(got, related{r.ID, r.CommonTags, r.SameCategory})
			}
			return got
		}
		require.Equal(w, []related{{two.ID, 2, false}, {same.ID, 1, true}, {newer.ID, 1, false}, {older.ID, 1, false}}, list(subject.ID, 0))
		require.Equal(w, []related{{two.ID, 2, false}}, list(subject.ID, 1))
		require.Equal(w, []related{{subject.ID, 0, true}, {same.ID, 0, true}}, list(category.ID, 0))
		require.Empty(w, list(post(ago(day), "").ID, 0))

		_, err := w.reports.RelatedPosts(w.Context(), 999, analytics.RelatedPostsParams{})
		require.ErrorIs(w, err, entity.ErrNotFound)
		_, err = w.reports.PostAnalytics(w.Context(), 999)
		require.ErrorIs(w, err, entity.ErrNotFound)
	})
}

// A title may hold what others would join titles with. What is planned is in the
// calendar, drafts and deleted posts are not.
//
// Covers: D56, E82.
func TestContentCalendar(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada, bob := w.user("ada", ago(99*day), nil), w.user("bob", ago(99*day), nil)
		title := func(title string) func(*ent.PostCreate) {
			return func(c *ent.PostCreate) { c.SetTitle(title) }
		}
		w.post(ada, at(2026, 3, 31, 23, 59), 0, title("planned"))
		w.post(bob, at(2026, 3, 1, 9, 0), 0, title("second"))
		w.post(ada, at(2026, 3, 1, 0, 0), 0, title("a | b"))
		w.post(ada, at(2026, 3, 1, 9, 0), 0, title("third"))
		w.post(ada, at(2026, 2, 28, 23, 59), 0, title("before"))
		w.post(ada, at(2026, 4, 1, 0, 0), 0, title("after"))
		w.app.Client.Post.DeleteOne(w.post(ada, at(2026, 3, 2, 0, 0), 0)).ExecX(w.Context())
		w.post(ada, at(2026, 3, 2, 0, 0), 0, func(c *ent.PostCreate) { c.SetStatus("archived") })

		days, err := w.reports.ContentCalendar(w.Context(), 2026, time.March)
		require.NoError(w, err)
		require.Equal(w, []analytics.CalendarDay{
			{"2026-03-01", 3, []string{"a | b", "second", "third"}, []string{"ada", "bob", "ada"}},
			{"2026-03-31", 1, []string{"planned"}, []string{"ada"}},
		}, days)

		east := analytics.New(w.app.Client, analytics.Options{Now: clock, Zone: time.FixedZone("east", 60)})
		days, err = east.ContentCalendar(w.Context(), 2026, time.March)
		require.NoError(w, err)
		require.Equal(w, []analytics.CalendarDay{
			{"2026-03-01", 4, []string{"before", "a | b", "second", "third"}, []string{"ada", "ada", "bob", "ada"}},
		}, days)

		for _, month := range []time.Month{0, 13} {
			_, err = w.reports.ContentCalendar(w.Context(), 2026, month)
			require.ErrorContains(w, err, "month must be from 1 to 12")
		}
		_, err = w.reports.ContentCalendar(w.Context(), 26, time.March)
		require.ErrorContains(w, err, "year must be from 1000 to 9998")
	})
}
