package graph_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
)

// match lists, by name or slug, what a filter of a connection finds.
func (f *fixture) match(t *testing.T, connection, field string, where any) []any {
	t.Helper()
	kind := map[string]string{"posts": "Post", "products": "Product", "users": "User", "tags": "Tag", "userProfiles": "UserProfile"}[connection]
	query := fmt.Sprintf(`query($w: %sWhereInput) { %s(first: 100, where: $w, orderBy: [{field: ID}]) { totalCount edges { node { %s } } } }`, kind, connection, field)
	out := f.Do(query, vars{"w": where})
	require.Empty(t, out.Errors, "%v: %s", where, out.Raw)
	found := nodes(out.Data[connection], field)
	require.InDelta(t, len(found), out.Data[connection].(vars)["totalCount"], 0)
	return found
}

// Covers: B06, D38, D39.
func TestWhereText(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		texts := []string{"Alpha", "alpha", "100%", "1000", "a_b", "axb", `c\d`, "o'brien", "😀 fox", "🚀 fox", "Été", "été", "ete", `"q"`, "x;--"}
		for i, text := range texts {
			f.app.Client.Post.Create().SetAuthor(ann).SetSlug(fmt.Sprint("p-", i)).SetTitle("T").SetContent(text).ExecX(t.Context())
		}
		f.app.Client.Post.Create().SetAuthor(ann).SetSlug("p-null").SetTitle("T").ExecX(t.Context())
		all := make([]any, len(texts))
		for i, text := range texts {
			all[i] = text
		}
		for name, c := range map[string]struct {
			where vars
			want  []any
		}{
			"equal":                 {vars{"content": "alpha"}, list("alpha")},
			"equal, quote":          {vars{"content": "o'brien"}, list("o'brien")},
			"not equal, NULL apart": {vars{"contentNEQ": "alpha", "contentIn": all}, append(list("Alpha"), all[2:]...)},
			"in":                    {vars{"contentIn": list("100%", "nope", "🚀 fox")}, list("100%", "🚀 fox")},
			"in, one for a list":    {vars{"contentIn": "axb"}, list("axb")},
			"not in":                {vars{"contentNotIn": all[1:]}, list("Alpha")},
			"not in nothing":        {vars{"contentNotIn": list()}, all},
			"in nothing":            {vars{"contentIn": list()}, list()},
			"contains":              {vars{"contentContains": "lpha"}, list("Alpha", "alpha")},
			"contains, case":        {vars{"contentContains": "Al"}, list("Alpha")},
			"contains %":            {vars{"contentContains": "0%"}, list("100%")},
			"contains _":            {vars{"contentContains": "a_b"}, list("a_b")},
			`contains \`:            {vars{"contentContains": `\`}, list(`c\d`)},
			"contains '":            {vars{"contentContains": "'b"}, list("o'brien")},
			"contains emoji":        {vars{"contentContains": "😀"}, list("😀 fox")},
			"contains nothing":      {vars{"contentContains": ""}, all},
			"prefix":                {vars{"contentHasPrefix": "A"}, list("Alpha")},
			"prefix _":              {vars{"contentHasPrefix": "a_"}, list("a_b")},
			"suffix":                {vars{"contentHasSuffix": "fox"}, list("😀 fox", "🚀 fox")},
			"suffix %":              {vars{"contentHasSuffix": "%"}, list("100%")},
			"fold":                  {vars{"contentEqualFold": "ALPHA"}, list("Alpha", "alpha")},
			"fold _":                {vars{"contentEqualFold": "A_B"}, list("a_b")},
			"fold emoji":            {vars{"contentEqualFold": "😀 FOX"}, list("😀 fox")},
			"contains fold":         {vars{"contentContainsFold": "LPH"}, list("Alpha", "alpha")},
			"contains fold %":       {vars{"contentContainsFold": "0%"}, list("100%")},
			`contains fold \`:       {vars{"contentContainsFold": `C\`}, list(`c\d`)},
			"contains fold emoji":   {vars{"contentContainsFold": "🚀 F"}, list("🚀 fox")},
			"fold, accents":         {vars{"contentEqualFold": "ÉTÉ"}, list("Été", "été")},
			"contains fold, accent": {vars{"contentContainsFold": "ÉT"}, list("Été", "été")},
			"fold keeps accents":    {vars{"contentContainsFold": "ET"}, list("ete")},
			"nil":                   {vars{"contentIsNil": true}, list(nil)},
			"not nil":               {vars{"contentIsNil": false}, all},
			"injection":             {vars{"contentContains": "' OR 1=1 --"}, list()},
		} {
			f.run(t, name, func(t *testing.T, f *fixture) {
				require.Equal(t, c.want, f.match(t, "posts", "content", c.where))
			})
		}
	})
}

// Covers: B06, T24.
func TestWhereNumbersAndOtherKinds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		const big = 9007199254740993 // 2^53 + 1
		ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
		for i, price := range []int64{1, big, big + 1} {
			c := f.app.Client.Product.Create().SetName(string("abc"[i])).SetSlug(string("abc"[i])).
				SetPrice(price).SetStock(int32(i)).SetIsFeatured(i == 1).SetExternalID(ids[i])
			if i > 0 {
				c.SetWeight(float64(i) + 0.1)
			}
			c.ExecX(t.Context())
		}
		for _, c := range []struct {
			where vars
			want  string
		}{
			{vars{"price": "9007199254740993"}, "b"},
			{vars{"price": 9007199254740993}, "b"},
			{vars{"priceNEQ": "9007199254740993"}, "ac"},
			{vars{"priceGT": "9007199254740993"}, "c"},
			{vars{"priceGTE": "9007199254740993"}, "bc"},
			{vars{"priceLT": "9007199254740993"}, "a"},
			{vars{"priceLTE": "9007199254740993"}, "ab"},
			{vars{"priceIn": list("1", "9007199254740994")}, "ac"},
			{vars{"priceNotIn": list("1", 9007199254740994)}, "b"},
			{vars{"price": "9223372036854775807"}, ""},
			{vars{"stock": 1}, "b"},
			{vars{"stockIn": list(0, 2)}, "ac"},
			{vars{"stockGT": 0, "stockLT": 2}, "b"},
			{vars{"stockLTE": -1}, ""},
			{vars{"weight": 1.1}, "b"},
			{vars{"weightGT": 1.1}, "c"},
			{vars{"weightGTE": 1}, "bc"},
			{vars{"weightNEQ": 1.1}, "c"},
			{vars{"weightNotIn": list(1.1)}, "c"},
			{vars{"weightIsNil": true}, "a"},
			{vars{"weightIsNil": false}, "bc"},
			{vars{"isFeatured": true}, "b"},
			{vars{"isFeatured": false}, "ac"},
			{vars{"isFeaturedNEQ": true}, "ac"},
			{vars{"externalID": ids[2].String()}, "c"},
			{vars{"externalIDIn": list(ids[0].String(), ids[1].String())}, "ab"},
			{vars{"externalIDNotIn": list(ids[0].String())}, "bc"},
			{vars{"id": gid("Product", 2)}, "b"},
			{vars{"idNEQ": gid("Product", 2)}, "ac"},
			{vars{"idIn": list(gid("Product", 1), gid("Product", 9))}, "a"},
			{vars{"idNotIn": list(gid("Product", 1))}, "bc"},
			{vars{"idIn": list()}, ""},
			{vars{"not": vars{"idIn": list()}}, "abc"},
			{vars{"not": vars{"name": "b"}}, "ac"},
			{vars{"or": list(vars{"name": "a"}, vars{"stock": 2})}, "ac"},
			{vars{"or": list(vars{"name": "a"}, vars{"stock": 2}), "isFeatured": false, "weightIsNil": true}, "a"},
			{vars{"and": list(vars{"stockGT": 0}, vars{"or": list(vars{"name": "a"}, vars{"name": "c"})})}, "c"},
			{vars{"not": vars{"or": list(vars{"name": "a"}, vars{"not": vars{"stock": 1}})}}, "b"},
			{vars{"or": vars{"name": "a"}}, "a"},
			{vars{}, "abc"},
			{nil, "abc"},
		} {
			want := []any{}
			for _, name := range c.want {
				want = append(want, string(name))
			}
			require.Equal(t, want, f.match(t, "products", "name", c.where), "%v", c.where)
		}
		// A literal in the document is read as a variable is.
		require.Equal(t, list("c"), nodes(f.Must(`{ products(where: {priceGT: 9007199254740993, stockIn: [2]}) { edges { node { name } } } }`, nil)["products"], "name"))
		require.Equal(t, list("c"), nodes(f.Must(`query($n: BigInt, $m: String) { products(where: {priceGT: $n, name: $m}) { edges { node { name } } } }`,
			vars{"n": "9007199254740993"})["products"], "name"), "a variable that is left out leaves the predicate out")
	})
}

// Covers: T07, D37, D40, D41, E26.
func TestWhereTimesDatesAndEnums(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		at := time.Date(2026, 3, 1, 12, 0, 0, 500001000, time.UTC)
		for i, p := range f.posts(t, ann, "p", 3) {
			p.Update().SetPublishedAt(at.Add(time.Duration(i) * time.Microsecond)).
				SetStatus([]post.Status{post.StatusDraft, post.StatusPublished, post.StatusArchived}[i]).ExecX(t.Context())
		}
		f.posts(t, f.user(t, "bob"), "q", 1)
		f.app.Client.UserProfile.Create().SetUser(ann).SetDateOfBirth(time.Date(1990, 5, 1, 23, 0, 0, 0, time.FixedZone("", -8*3600))).ExecX(t.Context())
		for _, c := range []struct {
			where vars
			want  []any
		}{
			{vars{"publishedAt": "2026-03-01T12:00:00.500002Z"}, list("p-1")},
			{vars{"publishedAt": "2026-03-01T17:30:00.500002+05:30"}, list("p-1")},
			{vars{"publishedAtGT": "2026-03-01T07:00:00.500001-05:00"}, list("p-1", "p-2")},
			{vars{"publishedAtGTE": "2026-03-01T12:00:00.500002Z", "publishedAtLT": "2026-03-01T12:00:00.500003Z"}, list("p-1")},
			{vars{"publishedAtLTE": "2026-03-01T13:00:00.500001+01:00"}, list("p-0")},
			{vars{"publishedAtIn": list("2026-03-01T12:00:00.500001Z", "2026-03-01T13:00:00.500003+01:00")}, list("p-0", "p-2")},
			{vars{"publishedAtIsNil": true}, list("q-0")},
			{vars{"publishedAtLT": "9999-12-31T23:59:59Z"}, list("p-0", "p-1", "p-2")},
			{vars{"status": "published"}, list("p-1")},
			{vars{"statusNEQ": "published", "statusNotIn": list("archived"), "publishedAtIsNil": false}, list("p-0")},
			{vars{"statusIn": list("archived", "published")}, list("p-1", "p-2")},
			{vars{"userID": gid("User", 2)}, list("q-0")},
			{vars{"userIDNotIn": list(gid("User", 1))}, list("q-0")},
			{vars{"userIDIn": list()}, list()},
		} {
			require.Equal(t, c.want, f.match(t, "posts", "slug", c.where), "%v", c.where)
		}
		for _, where := range []vars{
			{"dateOfBirth": "1990-05-01"},
			{"dateOfBirthIn": list("1990-05-01")},
			{"dateOfBirthGT": "1990-04-30"},
			{"dateOfBirthLT": "1990-05-02"},
			{"dateOfBirthLTE": "1990-05-01"},
			{"dateOfBirthNEQ": "1990-05-02"},
		} {
			require.Equal(t, list("1990-05-01"), f.match(t, "userProfiles", "dateOfBirth", where), "%v", where)
		}
		require.Empty(t, f.match(t, "userProfiles", "dateOfBirth", vars{"dateOfBirth": "1990-05-02"}))
	})
}

// Covers: C01, C09, C12, C33, C34, T11.
func TestWhereEdges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.app.Client
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		posts := append(f.posts(t, ann, "a", 2), f.posts(t, bob, "b", 1)...)
		f.tag(t, "red", posts[0], posts[2])
		f.tag(t, "blue", posts[2])
		f.tag(t, "none")
		org := c.Organization.Create().SetName("Club").SaveX(ctx)
		ann.Update().SetOrganization(org).ExecX(ctx)
		c.UserProfile.Create().SetUser(bob).SetBio("Writes.").ExecX(ctx)
		comment := c.Comment.Create().SetPost(posts[1]).SetUser(cid).SetContent("Well said.").SaveX(ctx)

		users := func(where vars) []any { return f.match(t, "users", "username", where) }
		slugs := func(where vars) []any { return f.match(t, "posts", "slug", where) }
		with := func(w ...any) []any { return w }

		// one to many
		require.Equal(t, list("ann", "bob"), users(vars{"hasPosts": true}))
		require.Equal(t, list("cid"), users(vars{"hasPosts": false}))
		require.Equal(t, list("bob"), users(vars{"hasPostsWith": with(vars{"slug": "b-0"})}))
		require.Empty(t, users(vars{"hasPostsWith": with(vars{"slug": "a-0", "titleIn": list()})}))
		require.Empty(t, users(vars{"hasPostsWith": with(vars{"slug": "a-0"}, vars{"slug": "a-1"})}), "one row must satisfy all")
		require.Equal(t, list("ann"), users(vars{"and": with(vars{"hasPostsWith": with(vars{"slug": "a-0"})}, vars{"hasPostsWith": with(vars{"slug": "a-1"})})}))
		require.Equal(t, list("bob", "cid"), users(vars{"not": vars{"hasPostsWith": with(vars{"slug": "a-0"})}}))
		// many to one
		require.Equal(t, list("a-0", "a-1"), slugs(vars{"hasAuthorWith": with(vars{"username": "ann"})}))
		require.Equal(t, list("ann"), users(vars{"hasOrganizationWith": with(vars{"name": "Club"})}))
		require.Equal(t, list("bob", "cid"), users(vars{"hasOrganization": false}))
		require.Equal(t, list("ann"), users(vars{"organizationID": gid("Organization", org.ID)}))
		require.Equal(t, list("bob", "cid"), users(vars{"organizationIDIsNil": true}))
		// one to one, both ways
		require.Equal(t, list("bob"), users(vars{"hasProfile": true}))
		require.Equal(t, list("bob"), users(vars{"hasProfileWith": with(vars{"bioHasPrefix": "W"})}))
		require.Equal(t, list("Writes."), f.match(t, "userProfiles", "bio", vars{"hasUserWith": with(vars{"username": "bob"})}))
		// many to many, both ways
		require.Equal(t, list("a-0", "b-0"), slugs(vars{"hasTags": true}))
		require.Equal(t, list("a-1"), slugs(vars{"hasTags": false}))
		require.Equal(t, list("b-0"), slugs(vars{"hasTagsWith": with(vars{"name": "blue"})}))
		require.Equal(t, list("red", "blue"), f.match(t, "tags", "name", vars{"hasPostsWith": with(vars{"slug": "b-0"})}))
		require.Equal(t, list("none"), f.match(t, "tags", "name", vars{"hasPosts": false}))
		// several levels, and back to the same table
		require.Equal(t, list("a-0"), slugs(vars{"hasAuthorWith": with(vars{"hasPostsWith": with(vars{"hasCommentsWith": with(vars{"hasUserWith": with(vars{"username": "cid"})})})}), "hasTags": true}))
		// in the filter of an edge
		got := f.Must(`{ users(where: {username: "ann"}) { edges { node { posts(where: {hasTagsWith: [{name: "red"}]}) { totalCount edges { node { slug } } } } } } }`, nil)
		edges := got["users"].(vars)["edges"].([]any)
		require.Equal(t, list("a-0"), nodes(edges[0].(vars)["node"].(vars)["posts"], "slug"))

		// What is deleted softly satisfies nothing.
		c.Comment.DeleteOne(comment).ExecX(ctx)
		require.Empty(t, slugs(vars{"hasComments": true}))
		c.Post.DeleteOne(posts[2]).ExecX(ctx)
		require.Equal(t, list("ann"), users(vars{"hasPosts": true}))
		require.Equal(t, list("red"), f.match(t, "tags", "name", vars{"hasPosts": true}))
		require.Equal(t, list("blue", "none"), f.match(t, "tags", "name", vars{"hasPosts": false}))
		// A delete would ask for her posts to go first.
		ann.Update().SetDeletedAt(time.Now()).ExecX(entity.WithTrashed(ctx))
		require.Empty(t, slugs(vars{"hasAuthor": true}))
		require.Equal(t, list("a-0", "a-1"), slugs(vars{"hasAuthor": false}))
		require.Empty(t, slugs(vars{"hasAuthorWith": with(vars{"username": "ann"})}))
	})
}
