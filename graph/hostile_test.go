package graph_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// What a client sends is refused with a code of its own where a database cannot
// hold or compare it, and alike on every dialect: it never becomes an internal
// error.
//
// Covers: T09, T10, B30, B08.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann").GlobalID()
		const where = `query($w: PostWhereInput) { posts(where: $w) { totalCount } }`
		deep := any("x")
		for range 40 {
			deep = []any{deep}
		}
		edges := vars{"slug": "p"}
		for range 5 {
			edges = vars{"hasAuthorWith": []any{vars{"hasPostsWith": []any{edges}}}}
		}
		operands := make([]any, 9)
		for i := range operands {
			list := make([]any, 900)
			for j := range list {
				list[j] = "x"
			}
			operands[i] = vars{"titleIn": list}
		}
		for name, w := range map[string]vars{
			"zero byte":       {"titleContains": "a\x00b"},
			"year 10000":      {"publishedAtLT": "9999-12-31T23:59:59-14:00"},
			"year 1":          {"publishedAtGT": "0001-01-01T00:00:00Z"},
			"long pattern":    {"titleContainsFold": strings.Repeat("%", 30_000)},
			"many operands":   {"or": operands},
			"many edges":      edges,
			"non-canonical":   {"id": base64.RawURLEncoding.EncodeToString([]byte("Post:+1"))},
			"unknown type id": {"userID": base64.RawURLEncoding.EncodeToString([]byte("Nobody:1"))},
		} {
			f.run(t, name, func(_ *testing.T, f *fixture) { f.Fail("BAD_USER_INPUT", where, vars{"w": w}) })
		}
		const product = `mutation($i: CreateProductInput!) { createProduct(input: $i) { id } }`
		for name, document := range map[string]any{
			"deep":      deep,
			"zero byte": map[string]any{"a": "x\x00y"},
			"zero key":  map[string]any{"x\x00y": 1},
			"big":       map[string]any{"n": int64(9007199254740993)},
		} {
			f.run(t, "document "+name, func(_ *testing.T, f *fixture) {
				f.Fail("VALIDATION", product, vars{"i": vars{"name": "x", "slug": "x", "price": 1, "metadata": vars{"d": document}}})
			})
		}
		f.run(t, "unusable password", func(_ *testing.T, f *fixture) {
			f.Fail("VALIDATION", `mutation($i: CreateUserInput!) { createUser(input: $i) { id } }`,
				vars{"i": vars{"username": "bob", "email": "bob@example.org", "password": "!"}})
		})
		f.run(t, "instants", func(t *testing.T, f *fixture) {
			for _, at := range []string{"9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z"} {
				out := f.Fail("VALIDATION", `mutation($i: CreatePostInput!) { createPost(input: $i) { id } }`,
					vars{"i": vars{"userID": ann, "title": "t", "slug": "t", "publishedAt": at}})
				require.Contains(t, out.Message, "input.publishedAt")
			}
		})
		f.run(t, "GET that is not UTF-8", func(t *testing.T, f *fixture) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+`?query=%7Bposts(where:%7Btitle:%22%ff%22%7D)%7BtotalCount%7D%7D`, nil)
			require.NoError(t, err)
			resp, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, http.StatusBadRequest, resp.StatusCode)
		})
	})
}

// A filter through edges finds the rows that it says on every dialect, also
// where a foreign key is null, and its negation finds exactly the others.
//
// Covers: C47, T09.
func TestWhereThroughNullableEdges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		org := f.app.Client.Organization.Create().SetName("acme").SaveX(ctx)
		f.app.Client.User.Create().SetUsername("inside").SetEmail("a@example.org").SetPassword("correct horse").SetOrganization(org).ExecX(ctx)
		f.app.Client.User.Create().SetUsername("outside").SetEmail("b@example.org").SetPassword("correct horse").ExecX(ctx)
		names := func(w vars) []any {
			data := f.Must(`query($w: UserWhereInput) { users(where: $w, orderBy: [{field: USERNAME}]) { edges { node { username } } } }`, vars{"w": w})
			var list []any
			for _, e := range apitest.Get(data, "users", "edges").([]any) {
				list = append(list, apitest.Get(e, "node", "username"))
			}
			return list
		}
		acme := vars{"hasOrganizationWith": []any{vars{"name": "acme"}}}
		require.Equal(t, []any{"inside"}, names(acme))
		require.Equal(t, []any{"outside"}, names(vars{"not": acme}))
		require.Equal(t, []any{"outside"}, names(vars{"hasOrganization": false}))
		require.Equal(t, []any{"inside", "outside"}, names(vars{"not": vars{"hasPostsWith": []any{vars{"title": "none"}}}}))
	})
}

// Empty pages cost a statement for each parent too, so they count.
//
// Covers: T10.
func TestEmptyPagesCount(t *testing.T) {
	t.Parallel()
	each(t, func(_ *testing.T, f *fixture) {
		var aliases strings.Builder
		for a := range strings.SplitSeq("abcdefghij", "") {
			aliases.WriteString(a + ": tags(first: 0) { totalCount } ")
		}
		f.Fail("QUERY_TOO_EXPENSIVE", `{ tags(first: 100) { edges { node { posts(first: 50) { edges { node { `+aliases.String()+` } } } } } } }`, nil)
	})
}

// Long text is no order: its cursors would carry it whole.
//
// Covers: D43.
func TestLongTextIsNoOrder(t *testing.T) {
	t.Parallel()
	each(t, func(_ *testing.T, f *fixture) {
		f.Fail("GRAPHQL_VALIDATION_FAILED", `{ posts(orderBy: [{field: CONTENT}]) { totalCount } }`, nil)
	})
}

// An update of nothing changes nothing, and still tells a stale version.
//
// Covers: B61.
func TestEmptyUpdate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann").GlobalID()
		const update = `mutation($id: ID!, $v: BigInt) { updateUser(id: $id, input: {}, expectedVersion: $v) { version } }`
		require.Equal(t, "1", apitest.Get(f.Must(update, vars{"id": ann}), "updateUser", "version"))
		require.Equal(t, "1", apitest.Get(f.Must(update, vars{"id": ann, "v": 1}), "updateUser", "version"))
		out := f.Fail("CONFLICT", update, vars{"id": ann, "v": 7})
		require.Equal(t, "1", out.Extensions["currentVersion"])
	})
}

// Of concurrent updates that expect the same version exactly one succeeds,
// whatever else they read and link before, and the others change nothing.
//
// Covers: B61, T16.
func TestConcurrentUpdatesOfOneVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.posts(t, f.user(t, "ann"), "p", 1)
		p := f.app.Client.Post.Query().Where(post.Slug("p-0")).OnlyX(ctx)
		var tags []string
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			tags = append(tags, f.app.Client.Tag.Create().SetName(name).SaveX(ctx).GlobalID())
		}
		const update = `mutation($id: ID!, $tag: ID!, $title: String!) {
			updatePost(id: $id, expectedVersion: 1, input: {title: $title, tags: {connect: [$tag]}}) { version }
		}`
		var wins, conflicts int
		var mu sync.Mutex
		var group sync.WaitGroup
		for i, tag := range tags {
			group.Go(func() {
				out := f.Do(update, vars{"id": p.GlobalID(), "tag": tag, "title": string(rune('a' + i))})
				mu.Lock()
				defer mu.Unlock()
				if len(out.Errors) == 0 {
					wins++
				} else if out.Errors[0].Extensions["code"] == "CONFLICT" {
					conflicts++
				}
			})
		}
		group.Wait()
		require.Equal(t, 1, wins)
		require.Equal(t, len(tags)-1, conflicts)
		p = f.app.Client.Post.GetX(ctx, p.ID)
		require.Equal(t, int64(2), p.Version)
		require.Equal(t, 1, p.QueryTags().CountX(ctx))
	})
}

// A row that changed or went while a transaction was open is not taken for
// unchanged: the transaction sees what is committed.
//
// Covers: B61, T16.
func TestUpdateSeesWhatWasCommittedMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		if f.dialect == "sqlite" {
			t.Skip("one writer at a time: nothing commits meanwhile")
		}
		ctx := t.Context()
		f.posts(t, f.user(t, "ann"), "p", 1)
		tx, err := f.app.Client.Tx(ctx)
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		stale := tx.Post.Query().Where(post.Slug("p-0")).OnlyX(ctx) // the snapshot, if there were one
		f.app.Client.Post.UpdateOneID(stale.ID).SetTitle("meanwhile").ExecX(context.WithoutCancel(ctx))
		err = tx.Post.UpdateOneID(stale.ID).Where(post.Version(stale.Version)).SetTitle("late").Exec(ctx)
		require.ErrorIs(t, err, entity.ErrNotFound)
	})
}
