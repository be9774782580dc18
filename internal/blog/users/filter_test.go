package users_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/roles"
	"github.com/framefox-go/framefox/internal/blog/users"
)

// people makes users that differ in all that filters ask for.
//
//	      active admin verified  created  login  born        address       roles             posts
//	ada   yes    yes   yes       -4 d     -1 d   2008-06-15  Paris 5e      editor, author    3
//	bob   yes    no    no        -3 d     -3 d   2008-06-16  PARIS, Texas  editor (expired)  2, 1 deleted
//	cleo  no     no    yes       -2 d     never  1980-01-01  100% Lyon     author            0
//	dan   yes    no    no        -1 d     never  unknown     no profile    editor (revoked)  1
func people(t *testing.T, c *ent.Client) {
	t.Helper()
	ctx := t.Context()
	days := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	ada := newUser(t, c, "ada", admin, func(u *ent.UserCreate) {
		u.SetIsVerified(true).SetCreatedAt(days(-4)).SetLastLogin(days(-1)).SetFirstName("Zed").SetLastName("Aa")
	})
	bob := newUser(t, c, "bob", func(u *ent.UserCreate) { u.SetCreatedAt(days(-3)).SetLastLogin(days(-3)).SetLastName("mid") })
	cleo := newUser(t, c, "cleo", inactive, func(u *ent.UserCreate) {
		u.SetIsVerified(true).SetCreatedAt(days(-2)).SetFirstName("Ann").SetLastName("B")
	})
	dan := newUser(t, c, "dan", func(u *ent.UserCreate) { u.SetCreatedAt(days(-1)).SetFirstName("Ann") })
	c.User.DeleteOne(newUser(t, c, "gone")).ExecX(ctx)

	born := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	c.UserProfile.Create().SetUser(ada).SetDateOfBirth(born(2008, 6, 15)).SetAddress("Paris 5e").ExecX(ctx)
	c.UserProfile.Create().SetUser(bob).SetDateOfBirth(born(2008, 6, 16)).SetAddress("PARIS, Texas").ExecX(ctx)
	c.UserProfile.Create().SetUser(cleo).SetDateOfBirth(born(1980, 1, 1)).SetAddress("100% Lyon").ExecX(ctx)

	editor, author := c.Role.Create().SetName("editor").SaveX(ctx), c.Role.Create().SetName("author").SaveX(ctx)
	service := roles.New(c).WithClock(func() time.Time { return days(-10) })
	assign := func(u *ent.User, r *ent.Role, until time.Time) {
		_, err := service.Assign(ctx, u.ID, r.ID, roles.Terms{Until: until})
		require.NoError(t, err)
	}
	assign(ada, editor, time.Time{})
	assign(ada, author, days(1))
	assign(bob, editor, noon) // expires now
	assign(cleo, author, time.Time{})
	assign(dan, editor, time.Time{})
	_, err := service.Revoke(ctx, dan.ID, editor.ID, 0)
	require.NoError(t, err)

	for _, slug := range []string{"a1", "a2", "a3"} {
		newPost(t, c, ada, slug)
	}
	newPost(t, c, bob, "b1")
	c.Post.DeleteOne(newPost(t, c, bob, "b2")).ExecX(ctx)
	newPost(t, c, dan, "d1")
	newPost(t, c, dan, "d2")
	c.Post.DeleteOne(newPost(t, c, dan, "d3")).ExecX(ctx)
}

// Each filter restricts the list, and together they do not disturb each other.
//
// Covers: E19, E20, E21, E22, E23, E24, E25, E26, E27, E28, E29, E30, E31.
func TestFindFiltered(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		people(t, app.Client)
		repo := users.NewRepository(app.Client).WithClock(clock)
		yes, no := true, false
		for _, test := range []struct {
			want   string
			filter users.Filter
		}{
			{"ada bob cleo dan", users.Filter{}},
			{"bob", users.Filter{Search: "BOB@"}},
			{"cleo dan", users.Filter{Search: "ann"}},
			{"", users.Filter{Search: "%%"}},
			{"", users.Filter{Search: "b_b"}},
			{"ada", users.Filter{Search: "ada", IsActive: &yes}}, // the four are one group
			{"", users.Filter{Search: "ada", IsActive: &no}},
			{"ada", users.Filter{Email: " Ada@Example.Org"}},
			{"", users.Filter{Email: "ada@example"}},
			{"bob", users.Filter{Username: "BOB"}},
			{"", users.Filter{Username: "bo%"}},
			{"ada bob dan", users.Filter{IsActive: &yes}},
			{"cleo", users.Filter{IsActive: &no}},
			{"ada", users.Filter{IsAdmin: &yes}},
			{"bob cleo dan", users.Filter{IsAdmin: &no}},
			{"ada cleo", users.Filter{IsVerified: &yes}},
			{"bob dan", users.Filter{IsVerified: &no}},
			{"cleo dan", users.Filter{CreatedAfter: noon.AddDate(0, 0, -2)}},
			{"dan", users.Filter{CreatedAfter: noon.AddDate(0, 0, -2).Add(time.Microsecond)}},
			{"ada bob", users.Filter{CreatedBefore: noon.AddDate(0, 0, -3)}},
			{"ada", users.Filter{CreatedBefore: noon.AddDate(0, 0, -3).Add(-time.Microsecond)}},
			{"ada bob", users.Filter{CreatedBefore: users.EndOfDay(time.Date(2026, 6, 12, 0, 0, 0, 0, time.UTC))}},
			{"ada bob", users.Filter{LastLoginAfter: noon.AddDate(0, 0, -3)}},
			{"ada", users.Filter{LastLoginAfter: noon.AddDate(0, 0, -2)}},
			{"ada cleo", users.Filter{MinAge: 18}}, // bob is 18 tomorrow
			{"ada bob cleo", users.Filter{MinAge: 17}},
			{"cleo", users.Filter{MinAge: 46}},
			{"", users.Filter{MinAge: 47}},
			{"ada bob", users.Filter{City: "paris"}},
			{"cleo", users.Filter{City: "100%"}},
			{"", users.Filter{City: "1_0"}},
			{"ada", users.Filter{Roles: []string{"editor"}}},
			{"ada cleo", users.Filter{Roles: []string{"Editor", "author"}}},
			{"", users.Filter{Roles: []string{"nobody"}}},
			{"ada bob dan", users.Filter{MinPosts: 1}},
			{"ada dan", users.Filter{MinPosts: 2}},
			{"ada", users.Filter{MinPosts: 3}},
			{"", users.Filter{MinPosts: 4, Roles: []string{"editor", "author"}}}, // 3 posts, whatever the roles
			{"ada", users.Filter{MinPosts: 3, Roles: []string{"editor", "author"}, City: "Paris", MinAge: 18, Search: "ada", IsActive: &yes}},
		} {
			found, err := repo.FindFiltered(ctx, users.Caller{Admin: true}, test.filter)
			require.NoError(t, err)
			require.Equal(t, test.want, sorted(names(found)), "%+v", test.filter)
		}
		_, err := repo.FindFiltered(ctx, users.Caller{}, users.Filter{IsAdmin: &no})
		require.ErrorIs(t, err, users.ErrAdminsOnly)
		found, err := repo.FindFiltered(ctx, users.Caller{}, users.Filter{IsActive: &yes})
		require.NoError(t, err)
		require.Len(t, found, 3)

		// Born on February 29, one has birthday on March 1; and a leap day today is
		// no March 1 yet for those who are born then.
		leap := newUser(t, app.Client, "leap")
		app.Client.UserProfile.Create().SetUser(leap).SetDateOfBirth(time.Date(2008, 2, 29, 0, 0, 0, 0, time.UTC)).ExecX(ctx)
		march := newUser(t, app.Client, "march")
		app.Client.UserProfile.Create().SetUser(march).SetDateOfBirth(time.Date(2006, 3, 1, 0, 0, 0, 0, time.UTC)).ExecX(ctx)
		for day, want := range map[string]string{"2026-02-28": "cleo march", "2026-03-01": "cleo leap march", "2024-02-29": "cleo", "2024-03-01": "cleo march"} {
			at, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			found, err := repo.WithClock(func() time.Time { return at }).FindFiltered(ctx, users.Caller{}, users.Filter{MinAge: 18})
			require.NoError(t, err)
			require.Equal(t, want, sorted(names(found)), day)
		}
	})
}

// Users come in the order that is asked for, of those that there are, and within
// bounds.
//
// Covers: E32, E33, E34, E35, E36.
func TestFindFilteredSorted(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		people(t, app.Client)
		repo := users.NewRepository(app.Client).WithClock(clock)
		for _, test := range []struct {
			want   string
			filter users.Filter
		}{
			{"dan cleo bob ada", users.Filter{}},
			{"ada bob cleo dan", users.Filter{Ascending: true}},
			{"dan cleo bob ada", users.Filter{Sort: "created_at"}},
			{"dan cleo bob ada", users.Filter{Sort: "username"}},
			{"dan cleo bob ada", users.Filter{Sort: "id"}},
			{"ada bob cleo dan", users.Filter{Sort: "email", Ascending: true}},
			{"dan cleo bob ada", users.Filter{Sort: "full_name", Ascending: true}}, // Ann, Ann B, mid, Zed Aa
			{"ada bob cleo dan", users.Filter{Sort: "full_name"}},
			{"ada dan bob cleo", users.Filter{Sort: "posts_count"}},
			{"cleo bob dan ada", users.Filter{Sort: "posts_count", Ascending: true}},
			{"ada bob", users.Filter{Sort: "last_login", Limit: 2}},
			{"cleo dan bob ada", users.Filter{Sort: "last_login", Ascending: true}}, // NULL first, by id
			{"cleo bob", users.Filter{Limit: 2, Offset: 1}},
			{"ada", users.Filter{Offset: 3}},
			{"", users.Filter{Offset: 4}},
		} {
			found, err := repo.FindFiltered(ctx, users.Caller{}, test.filter)
			require.NoError(t, err)
			require.Equal(t, test.want, names(found), "%+v", test.filter)
		}
		var bad *relay.ArgumentError
		for _, f := range []users.Filter{
			{Sort: "password"},
			{Sort: "username; DROP TABLE users"},
			{Sort: "Username"},
			{Sort: "is_admin"},
			{Limit: -1},
			{Limit: users.MaxFound + 1},
			{Offset: -1},
			{MinAge: -1},
			{MinPosts: -1},
		} {
			_, err := repo.FindFiltered(ctx, users.Caller{Admin: true}, f)
			require.ErrorAs(t, err, &bad, "%+v", f)
		}
		// Those who have the same value come in one order on every page.
		for _, name := range []string{"eve", "fay", "gil"} {
			newUser(t, app.Client, name, func(u *ent.UserCreate) { u.SetCreatedAt(noon) })
		}
		var pages []string
		for offset := range 7 {
			found, err := repo.FindFiltered(ctx, users.Caller{}, users.Filter{Limit: 1, Offset: offset})
			require.NoError(t, err)
			pages = append(pages, names(found))
		}
		require.Equal(t, "gil fay eve dan cleo bob ada", strings.Join(pages, " "))
	})
}

// A day has all of its hours where clocks are put forward at its end.
//
// Covers: D41, E26, E82.
func TestEndOfDay(t *testing.T) {
	t.Parallel()
	santiago, err := time.LoadLocation("America/Santiago")
	require.NoError(t, err)
	want := time.Date(2026, 9, 6, 3, 59, 59, 999_999_000, time.UTC)
	require.True(t, want.Equal(users.EndOfDay(time.Date(2026, 9, 5, 15, 0, 0, 0, santiago))))
}

// Names are ordered without regard to case, letters with accents too, and only a
// sort by what may be missing asks for it, which no index would answer.
//
// Covers: E33, E35.
func TestSortsAlike(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		for _, name := range []string{"Émile", "école", "Zoë", "zoé", "ÖZ", "öa"} {
			newUser(t, c, fmt.Sprintf("u%x", name), func(u *ent.UserCreate) { u.SetFirstName(name) })
		}
		repo := users.NewRepository(c)
		found, err := repo.FindFiltered(ctx, users.Caller{}, users.Filter{Sort: "full_name", Ascending: true})
		require.NoError(t, err)
		var got []string
		for _, u := range found {
			got = append(got, *u.FirstName)
		}
		require.Equal(t, []string{"zoé", "Zoë", "école", "Émile", "öa", "ÖZ"}, got)

		for _, sort := range users.Sorts() {
			statements := testkit.Count(t, app.DB).Of(func() { _, err = repo.FindFiltered(ctx, users.Caller{}, users.Filter{Sort: sort}) })
			require.NoError(t, err)
			require.Equal(t, sort == "last_login", strings.Contains(strings.Join(statements, "\n"), "IS NOT NULL"), sort)
		}
	})
}
