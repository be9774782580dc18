package ent_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/migrate"
)

// open returns a client on a new database in memory, with the migrations
// applied.
func open(ctx context.Context) (client *ent.Client, done func()) {
	url := must(config.ParseURL("sqlite:///:memory:", ""))
	db := must(database.Open(ctx, config.Database{URL: url}))
	migrator := must(migration.Open(db, migration.NewDir(must(fs.Sub(migrate.Files, "sqlite")))))
	must(migrator.Upgrade(ctx, migration.UpgradeOptions{}))
	return ent.NewClient(ent.Driver(db.Driver())), func() { _ = db.Close() }
}

// must keeps the examples short; programs return their errors.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Rows are made and found with typed builders. Names are stored trimmed and in
// lower case, and what is not given has its default.
func Example() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	ada := must(client.User.Create().
		SetUsername(" Ada ").
		SetEmail("Ada@Example.org").
		SetPassword("correct horse battery").
		Save(ctx))
	fmt.Println(ada.Username, ada.Email, ada.IsActive)

	found := must(client.User.Query().Where(user.EmailHasSuffix("@example.org")).Only(ctx))
	fmt.Println(found.ID == ada.ID)

	_, err := client.User.Get(ctx, 42)
	fmt.Println(ent.IsNotFound(err))
	// Output:
	// ada ada@example.org true
	// true
	// true
}

// Each write is validated as a whole, and a value that is taken says whose it
// is.
func Example_errors() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	_, err := client.User.Create().SetUsername("x").SetEmail("nowhere").Save(ctx)
	if invalid, ok := errors.AsType[*entity.ValidationError](err); ok {
		for _, v := range invalid.Violations {
			fmt.Println(v.Field, v.Code)
		}
	}

	must(client.Tag.Create().SetName("go").Save(ctx))
	_, err = client.Tag.Create().SetName("Go").Save(ctx)
	if taken, ok := errors.AsType[*entity.ConflictError](err); ok {
		fmt.Println(taken.Entity, taken.Fields, taken.Code)
	}
	// Output:
	// password required
	// username too_short
	// email email
	// Tag [name] UNIQUE
}

// Edges are set with rows, followed with queries and loaded along.
func Example_edges() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	ada := must(client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword("correct horse battery").Save(ctx))
	golang := must(client.Tag.Create().SetName("go").Save(ctx))
	must(client.Post.Create().SetAuthor(ada).SetTitle("Hello").SetSlug("hello").AddTags(golang).Save(ctx))
	must(client.Post.Create().SetAuthor(ada).SetTitle("Untagged").SetSlug("untagged").Save(ctx))

	fmt.Println(must(ada.QueryPosts().Count(ctx)))
	writers := must(client.User.Query().
		Where(user.HasPostsWith(post.HasTagsWith(tag.Name("go")))).
		WithPosts(func(q *ent.PostQuery) { q.Order(post.ByTitle()) }).
		All(ctx))
	for _, writer := range writers {
		for _, p := range writer.Edges.Posts {
			fmt.Println(writer.Username, p.Title)
		}
	}
	// Output:
	// 2
	// ada Hello
	// ada Untagged
}

// Deleting a row of an entity with soft delete hides it. The context says
// whether hidden rows are seen, and whether a delete is for good.
func Example_softDelete() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	ada := must(client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword("correct horse battery").Save(ctx))
	if err := client.User.DeleteOne(ada).Exec(ctx); err != nil {
		panic(err)
	}
	trash := entity.WithTrashed(ctx)
	fmt.Println(must(client.User.Query().Count(ctx)), must(client.User.Query().Count(trash)))

	must(client.User.UpdateOneID(ada.ID).ClearDeletedAt().Save(trash))
	fmt.Println(must(client.User.Query().Count(ctx)))

	must(client.User.Delete().Exec(entity.WithPurge(ctx)))
	fmt.Println(must(client.User.Query().Count(trash)))
	// Output:
	// 0 1
	// 1
	// 0
}

// What is done in a transaction is done as a whole, or not at all.
func Example_transaction() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	create := func(names ...string) error {
		return client.Transact(ctx, func(ctx context.Context) error {
			for _, name := range names {
				if err := client.Tag.Create().SetName(name).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	fmt.Println(create("go", "sql"))
	fmt.Println(create("web", "go") != nil)
	fmt.Println(must(client.Tag.Query().Order(tag.ByName()).Select(tag.FieldName).Strings(ctx)))
	// Output:
	// <nil>
	// true
	// [go sql]
}

// What may fail runs in a transaction inside: only that is undone. Callbacks wait
// for the outcome.
func Example_savepoint() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	err := client.Transact(ctx, func(ctx context.Context) error {
		database.AfterCommit(ctx, func(context.Context) { fmt.Println("committed") })
		for _, name := range []string{"go", "sql", "go"} {
			err := client.Transact(ctx, func(ctx context.Context) error {
				return client.Tag.Create().SetName(name).Exec(ctx)
			})
			if err != nil {
				fmt.Println("without the second", name)
			}
		}
		return nil
	})
	fmt.Println(err, must(client.Tag.Query().Order(tag.ByName()).Select(tag.FieldName).Strings(ctx)))
	// Output:
	// without the second go
	// committed
	// <nil> [go sql]
}

// Who changes what it has read locks the row first, or another one may change it
// in between. Retrying runs the whole again where it loses nevertheless.
func Example_forUpdate() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	lamp := must(client.Product.Create().SetName("Lamp").SetSlug("lamp").SetPrice(1999).Save(ctx))
	discount := func(ctx context.Context) error {
		now, err := client.Product.Query().Where(product.ID(lamp.ID), entity.LockForUpdate).Only(ctx)
		if err != nil {
			return err
		}
		return now.Update().SetPrice(now.Price * 9 / 10).Exec(ctx)
	}
	fmt.Println(client.Transact(ctx, discount, database.Retrying(database.RetryPolicy{})))
	fmt.Println(must(client.Product.Get(ctx, lamp.ID)).Price)
	// Output:
	// <nil>
	// 1799
}

// A predicate may say anything that SQL can, here about a JSON column; values
// are bound, and the same code runs on each database.
func Example_predicate() {
	ctx := context.Background()
	client, done := open(ctx)
	defer done()

	for slug, color := range map[string]string{"lamp": "red", "desk": "blue"} {
		must(client.Product.Create().SetName(slug).SetSlug(slug).SetPrice(1999).
			SetMetadata(map[string]any{"color": color}).Save(ctx))
	}
	red := func(s *sql.Selector) {
		s.Where(sqljson.ValueEQ(product.FieldMetadata, "red", sqljson.Path("color")))
	}
	fmt.Println(must(client.Product.Query().Where(red).Only(ctx)).Name)
	// Output: lamp
}
