package advice_test

import (
	"fmt"

	"github.com/framefox-go/framefox/framework/advice"
	"github.com/framefox-go/framefox/framework/config"
)

func ExampleIndex() {
	i := advice.Index{
		Table:   "posts",
		Columns: []advice.Part{{Column: "status"}, {Column: "published_at", Desc: true}},
		Where:   "deleted_at IS NULL",
	}
	fmt.Println(i.Ent())
	fmt.Println(i.Statement(config.Postgres))
	fmt.Println(i.Statement(config.MySQL))
	// Output:
	// index.Fields("status", "published_at").
	// 	Annotations(entsql.DescColumns("published_at"), entsql.IndexWhere("deleted_at IS NULL"))
	// CREATE INDEX "post_status_published_at" ON "posts" ("status", "published_at" DESC) WHERE deleted_at IS NULL
	// CREATE INDEX `post_status_published_at` ON `posts` (`status`, `published_at` DESC)
}
