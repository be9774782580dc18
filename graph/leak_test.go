package graph_test

import (
	"testing"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/testkit/leaktest"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Deleted rows show nowhere in the blog.
//
// Covers: T06, T11.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		leaktest.Run(t, leaktest.Config{
			DB: app.DB, Client: app.Client, Entities: ent.Entities(), Tables: migrate.Tables, API: blogtest.Serve(t, app),
		})
	})
}
