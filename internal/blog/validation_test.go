package blog_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/advancedentity"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Everything that is wrong is told at once, before the database is asked.
//
// Covers: B05, B08, B31, B50, B51, B52, B53, B54.
func TestValidationReportsAll(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		_, err := app.Client.User.Create().Save(ctx)
		require.Equal(t, []string{"password required", "username required", "email required"}, violations(t, err))

		_, err = app.Client.User.Create().SetUsername("").SetEmail("").SetPassword("").Save(ctx)
		require.Equal(t, []string{"password too_short", "username too_short", "email email"}, violations(t, err), "empty is not missing")

		_, err = app.Client.User.Create().SetUsername(" ab ").SetEmail("no").SetPassword("short").
			SetFirstName(strings.Repeat("é", 101)).SetAvatarURL("javascript:alert(1)").Save(ctx)
		require.Equal(t, []string{
			"password too_short", "username too_short", "email email", "first_name too_long", "avatar_url url",
		}, violations(t, err))
		require.EqualError(t, err, "User is not valid: password must have at least 8 characters; "+
			"username must have at least 3 characters; email must be an e-mail address such as name@example.org; "+
			"first_name must have at most 100 characters, has 101; avatar_url must be an absolute http or https address")
		require.Equal(t, 0, count(t, app, "users"))
	})
}

// A partial update is held to the same rules; so are bulk updates and bulk
// creates, of which nothing stays.
//
// Covers: B50, B60.
func TestValidationOnEveryWrite(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newProduct(t, app, "lamp")
		want := []string{"name too_short", "price out_of_range"}

		_, err := app.Client.Product.UpdateOneID(p.ID).SetName("  ").SetPrice(0).Save(ctx)
		require.Equal(t, want, violations(t, err), "UpdateOneID")
		_, err = app.Client.Product.UpdateOne(p).SetName("").SetPrice(-1).Save(ctx)
		require.Equal(t, want, violations(t, err), "UpdateOne")
		_, err = app.Client.Product.Update().Where(product.Slug("lamp")).SetName("").SetPrice(0).Save(ctx)
		require.Equal(t, want, violations(t, err), "Update")
		_, err = app.Client.Product.CreateBulk(
			app.Client.Product.Create().SetName("ok").SetSlug("ok").SetPrice(1),
			app.Client.Product.Create().SetName("").SetSlug("bad").SetPrice(0),
		).Save(ctx)
		require.Equal(t, want, violations(t, err), "CreateBulk")
		require.Equal(t, 1, count(t, app, "products"))
		after := app.Client.Product.GetX(ctx, p.ID)
		require.Equal(t, "lamp", after.Name)
		require.EqualValues(t, 1, after.Version)
	})
}

// Covers: B10, B11, B13, C37.
func TestNumberRules(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newProduct(t, app, "lamp")
		for _, c := range []struct {
			change *ent.ProductUpdateOne
			want   string
		}{
			{app.Client.Product.UpdateOne(p).SetPrice(0), "price out_of_range"},
			{app.Client.Product.UpdateOne(p).SetPrice(-5), "price out_of_range"},
			{app.Client.Product.UpdateOne(p).SetStock(-1), "stock out_of_range"},
			{app.Client.Product.UpdateOne(p).SetWeight(0), "weight out_of_range"},
			{app.Client.Product.UpdateOne(p).SetWeight(math.NaN()), "weight not_finite"},
			{app.Client.Product.UpdateOne(p).SetWeight(math.Inf(1)), "weight not_finite"},
		} {
			_, err := c.change.Save(ctx)
			require.Equal(t, []string{c.want}, violations(t, err))
		}
		app.Client.Product.UpdateOne(p).SetStock(0).SetWeight(math.SmallestNonzeroFloat64).ExecX(ctx)

		u := newUser(t, app, "ada")
		text := newPost(t, app, u, "x")
		for rating, ok := range map[int32]bool{0: false, 1: true, 5: true, 6: false} {
			_, err := app.Client.PostRating.Create().SetPost(text).SetUser(u).SetRating(rating).Save(ctx)
			require.Equal(t, ok, err == nil, "%d: %v", rating, err)
			if !ok {
				require.Equal(t, []string{"rating out_of_range"}, violations(t, err))
			}
			_, err = app.Client.PostRating.Delete().Exec(ctx)
			require.NoError(t, err)
		}
	})
}

// A counter that is added to holds its rule too, if only in the database.
//
// Covers: B11, B36.
func TestAddedNumbers(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newProduct(t, app, "lamp")
		p = app.Client.Product.UpdateOne(p).AddStock(3).SaveX(ctx)
		require.EqualValues(t, 3, p.Stock)
		_, err := app.Client.Product.UpdateOne(p).AddStock(-4).Save(ctx)
		c := conflict(t, err)
		require.Equal(t, entity.Check, c.Code)
		require.Equal(t, "Product", c.Entity)
		require.Equal(t, []string{"stock"}, c.Fields)
		require.EqualValues(t, 3, app.Client.Product.GetX(ctx, p.ID).Stock)
	})
}

// Lengths count characters, and the longest text fits the column.
//
// Covers: B08, B28.
func TestSizes(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		profile := app.Client.UserProfile.Create().SetUser(newUser(t, app, "ada")).SaveX(ctx)
		for _, c := range []struct {
			size  int
			field string
			set   func(*ent.UserProfileUpdateOne, string)
			text  string
		}{
			{20, "phone", func(u *ent.UserProfileUpdateOne, s string) { u.SetPhone(s) }, "日"},
			{50, "timezone", func(u *ent.UserProfileUpdateOne, s string) { u.SetTimezone(s) }, "é"},
			{5, "language", func(u *ent.UserProfileUpdateOne, s string) { u.SetLanguage(s) }, "👩"},
			{500, "avatar_url", func(u *ent.UserProfileUpdateOne, s string) { u.SetAvatarURL("https://a.b" + s[len("https://a.b"):]) }, "x"},
			{255, "website", func(u *ent.UserProfileUpdateOne, s string) { u.SetWebsite("https://a.b" + s[len("https://a.b"):]) }, "x"},
		} {
			fits := app.Client.UserProfile.UpdateOne(profile)
			c.set(fits, strings.Repeat(c.text, c.size))
			require.NoError(t, fits.Exec(ctx), c.field)
			over := app.Client.UserProfile.UpdateOne(profile)
			c.set(over, strings.Repeat(c.text, c.size+1))
			require.Equal(t, []string{c.field + " too_long"}, violations(t, over.Exec(ctx)))
		}
	})
}

// Covers: B32.
func TestEnums(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		for _, status := range []string{"", "Active", "active\n", "gone"} {
			_, err := app.Client.AdvancedEntity.Create().SetEmail("a@b.co").SetUser(u).SetStatus(advancedentity.Status(status)).Save(ctx)
			require.Equal(t, []string{"status invalid"}, violations(t, err), "%q", status)
		}
		p := newPost(t, app, u, "x")
		_, err := app.Client.Post.UpdateOne(p).SetStatus("gone").Save(ctx)
		require.Equal(t, []string{"status invalid"}, violations(t, err))
		require.Equal(t, post.StatusArchived, app.Client.Post.UpdateOne(p).SetStatus(post.StatusArchived).SaveX(ctx).Status)
	})
}

// Names are trimmed before they are checked and stored; content is not.
//
// Covers: B09, B52.
func TestTrimPolicy(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := app.Client.User.Create().SetUsername("\t Ada ").SetEmail(" Ada@Example.ORG\n").SetPassword(password.Unusable).SetName(" Ada L. ").SaveX(ctx)
		u = app.Client.User.GetX(ctx, u.ID)
		require.Equal(t, "ada", u.Username)
		require.Equal(t, "ada@example.org", u.Email)
		require.Equal(t, "Ada L.", *u.Name)

		_, err := app.Client.User.UpdateOne(u).SetUsername("  a  ").Save(ctx)
		require.Equal(t, []string{"username too_short"}, violations(t, err))
		p := newPost(t, app, u, "x")
		_, err = app.Client.Comment.Create().SetPost(p).SetUser(u).SetContent(" \n ").Save(ctx)
		require.Equal(t, []string{"content blank"}, violations(t, err))
		c := app.Client.Comment.Create().SetPost(p).SetUser(u).SetContent("  as is ").SaveX(ctx)
		require.Equal(t, "  as is ", app.Client.Comment.GetX(ctx, c.ID).Content)
	})
}

// Text that one of the databases could not hold is refused by all.
//
// Covers: B51.
func TestUnstorableText(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		p := newPost(t, app, newUser(t, app, "ada"), "x")
		for _, text := range []string{"a\x00b", "\xff"} {
			_, err := app.Client.Post.UpdateOne(p).SetContent(text).Save(ctx)
			require.Equal(t, []string{"content encoding"}, violations(t, err))
			_, err = app.Client.User.UpdateOneID(p.UserID).SetRoleNames([]string{"fine", text}).Save(ctx)
			require.Equal(t, []string{"role_names encoding"}, violations(t, err))
		}
	})
}

// Required edges are asked for as fields.
//
// Covers: B33, C01, C04.
func TestRequiredEdges(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		_, err := app.Client.Post.Create().SetTitle("x").SetSlug("x").Save(ctx)
		require.Equal(t, []string{"user_id required"}, violations(t, err))
		_, err = app.Client.PostLike.Create().Save(ctx)
		require.Equal(t, []string{"post_id required", "user_id required"}, violations(t, err))

		_, err = app.Client.Post.Create().SetTitle("x").SetSlug("x").SetUserID(4711).Save(ctx)
		c := conflict(t, err)
		require.Equal(t, entity.ForeignKey, c.Code)
		require.Equal(t, "Post", c.Entity)
		require.Equal(t, []string{"user_id"}, c.Fields)
		require.NotContains(t, err.Error(), "FOREIGN KEY", "no raw text of the database")
	})
}

// Every error of a write can be wrapped and still be told apart.
//
// Covers: B51.
func TestValidationErrorWrapped(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		_, err := app.Client.Tag.Create().SetName(" ").Save(t.Context())
		require.Equal(t, []string{"name too_short"}, violations(t, fmt.Errorf("tagging: %w", err)))
	})
}
