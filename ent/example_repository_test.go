package ent_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/repository"
)

// postsOfAda has three posts of ada's, two of them published.
func postsOfAda(ctx context.Context, client *ent.Client) *ent.PostRepository {
	ada := must(client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword("correct horse battery").Save(ctx))
	posts := ent.NewPostRepository(client)
	for i, slug := range []string{"foxes", "wolves", "bears"} {
		must(posts.Create(ctx, func(p *ent.PostCreate) {
			p.SetAuthor(ada).SetTitle(slug).SetSlug(slug)
			if i < 2 {
				p.SetStatus(post.StatusPublished)
			}
		}))
	}
	return posts
}

// Criteria are values by the names of fields, and checked.
func ExampleNewPostRepository() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	posts := postsOfAda(ctx, client)

	rows := must(posts.FindBy(ctx, repository.Criteria{"status": "published", "category": nil},
		repository.OrderBy(repository.Desc("title")), repository.With("author")))
	for _, row := range rows {
		fmt.Println(row.Title, row.Edges.Author.Username)
	}
	fmt.Println(must(posts.FindBySlug(ctx, "Bears")).Title)

	_, found, err := repository.Maybe(posts.Find(ctx, 42))
	fmt.Println(found, err)
	_, err = posts.Count(ctx, repository.Criteria{"stauts": "published"})
	unknown, ok := errors.AsType[*entity.UnknownFieldError](err)
	fmt.Println(ok, unknown.Name)
	// Output:
	// wolves ada
	// foxes ada
	// bears
	// false <nil>
	// true stauts
}

// Specifications compose, and a repository that is narrowed to one has all
// methods.
func ExamplePostRepository_specification() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	posts := postsOfAda(ctx, client)

	published := posts.Where(post.StatusEQ(post.StatusPublished))
	page := must(published.Paginate(ctx, 1, 1, nil))
	fmt.Println(page.Data[0].Title, page.Pagination.Total, page.Pagination.HasNext)
	for row, err := range posts.Where(post.Or(post.Slug("bears"), post.TitleContains("ox"))).Each(ctx, nil) {
		fmt.Println(row.Title, err)
	}
	deleted := must(published.Delete(ctx, must(posts.FindBySlug(ctx, "bears")).ID))
	fmt.Println(deleted)
	// Output:
	// foxes 2 true
	// foxes <nil>
	// bears <nil>
	// false
}

// An update writes what differs, and only where the version is the expected one.
// From a map nobody sets what clients may not.
func ExamplePostRepository_write() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()
	posts := postsOfAda(ctx, client)

	foxes := must(posts.FindBySlug(ctx, "foxes"))
	fmt.Println(must(posts.UpdateFrom(ctx, foxes.ID, repository.Values{"title": "foxes"})))
	fmt.Println(must(posts.UpdateFrom(ctx, foxes.ID, repository.Values{"title": "Foxes"}, repository.ExpectVersion(foxes.Version))))
	_, err := posts.UpdateFrom(ctx, foxes.ID, repository.Values{"title": "Red foxes"}, repository.ExpectVersion(foxes.Version))
	_, stale := errors.AsType[*entity.StaleError](err)
	fmt.Println(stale)
	_, err = posts.UpdateFrom(ctx, foxes.ID, repository.Values{"view_count": 1_000_000})
	fmt.Println(err)
	// Output:
	// false
	// true
	// true
	// Post is not valid: view_count cannot be set from values; a typed builder sets it
}
