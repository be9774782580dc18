package users_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/users"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func newUser(t *testing.T, c *ent.Client, name string, set ...func(*ent.UserCreate)) *ent.User {
	t.Helper()
	create := c.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword(password.Unusable)
	for _, s := range set {
		s(create)
	}
	return create.SaveX(t.Context())
}

func newPost(t *testing.T, c *ent.Client, author *ent.User, slug string, set ...func(*ent.PostCreate)) *ent.Post {
	t.Helper()
	create := c.Post.Create().SetAuthor(author).SetTitle(slug).SetSlug(slug)
	for _, s := range set {
		s(create)
	}
	return create.SaveX(t.Context())
}

func names(rows []*ent.User) string {
	var list []string
	for _, r := range rows {
		list = append(list, r.Username)
	}
	return strings.Join(list, " ")
}

func inactive(u *ent.UserCreate) { u.SetIsActive(false) }

func admin(u *ent.UserCreate) { u.SetIsAdmin(true) }

// Users are found by their names and addresses as those are stored, by whether
// they are active and administrators, and by when they came. Those who are
// deleted are not.
//
// Covers: D14, D15, D16, D17, D30, D31, D60, E80, S01, S09.
func TestFind(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := users.NewRepository(c).WithClock(clock)
		ago := func(d time.Duration) func(*ent.UserCreate) {
			return func(u *ent.UserCreate) { u.SetCreatedAt(noon.Add(-d)) }
		}
		const week = 7 * 24 * time.Hour
		ada := newUser(t, c, "ada", admin, ago(week))
		newUser(t, c, "bob", ago(week+time.Microsecond))
		newUser(t, c, "cleo", inactive, admin, ago(time.Hour))
		newUser(t, c, "dan", ago(time.Hour))
		gone := newUser(t, c, "gone", admin, ago(time.Hour))
		c.User.DeleteOne(gone).ExecX(ctx)

		found, err := repo.FindByUsername(ctx, "ADA")
		require.NoError(t, err)
		require.Equal(t, ada.ID, found.ID)
		found, err = repo.FindByEmail(ctx, " Ada@Example.ORG ")
		require.NoError(t, err)
		require.Equal(t, ada.ID, found.ID)
		for _, name := range []string{"ad", "ad_", "%", "gone", ""} {
			_, err = repo.FindByUsername(ctx, name)
			require.ErrorIs(t, err, entity.ErrNotFound)
			_, err = repo.FindByEmail(ctx, name+"@example.org")
			require.ErrorIs(t, err, entity.ErrNotFound)
		}

		page, err := repo.FindActive(ctx, 1, 2)
		require.NoError(t, err)
		require.Equal(t, "ada bob", names(page.Data))
		require.Equal(t, 3, page.Pagination.Total)
		page, err = repo.FindActive(ctx, 2, 2)
		require.NoError(t, err)
		require.Equal(t, "dan", names(page.Data))
		admins, err := repo.FindAdmins(ctx)
		require.NoError(t, err)
		require.Equal(t, "ada", names(admins))

		recent, err := repo.FindRecent(ctx, 7, 20)
		require.NoError(t, err)
		require.Equal(t, "dan ada", names(recent)) // a week to the instant
		require.Empty(t, recent[0].Password)       // is not read
		recent, err = repo.FindRecent(ctx, 8, 2)
		require.NoError(t, err)
		require.Equal(t, "dan ada", names(recent))
		var bad *relay.ArgumentError
		for _, args := range [][2]int{{0, 20}, {-7, 20}, {1 << 40, 20}, {7, 0}, {7, -1}} {
			_, err = repo.FindRecent(ctx, args[0], args[1])
			require.ErrorAs(t, err, &bad)
		}

		touched, err := repo.TouchLastLogin(ctx, ada.ID)
		require.NoError(t, err)
		require.True(t, touched)
		require.True(t, noon.Equal(*c.User.GetX(ctx, ada.ID).LastLogin))
		for _, id := range []int64{gone.ID, 0, gone.ID + 1} {
			touched, err = repo.TouchLastLogin(ctx, id)
			require.NoError(t, err)
			require.False(t, touched)
		}
	})
}

// A text is looked for in four columns, taken as it is and ranked by where it is
// found; the password is neither read nor searched.
//
// Covers: D18, D19, D20, D21, D22, S09.
func TestLookup(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := users.NewRepository(c)
		mail := func(address string) func(*ent.UserCreate) { return func(u *ent.UserCreate) { u.SetEmail(address) } }
		newUser(t, c, "zoe", func(u *ent.UserCreate) { u.SetFirstName("Foxy") })
		newUser(t, c, "abe", func(u *ent.UserCreate) { u.SetLastName("McFOX") })
		newUser(t, c, "yan", mail("fox@example.net"))
		newUser(t, c, "ben", mail("afox@example.net"))
		newUser(t, c, "silverfox", mail("fox@example.com"))
		newUser(t, c, "arcticfox")
		newUser(t, c, "lostfox", inactive)
		c.User.DeleteOne(newUser(t, c, "deadfox")).ExecX(ctx)
		newUser(t, c, "per", func(u *ent.UserCreate) { u.SetFirstName("100%_sure") })
		newUser(t, c, "eva", func(u *ent.UserCreate) { u.SetFirstName("Éé") })

		for text, want := range map[string]string{
			"fox":       "arcticfox silverfox ben yan abe zoe",
			"  FoX\t":   "arcticfox silverfox ben yan abe zoe",
			"%%":        "",
			"__":        "",
			"0%_":       "per",
			"Éé":        "eva",
			"example.n": "ben yan",
			`\\`:        "",
			"' OR 1=1":  "",
		} {
			found, err := repo.Lookup(ctx, text, users.DefaultFound)
			require.NoError(t, err)
			require.Equal(t, want, names(found), text)
		}
		found, err := repo.Lookup(ctx, "fox", 3)
		require.NoError(t, err)
		require.Equal(t, "arcticfox silverfox ben", names(found))
		require.Equal(t, "arcticfox@example.org", found[0].Email)
		require.Empty(t, found[0].Password)

		counter := testkit.Count(t, app.DB)
		for _, text := range []string{"", " ", "f", " f ", "é", "\t\n"} {
			found, err := repo.Lookup(ctx, text, 50)
			require.NoError(t, err)
			require.NotNil(t, found)
			require.Empty(t, found)
		}
		var bad *relay.ArgumentError
		for _, limit := range []int{0, -1, users.MaxFound + 1} {
			_, err := repo.Lookup(ctx, "fox", limit)
			require.ErrorAs(t, err, &bad)
		}
		require.Empty(t, counter.Texts())
		_, err = repo.Lookup(ctx, "fox", 1)
		require.NoError(t, err)
		_, err = repo.PostCounts(ctx, 1, 0)
		require.NoError(t, err)
		_, err = repo.FindFiltered(ctx, users.Caller{}, users.Filter{Search: "fox"})
		require.NoError(t, err)
		require.NotEmpty(t, counter.Texts())
		for _, text := range counter.Texts() {
			require.NotContains(t, text, "password")
		}
	})
}

// The posts of active users are counted, also none, those that readers may see
// apart; deleted ones are not.
//
// Covers: D23, S09, X17.
func TestPostCounts(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := users.NewRepository(c).WithClock(clock)
		ada, bob := newUser(t, c, "ada"), newUser(t, c, "bob")
		eve, off := newUser(t, c, "eve"), newUser(t, c, "off", inactive)
		c.User.DeleteOne(newUser(t, c, "gone")).ExecX(ctx)
		at := func(days int) func(*ent.PostCreate) {
			return func(p *ent.PostCreate) { p.SetCreatedAt(noon.AddDate(0, 0, days)) }
		}
		published := func(days int) func(*ent.PostCreate) {
			return func(p *ent.PostCreate) {
				p.SetStatus(post.StatusPublished).SetPublishedAt(noon.AddDate(0, 0, days))
			}
		}
		newPost(t, c, bob, "b1", at(-9), published(-8))
		newPost(t, c, bob, "b2", at(-7), published(+1))
		newPost(t, c, bob, "b3", at(-8))
		newPost(t, c, eve, "e1", at(-1), published(0))
		newPost(t, c, off, "o1", at(-1), published(0))
		newPost(t, c, ada, "a1", at(-2))
		c.Post.DeleteOne(newPost(t, c, ada, "a2", at(-1))).ExecX(ctx)
		newUser(t, c, "none")

		var rows []users.WithPosts
		var err error
		testkit.MaxStatements(t, app.DB, 1, func() { rows, err = repo.PostCounts(ctx, 10, 0) })
		require.NoError(t, err)
		type row struct {
			name             string
			posts, published int
			last             int
		}
		want := []row{{"bob", 3, 1, -7}, {"ada", 1, 0, -2}, {"eve", 1, 1, -1}, {"none", 0, 0, 0}}
		require.Len(t, rows, len(want))
		for i, w := range want {
			r := rows[i]
			require.Equal(t, w.name, r.Username)
			require.Equal(t, w.name+"@example.org", r.Email)
			require.Equal(t, [2]int{w.posts, w.published}, [2]int{r.PostsCount, r.PublishedPostsCount})
			if w.posts == 0 {
				require.Nil(t, r.LastPostDate)
			} else {
				require.True(t, noon.AddDate(0, 0, w.last).Equal(*r.LastPostDate))
			}
		}
		rows, err = repo.PostCounts(ctx, 2, 1)
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, "ada", rows[0].Username)
		var bad *relay.ArgumentError
		for _, args := range [][2]int{{0, 0}, {-1, 0}, {users.MaxFound + 1, 0}, {1, -1}} {
			_, err = repo.PostCounts(ctx, args[0], args[1])
			require.ErrorAs(t, err, &bad)
		}
	})
}

// Users are counted in one statement, each kind by itself, and none as zeros.
//
// Covers: D32.
func TestStatistics(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := users.NewRepository(c).WithClock(clock)
		none, err := repo.Statistics(ctx)
		require.NoError(t, err)
		require.Equal(t, users.Statistics{}, none)
		old := func(u *ent.UserCreate) { u.SetCreatedAt(noon.AddDate(0, 0, -30).Add(-time.Microsecond)) }
		new30 := func(u *ent.UserCreate) { u.SetCreatedAt(noon.AddDate(0, 0, -30)) }
		seen := func(u *ent.UserCreate) { u.SetLastLogin(noon.AddDate(0, 0, -7)) }
		away := func(u *ent.UserCreate) { u.SetLastLogin(noon.AddDate(0, 0, -7).Add(-time.Microsecond)) }
		newUser(t, c, "ada", old, admin, seen)
		newUser(t, c, "bob", new30, seen)
		newUser(t, c, "cleo", old, inactive, away)
		newUser(t, c, "dan", new30, away)
		newUser(t, c, "eve", new30)
		c.User.DeleteOne(newUser(t, c, "gone", new30, admin, seen)).ExecX(ctx)
		var got users.Statistics
		testkit.MaxStatements(t, app.DB, 1, func() { got, err = repo.Statistics(ctx) })
		require.NoError(t, err)
		require.Equal(t, users.Statistics{TotalUsers: 5, ActiveUsers: 4, AdminUsers: 1, NewUsers30d: 3, Active7d: 2}, got)
	})
}

func sorted(list string) string {
	words := strings.Fields(list)
	slices.Sort(words)
	return strings.Join(words, " ")
}
