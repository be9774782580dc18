package posts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/posts"
)

// A calendar has the days of a month in its zone, with lists of titles and
// authors, in the order of publication.
//
// Covers: D56.
func TestCalendar(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c).WithClock(clock)
		ada, bob := newUser(t, c, "ada"), newUser(t, c, "bob")
		at := func(author *ent.User, title string, at time.Time) {
			c.Post.Create().SetAuthor(author).SetTitle(title).SetSlug(strings.ToLower(strings.ReplaceAll(title, " | ", "-"))).
				SetStatus(post.StatusPublished).SetPublishedAt(at).ExecX(ctx)
		}
		day := func(d, h int) time.Time { return time.Date(2026, 6, d, h, 0, 0, 0, time.UTC) }
		at(bob, "Late", day(2, 20))
		at(ada, "Early", day(2, 8))
		at(ada, "Start | a", day(1, 0))                   // what others would join titles with
		at(ada, "End", day(31, 0).Add(-time.Microsecond)) // of June 30
		at(ada, "July", day(31, 0))
		at(ada, "Before", day(1, 0).Add(-time.Microsecond))
		at(bob, "Scheduled", day(20, 9)) // still to come
		c.Post.Create().SetAuthor(ada).SetTitle("Draft").SetSlug("draft").SetPublishedAt(day(2, 9)).ExecX(ctx)

		days, err := repo.Calendar(ctx, 2026, time.June, nil)
		require.NoError(t, err)
		require.Equal(t, []posts.Day{
			{"2026-06-01", 1, []string{"Start | a"}, []string{"ada"}},
			{"2026-06-02", 2, []string{"Early", "Late"}, []string{"ada", "bob"}},
			{"2026-06-20", 1, []string{"Scheduled"}, []string{"bob"}},
			{"2026-06-30", 1, []string{"End"}, []string{"ada"}},
		}, days)

		// Four hours to the west it is another day, and another month.
		days, err = repo.Calendar(ctx, 2026, time.June, time.FixedZone("west", -4*3600))
		require.NoError(t, err)
		require.Equal(t, []posts.Day{
			{"2026-06-02", 2, []string{"Early", "Late"}, []string{"ada", "bob"}},
			{"2026-06-20", 1, []string{"Scheduled"}, []string{"bob"}},
			{"2026-06-30", 2, []string{"End", "July"}, []string{"ada", "ada"}},
		}, days)
		days, err = repo.Calendar(ctx, 2026, time.December, nil)
		require.NoError(t, err)
		require.Empty(t, days)
		var bad *relay.ArgumentError
		for _, args := range [][2]int{{2026, 0}, {2026, 13}, {2026, -1}, {0, 1}, {10_000, 1}} {
			_, err = repo.Calendar(ctx, args[0], time.Month(args[1]), nil)
			require.ErrorAs(t, err, &bad)
		}
	})
}

// Where clocks are put forward at midnight, months have all of their days all the
// same, and days all of their hours.
//
// Covers: D41, D56, E82.
func TestDaysThatBeginAtOne(t *testing.T) {
	t.Parallel()
	asuncion, err := time.LoadLocation("America/Asuncion")
	require.NoError(t, err)
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c).WithClock(clock)
		ada := newUser(t, c, "ada")
		for slug, at := range map[string]time.Time{
			"september": time.Date(2023, time.September, 30, 23, 30, 0, 0, asuncion),
			"first":     time.Date(2023, time.October, 1, 1, 0, 0, 0, asuncion), // the day begins with this instant
			"last":      time.Date(2023, time.October, 31, 23, 59, 0, 0, asuncion),
		} {
			c.Post.Create().SetAuthor(ada).SetTitle(slug).SetSlug(slug).SetStatus(post.StatusPublished).SetPublishedAt(at).ExecX(ctx)
		}
		for month, want := range map[time.Month][]posts.Day{
			time.September: {{"2023-09-30", 1, []string{"september"}, []string{"ada"}}},
			time.October:   {{"2023-10-01", 1, []string{"first"}, []string{"ada"}}, {"2023-10-31", 1, []string{"last"}, []string{"ada"}}},
		} {
			days, err := repo.Calendar(ctx, 2023, month, asuncion)
			require.NoError(t, err)
			require.Equal(t, want, days)
		}
		page, err := repo.Paginate(ctx, 1, 10, posts.Filters{To: &posts.Bound{At: time.Date(2023, time.September, 30, 0, 0, 0, 0, asuncion), Daily: true}})
		require.NoError(t, err)
		require.Equal(t, "september", slugs(page.Data))
	})
}
