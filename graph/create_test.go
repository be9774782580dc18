package graph_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const (
	createUser    = `mutation($i: CreateUserInput!) { createUser(input: $i) { id username email name isActive isAdmin version createdAt updatedAt roleNames } }`
	createPost    = `mutation($i: CreatePostInput!) { createPost(input: $i) { id slug status viewCount publishedAt author { username } tags { edges { node { name } } } } }`
	createProduct = `mutation($i: CreateProductInput!) { createProduct(input: $i) {
		id name price stock weight isFeatured isDigital metadata specifications externalID description version createdAt updatedAt } }`
)

// Covers: B14, B15, B16, B17, B18, B19, B20, B22, B06, B08, B11.
func TestCreateDefaults(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		before := time.Now().Add(-time.Second)
		got := f.Must(createProduct, vars{"i": vars{"name": "  Fox ", "slug": "fox", "price": "1"}})["createProduct"].(vars)
		require.Equal(t, "Fox", got["name"])
		for field, want := range (vars{
			"stock": 0.0, "isFeatured": false, "isDigital": false, "weight": nil, "description": nil,
			"metadata": vars{}, "specifications": list(), "version": "1", "price": "1",
		}) {
			require.Equal(t, want, got[field], field)
		}
		first := uuid.MustParse(got["externalID"].(string))
		require.Equal(t, uuid.Version(4), first.Version())
		at, err := time.Parse(time.RFC3339Nano, got["createdAt"].(string))
		require.NoError(t, err)
		require.WithinRange(t, at, before, time.Now().Add(time.Second))
		require.True(t, strings.HasSuffix(got["createdAt"].(string), "Z"))

		// What is given wins over the default, also where it is a zero value.
		got = f.Must(createProduct, vars{"i": vars{
			"name": "Box", "slug": "box", "price": "9007199254740993", "stock": 0, "weight": 0.5, "isDigital": true, "isFeatured": false,
			"metadata": vars{"a": []any{1, "é", nil}}, "specifications": []any{vars{"name": "w", "value": "1"}}, "description": "",
		}})["createProduct"].(vars)
		for field, want := range (vars{
			"price": "9007199254740993", "stock": 0.0, "weight": 0.5, "isDigital": true, "isFeatured": false, "description": "",
			"metadata": vars{"a": list(1.0, "é", nil)}, "specifications": list(vars{"name": "w", "value": "1"}),
		}) {
			require.Equal(t, want, got[field], field)
		}
		require.NotEqual(t, first.String(), got["externalID"])

		user := f.Must(createUser, vars{"i": vars{"username": " Ann ", "email": " ANN@Example.org", "password": "correct horse", "isActive": false}})["createUser"].(vars)
		require.Equal(t, "ann", user["username"])
		require.Equal(t, "ann@example.org", user["email"])
		require.Equal(t, false, user["isActive"])
		require.Equal(t, false, user["isAdmin"])
		require.Equal(t, list(), user["roleNames"])
		active := f.Must(createUser, vars{"i": vars{"username": "bob", "email": "bob@example.org", "password": "correct horse", "name": nil}})["createUser"].(vars)
		require.Equal(t, true, active["isActive"])
		require.Nil(t, active["name"])

		// A null is not the default.
		e := f.Fail("VALIDATION", createProduct, vars{"i": vars{"name": "N", "slug": "n", "price": "1", "stock": nil, "isDigital": nil, "weight": nil}})
		require.Equal(t, map[string]string{"input.stock": "null", "input.isDigital": "null"}, violations(t, e))
		require.Equal(t, 2, f.app.Client.Product.Query().CountX(t.Context()))
	})
}

// Covers: B05, B08, B09, B10, B50, B51, B52, B53, B54.
func TestAllViolationsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		e := f.Fail("VALIDATION", createUser, vars{"i": vars{
			"username": "  a ", "email": "nobody", "password": "short", "firstName": strings.Repeat("é", 101),
			"avatarURL": "javascript:alert(1)", "organizationID": gid("User", 1), "name": strings.Repeat("é", 255),
		}})
		require.Equal(t, map[string]string{
			"input.username": "too_short", "input.email": "email", "input.password": "too_short", "input.firstName": "too_long",
			"input.avatarURL": "url", "input.organizationID": "type",
		}, violations(t, e))
		require.NotContains(t, e.Message, "short\"")

		for _, c := range []struct {
			field string
			value any
			code  string
		}{
			{"price", "0", "out_of_range"},
			{"price", "-1", "out_of_range"},
			{"stock", -1, "out_of_range"},
			{"weight", 0, "out_of_range"},
			{"name", "  ", "too_short"},
			{"slug", "No Slug", "pattern"},
			{"slug", strings.Repeat("a", 256), "too_long"},
			{"name", "a\x00b", "encoding"},
			{"externalID", "no", "type"},
			{"metadata", "text", "type"},
			{"specifications", []any{vars{"name": 1}}, "type"},
			{"price", "12e400", "type"},
		} {
			input := vars{"name": "N", "slug": "n", "price": "1"}
			input[c.field] = c.value
			require.Equal(t, map[string]string{"input." + c.field: c.code}, violations(t, f.Fail("VALIDATION", createProduct, vars{"i": input})), "%v", c)
		}
		// What is missing altogether, the schema refuses, naming it.
		e = f.Fail("GRAPHQL_VALIDATION_FAILED", createUser, vars{"i": vars{"username": "ann", "email": "ann@example.org"}})
		require.Contains(t, e.Path, "password")
		require.Zero(t, f.app.Client.User.Query().CountX(t.Context()))
	})
}

// Covers: B55, F30.
func TestPrivilegedFieldsCannotBeSet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		base := vars{"username": "bob", "email": "bob@example.org", "password": "correct horse"}
		for _, field := range []string{"isAdmin", "isVerified", "id", "version", "createdAt", "deletedAt", "roleNames", "lastLogin", "nonsense"} {
			input := vars{field: true}
			maps.Copy(input, base)
			require.Contains(t, f.Fail("GRAPHQL_VALIDATION_FAILED", createUser, vars{"i": input}).Path, field)
			f.Fail("GRAPHQL_VALIDATION_FAILED", `mutation($id: ID!, $i: UpdateUserInput!) { updateUser(id: $id, input: $i) { id } }`,
				vars{"id": gid("User", ann.ID), "i": vars{field: true}})
		}
		for _, field := range []string{"viewCount", "userID", "deletedAt"} {
			f.Fail("GRAPHQL_VALIDATION_FAILED", `mutation($i: UpdatePostInput!) { updatePost(id: "x", input: $i) { id } }`, vars{"i": vars{field: "1"}})
		}
		require.False(t, f.app.Client.User.GetX(t.Context(), ann.ID).IsAdmin)
	})
}

// Covers: B48.
func TestPasswordsAreNeverShown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		const secret = "Tr0ub4dor-and-3"
		id := apitest.Get(f.Must(createUser, vars{"i": vars{"username": "ann", "email": "ann@example.org", "password": secret}}), "createUser", "id")
		stored := f.app.Client.User.Query().OnlyX(t.Context())
		require.NotContains(t, stored.Password, secret)
		ok, _, err := password.Verify(stored.Password, secret)
		require.NoError(t, err)
		require.True(t, ok)
		require.NotContains(t, stored.String(), stored.Password)

		for _, query := range []string{`{ users { edges { node { password } } } }`, `{ node(id: "x") { ... on User { password } } }`} {
			f.Fail("GRAPHQL_VALIDATION_FAILED", query, nil)
		}
		for _, answer := range []string{
			f.Do(createUser, vars{"i": vars{"username": "bob", "email": "ann@example.org", "password": secret}}).Raw,
			f.Do(createUser, vars{"i": vars{"username": "b", "email": "x", "password": secret}}).Raw,
			f.Do(`mutation($id: ID!, $i: UpdateUserInput!) { updateUser(id: $id, input: $i) { username } }`, vars{"id": id, "i": vars{"password": secret, "email": "x"}}).Raw,
		} {
			require.NotContains(t, answer, secret)
			require.NotContains(t, answer, stored.Password)
			require.Contains(t, answer, `"errors"`)
		}
		types := f.Must(`{ __schema { types { name kind fields { name } } } }`, nil)
		for _, def := range apitest.Get(types, "__schema", "types").([]any) {
			fields, _ := def.(vars)["fields"].([]any)
			for _, field := range fields {
				require.NotContains(t, []any{"password", "tokenHash", "newEmailFormat", "activeKey"}, field.(vars)["name"])
			}
		}
	})
}

// Instants come back as they were given, in UTC and microseconds.
//
// Covers: T07, D40.
func TestInstantsRoundTrip(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		author := gid("User", f.user(t, "ann").ID)
		for i, c := range [][2]string{
			{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"},
			{"2026-03-01T12:00:00.123456+05:30", "2026-03-01T06:30:00.123456Z"},
			{"2026-03-01T00:30:00.1-08:00", "2026-03-01T08:30:00.1Z"},
			{"2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456Z"},
			{"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
		} {
			slug := "p-" + string(rune('a'+i))
			f.Must(createPost, vars{"i": vars{"userID": author, "title": "T", "slug": slug, "publishedAt": c[0]}})
			got := f.Must(`query($s: String) { posts(where: {slug: $s}) { edges { node { publishedAt } } } }`, vars{"s": slug})
			require.Equal(t, list(c[1]), nodes(got["posts"], "publishedAt"))
		}
		for _, bad := range []any{"2026-02-30T00:00:00Z", "2026-03-01", "", 5, "0000-01-01T00:00:00Z"} {
			out := f.Do(createPost, vars{"i": vars{"userID": author, "title": "T", "slug": "bad", "publishedAt": bad}})
			require.Len(t, out.Errors, 1)
			require.Equal(t, map[string]string{"input.publishedAt": "type"}, violations(t, out.Errors[0]))
		}
	})
}

// What a mutation may write is bounded in passwords too, which are slow to hash
// on purpose: nothing is hashed of a list that is longer.
func TestPasswordsOfOneMutation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		users := make([]any, 101)
		for i := range users {
			name := fmt.Sprintf("user%d", i)
			users[i] = vars{"username": name, "email": name + "@example.org", "password": "correct horse " + name}
		}
		const create = `mutation($i: [CreateUserInput!]!) { createUsers(input: $i) { id } }`
		fault := f.Fail("TOO_MANY_ROWS", create, vars{"i": users})
		require.EqualValues(t, 100, fault.Extensions["limit"])
		require.Contains(t, fault.Message, "password")
		f.Fail("TOO_MANY_ROWS", `mutation($i: [UpsertUserInput!]!) { upsertUsers(by: EMAIL, input: $i) { id } }`, vars{"i": users})
		require.Len(t, apitest.Get(f.Must(create, vars{"i": users[:2]}), "createUsers"), 2)
	})
}
