package blog_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/advancedentity"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/product"
	"github.com/framefox-go/framefox/ent/schema"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Keys are handed out by the database, and what is not given has its default.
//
// Covers: B02, B03, B06, B14, B16, B17, B18, B19, B20, B22, B24, L03, L14, L16.
func TestDefaults(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		before := time.Now().UTC().Truncate(time.Microsecond)
		u := newUser(t, app, "ada")
		require.NotZero(t, u.ID)
		require.Greater(t, newUser(t, app, "bob").ID, u.ID)
		p := newPost(t, app, u, "first")
		item := newProduct(t, app, "lamp")

		u = app.Client.User.GetX(ctx, u.ID)
		require.True(t, u.IsActive)
		require.False(t, u.IsAdmin || u.IsVerified)
		require.Equal(t, []string{}, u.RoleNames)
		require.Nil(t, u.Name)
		require.Nil(t, u.LastLogin)
		require.Nil(t, u.OrganizationID)
		require.EqualValues(t, 1, u.Version)
		require.WithinRange(t, u.CreatedAt, before, time.Now())
		require.WithinRange(t, u.UpdatedAt, u.CreatedAt, time.Now())

		p = app.Client.Post.GetX(ctx, p.ID)
		require.Equal(t, post.StatusDraft, p.Status)
		require.Zero(t, p.ViewCount)
		require.Nil(t, p.PublishedAt)

		item = app.Client.Product.GetX(ctx, item.ID)
		require.Zero(t, item.Stock)
		require.False(t, item.IsFeatured || item.IsDigital)
		require.Equal(t, map[string]any{}, item.Metadata)
		require.Equal(t, []schema.Specification{}, item.Specifications)
		require.Equal(t, uuid.Version(4), item.ExternalID.Version())
		require.Nil(t, item.Weight)

		a, err := app.Client.AdvancedEntity.Create().SetEmail("a@example.org").SetUser(u).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, advancedentity.StatusActive, a.Status)
	})
}

// A zero that is given is no missing value, and empty text is not NULL.
//
// Covers: B06, B14, B24.
func TestExplicitZeroValues(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		created, err := app.Client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword(password.Unusable).
			SetIsActive(false).SetBio("").SetFirstName("").Save(ctx)
		require.NoError(t, err)
		u := app.Client.User.GetX(ctx, created.ID)
		require.False(t, u.IsActive)
		require.NotNil(t, u.Bio)
		require.Empty(t, *u.Bio)
		require.NotNil(t, u.FirstName)
		require.Nil(t, u.LastName)

		profile, err := app.Client.UserProfile.Create().SetUser(u).SetEmailNotifications(false).Save(ctx)
		require.NoError(t, err)
		require.False(t, app.Client.UserProfile.GetX(ctx, profile.ID).EmailNotifications)

		u, err = app.Client.User.UpdateOne(u).SetIsActive(true).ClearBio().Save(ctx)
		require.NoError(t, err)
		require.True(t, u.IsActive)
		require.Nil(t, u.Bio)
		require.Nil(t, app.Client.User.GetX(ctx, u.ID).Bio)
	})
}

// Lists and objects belong to one row: changing one changes no other, and no
// later default.
//
// Covers: B15, B18, B19, B20.
func TestFreshLists(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		one := newProduct(t, app, "one")
		one.Metadata["stolen"] = true
		one.Specifications = append(one.Specifications, schema.Specification{Name: "x"})
		two := newProduct(t, app, "two")
		require.Empty(t, two.Metadata)
		require.Empty(t, two.Specifications)
		require.NotEqual(t, one.ExternalID, two.ExternalID)

		u := newUser(t, app, "ada")
		u, err := app.Client.User.UpdateOne(u).AppendRoleNames([]string{"editor", "日本"}).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"editor", "日本"}, u.RoleNames)
		require.Equal(t, []string{}, newUser(t, app, "bob").RoleNames)

		specs := []schema.Specification{{Name: "size", Value: "3 m"}, {Name: "a", Value: `"<>&`}}
		two, err = app.Client.Product.UpdateOne(two).SetSpecifications(specs).SetMetadata(map[string]any{"n": 1.5, "in": map[string]any{"x": nil}}).Save(ctx)
		require.NoError(t, err)
		two = app.Client.Product.GetX(ctx, two.ID)
		require.Equal(t, specs, two.Specifications)
		require.Equal(t, map[string]any{"n": 1.5, "in": map[string]any{"x": nil}}, two.Metadata)
		require.Empty(t, app.Client.Product.GetX(ctx, one.ID).Metadata)
	})
}

// A list that is nil in Go is an empty one in the database, never null.
//
// Covers: B18, B19, B20.
func TestNilListsAreEmpty(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		role, err := app.Client.Role.Create().SetName("editor").SetPermissions(nil).Save(ctx)
		require.NoError(t, err)
		item, err := app.Client.Product.Create().SetName("x").SetSlug("x").SetPrice(1).SetMetadata(nil).SetSpecifications(nil).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{}, app.Client.Role.GetX(ctx, role.ID).Permissions)
		item = app.Client.Product.GetX(ctx, item.ID)
		require.Equal(t, map[string]any{}, item.Metadata)
		require.Equal(t, []schema.Specification{}, item.Specifications)
	})
}

// Covers: B22, B23, C12.
func TestUUIDs(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		org, err := app.Client.Organization.Create().SetName("Guild").Save(ctx)
		require.NoError(t, err)
		require.Equal(t, uuid.Version(7), org.ID.Version())
		u := newUser(t, app, "ada")
		require.Nil(t, u.OrganizationID)
		u, err = app.Client.User.UpdateOne(u).SetOrganization(org).Save(ctx)
		require.NoError(t, err)
		require.Equal(t, org.ID, *u.OrganizationID)
		require.Equal(t, org.ID, u.QueryOrganization().OnlyX(ctx).ID)
		require.Equal(t, u.ID, org.QueryUsers().OnlyX(ctx).ID)

		_, err = app.Client.User.UpdateOne(u).SetOrganizationID(uuid.New()).Save(ctx)
		require.Equal(t, "FOREIGN_KEY", conflict(t, err).Code)

		item := newProduct(t, app, "lamp")
		require.Equal(t, item.ID, app.Client.Product.Query().Where(product.ExternalID(item.ExternalID)).OnlyX(ctx).ID)
		change := app.Client.Product.UpdateOne(item).SetStock(1)
		change.Mutation().SetExternalID(uuid.New())
		_, err = change.Save(ctx)
		require.NoError(t, err)
		require.Equal(t, item.ExternalID, app.Client.Product.GetX(ctx, item.ID).ExternalID, "it never changes")
		_, err = app.Client.Product.Create().SetName("copy").SetSlug("copy").SetPrice(1).SetExternalID(item.ExternalID).Save(ctx)
		require.Equal(t, []string{"external_id"}, conflict(t, err).Fields)
	})
}
