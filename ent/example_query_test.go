package ent_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/query"
)

// library has two authors, three posts and a comment.
func library(ctx context.Context, client *ent.Client) {
	ada := must(client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword("correct horse battery").Save(ctx))
	bob := must(client.User.Create().SetUsername("bob").SetEmail("bob@example.org").SetPassword("correct horse battery").Save(ctx))
	golang := must(client.Tag.Create().SetName("go").Save(ctx))
	must(client.Post.Create().SetTitle("Iterators").SetSlug("iterators").SetContent("…").SetAuthor(ada).AddTags(golang).Save(ctx))
	second := must(client.Post.Create().SetTitle("Generics").SetSlug("generics").SetContent("…").SetAuthor(ada).AddTags(golang).Save(ctx))
	must(client.Post.Create().SetTitle("Bread").SetSlug("bread").SetContent("…").SetAuthor(bob).Save(ctx))
	must(client.Comment.Create().SetPost(second).SetUser(bob).SetContent("Nice").Save(ctx))
}

// SQL by hand reads into structs.
func Example_rawSQL() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	library(ctx, client)

	type author struct {
		Username   string
		PostsCount int
		LastLogin  *time.Time
	}
	authors := must(query.All[author](ctx, client, `
		SELECT u.username, COUNT(p.id) AS posts_count, u.last_login
		FROM users u JOIN posts p ON p.user_id = u.id
		WHERE u.username IN (:names) AND p.deleted_at IS NULL
		GROUP BY u.id, u.username, u.last_login ORDER BY u.username`,
		query.Named{"names": []string{"ada", "bob"}}))
	for _, a := range authors {
		fmt.Println(a.Username, a.PostsCount, a.LastLogin == nil)
	}

	for title, err := range query.Each[string](ctx, client, "SELECT title FROM posts WHERE id > ? ORDER BY id", 1) {
		if err != nil {
			panic(err)
		}
		fmt.Println(title)
	}

	report := query.With(client, query.ReadOnly(), query.MaxRows(2), query.Timeout(5*time.Second))
	_, err := query.All[map[string]any](ctx, report, "SELECT id, title FROM posts")
	fmt.Println(errors.Is(err, query.ErrTooManyRows))
	// Output:
	// ada 2 true
	// bob 1 true
	// Generics
	// Bread
	// true
}

// The builder reads entities, and counts into structs.
func Example_queryBuilder() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	library(ctx, client)

	posts := query.From[*ent.Post](client)
	tagged := must(posts.
		Join("author").Where("author.username", "=", "ada").
		Matching(post.HasTagsWith(tag.Name("go"))).
		OrderBy(post.FieldTitle, query.Asc).
		Get(ctx))
	for _, p := range tagged {
		fmt.Println(p.Title)
	}

	discussed := query.From[*ent.Comment](client).WhereColumn(comment.FieldPostID, "=", "posts.id")
	fmt.Println(must(posts.WhereExists(discussed).Count(ctx)))

	type row struct {
		Username string
		Posts    int
	}
	rows := must(query.GetAs[row](ctx, query.From[*ent.User](client).
		Join("posts").
		SelectAs("username", query.Col(user.FieldUsername)).
		SelectAs("posts", query.CountDistinct("posts.id")).
		GroupBy(user.FieldUsername).
		Having(query.CountDistinct("posts.id"), ">=", 2).
		OrderBy("posts", query.Desc)))
	fmt.Println(rows)

	_, err := posts.Where("titel", "=", "Bread").Get(ctx)
	var unknown *query.UnknownNameError
	fmt.Println(errors.As(err, &unknown), unknown.Kind, unknown.Name)
	// Output:
	// Generics
	// Iterators
	// 1
	// [{ada 2}]
	// true column of Post titel
}
