package blog_test

import (
	"math"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/ent/role"
	"github.com/framefox-go/framefox/ent/schema"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Covers: B21.
func TestJSONQueries(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		app.Client.Product.Create().SetName("lamp").SetSlug("lamp").SetPrice(1).
			SetMetadata(map[string]any{"color": "red", "watts": 40, "dimmable": true, "size": map[string]any{"unit": "cm"}, "tags": []string{"home", "light"}}).
			SetSpecifications([]schema.Specification{{Name: "voltage", Value: "12"}}).SaveX(ctx)
		app.Client.Product.Create().SetName("desk").SetSlug("desk").SetPrice(1).
			SetMetadata(map[string]any{"color": "RED", "dimmable": false, "watts": 4}).SaveX(ctx)
		app.Client.Product.Create().SetName("bare").SetSlug("bare").SetPrice(1).SaveX(ctx)

		path := sqljson.Path
		column := product.FieldMetadata
		for name, c := range map[string]struct {
			where *sql.Predicate
			want  []string
		}{
			"text":      {sqljson.ValueEQ(column, "red", path("color")), []string{"lamp"}},
			"number":    {sqljson.ValueEQ(column, 40, path("watts")), []string{"lamp"}},
			"above":     {sqljson.ValueGT(column, 4, path("watts")), []string{"lamp"}},
			"true":      {sqljson.ValueEQ(column, true, path("dimmable")), []string{"lamp"}},
			"nested":    {sqljson.ValueEQ(column, "cm", path("size", "unit")), []string{"lamp"}},
			"contains":  {sqljson.ValueContains(column, "light", path("tags")), []string{"lamp"}},
			"not there": {sqljson.ValueContains(column, "ligh", path("tags")), nil},
			"has key":   {sqljson.HasKey(column, path("watts")), []string{"desk", "lamp"}},
			"length":    {sqljson.LenEQ(product.FieldSpecifications, 1), []string{"lamp"}},
			"item":      {sqljson.ValueEQ(product.FieldSpecifications, "12", path("[0]", "value")), []string{"lamp"}},
			"hostile":   {sqljson.ValueEQ(column, `' OR '1'='1`, path("color")), nil},
		} {
			got := app.Client.Product.Query().Where(func(s *sql.Selector) { s.Where(c.where) }).Order(product.ByName()).Select(product.FieldName).StringsX(ctx)
			require.ElementsMatch(t, c.want, got, name)
		}

		app.Client.Role.Create().SetName("editor").SetPermissions([]string{"post.write", "post.read"}).SaveX(ctx)
		for permission, want := range map[string]bool{"post.write": true, "post": false, "POST.WRITE": false, "": false} {
			got := app.Client.Role.Query().Where(func(s *sql.Selector) { s.Where(sqljson.ValueContains(role.FieldPermissions, permission)) }).ExistX(ctx)
			require.Equal(t, want, got, permission)
		}
	})
}

// Covers: B26.
func TestIntegerExtremes(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		for i, n := range []int64{math.MaxInt64, math.MaxInt32 + 1, 1<<53 + 1, 1} {
			p := app.Client.Product.Create().SetName("x").SetSlug("x" + id(int64(i))).SetPrice(n).SetStock(math.MaxInt32).SaveX(ctx)
			require.Equal(t, n, app.Client.Product.GetX(ctx, p.ID).Price)
			require.EqualValues(t, math.MaxInt32, app.Client.Product.GetX(ctx, p.ID).Stock)
			require.Equal(t, p.ID, app.Client.Product.Query().Where(product.Price(n)).OnlyIDX(ctx))
		}
		p := app.Client.Product.Create().SetName("x").SetSlug("low").SetPrice(1).SetVersion(math.MinInt64).SaveX(ctx)
		require.EqualValues(t, math.MinInt64, app.Client.Product.GetX(ctx, p.ID).Version)
	})
}

// Covers: B25.
func TestFloats(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newProduct(t, app, "x")
		for _, f := range []float64{0.1, 1.0 / 3, 1e-300, 1e300, math.MaxFloat64, 123456789.123456789} {
			app.Client.Product.UpdateOne(p).SetWeight(f).ExecX(ctx)
			require.Equal(t, f, *app.Client.Product.GetX(ctx, p.ID).Weight)
		}
	})
}

// Text is unlimited, and of any script.
//
// Covers: B27.
func TestLongText(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newPost(t, app, newUser(t, app, "ada"), "long")
		for _, text := range []string{
			strings.Repeat("x", 1<<16), strings.Repeat("日本語 👩🏽‍🚀 \\ ' \" % _ ", 50_000), " kept\r\nas is \t", `\'; DROP TABLE posts; --`,
		} {
			app.Client.Post.UpdateOne(p).SetContent(text).ExecX(ctx)
			require.Equal(t, text, *app.Client.Post.GetX(ctx, p.ID).Content)
			require.True(t, app.Client.Post.Query().Where(post.ContentEQ(text)).ExistX(ctx))
		}
	})
}
