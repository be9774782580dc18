package blog_test

import (
	"fmt"
	"testing"

	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

func TestSmoke(t *testing.T) {
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		api := blogtest.Serve(t, app)
		q := func(query string, vars map[string]any) blogtest.Response {
			out := api.Do(query, vars)
			fmt.Println(t.Name(), out.Raw)
			return out
		}
		u := q(`mutation($i: CreateUserInput!){createUser(input:$i){id username version roles{name} createdAt}}`, map[string]any{"i": map[string]any{"username":" Bob ","email":"BOB@Example.org","password":"correct horse"}})
		id := blogtest.Get(u.Data, "createUser", "id")
		q(`mutation($i: CreateUserInput!){createUser(input:$i){id username}}`, map[string]any{"i": map[string]any{"username":"bob2","email":"bob@example.org","password":"correct horse"}})
		q(`mutation($i: CreatePostInput!){createPost(input:$i){id title author{username} tags{edges{node{name}}}}}`, map[string]any{"i": map[string]any{"userID":"VXNlcjo5OTk","title":"T","slug":"t"}})
		for i := range 3 {
			tag := q(`mutation($i: CreateTagInput!){createTag(input:$i){id}}`, map[string]any{"i": map[string]any{"name": fmt.Sprint("tag", i)}})
			q(`mutation($i: CreatePostInput!){createPost(input:$i){id title userID author{username} tags{edges{node{name}}}}}`, map[string]any{"i": map[string]any{"userID":id,"title":"T","slug":fmt.Sprint("t", i), "tagIDs": []any{blogtest.Get(tag.Data, "createTag", "id")}}})
		}
		q(`mutation($i: CreatePostInput!){createPost(input:$i){id title userID author{username} tags{edges{node{name}}}}}`, map[string]any{"i": map[string]any{"userID":id,"title":"T","slug":"t1"}})
		q(`{users(first:2, where:{usernameContains:"bo"}){totalCount edges{cursor node{id email organization{name} posts(first:2, orderBy:[{field:PUBLISHED_AT,direction:DESC}]){totalCount pageInfo{hasNextPage endCursor} edges{node{slug author{id} tags{totalCount edges{node{name}}}}}}}} pageInfo{hasNextPage}}}`, nil)
		q(`{posts(where:{hasTagsWith:[{name:"tag1"}]}){edges{node{slug tags{edges{node{name posts{totalCount}}}}}}}}`, nil)
		q(`mutation($id: ID!){deleteUser(id:$id)}`, map[string]any{"id": id})
		q(`{users{totalCount} posts{edges{node{author{id}}}} node(id:"VXNlcjox"){id}}`, nil)
		q(`mutation($id: ID!){restoreUser(id:$id){id version}}`, map[string]any{"id": id})
		q(`mutation($id: ID!){updateUser(id:$id, expectedVersion: 1, input:{bio:"x"}){id version}}`, map[string]any{"id": id})
		q(`mutation($id: ID!){updateUser(id:$id, expectedVersion: 3, input:{bio:"x"}){id version bio}}`, map[string]any{"id": id})
	})
}
